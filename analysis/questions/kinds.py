"""The kinds of questions that can be analysed: one folder each, with its estimates and its section of the report.

A kind KIND has a module `analysis/KIND/question.py` with an object `KIND` that does what `QuestionKind` says, and the
templates `templates/report/questions/KIND.html.j2` and `KIND.md.j2`. It is found by the name of its folder.
"""

import math
from collections.abc import Callable
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from analysis.records.figures import Stacks
from analysis.records.questions import Findings, QuestionResult

#: The largest number, of either sign, that an answer can be.
LARGEST = 1e15

if TYPE_CHECKING:  # the process that draws figures needs no arrays before it draws
    from analysis.questions.judged import JudgedVideos
    from analysis.questions.plan import QuestionPlan
    from analysis.questions.rows import QuestionRows


class QuestionKind(Protocol):
    """What the analysis asks of a kind of question."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that its rows must have beside `worker_id` and `answer`, none of them blank."""

    @property
    def details(self) -> type:
        """The record of what only this kind has, a frozen dataclass; the type of `Findings.details`."""

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer, after the word `answer`; None where it is one of this kind."""

    def analyse(self, rows: "QuestionRows", plan: "QuestionPlan") -> Findings:
        """What the answers that count show, at least one.

        Raises:
            ValueError: the rows contradict each other, or the plan does not suit them.
        """


@runtime_checkable
class ScoresVideos(Protocol):
    """A kind whose answers score single videos, so that automatic metrics can be compared with people."""

    def judged(self, rows: "QuestionRows") -> "JudgedVideos | None":
        """The scores, larger ones better; None where the rows do not name videos."""


@runtime_checkable
class Stacked(Protocol):
    """A kind whose answers have a figure of bars: how they are made up."""

    def stacks(self, details: Any) -> Stacks:
        """The bars, from the kind's details."""


@runtime_checkable
class Agrees(Protocol):
    """A kind that says how well participants agree."""

    def agreement(self, details: Any) -> tuple[str, float | None, float | None, float | None]:
        """The coefficient's name, its value and the bounds of its interval, None where it cannot be estimated."""


def agreement_of(question: QuestionResult) -> tuple[str, float | None, float | None, float | None] | None:
    """How well participants agree about a question; None where its kind does not say it."""
    kind = kind_of(question.kind) if question.kind in kinds() else None
    return kind.agreement(question.details) if isinstance(kind, Agrees) and question.details is not None else None


def stacks_of(question: QuestionResult) -> Stacks | None:
    """How the answers to a question are made up; None where its kind has no such figure."""
    kind = kind_of(question.kind) if question.kind in kinds() else None
    return kind.stacks(question.details) if isinstance(kind, Stacked) and question.details is not None else None


@cache
def kinds() -> tuple[str, ...]:
    """The names of all kinds, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in Path(__file__).parents[1].glob("*/question.py")))


def kind_of(name: str) -> QuestionKind:
    """The kind of that name, which is one of `kinds()`."""
    kind: QuestionKind = import_module(f"analysis.{name}.question").KIND
    return kind


def reason(read: Callable[[str], object], answer: str) -> str | None:
    """Why an answer cannot be read, after the words `answer 'it'` of the message; None where it can."""
    try:
        read(answer)
    except ValueError as error:
        return str(error).removeprefix(f"answer {answer!r} ")
    return None


def number_of(text: str) -> float:
    """The number that an answer is; NaN for everything else."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def no_number(answer: str) -> str | None:
    """Why an answer is no number that can be averaged, after the words `answer 'it'`; None where it is one."""
    value = number_of(answer)
    if not math.isfinite(value):
        return "is no number"
    return None if abs(value) <= LARGEST else "is beyond ±10¹⁵"
