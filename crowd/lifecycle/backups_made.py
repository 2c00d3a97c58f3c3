"""Notes where backups were written, so that an erasure can say which of them still hold what it erased."""

import json
from contextlib import suppress
from pathlib import Path

from crowd.ledger.ledger import Ledger
from crowd.sqlite_file import reads_only
from crowd.studydir import StudyDirectory

_FACT = "backups"


def note_backup(study_dir: Path, archive: Path) -> None:
    """Note where a backup was written; studies whose ledger is missing or cannot be written keep no such note."""
    path = StudyDirectory(study_dir).ledger
    if not path.exists() or reads_only(path):
        return
    with suppress(ValueError, OSError), Ledger(study_dir) as ledger:  # the backup itself is written
        ledger.set_fact(_FACT, json.dumps([*_noted(ledger), str(archive.resolve())]))


def backups_made(study_dir: Path) -> tuple[Path, ...]:
    """The noted backups that are still where they were written, in the order of writing."""
    if not StudyDirectory(study_dir).ledger.exists():
        return ()
    with Ledger(study_dir) as ledger:
        return tuple(path for path in map(Path, dict.fromkeys(_noted(ledger))) if path.is_file())


def _noted(ledger: Ledger) -> list[str]:
    paths: list[str] = json.loads(ledger.fact(_FACT) or "[]")
    return paths
