"""Participants' links as QR codes on pages to print and cut."""

from pathlib import Path

import segno
from markupsafe import Markup

from crowd.localplatform.studyfile import StudyFile
from templates import environment


def write_sheet(path: Path, links: list[str]) -> Path:
    """Write an HTML page with a code per link, in the language of the study beside it; gives its path.

    Links are secrets: only the owner may read the file.
    """
    codes = [(link, Markup(segno.make(link, error="m").svg_inline(border=2, omitsize=True))) for link in links]  # noqa: S704
    page = (
        environment().get_template("participant/sheet.html.j2").render(codes=codes, **StudyFile(path.parent).values())
    )
    path.touch(mode=0o600)
    path.write_text(page, encoding="utf-8")
    return path
