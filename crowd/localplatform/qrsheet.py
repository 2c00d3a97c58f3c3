"""Participants' links as QR codes on pages to print and cut."""

from pathlib import Path

import segno
from markupsafe import Markup

from templates import environment


def write_sheet(path: Path, links: list[str]) -> Path:
    """Write an HTML page with a code per link; its path. Links are secrets: only the owner may read the file."""
    codes = [(link, Markup(segno.make(link, error="m").svg_inline(scale=4, border=2))) for link in links]  # noqa: S704
    path.touch(mode=0o600)
    path.write_text(environment().get_template("participant/sheet.html.j2").render(codes=codes), encoding="utf-8")
    return path
