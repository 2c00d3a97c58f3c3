"""The version of each file's schema: every file says which it has, and every reader looks.

A file of an earlier release, the first of which said nothing, is read as it is. One of a newer release is refused: what
this release does not know of it could be lost. Tables of videos and answers as CSV have their header line instead, of
which readers ignore what they do not know.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crowd.release import DISTRIBUTION, RELEASE

#: The schema that this release writes, by the file's name; the SQLite files count their migrations instead.
VERSIONS = {
    "study.toml": 1,
    "design.json": 2,
    "secrets.json": 2,
    "place.json": 1,
    "platform.json": 2,
    "answers.parquet": 2,
    "funnel.json": 2,
    "simulation.json": 2,
    "report.json": 2,
    "manifest.json": 1,
}
VERSION, WRITTEN_BY = "schema_version", "written_by"
#: What files said before they said anything.
UNSAID = 1


class NewerFileError(ValueError):
    """A file was written by a release that knows more of it than this one."""


def stamp(name: str) -> dict[str, Any]:
    """What a file of that name says of itself."""
    return {VERSION: VERSIONS[name], WRITTEN_BY: f"vidgen {RELEASE}"}


def stamped(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """The contents of a file of that name with what it says of itself."""
    return {**stamp(name), **table}


def parsed(path: Path) -> Any:
    """What is in a JSON file.

    Raises:
        OSError: it cannot be read.
        json.JSONDecodeError: it is no JSON, whatever the reason: no text, too deep, or a number of too many digits.
    """
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        raise
    except (ValueError, RecursionError) as error:
        raise json.JSONDecodeError(str(error), "", 0) from error


def unstamped(path: Path, table: Mapping[str, Any], name: str | None = None) -> dict[str, Any]:
    """The contents of the file without what it says of itself; `name` is its name in `VERSIONS` where it has another.

    Raises:
        NewerFileError: a newer release wrote it.
        ValueError: what it says is no version.
    """
    check(path, table.get(VERSION, UNSAID), table.get(WRITTEN_BY), known=VERSIONS[name or path.name])
    return {key: value for key, value in table.items() if key not in (VERSION, WRITTEN_BY)}


def check(path: Path, version: Any, written_by: Any, *, known: int) -> None:
    """Refuse a file whose schema is newer than the one that this release knows.

    Args:
        path: the file.
        version: of its schema, as it says.
        written_by: the release, as it says; None where it does not.
        known: the newest version that can be read.

    Raises:
        NewerFileError: a newer release wrote it.
        ValueError: `version` is no version.
    """
    if type(version) is not int or version < 0:
        raise ValueError(f"{path}: {VERSION} is {version!r}, not a whole number; restore the file from a copy")
    if version > known:
        release = str(written_by)[:40] if written_by else "a newer release of vidgen"
        raise NewerFileError(
            f"{path}: was written by {release}, with version {version} of its schema, which vidgen {RELEASE} does not "
            f"know: use that release or a newer one (for pip, {DISTRIBUTION})"
        )
