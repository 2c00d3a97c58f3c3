"""Statement as a kind of question: is this sentence about the video true?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.accuracy_model import AccuracyModel
from analysis.naming.counting import counts_of
from analysis.naming.findings import accuracy_findings, right_answers, stacks_of_answers
from analysis.questions.assumptions import Scored, scored_answers
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows, of_words
from analysis.records.figures import Stacks
from analysis.records.questions import Findings, Measure, RightAnswers
from crowd.questions.statement import CANNOT_TELL, NO, YES

MEASURE = Measure(name="share of right answers", unit="points", percent=True, more="is judged rightly more often than")

#: Of guessing yes or no.
CHANCE = 0.5


@dataclass(frozen=True, slots=True)
class StatementJudged:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method")
    details: type = RightAnswers
    measure: Measure = MEASURE

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is one of the three."""
        return None if answer in (YES, NO, CANNOT_TELL) else f"is none of {YES}, {NO}, {CANNOT_TELL}"

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """The share of right answers, by the estimates of naming; without a label `yes` is right.

        Raises:
            ValueError: a label is neither yes nor no.
        """
        truths, label = (YES, NO), truth_of(rows)
        # As for naming, "cannot tell" stands in the place of Unclear; nobody can answer "Other".
        answer = of_words((YES, NO, "", CANNOT_TELL), rows.words("answer"))[rows.code("answer")]
        found = accuracy_findings(counts_of(rows, label, answer, list(truths)), plan, MEASURE)
        kind = np.where(answer == label, 0, np.where(answer == len(truths) + 1, 2, 1))
        return replace(found, details=right_answers(rows, kind, ("right", "wrong", "cannot tell"), CHANCE))

    def assumed(self, settings: Mapping[str, Any]) -> AccuracyModel:
        """An accuracy midway between chance, one half, and 1."""
        return AccuracyModel(chance=CHANCE, accuracy=(1 + CHANCE) / 2)

    def scored(self, rows: QuestionRows) -> Scored:
        """Right and wrong answers about the two methods that have the most."""
        return scored_answers(rows, of_words((YES, NO), rows.words("answer"))[rows.code("answer")] == truth_of(rows))

    def stacks(self, details: RightAnswers) -> Stacks:
        """Each method's answers by kind, right ones first."""
        return stacks_of_answers(details)


KIND = StatementJudged()


def truth_of(rows: QuestionRows) -> np.ndarray:
    """(rows,) 0 where yes is right, 1 where no is; without a label `yes` is right.

    Raises:
        ValueError: a label is neither yes nor no.
    """
    label = of_words((YES, NO), rows.words("label"))[rows.code("label")] if rows.words("label") else rows.code("label")
    rows.refuse((label < 0) & (rows.code("label") >= 0), f": label is neither {YES} nor {NO}")
    return np.asarray(np.maximum(label, 0))
