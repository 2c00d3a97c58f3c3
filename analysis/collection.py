"""What the commands that collected a study's answers noted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from analysis.records.contents import TasksIn
from crowd.fileformat import parsed, unstamped
from crowd.studydir import StudyDirectory


@dataclass(frozen=True, kw_only=True, slots=True)
class Collection:
    """What the commands that collected a study's answers noted."""

    #: What funnel.json holds; None without it.
    noted: dict[str, Any] | None = None
    #: What simulated participants answered from, in words.
    simulated_how: str | None = None

    @classmethod
    def of(cls, files: StudyDirectory) -> Self:
        """What was noted in a study directory.

        Raises:
            ValueError: a file is not JSON, or a newer release wrote it.
        """
        simulation = _noted(files.simulation) or {}
        return cls(noted=_noted(files.funnel), simulated_how=simulation.get("answers_from"))

    @property
    def missing(self) -> TasksIn | None:
        """How many tasks are in, where some are missing; None where all are in.

        Tasks that programs did beside people are not those that were wanted; files of earlier releases count all.
        """
        noted = self.noted or {}
        wanted, submitted = noted.get("wanted"), noted.get("filled", noted.get("submitted"))
        if not isinstance(wanted, int) or not isinstance(submitted, int) or submitted >= wanted:
            return None
        return TasksIn(submitted=submitted, wanted=wanted)

    @property
    def interim(self) -> TasksIn | None:
        """How many tasks are in of a study that goes on; None for a finished one."""
        return None if self._ended else self.missing

    @property
    def stopped(self) -> TasksIn | None:
        """How many tasks are in of a study that ended without all of them; None for any other."""
        return self.missing if self._ended else None

    @property
    def _ended(self) -> bool:
        return bool((self.noted or {}).get("ended"))


def _noted(path: Path) -> dict[str, Any] | None:
    """What a command noted in the study; None where it left nothing."""
    if not path.exists():
        return None
    try:
        noted = parsed(path)
    except ValueError as error:
        raise ValueError(f"{path}: not JSON ({error})") from None
    return unstamped(path, noted) if isinstance(noted, dict) else None
