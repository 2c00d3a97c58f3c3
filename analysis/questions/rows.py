"""The rows of one question, as arrays of codes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.columns import COMMON, ITEM, PAIR_METHODS, PAIR_VIDEOS
from analysis.counts import distinct
from analysis.shown import Workers, places, texts
from crowd.questions.question import Question as Asked

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """One question of an answers table."""

    id: str
    kind: str
    #: As participants read it; empty where the table is analysed by itself.
    text: str = ""
    #: What the study file declares beside these, such as the number of points of a scale.
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: The view or the query in brackets that gives its rows; a query gives them their numbers in the table.
    rows: str = "source"


def declared_question(question: Asked) -> Question:
    """A question of the study file as the analysis takes it."""
    return Question(id=question.id, kind=question.KIND, text=question.text, settings=question.to_table())


@dataclass(frozen=True, slots=True)
class Column:
    """A column of words: (rows,) the place of each row's word among `words`, −1 where it is blank."""

    words: list[str]
    code: Array


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionRows:
    """Rows of one question; arrays have one entry per row."""

    #: The table, as errors call it.
    table: str
    question: Question
    #: The row's number in the table, from 1 below the header.
    number: Array
    #: Code of the participant, an index into `workers`.
    worker: Array
    workers: Workers
    #: By the column's name; columns of videos share their words, and so do those of methods.
    columns: dict[str, Column]
    #: Telemetry by the column's name, NaN where nothing was recorded.
    telemetry: dict[str, Array]
    #: Nanoseconds since 1970; the largest integer where no time was recorded.
    submitted_at: Array
    #: Whether the table has weights of answers, which count in naming alone.
    weighted: bool = False
    #: The options that were shown, as the first row with any has them.
    options: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.number)

    def code(self, name: str) -> Array:
        """(rows,) codes of a column's words; −1 where the table lacks the column."""
        return self.columns[name].code if name in self.columns else np.full(len(self), -1)

    def words(self, name: str) -> list[str]:
        """The words of a column, in the order of their codes; empty where the table lacks the column."""
        return self.columns[name].words if name in self.columns else []

    def methods(self) -> list[str]:
        """The words of all columns of methods."""
        return self.words("method") or self.words(PAIR_METHODS[0])

    def videos(self) -> list[str]:
        """The words of all columns of videos."""
        return self.words("video_id") or self.words(PAIR_VIDEOS[0])

    def item(self) -> Column:
        """What videos of different methods share: the text of the column `pair`, else of `prompt`."""
        found = [self.columns[name] for name in ITEM if name in self.columns]
        if not found:
            return Column([], np.full(len(self), -1))
        if len(found) == 1:
            return found[0]
        words = sorted({*found[0].words, *found[1].words})
        first, second = (_recoded(column, words) for column in found)
        return Column(words, np.where(first < 0, second, first))

    def units(self) -> tuple[Array, str]:
        """(rows,) codes of what is random beside participants, from 0, and what these are: prompts, or videos.

        A video without a prompt is its own unit.
        """
        item = self.item()
        alone = len(item.words) + self.code("video_id")
        named = "prompts" if len(self) and (item.code >= 0).all() else "videos"
        return distinct(np.where(item.code < 0, alone, item.code))[1], named

    def where(self, kept: Array) -> "QuestionRows":
        """The rows for which `kept` holds; words keep their codes."""
        rows = np.flatnonzero(kept)
        if len(rows) == len(self):
            return self
        return replace(
            self,
            number=self.number.take(rows),
            worker=self.worker.take(rows),
            columns={name: Column(one.words, one.code.take(rows)) for name, one in self.columns.items()},
            telemetry={name: values.take(rows) for name, values in self.telemetry.items()},
            submitted_at=self.submitted_at.take(rows),
        )

    def refuse(self, wrong: Array, reason: str) -> None:
        """Refuse the first row for which `wrong` holds.

        Raises:
            ValueError: there is one; `reason` follows its number.
        """
        if wrong.any():
            raise ValueError(f"{self.table}: row {int(self.number[wrong].min())}{reason}")

    def require(self, columns: Collection[str]) -> None:
        """Refuse rows without a word in these columns.

        Raises:
            ValueError: the table lacks a column, or a row is blank in it.
        """
        missing = [name for name in columns if name not in self.columns]
        if missing:
            raise ValueError(
                f"{self.table}: no column {', '.join(missing)}, which question {self.question.id!r}, of kind "
                f"{self.question.kind}, needs"
            )
        for name in columns:
            needs = f", which question {self.question.id!r}, of kind {self.question.kind}, needs"
            self.refuse(self.code(name) < 0, f" has no {name}" + ("" if name in COMMON else needs))


def of_words(words: Sequence[str], others: Sequence[str]) -> Array:
    """(others + 1,) the code among `words` of each of some other words, and −1 at the end for the code −1."""
    return np.append(places(texts(others), words), -1)


def _recoded(column: Column, words: Sequence[str]) -> Array:
    return np.asarray(of_words(words, column.words)[column.code])
