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
    recruiter: str | None = None
    """Who sent the participant; None if they have a link of their own."""
    person_id: str | None = None
    """What the recruiter calls them."""
    session_id: str | None = None
    """What the recruiter calls their last visit."""


@dataclass(frozen=True, kw_only=True, slots=True)
class CompletionCodes:
    """Who has which completion code."""

    work: tuple[Work, ...]
    unknown: tuple[str, ...]
    """The codes and ids asked for that nobody has, sorted."""


def completion_codes(study_dir: str | Path, codes: str | Collection[str] = ()) -> CompletionCodes:
    """Return who has which completion code, and the state of each participant's tasks.

    Args:
        study_dir: a study on the local platform.
        codes: only the tasks with these codes, or with this one, in any spelling, or those of the people whom a
            recruiter sent by these ids of its own, of a person or a visit; by default all tasks.

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
    asked = {name.strip(): _names(name) for name in each_of(codes)}
    every = set().union(*asked.values())
    known = {name for row in rows for name in _names_of(row)}
    return CompletionCodes(
        work=tuple(_work(row) for row in rows if not asked or every & _names_of(row)),
        unknown=tuple(sorted(name for name, spellings in asked.items() if not spellings & known)),
    )


def _names(text: str) -> set[str]:
    """What somebody may mean: a recruiter's id as it is, or a completion code in any spelling."""
    return {text.strip(), text.replace("-", "").replace(" ", "").upper()}


def _names_of(row: dict[str, Any]) -> set[str]:
    """The names by which a task is found."""
    return {name for name in (row["completion_code"], row["person_id"], row["session_id"]) if name is not None}


def _work(row: dict[str, Any]) -> Work:
    return Work(
        number=row["number"],
        worker_id=row["worker_id"],
        state=STATES[row["state"]],
        finished_at=datetime.fromtimestamp(row["submitted"], UTC) if row["submitted"] else None,
        completion_code=row["completion_code"],
        recruiter=row["recruiter"],
        person_id=row["person_id"],
        session_id=row["session_id"],
    )
