"""Participants described from their answers to questions of any kind, as `analysis.workers` does from naming."""

from collections.abc import Sequence

import numpy as np

from analysis.counts import distinct
from analysis.questions.exclusions import evaluated
from analysis.questions.rows import QuestionRows, of_words
from analysis.records.participants import ParticipantsSummary
from analysis.shown import Workers
from analysis.workers import FAST_S, WorkerTable, described

Array = np.ndarray


def describe_participants(
    questions: Sequence[QuestionRows], workers: Workers, confidence: float
) -> ParticipantsSummary:
    """All participants: how much and how fast they answered, control items, patterns of carelessness.

    Args:
        questions: the rows of each question, those that do not count among them.
        workers: everybody in the table.
        confidence: of the interval of gold items.
    """
    number = len(workers)
    asked = [rows.where(evaluated(rows)) for rows in questions]
    total = sum(np.bincount(rows.worker, minlength=number) for rows in asked)
    most = sum(_most_often(rows, number) for rows in asked)
    time, fast = _times(asked, number)
    controls = [_controls(rows, number) for rows in questions]
    gold, gold_right, attention, attention_right = (np.sum(column, axis=0) for column in zip(*controls, strict=True))
    table = WorkerTable(
        answers=np.asarray(total),
        typical_time_s=time,
        fast_share=fast,
        modal_share=np.asarray(most) / np.maximum(total, 1),
        uncommitted_share=np.full(number, np.nan),
        watched_fraction=_mean(asked, "watched_fraction", number),
        focus_losses=_mean(asked, "focus_losses", number),
        gold=gold,
        gold_right=gold_right,
        attention=attention,
        attention_right=attention_right,
    )
    return described(table, workers, confidence)


def _most_often(rows: QuestionRows, number: int) -> Array:
    """(workers,) how often each gave the answer that they gave most."""
    answers = len(rows.words("answer"))
    pairs, place = distinct(rows.worker.astype(np.int64) * answers + rows.code("answer"))
    most = np.zeros(number, np.int64)
    np.maximum.at(most, pairs // max(answers, 1), np.bincount(place, minlength=len(pairs)))
    return most


def _values(questions: Sequence[QuestionRows], name: str) -> tuple[Array, Array]:
    """Participants and what was recorded of their answers, over all questions."""
    found = [(rows.worker, rows.telemetry[name]) for rows in questions if name in rows.telemetry]
    if not found:
        return np.zeros(0, np.intp), np.zeros(0)
    worker, value = (np.concatenate(column) for column in zip(*found, strict=True))
    known = np.isfinite(value)
    return worker[known], value[known]


def _mean(questions: Sequence[QuestionRows], name: str, number: int) -> Array:
    """(workers,) the mean of what was recorded; NaN where nothing was."""
    return _average(*_values(questions, name), number)


def _average(worker: Array, value: Array, number: int) -> Array:
    with np.errstate(invalid="ignore"):
        return np.asarray(np.bincount(worker, value, number) / np.bincount(worker, minlength=number))


def _times(questions: Sequence[QuestionRows], number: int) -> tuple[Array, Array]:
    """(workers,) the geometric mean of the time to answer in seconds, and the share of answers that were too fast."""
    worker, seconds = _values(questions, "time_to_answer_s")
    positive = seconds > 0
    typical = np.exp(_average(worker[positive], np.log(seconds[positive]), number))
    return typical, _average(worker, (seconds < FAST_S).astype(float), number)


def _controls(rows: QuestionRows, number: int) -> tuple[Array, ...]:
    """(workers,) gold items and those right, attention items and those right: where the answer is the label."""
    right = of_words(rows.words("answer"), rows.words("label"))[rows.code("label")] == rows.code("answer")
    labelled = rows.code("label") >= 0
    found = []
    for kind in ("gold", "attention"):
        own = labelled & np.isin(
            rows.code("kind"), [c for c, word in enumerate(rows.words("kind")) if word.lower() == kind]
        )
        found += [np.bincount(rows.worker[chosen], minlength=number) for chosen in (own, own & right)]
    return tuple(found)
