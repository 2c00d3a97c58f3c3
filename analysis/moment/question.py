"""Moment as a kind of question: when does something in the video break, and what?"""

from dataclasses import dataclass

import numpy as np

from analysis.agreement import Agreement
from analysis.counts import distinct
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
from analysis.moment.spans import read_span, read_spans
from analysis.questions.comparisons import Difference, IntervalEstimate, Size, compared, method_estimate, ordered
from analysis.questions.judged import JudgedVideos, judged_videos
from analysis.questions.kinds import reason
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.questions import Findings, Measure, MethodEstimate

MEASURE = Measure(
    name="share of answers that mark a break",
    unit="points",
    percent=True,
    more="breaks less often than",
    higher_is_better=False,
)


@dataclass(frozen=True, slots=True)
class MomentKind:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method")
    details: type = MomentDetails

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is a mark."""
        return reason(read_span, answer)

    def agreement(self, details: MomentDetails) -> tuple[str, float | None, float | None, float | None]:
        """Whether something breaks."""
        found = details.detection
        return "Krippendorff’s nominal α of whether something breaks", found.alpha, found.ci_low, found.ci_high

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

    def judged(self, rows: QuestionRows) -> JudgedVideos:
        """Videos by whether nothing breaks in them."""
        return judged_videos(rows, 1.0 - marks_of(rows)[0].broken)


KIND = MomentKind()


def marks_of(rows: QuestionRows) -> tuple[Marks, str]:
    """The marks of rows, and what is random beside participants; each distinct mark is read once."""
    used, answer = distinct(rows.code("answer"))
    found = read_spans([rows.words("answer")[code] for code in used])
    methods, method = distinct(rows.code("method"))
    unit, named = rows.units()
    marks = Marks(
        methods=[rows.words("method")[code] for code in methods],
        kinds=found.kinds,
        participant=rows.worker,
        video=distinct(rows.code("video_id"))[1],
        prompt=unit,
        method=method,
        start_s=found.start_s[answer],
        end_s=found.end_s[answer],
        kind=found.kind[answer],
    )
    return marks, named


def _method(row: MethodBreaks, plan: QuestionPlan) -> MethodEstimate:
    share = row.broken
    size = Size(n_answers=share.num_answers, n_units=share.num_units, n_workers=share.num_participants)
    found = IntervalEstimate(found=share, limits=(0.0, 1.0), sequential=plan.rules.sequential)
    return method_estimate(row.method, found, size, plan)


def _difference(own: BreaksCompared, a: MethodBreaks, b: MethodBreaks, plan: QuestionPlan) -> Difference:
    size = Size(
        n_answers=a.num_answers + b.num_answers,
        n_units=max(a.broken.num_units, b.broken.num_units),
        n_workers=max(a.broken.num_participants, b.broken.num_participants),
    )
    estimate = IntervalEstimate(found=own.difference, limits=(-1.0, 1.0), sequential=plan.rules.sequential)
    return Difference(a=own.a, b=own.b, estimate=estimate, size=size)


def _broken(row: MethodBreaks) -> BrokenMethod:
    return BrokenMethod(
        name=row.method, n_videos=row.num_videos, by_majority=row.videos_by_majority, kinds=list(row.kinds)
    )


def _agreement(found: Agreement) -> AgreementOfMarks:
    return AgreementOfMarks(alpha=found.value, ci_low=found.low, ci_high=found.high)
