"""Statement as a kind of question: is this sentence about the video true?"""

from dataclasses import dataclass, replace

import numpy as np

from analysis.naming.counting import counts_of
from analysis.naming.findings import accuracy_findings, right_answers, stacks_of_answers
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows, of_words
from analysis.records.figures import Stacks
from analysis.records.questions import Findings, Measure, RightAnswers
from crowd.questions.statement import CANNOT_TELL, NO, YES

MEASURE = Measure(name="share of right answers", unit="points", percent=True, more="is judged rightly more often than")


@dataclass(frozen=True, slots=True)
class StatementJudged:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method")
    details: type = RightAnswers

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is one of the three."""
        return None if answer in (YES, NO, CANNOT_TELL) else f"is none of {YES}, {NO}, {CANNOT_TELL}"

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """The share of right answers, by the estimates of naming; without a label `yes` is right.

        Raises:
            ValueError: a label is neither yes nor no.
        """
        truths = (YES, NO)
        label = of_words(truths, rows.words("label"))[rows.code("label")] if rows.words("label") else rows.code("label")
        rows.refuse((label < 0) & (rows.code("label") >= 0), f": label is neither {YES} nor {NO}")
        label = np.maximum(label, 0)
        # As for naming, "cannot tell" stands in the place of Unclear; nobody can answer "Other".
        answer = of_words((YES, NO, "", CANNOT_TELL), rows.words("answer"))[rows.code("answer")]
        found = accuracy_findings(counts_of(rows, label, answer, list(truths)), plan, MEASURE)
        kind = np.where(answer == label, 0, np.where(answer == len(truths) + 1, 2, 1))
        return replace(found, details=right_answers(rows, kind, ("right", "wrong", "cannot tell"), 0.5))

    def stacks(self, details: RightAnswers) -> Stacks:
        """Each method's answers by kind, right ones first."""
        return stacks_of_answers(details)


KIND = StatementJudged()
