"""Choice as a kind of question: which of these options, asked about a video or once per person."""

from dataclasses import dataclass

from analysis.choice.records import ChoiceDetails, OptionShareResult
from analysis.choice.shares import option_shares
from analysis.choice.ticks import read_ticks
from analysis.counts import distinct
from analysis.questions.comparisons import target_of
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.questions import Findings, Measure

MEASURE = Measure(name="share of answers", unit="points", percent=True, more="is chosen more often than")


@dataclass(frozen=True, slots=True)
class ChoiceKind:
    """The kind."""

    columns: tuple[str, ...] = ()
    details: type = ChoiceDetails

    def mistake(self, answer: str) -> str | None:
        """Nothing: any text may be an option."""
        return None

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """How often each option was chosen, per method where the question is about videos."""
        used, answer = distinct(rows.code("answer"))
        declared = tuple(rows.question.settings.get("options", ()))
        read = read_ticks([rows.words("answer")[code] for code in used], declared or rows.options)
        options, ticked = read.options, read.ticked[answer]
        target, confidence = target_of(plan.rules), plan.rules.confidence
        about = bool((rows.code("video_id") >= 0).all()) and bool((rows.code("method") >= 0).all())
        units = rows.units() if about else (None, "participants")
        found = option_shares(
            ticked,
            options,
            rows.worker,
            units[0],
            rows.code("method") if about else None,
            rows.words("method") if about else (),
        )
        shares = [(row, row.share.interval(target, confidence)) for row in found]
        return Findings(
            measure=MEASURE,
            methods=[],
            comparisons=[],
            units=units[1],
            details=ChoiceDetails(
                options=options,
                shares=[
                    OptionShareResult(
                        method=row.method,
                        option=row.option,
                        count=row.count,
                        share=row.share.value,
                        ci_low=interval.low,
                        ci_high=interval.high,
                    )
                    for row, interval in shares
                ],
            ),
        )


KIND = ChoiceKind()
