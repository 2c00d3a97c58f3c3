"""Which answers to a question of any kind are left out: the same steps as for naming (`analysis.exclusions`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.cleaning import KINDS
from analysis.columns import PAIR_METHODS, PAIR_VIDEOS
from analysis.counts import distinct
from analysis.exclusions import RULES, Exclusion, summary
from analysis.people import no_people
from analysis.questions.rows import QuestionRows
from analysis.records.participants import ExclusionFlow, ExclusionsSummary, ExclusionStep, RemovedAnswers
from analysis.shown import Workers

Array = np.ndarray

#: The names of steps that naming has too.
PROGRAMS, CONTROLS = "answers of programs", "gold, training and attention items"


@dataclass(frozen=True, kw_only=True, slots=True)
class Counted:
    """The answers to a question that count, and what became of the others."""

    rows: QuestionRows
    funnel: ExclusionFlow
    exclusions: ExclusionsSummary | None


def without_programs(rows: QuestionRows) -> tuple[QuestionRows, list[Exclusion]]:
    """The rows of people alone, with people's codes, and the step that this is.

    Raises:
        ValueError: no person is left in the table.
    """
    programs = rows.workers.simulated.astype(bool)
    if not programs.any():
        return rows, []
    if programs.all():
        raise ValueError(f"{rows.table}: {no_people(len(programs))}")
    steps: list[Exclusion] = []
    rule = f"people only: {int(programs.sum())} simulated participants are left out"
    left = _without(rows, programs[rows.worker], PROGRAMS, rule, steps)
    people = Workers(rows.workers.worker_id[~programs], programs[~programs])
    return replace(left, worker=(np.cumsum(~programs) - 1)[left.worker], workers=people), steps


def counted(rows: QuestionRows, steps: Sequence[Exclusion] = ()) -> Counted:
    """Leave out control items, repeated answers and what rules excluded; `steps` were taken before."""
    taken, controls = list(steps), ~evaluated(rows)
    given = len(rows) + sum(step.removed for step in steps)
    if controls.any():
        rule = "never part of estimates"
        taken.append(Exclusion(name=CONTROLS, removed=int(controls.sum()), rule=rule))
    rows = rows.where(~controls)
    first = "a participant's first answer to an item counts (by submission time, then order in the file)"
    rows = _without(rows, repeated(rows), "repeated answers", first, taken)
    for code, rule in enumerate(rows.words("excluded")):
        own = rows.code("excluded") == code
        rows = _without(rows, own, RULES.get(rule, rule), f"excluded at collection: {rule}", taken)
    funnel = ExclusionFlow(
        rows=given,
        steps=[ExclusionStep(name=step.name, removed=step.removed, rule=step.rule) for step in taken],
        counted=len(rows),
    )
    numbers = {name: one.answers for name, one in by_method(rows).items()}
    return Counted(rows=rows, funnel=funnel, exclusions=summary(taken, numbers, sorted(numbers)))


def _without(rows: QuestionRows, wrong: Array, name: str, rule: str, steps: list[Exclusion]) -> QuestionRows:
    """The rows without those, which become a step."""
    if not wrong.any():
        return rows
    taken = by_method(rows.where(wrong))
    steps.append(Exclusion(name=name, removed=int(wrong.sum()), rule=rule, by_method=taken))
    return rows.where(~wrong)


def evaluated(rows: QuestionRows) -> Array:
    """(rows,) whether an item is under evaluation, and not there to judge the answering."""
    usual = np.array([word.lower() == KINDS[0] for word in rows.words("kind")] + [True])
    return np.asarray(usual[rows.code("kind")])


def repeated(rows: QuestionRows) -> Array:
    """(rows,) whether a participant answered about the same item before; which side a video is on does not matter."""
    key = rows.worker.astype(np.int64)
    for code in _of_item(rows):
        key = distinct(key * (int(code.max(initial=-1)) + 2) + code + 1)[1]
    order = np.lexsort((rows.number, rows.submitted_at, rows.code("excluded") >= 0, key))
    again = np.zeros(len(rows), bool)
    again[order[1:]] = key[order[1:]] == key[order[:-1]]
    return again


def _of_item(rows: QuestionRows) -> list[Array]:
    """The columns that together tell items apart."""
    found = [rows.item().code, rows.code("video_id"), rows.code("method")]
    for left, right in (PAIR_VIDEOS, PAIR_METHODS):
        both = rows.code(left), rows.code(right)
        found += [np.minimum(*both), np.maximum(*both)]
    return [code for code in found if len(code) and code.max() >= 0]


def by_method(rows: QuestionRows) -> dict[str, RemovedAnswers]:
    """How many answers the rows have about each method, and of how many participants; a pair is about both."""
    found: dict[str, RemovedAnswers] = {}
    words = rows.methods()
    about = [rows.code(name) for name in ("method", *PAIR_METHODS)]
    for code, name in enumerate(words):
        own = np.any([column == code for column in about], axis=0)
        if own.any():
            participants = int(np.count_nonzero(np.bincount(rows.worker[own])))
            found[name] = RemovedAnswers(answers=int(own.sum()), participants=participants)
    return found
