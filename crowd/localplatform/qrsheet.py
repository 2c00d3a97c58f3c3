"""Participants' links as QR codes on pages to print and cut."""

from pathlib import Path

import segno
from markupsafe import Markup

from crowd.localplatform.studyfile import StudyFile
from crowd.wholefile import write_whole
from templates import environment


def write_sheet(path: Path, links: list[str]) -> Path:
    """Write an HTML page with a code per link, in the language of the study beside it; gives its path.

    Links are secrets: only the owner may read the file. It is there as a whole or as it was before.
    """
    codes = [(link, Markup(segno.make(link, error="m").svg_inline(border=2, omitsize=True))) for link in links]  # noqa: S704
    values = StudyFile(path.parent).values()
    page = environment().get_template("participant/sheet.html.j2").render(codes=codes, **values)
    write_whole(path, page, mode=0o600)
    return path
