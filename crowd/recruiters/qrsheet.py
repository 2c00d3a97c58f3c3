"""Participants' links as QR codes on pages to print and cut."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import segno
from markupsafe import Markup

from crowd.atomic_write import write_whole
from templates import environment


def write_sheet(path: Path, links: Sequence[str], numbers: Sequence[int], words: Mapping[str, object]) -> Path:
    """Write an HTML page with a code per link; return its path.

    `numbers` are the participants' numbers, and `words` what the page says, as `StudyFile.values` gives it.

    Links are secrets, so only the owner may read the file. It is written as a whole or not at all.
    """
    codes = [
        (number, link, Markup(segno.make(link, error="m").svg_inline(border=2, omitsize=True)))  # noqa: S704
        for number, link in zip(numbers, links, strict=True)
    ]
    page = (
        environment()
        .get_template("participant/sheet.html.j2")
        .render(codes=codes, last=max(numbers, default=0), **words)
    )
    write_whole(path, page, mode=0o600)
    return path
