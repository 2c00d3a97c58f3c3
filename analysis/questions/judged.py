"""Metrics beside the answers to one question: whose answers score single videos."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis.columns import PAIR_METHODS, PAIR_VIDEOS
from analysis.metrics.columns import Metric
from analysis.metrics.scores import scores
from analysis.metrics.validation import validate
from analysis.questions.rows import QuestionRows
from analysis.records.metrics import MetricValidation

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedVideos:
    """Scores that people gave to single videos; `score`, `participant` and `video` are (answers,)."""

    score: Array
    participant: Array
    #: Codes of videos, indices into `video_id`.
    video: Array
    video_id: Sequence[str]
    #: (videos,) codes of each video's method and of its prompt, −1 for videos without answers.
    method: Array
    unit: Array
    #: Methods by their codes.
    methods: Sequence[str]
    #: (videos,) what a video shares with those of other methods; empty for nothing, and for videos without answers.
    item: Sequence[str]
    #: What the mean score of a method's videos is to its question: the share or the mean that it reports of a method.
    estimates: Literal["share", "mean"] | None = None


def judged_videos(rows: QuestionRows, score: Array, estimates: Literal["share", "mean"] | None = None) -> JudgedVideos:
    """Scores of the videos of rows about single videos.

    Args:
        rows: the answers that count.
        score: (rows,) larger is better.
        estimates: whether the mean score is the share, or the mean, that the question reports.
    """
    video, item = rows.code("video_id"), rows.item()
    return JudgedVideos(
        score=score,
        participant=rows.worker,
        video=video,
        video_id=rows.videos(),
        method=_of_videos(rows, video, rows.code("method")),
        unit=_of_videos(rows, video, rows.units()[0]),
        methods=rows.words("method"),
        item=_items(rows, video, item.code),
        estimates=estimates,
    )


def judged_pairs(rows: QuestionRows, outcome: Array) -> JudgedVideos | None:
    """Scores of the videos of rows about pairs, so that a video's mean is its net win rate; None without video ids.

    Args:
        rows: the answers that count.
        outcome: (rows,) negative where the left video is better, positive where the right one is, 0 for a tie.
    """
    sides = [rows.code(name) for name in PAIR_VIDEOS]
    if any((side < 0).any() for side in sides):
        return None
    video, sign = np.concatenate(sides), np.sign(outcome)
    item = rows.item().code
    names = _items(rows, video, np.tile(item, 2))
    return JudgedVideos(
        score=np.concatenate([-sign, sign]),
        participant=np.tile(rows.worker, 2),
        video=video,
        video_id=rows.videos(),
        method=_of_videos(rows, video, np.concatenate([rows.code(name) for name in PAIR_METHODS])),
        unit=_of_videos(rows, video, np.where(np.tile(item, 2) < 0, len(rows.item().words) + video, np.tile(item, 2))),
        methods=rows.methods(),
        item=names,
    )


def _of_videos(rows: QuestionRows, video: Array, code: Array) -> Array:
    """(videos,) the code of each video, from one of its rows."""
    found = np.full(len(rows.videos()), -1)
    found[video] = code
    return found


def _items(rows: QuestionRows, video: Array, code: Array) -> list[str]:
    """(videos,) the text of what each video shares with others, from one of its rows."""
    words = [*rows.item().words, ""]
    return [words[place] for place in _of_videos(rows, video, code)]


def validations(
    judged: JudgedVideos, metrics: Sequence[Metric], *, seed: int, confidence: float
) -> list[MetricValidation]:
    """Each metric beside people's scores.

    Raises:
        ValueError: a metric has scored no video of the question.
    """
    rows = []
    for metric in metrics:
        values = np.array([metric.scores.get(video, np.nan) for video in judged.video_id])
        try:
            own = scores(judged.score, judged.participant, judged.video, values, judged.method, judged.unit)
        except ValueError as error:
            raise ValueError(f"metric {metric.name!r}: {error}") from None
        rows.append(
            validate(
                own,
                np.random.default_rng(seed),
                metric=metric.name,
                lower_is_better=metric.lower_is_better,
                confidence=confidence,
            )
        )
    return rows
