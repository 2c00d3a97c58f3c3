"""Completion codes: what participants show to say that they have finished a task."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crowd.localplatform.people import STATES, work_of_all
from crowd.studydir import existing_study
from crowd.texts import each_of


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """A participant's work on one task."""

    number: int | None
    """The participant's number on the sheet of links; None for programs."""
    worker_id: str
    state: str
    """In words, e.g. "finished, approved"."""
    finished_at: datetime | None
    """UTC."""
    completion_code: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionCodes:
    """Who has which completion code."""

    work: tuple[Work, ...]
    unknown: tuple[str, ...]
    """The codes asked for that nobody has, sorted."""


def completion_codes(study_dir: str | Path, codes: str | Collection[str] = ()) -> CompletionCodes:
    """Return who has which completion code, and the state of each participant's tasks.

    Args:
        study_dir: a study on the local platform.
        codes: only the tasks with these codes, or with this one, in any spelling; by default all tasks.

    Returns:
        A row for each task of each participant, in the order of invitation.

    Raises:
        ValueError: there is no study, or it is not on the local platform.

    Example:
        >>> found = crowd.completion_codes("my-study")
        >>> sum(work.finished_at is not None for work in found.work)
        4
        >>> crowd.completion_codes("my-study", ["3NOBODYS"]).unknown
        ('3NOBODYS',)
    """
    rows = work_of_all(existing_study(Path(study_dir)))
    asked = {code.replace("-", "").replace(" ", "").upper() for code in each_of(codes)}
    shown = [row for row in rows if row["completion_code"] in asked] if asked else rows
    return CompletionCodes(
        work=tuple(map(_work, shown)), unknown=tuple(sorted(asked - {row["completion_code"] for row in rows}))
    )


def _work(row: dict[str, Any]) -> Work:
    return Work(
        number=row["number"],
        worker_id=row["worker_id"],
        state=STATES[row["state"]],
        finished_at=datetime.fromtimestamp(row["submitted"], UTC) if row["submitted"] else None,
        completion_code=row["completion_code"],
    )
