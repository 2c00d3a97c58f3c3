"""Accuracies, with intervals clustered by participant and by video."""

from dataclasses import dataclass

import numpy as np

from analysis.counts import Counts
from analysis.intervals import UNKNOWN, Interval, clustered, t_quantile
from analysis.layout import Layout
from analysis.scoring import Scored, score
from analysis.variance import Part, over_workers, two_way

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Estimate:
    """One accuracy over all answers: for new videos of these labels, and for exactly these videos."""

    accuracy: float
    #: Never narrower than the interval for these videos.
    new_videos: Interval
    these_videos: Interval
    num_answers: int
    num_videos: int
    num_workers: int
    #: Every answer right or every answer wrong: no variance can be estimated.
    separated: bool


def estimate(counts: Counts, policy: str = "planned", confidence: float = 0.95) -> Estimate | None:
    """The accuracy over all the answers counted, with both intervals; None where the policy leaves none."""
    scored = score(counts.pooled(), policy)
    videos = len(scored.video_n)
    if not videos:
        return None
    layout = Layout(scored, [0], _own_mix(scored))
    p, workers = layout.accuracies[0], layout.num_present[0]
    these = _interval(layout, over_workers(layout, (1.0,)), workers, confidence)
    new = _interval(layout, two_way(layout, (1.0,), "video"), min(videos, workers), confidence)
    answers = int(counts.by_video.sum()) if scored.weighted else int(scored.video_n.sum())
    return Estimate(p, new.around(these), these, answers, videos, workers, p in (0.0, 1.0))


def _own_mix(scored: Scored) -> Array | None:
    """(labels,) the classes' shares of the answers; None, all classes as one, where each has a single video."""
    labels = scored.counts.video_label
    if np.bincount(labels).max() < 2:
        return None
    total = np.bincount(labels, scored.video_n, len(scored.counts.labels))
    return np.asarray(total / total.sum())


def _interval(layout: Layout, part: Part, clusters: int, confidence: float) -> Interval:
    if not part.known:
        return UNKNOWN
    quantile = t_quantile(part.df, confidence)
    return clustered(layout.accuracies[0], part.variance, layout.answers[0], clusters, quantile)
