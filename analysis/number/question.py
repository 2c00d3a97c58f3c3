"""Number as a kind of question: how many, how much, asked about a video or once per person."""

from dataclasses import dataclass

import numpy as np

from analysis.number.records import NumberDetails, NumberSummaryResult
from analysis.number.summaries import NumberSummary, number_summaries
from analysis.questions.comparisons import bound, target_of
from analysis.questions.kinds import no_number, number_of
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.questions import Findings, Measure

MEASURE = Measure(name="mean", unit="units", percent=False, more="has larger answers than")


@dataclass(frozen=True, slots=True)
class NumberKind:
    """The kind."""

    columns: tuple[str, ...] = ()
    details: type = NumberDetails

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is a number."""
        return no_number(answer)

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """Mean, median and quartiles, per method where the question is about videos."""
        values = np.array([number_of(word) for word in rows.words("answer")])[rows.code("answer")]
        about = bool((rows.code("video_id") >= 0).all()) and bool((rows.code("method") >= 0).all())
        units = rows.units() if about else (None, "participants")
        found = number_summaries(
            values,
            rows.worker,
            units[0],
            rows.code("method") if about else None,
            rows.words("method") if about else (),
            plan.rules.confidence,
        )
        return Findings(
            measure=MEASURE,
            methods=[],
            comparisons=[],
            units=units[1],
            details=NumberDetails(summaries=[_summary(row, plan) for row in found]),
        )


KIND = NumberKind()


def _summary(row: NumberSummary, plan: QuestionPlan) -> NumberSummaryResult:
    target = target_of(plan.rules)
    low, high = row.mean.interval(target, plan.rules.confidence)
    first, median, third = row.quartiles
    ends = median.these if target == "these" else median.new
    return NumberSummaryResult(
        method=row.method,
        answers=row.num_answers,
        mean=row.mean.value,
        mean_low=bound(low),
        mean_high=bound(high),
        quartile_1=first.value,
        median=median.value,
        median_low=bound(ends.low),
        median_high=bound(ends.high),
        quartile_3=third.value,
    )
