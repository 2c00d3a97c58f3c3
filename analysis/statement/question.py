"""Statement as a kind of question: is this sentence about the video true?"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.accuracy_model import AccuracyModel
from analysis.naming.counting import counts_of
from analysis.naming.findings import accuracy_findings, right_answers, stacks_of_answers
from analysis.questions.assumptions import TwoMethodScores, scored_answers
from analysis.questions.judged import JudgedVideos, judged_videos
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows, of_words
from analysis.records.figures import Stacks
from analysis.records.questions import Findings, Measure, RightAnswers
from crowd.questions.statement import CANNOT_TELL, NO, YES

Array = np.ndarray

MEASURE = Measure(name="share of right answers", unit="points", percent=True, more="is judged rightly more often than")


#: Accuracy of guessing yes or no.
CHANCE = 0.5

#: What a statement can be.
TRUTHS = (YES, NO)


@dataclass(frozen=True, slots=True)
class StatementJudged:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method")
    details: type = RightAnswers
    measure: Measure = MEASURE
    words: tuple[str, ...] = (YES, NO, CANNOT_TELL)

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is one of the three."""
        return None if answer in (YES, NO, CANNOT_TELL) else f"is none of {YES}, {NO}, {CANNOT_TELL}"

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """The share of right answers, by the estimates of naming; without a label `yes` is right.

        Raises:
            ValueError: a label is neither yes nor no.
        """
        label, answer = _codes(rows)
        rows.refuse(label < 0, f": label is neither {YES} nor {NO}")
        found = accuracy_findings(counts_of(rows, label, answer, list(TRUTHS)), plan, MEASURE)
        kind = np.where(answer == label, 0, np.where(answer == len(TRUTHS) + 1, 2, 1))
        return replace(
            found, details=right_answers(rows, kind, ("right", "wrong", "cannot tell"), CHANCE, found.methods)
        )

    def assumed(self, settings: Mapping[str, Any]) -> AccuracyModel:
        """An accuracy midway between chance, one half, and 1."""
        return AccuracyModel(chance=CHANCE, accuracy=(1 + CHANCE) / 2)

    def scored(self, rows: QuestionRows) -> TwoMethodScores:
        """Right and wrong answers about the two methods that have the most."""
        label, answer = _codes(rows)
        return scored_answers(rows, label == answer)

    def judged(self, rows: QuestionRows) -> JudgedVideos:
        """Videos by whether they were judged rightly."""
        label, answer = _codes(rows)
        return judged_videos(rows, (label == answer).astype(float), "share")

    def stacks(self, details: RightAnswers) -> Stacks:
        """Each method's answers by kind, right ones first."""
        return stacks_of_answers(details)


KIND = StatementJudged()


def _codes(rows: QuestionRows) -> tuple[Array, Array]:
    """(rows,) what is right, true where there is no label and −1 for other labels; and the answers' codes.

    As in naming "cannot tell" has the last code, that of Unclear; nobody can answer Other.
    """
    known = rows.code("label")
    label = np.where(known < 0, 0, of_words(TRUTHS, [word.lower() for word in rows.words("label")])[known])
    return label, of_words((*TRUTHS, "", CANNOT_TELL), rows.words("answer"))[rows.code("answer")]
