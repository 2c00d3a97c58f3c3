"""`reproduce`: computes the report of a release again, and compares it with the released one."""

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crowd.fileformat import WRITTEN_BY, load, parsed
from crowd.studydir import ReleaseDirectory, ReportDirectory

if TYPE_CHECKING:
    from analysis.report import Report

#: Keys of report.json that say what it was computed with, and may differ.
_OF_THE_COMPUTER = {WRITTEN_BY, "versions"}
_LINE = re.compile(r"([0-9a-f]{64})  (.+)")


@dataclass(frozen=True, kw_only=True, slots=True)
class Reproduced:
    """The report of a release, computed again."""

    report: "Report"
    differing: tuple[str, ...]
    """Keys of report.json with another value than in the released one; versions of programs aside."""
    same_versions: bool
    """Whether Python and the packages have the versions that the released report was computed with."""


def reproduce(directory: str | Path) -> Reproduced:
    """Check a release's files, compute its report again by its own plan, and compare it with the released one.

    Args:
        directory: the release.

    Returns:
        The report, and in which keys it differs.

    Raises:
        ValueError: the directory is no release, or one of its files is missing or was changed.
        OSError: a file cannot be read.

    Example:
        >>> analysis.reproduce("my-release").same_versions
        True
    """
    from analysis.analysing import analyse_study  # slow to load

    root = Path(directory)
    check_files(root)
    report = analyse_study(root)
    now: dict[str, Any] = report.to_dict()
    released = parsed(ReportDirectory(ReleaseDirectory(root).report).data)
    keys = (released.keys() | now.keys()) - _OF_THE_COMPUTER - {"schema_version"}
    return Reproduced(
        report=report,
        differing=tuple(sorted(key for key in keys if released.get(key) != now.get(key))),
        same_versions=released.get("versions") == now["versions"],
    )


def check_files(root: Path) -> None:
    """See that every file of a release is there as it was released.

    Raises:
        ValueError: the directory is no release, or a file is missing or was changed.
    """
    files = ReleaseDirectory(root)
    if not files.about.exists() or not files.sums.exists():
        raise ValueError(f"{root}: is no release, which has a {files.about.name} and {files.sums.name}")
    load(files.about)
    for line in files.sums.read_text(encoding="utf-8").splitlines():
        match = _LINE.fullmatch(line)
        if not match:
            raise ValueError(f"{files.sums}: {line[:80]!r} is no line with a SHA-256 and a file's name")
        digest, name = match.groups()
        path = root / name
        if root.resolve() not in path.resolve().parents:
            raise ValueError(f"{files.sums}: {name!r} leads out of the release")
        if not path.is_file():
            raise ValueError(f"{path}: is missing; get the release again")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise ValueError(f"{path}: is not as it was released; get the release again")
