"""The version of each file's schema; `crowd.fileformat` has the same rule for the files of studies.

Every JSON file says its version and the release that wrote it. Files of earlier releases, the first of which said
neither, are read; files of newer releases are refused, because this release could lose what it does not know.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vidgen.distribution import NAME
from vidgen.release import __version__

#: The schema versions that this release writes.
VERSIONS = {"run.json": 3, "judge.json": 3, "attributes.json": 1, "bench-gpu.json": 2}
VERSION, WRITTEN_BY = "schema_version", "written_by"
#: The version of files that do not say one.
UNSAID = 1


def stamp(name: str) -> dict[str, Any]:
    """What a file of that kind says of itself: `schema_version` and `written_by`."""
    return {VERSION: VERSIONS[name], WRITTEN_BY: f"vidgen {__version__}"}


def check(path: Path, table: Mapping[str, Any], name: str) -> None:
    """Refuse a file whose schema is newer than the one that this release knows.

    Args:
        path: the file.
        table: its contents.
        name: its kind, a name in `VERSIONS`.

    Raises:
        ValueError: a newer release wrote it, or it says no version.
    """
    version = table.get(VERSION, UNSAID)
    if type(version) is not int or version < 0:
        raise ValueError(f"{path}: {VERSION} is {version!r}, not a whole number; restore the file from a copy")
    if version > VERSIONS[name]:
        release = str(table.get(WRITTEN_BY) or "a newer release of vidgen")[:40]
        raise ValueError(
            f"{path}: was written by {release}, with version {version} of its schema, which vidgen {__version__} does "
            f"not know: use that release or a newer one (for pip, {NAME})"
        )
