"""Moment as a kind of question: when does something in the video break, and what?"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.agreement import Agreement
from analysis.clustering import Target
from analysis.counts import distinct
from analysis.intervals import Interval
from analysis.moment.detection import (
    BreaksCompared,
    MethodBreaks,
    compare_breaks,
    detection_agreement,
    kind_agreement,
    method_breaks,
)
from analysis.moment.distances import distances
from analysis.moment.marks import Marks
from analysis.moment.records import AgreementOfMarks, BrokenMethod, MomentDetails, Tolerance
from analysis.questions.comparisons import Difference, Estimate, Size, compared, method_estimate, ordered
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.questions import Findings, Measure
from analysis.variance import Part
from crowd.questions.moment import NOTHING

Array = np.ndarray

MEASURE = Measure(
    name="share of answers that mark a break",
    unit="points",
    percent=True,
    more="breaks less often than",
    higher_is_better=False,
)


@dataclass(frozen=True, slots=True)
class BreaksDifference:
    """The difference of two shares, with the intervals and tests of naming."""

    found: BreaksCompared

    @property
    def value(self) -> float:
        """First less second."""
        return self.found.difference.value

    def interval(self, target: Target, confidence: float) -> Interval:
        """The interval of that confidence."""
        return self.found.difference.conclusion(target).interval(confidence)

    def p_value(self, target: Target, value: float) -> float:
        """Two-sided p of that difference."""
        return self.found.difference.conclusion(target).p_value(value)

    def part(self, target: Target) -> Part:
        """The variance."""
        return self.found.difference.conclusion(target).inferences[0].part


@dataclass(frozen=True, slots=True)
class Moment:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method")
    details: type = MomentDetails

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is a mark."""
        known = f'is neither {NOTHING!r} nor JSON such as {{"start_s": 0.4, "end_s": 0.9, "what": "a hand"}}'
        return known if mark_of(answer) is None else None

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """How often something breaks, and how far people agree about whether, what and where."""
        marks, units = marks_of(rows)
        rng = np.random.default_rng(plan.seed)
        found = {row.method: row for row in method_breaks(marks)}
        methods = ordered((_method(row, plan) for row in found.values()), higher_is_better=False)
        names = [row.name for row in methods]

        def difference(a: str, b: str) -> Difference | None:
            own = compare_breaks(marks, *(marks.methods.index(name) for name in (a, b)))
            return None if own is None else _difference(own, found[a], found[b], plan)

        near = distances(marks, rng, confidence=plan.rules.confidence)
        return Findings(
            measure=MEASURE,
            methods=methods,
            comparisons=compared(names, difference, plan, higher_is_better=False),
            units=units,
            details=MomentDetails(
                kinds=list(marks.kinds),
                broken=[_broken(found[name]) for name in names],
                detection=_agreement(detection_agreement(marks, rng, plan.rules.confidence)),
                naming=_agreement(kind_agreement(marks, rng, plan.rules.confidence)),
                pairs=near.num_pairs if near else 0,
                median_s=near.median_s if near else None,
                tolerances=[
                    Tolerance(
                        tolerance_s=row.tolerance_s,
                        agreeing=row.agreeing,
                        ci_low=row.low,
                        ci_high=row.high,
                        by_chance=row.by_chance,
                        p_value=row.p_value,
                    )
                    for row in (near.tolerances if near else [])
                ],
            ),
        )


KIND = Moment()


def mark_of(answer: str) -> tuple[float, float, str] | None:
    """Start and end in seconds, NaN where nothing breaks, and what breaks; None where it is no mark."""
    if answer == NOTHING:
        return math.nan, math.nan, ""
    try:
        found: Any = json.loads(answer)
    except ValueError:
        return None
    if not isinstance(found, Mapping):
        return None
    start, end, what = found.get("start_s"), found.get("end_s", found.get("start_s")), found.get("what", "")
    if type(start) not in (int, float) or type(end) not in (int, float) or not isinstance(what, str):
        return None
    return (float(start), float(end), what) if 0 <= start <= end < math.inf else None


def marks_of(rows: QuestionRows) -> tuple[Marks, str]:
    """The marks of rows, and what is random beside participants."""
    used, answer = distinct(rows.code("answer"))
    read = [mark_of(rows.words("answer")[code]) or (math.nan, math.nan, "") for code in used]
    kinds = sorted({what for _, _, what in read if what})
    place = {what: code for code, what in enumerate(kinds)}
    start, end = (np.array([row[column] for row in read])[answer] for column in (0, 1))
    methods, method = distinct(rows.code("method"))
    unit, named = rows.units()
    return (
        Marks(
            methods=[rows.words("method")[code] for code in methods],
            kinds=kinds,
            participant=rows.worker,
            video=distinct(rows.code("video_id"))[1],
            prompt=unit,
            method=method,
            start_s=start,
            end_s=end,
            kind=np.array([place.get(what, -1) for _, _, what in read])[answer],
        ),
        named,
    )


def _method(row: MethodBreaks, plan: QuestionPlan) -> Any:
    share = row.broken
    size = Size(n_answers=share.num_answers, n_units=share.num_units, n_workers=share.num_participants)
    found = Estimate(found=share, limits=(0.0, 1.0), sequential=plan.rules.sequential)
    return method_estimate(row.method, found, size, plan)


def _difference(own: BreaksCompared, a: MethodBreaks, b: MethodBreaks, plan: QuestionPlan) -> Difference:
    size = Size(
        n_answers=a.num_answers + b.num_answers,
        n_units=max(a.broken.num_units, b.broken.num_units),
        n_workers=max(a.broken.num_participants, b.broken.num_participants),
    )
    estimate = Estimate(found=BreaksDifference(own), limits=(-1.0, 1.0), sequential=plan.rules.sequential)
    return Difference(a=own.a, b=own.b, estimate=estimate, size=size)


def _broken(row: MethodBreaks) -> BrokenMethod:
    return BrokenMethod(
        name=row.method, n_videos=row.num_videos, by_majority=row.videos_by_majority, kinds=list(row.kinds)
    )


def _agreement(found: Agreement) -> AgreementOfMarks:
    return AgreementOfMarks(alpha=found.value, ci_low=found.low, ci_high=found.high)
