"""Caption as a kind of question: which of these captions fits the video?"""

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
from crowd.questions.caption import NONE, Caption
from crowd.texts import lookalikes
from crowd.wording import UNCLEAR

MEASURE = Measure(
    name="share of right captions", unit="points", percent=True, more="is matched with its caption more often than"
)

#: What an answer is: the video's own caption, another, none of them, or unclear.
KINDS = ("its own caption", "another caption", NONE, UNCLEAR)


@dataclass(frozen=True, slots=True)
class CaptionChoice:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method", "label")
    details: type = RightAnswers
    measure: Measure = MEASURE

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is a caption, which is any text, or one of the words for none."""
        meant = next((word for word in (NONE, UNCLEAR) if lookalikes({word, answer})), None)
        return f"looks like {meant!r}; write it so" if meant else None

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """The share of answers that are the video's own caption, which is in `label`, by the estimates of naming."""
        words, own = rows.words("answer"), right_captions(rows)
        apart = np.array([2 if word == NONE else 3 if word == UNCLEAR else 1 for word in words])
        kind = np.where(own, 0, apart[rows.code("answer")])
        # All videos are of one class: what differs between captions is the video's.
        counts = counts_of(rows, np.zeros(len(rows), np.intp), kind, list(KINDS[:2]))
        found = accuracy_findings(counts, plan, MEASURE)
        shown = choices(rows)
        return replace(found, details=right_answers(rows, kind, KINDS, 1 / shown if shown else None, found.methods))

    def assumed(self, settings: Mapping[str, Any]) -> AccuracyModel:
        """An accuracy midway between chance and 1."""
        chance = 1 / int(settings.get("choices", _CHOICES))
        return AccuracyModel(chance=chance, accuracy=(1 + chance) / 2)

    def scored(self, rows: QuestionRows) -> TwoMethodScores:
        """Right and wrong answers about the two methods that have the most."""
        return scored_answers(rows, right_captions(rows))

    def judged(self, rows: QuestionRows) -> JudgedVideos:
        """Videos by whether they were matched with their own caption."""
        return judged_videos(rows, right_captions(rows).astype(float), "share")

    def stacks(self, details: RightAnswers) -> Stacks:
        """Each method's answers by kind, right ones first."""
        return stacks_of_answers(details)


KIND = CaptionChoice()
_CHOICES = Caption.__dataclass_fields__["choices"].default


def right_captions(rows: QuestionRows) -> np.ndarray:
    """(rows,) whether the answer is the video's own caption."""
    own = of_words(rows.words("answer"), rows.words("label"))[rows.code("label")]
    return np.asarray(own == rows.code("answer"))


def choices(rows: QuestionRows) -> int | None:
    """How many captions were shown: as the first row with options has them, else as declared; None where neither is."""
    shown = len([option for option in rows.options if option not in (NONE, UNCLEAR)])
    return shown or rows.question.settings.get("choices")
