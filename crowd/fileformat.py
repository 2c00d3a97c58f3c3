"""The version of each file's schema: every file says which it has, and every reader looks.

A file of an earlier release, the first of which wrote no version, is read as it is. One of a newer release is refused:
what this release does not know of it could be lost. Tables of videos and answers in CSV have their header line instead,
and readers ignore the columns that they do not know.
"""

import json
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from crowd.atomic_write import write_whole
from crowd.release import DISTRIBUTION, RELEASE
from crowd.studydir import BackupArchive, ReleaseDirectory, ReportDirectory, StudyDirectory

#: The schema that this release writes, by the file's name; the SQLite files count their migrations instead.
VERSIONS = {
    PurePosixPath(file.name).name: file.version
    for folder in (StudyDirectory, ReportDirectory, BackupArchive, ReleaseDirectory)
    for file in folder.files()
    if file.version is not None
}
VERSION, WRITTEN_BY = "schema_version", "written_by"
#: The version of files that name none.
UNVERSIONED = 1


class NewerFileError(ValueError):
    """A file was written by a release that knows more of it than this one."""


def load(path: Path) -> dict[str, Any]:
    """The contents of a JSON file, without its version.

    Raises:
        OSError: it cannot be read.
        json.JSONDecodeError: it is no JSON.
        AttributeError: it is no JSON object.
        NewerFileError: a newer release wrote it.
        ValueError: its version is none.
    """
    return unstamped(path, parsed(path))


def save(path: Path, table: Mapping[str, Any], *, mode: int = 0o666) -> None:
    """Write a JSON file with its version, whole or not at all; `mode` as in `write_whole`.

    Raises:
        OSError: it cannot be written; what stood there before still does.
    """
    text = json.dumps(stamped(path.name, table), ensure_ascii=False, indent=1)
    write_whole(path, text + "\n", mode=mode)


def stamp(name: str) -> dict[str, Any]:
    """The version that a file of that name has now, and the release that writes it."""
    return {VERSION: VERSIONS[name], WRITTEN_BY: f"vidgen {RELEASE}"}


def stamped(name: str, table: Mapping[str, Any]) -> dict[str, Any]:
    """The contents of a file of that name with its version."""
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
    """The contents of the file without its version; `name` is its name in `VERSIONS` where it has another.

    Raises:
        NewerFileError: a newer release wrote it.
        ValueError: its version is none.
    """
    check(path, table.get(VERSION, UNVERSIONED), table.get(WRITTEN_BY), known=VERSIONS[name or path.name])
    return {key: value for key, value in table.items() if key not in (VERSION, WRITTEN_BY)}


def stamp_of_answers() -> dict[str, str]:
    """The metadata of an answers table in Parquet that say its version."""
    return {f"vidgen.{name}": str(value) for name, value in stamp(StudyDirectory.answers.name).items()}


def check_answers(path: Path, metadata: Mapping[str, str]) -> None:
    """Refuse an answers table in Parquet that a newer release wrote; tables of other programs carry no version.

    Raises:
        NewerFileError: a newer release wrote it.
    """
    version = metadata.get(f"vidgen.{VERSION}", "")
    if version.isdecimal():
        known = VERSIONS[StudyDirectory.answers.name]
        check(path, int(version), metadata.get(f"vidgen.{WRITTEN_BY}"), known=known)


def check(path: Path | str, version: Any, written_by: Any, *, known: int) -> None:
    """Refuse a file whose schema is newer than the one that this release knows.

    Args:
        path: the file, or in words what else it is.
        version: of its schema, as the file has it.
        written_by: the release, as the file has it; None where it has none.
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
