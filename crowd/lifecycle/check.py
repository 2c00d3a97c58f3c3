"""Checks that a study's files are as they were written: checksums, hashes, answers tables, videos, permissions."""

import stat
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from typing import Any

from crowd import fileformat
from crowd.commandline import quoted
from crowd.credentials import load_or_create
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.collect import answers_of
from crowd.lifecycle.erasures import read as read_erased
from crowd.lifecycle.place import noted_place
from crowd.lifecycle.prepare import check_unchanged
from crowd.lifecycle.video_folder import wrong_files
from crowd.localplatform.people import stored_answers
from crowd.media.places import OwnMedia, remembered
from crowd.operating_system import rights_of_others
from crowd.platforms import describe
from crowd.questions.naming import Naming
from crowd.sqlite_file import faults
from crowd.studydir import StudyDirectory, existing_study
from crowd.task.answers import COLUMNS
from crowd.task.answers_file import cell, read_csv, read_parquet

#: Files that only the study's owner may read.
_PRIVATE = (
    StudyDirectory.private.name,
    f"{StudyDirectory.private.name}/*",
    StudyDirectory.former_secrets.name,
    f"{StudyDirectory.ledger.name}*",
    f"{StudyDirectory.store.name}*",
    StudyDirectory.sheet.name,
    StudyDirectory.recipients.name,
)
_BACKUP = "put it back from a backup (`vidgen restore` makes one into another directory)"
_RECOVER = "move it away and run `vidgen recover`, which rebuilds it from the platform, or put it back from a backup"
#: The columns that say which answer a row is.
_IDENTITY = ("assignment_id", "video_id", "question", "left_video_id", "right_video_id", "position")
_COLLECT = "run `vidgen collect-answers`, which writes it again"


@dataclass(frozen=True, kw_only=True, slots=True)
class Finding:
    """A file that is not as it was written."""

    path: Path
    what: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.path}: {self.what}; {self.remedy}"


def check(study_dir: str | Path) -> list[Finding]:
    """Check that a study's files are as they were written: checksums, hashes, tables, videos, permissions.

    Changes nothing and calls no platform. The study may be served meanwhile.

    Args:
        study_dir: the study.

    Returns:
        What is wrong, each with what to do about it.

    Raises:
        ValueError: there is no study.

    Example:
        >>> crowd.check("my-study")
        []
    """
    root = existing_study(Path(study_dir))
    texts = list(_texts(root))
    # Wrong secrets are not an error of the files that are read with them.
    found = [*_missing(root), *texts, *_databases(root, read_them=not texts), *_open_to_others(root)]
    if not found:  # the next checks read the files checked so far
        found = [*_videos(root), *_answers(root)]
    return found


def _missing(root: Path) -> Iterator[Finding]:
    """Missing files that must have existed when the present ones were written."""
    files = StudyDirectory(root)
    is_published = files.design.exists() or files.answers.exists()
    needed = {
        files.ledger: (is_published, "run `vidgen recover`, or put it back from a backup"),
        files.design: (files.answers.exists(), _BACKUP),
        files.secrets: (not files.former_secrets.exists() and files.ledger.exists(), _BACKUP),
        files.store: (_has_store(root) and not files.database.exists(), _BACKUP),
    }
    for path, (is_needed, remedy) in needed.items():
        if is_needed and not path.exists():
            yield Finding(path=path, what="is missing", remedy=remedy)


def _has_store(root: Path) -> bool:
    """Whether the ledger names a platform that keeps its store in the study directory."""
    try:
        with Ledger(root, create=False) as ledger:
            name = ledger.fact("platform")
            return name is not None and describe(name).in_study_dir
    except (ValueError, OSError):  # missing or damaged
        return False


def _databases(root: Path, *, read_them: bool) -> Iterator[Finding]:
    files = StudyDirectory(root)
    for path, remedy, read in ((files.ledger, _RECOVER, _read_ledger), (files.store, _BACKUP, stored_answers)):
        if not path.exists():
            continue
        found = list(faults(path))
        more = f", and {len(found) - 1} more of the kind" if len(found) > 1 else ""
        yield from (Finding(path=path, what=fault + more, remedy=remedy) for fault in found[:1])
        try:
            if read_them and not found:
                read(root)
        except ValueError as error:
            yield _of_error(path, error, remedy)
        except OSError as error:  # not writable, which is not damage
            yield _of_error(path, error, "its checksums are right; check a copy that may be written to see the rest")
    if files.database.exists() and read_them:
        try:
            stored_answers(root)
        except (ValueError, OSError) as error:
            yield _of_error(files.database, error, "see to the database, or restore a backup")


def _read_ledger(root: Path) -> None:
    with Ledger(root) as ledger:
        ledger.entries()


def _texts(root: Path) -> Iterator[Finding]:
    """The text files, each read by its own reader, which checks its hashes."""
    files = StudyDirectory(root)
    readers = (
        (files.study_file, Study.load, "correct it, or put it back from a backup"),
        (files.design, lambda path: Design.load(root), _BACKUP),
        (files.secrets, lambda path: load_or_create(root), _BACKUP),
        (files.former_secrets, lambda path: load_or_create(root), _BACKUP),
        (files.place, lambda path: noted_place(root), "but not in a copy"),
        (files.erased, read_erased, _BACKUP),
        (files.funnel, fileformat.load, _COLLECT),
        (files.simulation, fileformat.load, _BACKUP),
    )
    whole = True
    for path, read, remedy in readers:
        try:
            if path.exists():
                read(path)
        except (ValueError, OSError, AttributeError) as error:  # AttributeError if the file is not a table
            whole = False
            yield _of_error(path, error, remedy)
    try:
        if whole:
            check_unchanged(root)
    except ValueError as error:
        yield _of_error(files.study_file, error, "the published values are in design.json under shown")


