"""Naming as a kind of question: which label does the video show?

The first naming question of a table has the report's own keys (`analysis.naming.sections`); further ones are analysed
here.
"""

from dataclasses import dataclass, fields

import numpy as np

from analysis.answers import Answers
from analysis.counts import KEPT
from analysis.labels import OTHER, UNCLEAR, in_reading_order
from analysis.naming.counting import counts_of
from analysis.naming.findings import accuracy_findings, of_accuracies
from analysis.questions.judged import JudgedVideos, judged_videos
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import Question, QuestionRows, of_words
from analysis.records.contents import ReportContents
from analysis.records.questions import Findings, Measure, QuestionResult
from analysis.shown import places

MEASURE = Measure(
    name="share of right answers",
    unit="points",
    percent=True,
    more="is recognised more often than",
)


@dataclass(frozen=True, slots=True)
class NamingKind:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method", "label")
    details: type = object

    def mistake(self, answer: str) -> str | None:
        """Nothing: whether an answer is a label is known from the labels alone."""
        return None

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """The share of right answers.

        Raises:
            ValueError: an answer is no label of any video, and neither Other nor Unclear.
        """
        labels = in_reading_order(rows.words("label"))
        options = [*labels, OTHER, UNCLEAR]
        answer = of_words(options, rows.words("answer"))[rows.code("answer")]
        rows.refuse(answer < 0, f" has an answer to question {rows.question.id!r} that is none of {', '.join(options)}")
        label = of_words(labels, rows.words("label"))[rows.code("label")]
        return accuracy_findings(counts_of(rows, label, answer, labels), plan, MEASURE)

    def judged(self, rows: QuestionRows) -> JudgedVideos:
        """Videos by whether they were named rightly."""
        label = of_words(rows.words("answer"), rows.words("label"))[rows.code("label")]
        return judged_videos(rows, (label == rows.code("answer")).astype(float), "share")


KIND = NamingKind()


def judged_answers(answers: Answers) -> JudgedVideos:
    """The videos of the first naming question by whether they were named rightly, but those of several labels."""
    found = answers.arrays(f"SELECT worker, video, correct FROM answers WHERE {KEPT}")  # noqa: S608
    kept = answers.videos.single[found["video"].astype(int)]
    videos = answers.videos
    item = places(videos.item, sorted(set(videos.item)))
    return JudgedVideos(
        score=found["correct"][kept].astype(float),
        participant=found["worker"][kept].astype(np.intp),
        video=found["video"][kept].astype(np.intp),
        video_id=list(videos.video_id),
        method=places(videos.method, answers.methods),
        unit=np.where(videos.item == "", len(videos) + np.arange(len(videos)), item),
        methods=answers.methods,
        item=list(videos.item),
        estimates="share",
    )


def of_sections(contents: ReportContents, question: Question) -> QuestionResult:
    """The first naming question, from the report's own keys."""
    found = of_accuracies(contents.methods, contents.comparisons, MEASURE)
    return QuestionResult(
        **{field.name: getattr(found, field.name) for field in fields(Findings)},
        id=question.id,
        kind=question.kind,
        text=question.text,
        primary=False,
        top_level=True,
        metrics=[],
        funnel=contents.funnel,
        exclusions=contents.exclusions,
    )
