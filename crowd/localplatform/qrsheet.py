"""Participants' links as QR codes on pages to print and cut."""

from collections.abc import Sequence
from pathlib import Path

import segno
from markupsafe import Markup

from crowd.atomic_write import write_whole
from crowd.localplatform.studyfile import StudyFile
from templates import environment


def write_sheet(path: Path, links: Sequence[str], numbers: Sequence[int] = ()) -> Path:
    """Write an HTML page with a code per link, in the language of the study in the same folder; return its path.

    `numbers` are the participants' numbers; by default they count from 1.

    Links are secrets, so only the owner may read the file. It is written as a whole or not at all.
    """
    numbers = numbers or range(1, len(links) + 1)
    codes = [
        (number, link, Markup(segno.make(link, error="m").svg_inline(border=2, omitsize=True)))  # noqa: S704
        for number, link in zip(numbers, links, strict=True)
    ]
    values = StudyFile(path.parent).values()
    page = (
        environment()
        .get_template("participant/sheet.html.j2")
        .render(codes=codes, last=max(numbers, default=0), **values)
    )
    write_whole(path, page, mode=0o600)
    return path