def _of_error(path: Path, error: Exception, remedy: str) -> Finding:
    if isinstance(error, fileformat.NewerFileError):  # its advice is not that for a damaged file
        remedy = "this release did not look into it"
    text = str(error).removeprefix(f"{path}: ").removeprefix(f"{path}:")
    return Finding(path=path, what=" ".join(text.split()), remedy=remedy)


def _open_to_others(root: Path) -> Iterator[Finding]:
    for pattern in _PRIVATE:
        for path in sorted(root.glob(pattern)):
            if rights_of_others(path):
                mode, wanted = stat.S_IMODE(path.stat().st_mode), "700" if path.is_dir() else "600"
                remedy = f"run `chmod {wanted} {quoted(path)}`"
                yield Finding(path=path, what=f"others may open it (mode {mode:03o})", remedy=remedy)


def _videos(root: Path) -> Iterator[Finding]:
    """Missing or changed video files, unless the videos are shown from elsewhere and none is here."""
    files = StudyDirectory(root)
    if not files.design.exists():
        return
    design = Design.load(root)
    if files.ledger.exists():
        with Ledger(root) as ledger:
            if not isinstance(remembered(ledger), OwnMedia) and not Path(design.videos_dir).is_dir():
                return
    for path, what in wrong_files(design):
        yield Finding(
            path=path, what=what, remedy="bring back the file that was published, or name its folder, --videos"
        )


def _answers(root: Path) -> Iterator[Finding]:
    """Answers that differ between the ledger and the store, and rows of the tables that do not follow from them."""
    files = StudyDirectory(root)
    if not files.ledger.exists() or not files.design.exists():
        return
    with Ledger(root) as ledger:
        kept = {assignment.assignment_id: assignment for assignment in ledger.assignments()}
        rows, _ = answers_of(root, ledger, Design.load(root))
    for assignment_id, worker_id, answer in stored_answers(root):
        known = kept.get(assignment_id)
        if known and (known.worker_id, known.answer) != (worker_id, answer):
            what = f"assignment {assignment_id} is not the one in {files.store.name}"
            yield Finding(path=files.ledger, what=what, remedy=_RECOVER)
    tables = {}
    for path, read in ((files.answers, read_parquet), (files.answers_csv, read_csv)):
        if path.exists():
            try:
                tables[path] = read(path)
            except fileformat.NewerFileError as error:
                yield _of_error(path, error, _COLLECT)
            except Exception as error:
                what = f"cannot be read ({type(error).__name__})"
                yield Finding(path=path, what=what, remedy=_COLLECT)
    wrong = [finding for path, table in tables.items() for finding in _table(path, table, rows)]
    yield from wrong
    if len(tables) == 2 and not wrong:
        yield from _same_rows(tables)


def _same_rows(tables: Mapping[Path, list[dict[str, Any]]]) -> Iterator[Finding]:
    """Rows that only one of the two tables has: both are written together, so the other has lost them."""
    for path, other in permutations(tables):
        lost = Counter(map(_key, tables[other])) - Counter(map(_key, tables[path]))
        for assignment_id, video_id, *_ in list(lost)[:1]:
            what = f"lacks what {other.name} has, {lost.total()} answers"
            example = f"e.g. in assignment {assignment_id}, video {video_id}"
            yield Finding(path=path, what=f"{what}, {example}", remedy=_COLLECT)


def _table(path: Path, written: list[dict[str, Any]], rows: list[dict[str, Any]]) -> Iterator[Finding]:
    """Rows of a table that do not follow from the answers. It may lack answers that arrived after it was written."""
    expected = {_key(row): _in_csv(row) if path.suffix == ".csv" else row for row in rows}
    # Exclusions depend on all answers.
    compared = [name for name in COLUMNS if name != "excluded" or len(written) == len(expected)]
    compared = [name for name in compared if not written or name in written[0]]  # earlier releases wrote fewer columns
    wrong = [row for row in written if not _is_same(row, expected.pop(_key(row), None), compared)]
    if wrong:
        where = f"in assignment {wrong[0].get('assignment_id')}, video {wrong[0].get('video_id')}"
        what = f"{len(wrong)} of {len(written)} rows are not the answers that were sent, the first {where}"
        yield Finding(path=path, what=what, remedy=_COLLECT)


def _is_same(row: dict[str, Any], expected: dict[str, Any] | None, compared: list[str]) -> bool:
    return expected is not None and all(row.get(name) == expected[name] for name in compared)


def _in_csv(row: dict[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(cell(value)) for name, value in row.items()}


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    """What a row is about; tables of earlier releases have one question, which they do not name."""
    named = {"question": Naming.KIND, **{name: value for name, value in row.items() if value not in (None, "")}}
    return tuple(str(named.get(name, "")) for name in _IDENTITY)
