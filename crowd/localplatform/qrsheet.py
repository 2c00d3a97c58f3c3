"""Participants' links as QR codes on pages to print and cut."""

from collections.abc import Sequence
from pathlib import Path

import segno
from markupsafe import Markup

from crowd.atomic_write import write_whole
from crowd.localplatform.studyfile import StudyFile
from templates import environment


def write_sheet(path: Path, links: Sequence[str], numbers: Sequence[int] = ()) -> Path:
    """Write an HTML page with a code per link, in the language of the study beside it; gives its path.

    `numbers` are the participants', where they are not counted from 1 without gaps.

    Links are secrets: only the owner may read the file. It is there as a whole or as it was before.
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
