"""An answers table with the questions that it has."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from analysis.answers import Answers, naming_answers
from analysis.columns import PAIR_METHODS, PAIR_VIDEOS
from analysis.database import AnswersDatabase, open_database
from analysis.metrics.columns import Metric, columns_of, scores_in_metadata, scores_in_table, with_scores
from analysis.metrics.machine import Automatic, MachineScores
from analysis.questions.exclusions import evaluated
from analysis.questions.kinds import kind_of
from analysis.questions.reading import read_rows, read_workers
from analysis.questions.rows import Column, Question, QuestionRows
from analysis.questions.split import USUAL, questions_of
from analysis.unanswered import NoAnswersLeftError

if TYPE_CHECKING:
    import pandas as pd

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class AnswersTable:
    """A checked answers table. Use as a context manager: leaving it removes the working files."""

    database: AnswersDatabase
    #: In the order declared.
    questions: list[Question]
    #: The first naming question's answers; None where no question is naming, or its rows are all control items.
    naming: Answers | None
    #: Why that question has no answers, by its id, where its rows are all control items.
    left_out: Mapping[str, NoAnswersLeftError]
    #: The rows of every other question, by its id.
    rows: dict[str, QuestionRows]
    #: Metrics and a machine, with their scores of videos.
    automatic: Automatic

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.database.close()

    @property
    def first_naming(self) -> str:
        """The id of the question that `naming` has the answers to."""
        return next(question.id for question in self.questions if question.id not in self.rows)

    @property
    def source(self) -> dict[str, Any]:
        """The table's name and fingerprint, and how many rows it has."""
        if self.naming and not self.rows:
            return self.naming.source
        rows = sum(map(len, self.rows.values())) + (self.naming.source["rows"] if self.naming else 0)
        rows += sum(error.funnel.rows for error in self.left_out.values())
        return self.database.table.described | {"rows": rows}


def read_table(
    source: "pd.DataFrame | str | Path",
    *,
    extra_options: Iterable[str] = (),
    columns: Mapping[str, str] | None = None,
    declared: Iterable[Question] = (),
    metrics: Sequence[Metric] = (),
    machine: MachineScores | None = None,
    design: Path | None = None,
) -> AnswersTable:
    """Check an answers table and code the answers to each of its questions.

    Args:
        source: a DataFrame, or the path of a file.
        extra_options: options of the naming question that no video has as its label.
        columns: what the table calls its columns, where it has other names.
        declared: the questions of the study file, in their order.
        metrics: automatic metrics whose scores are read, from a column of the table or of metadata.csv.
        machine: its scores of all videos.
        design: the study's design.json, by which metadata.csv is found; None for a table alone.

    Raises:
        ValueError: the table breaks its schema; the message names the file and the row.
        OSError: the file cannot be read.
    """
    database = open_database(source, columns, columns_of(metrics))
    with database.reading():
        questions = questions_of(database, declared)
        if not questions:
            raise ValueError(f"{database.name}: holds no answers")
        naming = next((question for question in questions if question.kind == USUAL), None)
        rows = _rows(database, [question for question in questions if question is not naming])
        answers, left_out = None, dict[str, NoAnswersLeftError]()
        if naming:
            try:
                answers = naming_answers(database, extra_options, naming.rows)
            except NoAnswersLeftError as error:
                if not rows:
                    raise
                left_out[naming.id] = error
        scored = with_scores(
            metrics,
            [
                {metric.name: scores_in_table(database, metric.name) for metric in metrics},
                {metric.name: scores_in_metadata(design, metric.name) for metric in metrics} if design else {},
            ],
        )
    return AnswersTable(
        database=database,
        questions=questions,
        naming=answers,
        rows=rows,
        left_out=left_out,
        automatic=Automatic(metrics=scored, machine=machine),
    )


def _rows(database: AnswersDatabase, questions: Iterable[Question]) -> dict[str, QuestionRows]:
    """The rows of these questions, each checked by its kind."""
    found: dict[str, QuestionRows] = {}
    workers, codes = read_workers(database) if questions else (None, {})
    for question in questions:
        assert workers is not None  # noqa: S101  there is a question
        rows = found[question.id] = read_rows(database, question, workers, codes)
        check_answers(rows)
    return found


def check_answers(rows: QuestionRows) -> None:
    """Refuse answers that the question's kind does not have, and rows without its columns.

    Control items are not checked: what is asked there is another thing.

    Raises:
        ValueError: there is one; the message names the row.
    """
    kind, question = kind_of(rows.question.kind), rows.question
    asked = rows.where(evaluated(rows))
    if not len(asked):
        return
    asked.require(kind.columns)
    _check_videos(asked)
    for code, word in enumerate(asked.words("answer")):
        if wrong := kind.mistake(word):
            asked.refuse(asked.code("answer") == code, f": answer {word!r} {wrong} (question {question.id!r})")


def _check_videos(rows: QuestionRows) -> None:
    """Refuse a video with two methods or two items.

    Raises:
        ValueError: there is one; the message has both.
    """
    shown = [("video_id", "method"), *zip(PAIR_VIDEOS, PAIR_METHODS, strict=True)]
    video = np.concatenate([rows.code(name) for name, _ in shown])
    item = rows.item()
    methods = Column(rows.methods(), np.concatenate([rows.code(name) for _, name in shown]))
    _check_one(rows, video, methods, "method")
    _check_one(rows, video, Column(item.words, np.tile(item.code, len(shown))), "prompt")


def _check_one(rows: QuestionRows, video: Array, column: Column, name: str) -> None:
    """Refuse a video with two words of a column; both arrays have the same length."""
    known = np.flatnonzero((video >= 0) & (column.code >= 0))
    first = np.full(len(rows.videos()), -1)
    first[video[known][::-1]] = column.code[known][::-1]
    wrong = known[column.code[known] != first[video[known]]]
    if len(wrong):
        found = rows.videos()[video[wrong[0]]]
        both = sorted({column.words[first[video[wrong[0]]]], column.words[column.code[wrong[0]]]})
        raise ValueError(f"{rows.table}: video {found!r} has two values of {name}: {', '.join(both)}")
