"""Where people come from: one protocol for every recruiter, and the one place that chooses a recruiter by its name."""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from importlib import import_module
from pathlib import Path
from typing import Any

from crowd.recruiters.descriptions import DEFAULT, NAMES, describe
from crowd.recruiters.protocol import (
    ENDS,
    UNPAID,
    Arrival,
    ArrivalState,
    Departure,
    Door,
    Money,
    NotAutomaticError,
    Notice,
    NoticeError,
    NotifiedDoor,
    Opening,
    OpeningState,
    Outcome,
    Recruiter,
    RecruiterDescription,
    RecruiterIds,
    RecruiterRefusedError,
    RecruiterUnreachableError,
    Visit,
    VisitError,
)
from crowd.recruiters.settings import Settings

__all__ = [
    "DEFAULT",
    "ENDS",
    "NAMES",
    "UNPAID",
    "Arrival",
    "ArrivalState",
    "Departure",
    "Door",
    "Money",
    "NotAutomaticError",
    "Notice",
    "NoticeError",
    "NotifiedDoor",
    "Opening",
    "OpeningState",
    "Outcome",
    "Recruiter",
    "RecruiterDescription",
    "RecruiterIds",
    "RecruiterRefusedError",
    "RecruiterUnreachableError",
    "Settings",
    "Visit",
    "VisitError",
    "describe",
    "open_door",
    "open_recruiter",
    "settings_class",
    "settings_of",
]


def settings_class(name: str) -> type[Settings]:
    """The class of the recruiter's own settings.

    Raises:
        ValueError: no recruiter has that name.
    """
    found: type[Settings] = _module(name).SETTINGS
    return found


def settings_of(name: str, table: Mapping[str, Any]) -> Settings:
    """The recruiter's own settings, from its table in study.toml.

    Raises:
        ValueError: no recruiter has that name; or a key is missing, unknown, or has a value that it cannot have, and
            the message begins with `recruit.NAME.KEY`.
    """
    kind = settings_class(name)
    try:
        return kind.of(table)
    except ValueError as error:
        raise ValueError(f"recruit.{name}.{error}") from error


def open_door(name: str, settings: Settings, study_dir: str | Path) -> Door:
    """The recruiter's way in and out of the study in that directory.

    Raises:
        ValueError: no recruiter has that name, or the study lacks something that the way needs.
    """
    door: Door = _module(name).open_door(settings, Path(study_dir))
    return door


def open_recruiter(name: str, settings: Settings, study_dir: str | Path) -> AbstractContextManager[Recruiter]:
    """The recruiter of that name, for the duration of a `with` block.

    Raises:
        ValueError: no recruiter has that name, or it cannot be asked, e.g. without credentials.
    """
    opened: AbstractContextManager[Recruiter] = _module(name).open_recruiter(describe(name), settings, Path(study_dir))
    return opened


def _module(name: str) -> Any:
    return import_module(f"crowd.recruiters.{describe(name).module}")
