"""Copies of studies that tests go on with as studies of their own."""

import shutil
from pathlib import Path

FILE = "private/place.json"


def copy_study(source: Path, to: Path) -> Path:
    """A copy that does not know what it was copied from, so that it may do what the original may."""
    shutil.copytree(source, to)
    (to / FILE).unlink(missing_ok=True)
    return to
