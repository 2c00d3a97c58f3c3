"""Accuracies and their differences, with intervals clustered by participant and by video."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize, special

from analysis.counts import Counts, Scored, score

Array = np.ndarray

#: What is drawn at random beside participants.
Unit = Literal["video", "class", "video within class"]


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of the confidence asked for."""

    low: float
    high: float

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.high))


#: What one video, or one worker, says of others: nothing.
UNKNOWN = Interval(0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Variance:
    """The parts of a two-way clustered variance, one-way terms as they are and video terms with K/(K−1)."""

    worker: float
    video: float
    cell: float
    #: Degrees of freedom of the video term: K − 1, or Satterthwaite's for two methods.
    df: float
    num_workers: int

    @property
    def one_way(self) -> float:
        """For exactly these videos: the worker term with N/(N − 1)."""
        return self.worker * self.num_workers / max(self.num_workers - 1, 1)

    @property
    def two_way(self) -> float:
        """V = worker + video − cell (Cameron, Gelbach & Miller 2011), or the larger one-way term where V ≤ 0."""
        both = self.worker + self.video - self.cell
        return both if both > 0 else max(self.worker, self.video)


@dataclass(frozen=True, slots=True)
class Estimate:
    """One accuracy: for new videos (target A) and for exactly these videos (target B)."""

    accuracy: float
    new_videos: Interval
    these_videos: Interval
    num_answers: int
    num_videos: int
    num_workers: int
    #: Every answer right or every answer wrong: no variance can be estimated.
    separated: bool


def wilson(p: float, n: float, quantile: float) -> Interval:
    """Wilson's interval of a proportion (JASA 1927) with any quantile, e.g. Student's, and any effective n > 0."""
    square = quantile**2 / n
    centre = (p + square / 2) / (1 + square)
    half = quantile / (1 + square) * math.sqrt(p * (1 - p) / n + square / (4 * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def clustered(p: float, v: float, n: float, clusters: int, quantile: float) -> Interval:
    """Wilson's interval where answers come in clusters: the x with (p − x)² ≤ t²·V(x).

    V(x) = x(1 − x)/n + v′·(x(1 − x)/(p(1 − p)))². The variance of single answers goes with x(1 − x), as in Wilson's;
    what clusters add, v′ = v − p(1 − p)/n, with its square, as that of participants and videos does whose effects add
    up on the logit scale. Without it this is Wilson's interval.

    Args:
        p: the share that is right.
        v: its variance.
        n: answers.
        clusters: how many answers count where all agree, so that v says nothing.
        quantile: Student's, or the normal one.
    """
    if v <= 0 or not 0 < p < 1:
        return wilson(p, clusters, quantile)
    own = p * (1 - p)
    beyond = max(min(v, own) - own / n, 0.0)

    def outside(x: float) -> float:
        share = x * (1 - x)
        return (p - x) ** 2 - quantile**2 * (share / n + beyond * (share / own) ** 2)

    return Interval(float(optimize.brentq(outside, 0.0, p)), float(optimize.brentq(outside, p, 1.0)))


def newcombe(p_a: float, a: Interval, p_b: float, b: Interval) -> Interval:
    """The interval of a difference from two intervals (Newcombe 1998, method 10)."""
    low = p_a - p_b - math.hypot(p_a - a.low, b.high - p_b)
    high = p_a - p_b + math.hypot(a.high - p_a, p_b - b.low)
    return Interval(max(-1.0, low), min(1.0, high))


def t_quantile(df: float, confidence: float = 0.95) -> float:
    """The point of Student's t beyond which (1 − confidence)/2 lies."""
    return float(special.stdtrit(df, (1 + confidence) / 2))


def variance(scored: Scored, contrast: dict[int, float], unit: Unit = "video") -> Variance:
    """The two-way variance of a method's mean or of a difference of means, from influences ψ = ±(y − p̂)/n_m.

    Args:
        scored: scored counts.
        contrast: sign per method code, e.g. `{0: 1, 1: -1}` for a difference.
        unit: what is drawn at random beside participants: videos; classes, for methods paired by class; or videos
            within fixed classes, where p̂ is the mean of method and class instead of the method's.
    """
    counts, labels = scored.counts, len(scored.counts.labels)
    within = int(unit == "video within class")
    weight = np.zeros(len(counts.methods))
    for method, sign in contrast.items():
        weight[method] = sign / scored.video_n[counts.video_method == method].sum()
    of_video, of_cell = weight[counts.video_method], weight[counts.cell_method]
    group = counts.video_method.astype(np.intp) * labels + counts.video_label * within
    size = len(counts.methods) * labels
    p = np.bincount(group, scored.video_s, size) / np.maximum(np.bincount(group, scored.video_n, size), 1)
    cell_group = counts.cell_method.astype(np.intp) * labels + counts.cell_label * within
    cells = of_cell * (scored.cell_s - scored.cell_n * p[cell_group])
    videos = of_video * (scored.video_s - scored.video_n * p[group])
    worker = float((np.bincount(counts.cell_worker, cells) ** 2).sum())
    num_workers = int(np.count_nonzero(np.bincount(counts.cell_worker, of_cell != 0)))
    if unit == "class":
        used = of_video != 0
        num_classes = int(np.count_nonzero(np.bincount(counts.video_label[used])))
        spread = float((np.bincount(counts.video_label[used], videos[used]) ** 2).sum())
        by_class = num_classes / (num_classes - 1) * spread if num_classes > 1 else 0.0
        pairs = np.add.reduceat(cells, counts.first_cells_of_pairs())
        return Variance(worker, by_class, float((pairs**2).sum()), num_classes - 1, num_workers)
    number, spread_of = np.bincount(group, minlength=size), np.bincount(group, videos**2, size)
    terms = (np.where(number > 1, number / np.maximum(number - 1, 1), 0.0) * spread_of).reshape(-1, labels).sum(axis=1)
    spare = np.maximum(number - 1, 0).reshape(-1, labels).sum(axis=1)
    squares = scored.video_squares - 2 * p[group] * scored.video_s + p[group] ** 2 * scored.video_n
    own = [(float(terms[method]), int(spare[method])) for method in contrast]
    cell = float((of_video**2 * squares).sum())
    return Variance(worker, sum(term for term, _ in own), cell, _satterthwaite(own), num_workers)


def _satterthwaite(terms: list[tuple[float, int]]) -> float:
    """Degrees of freedom of a sum of variances, given with theirs (Satterthwaite 1946); one without any adds none."""
    known = [(term, freedom) for term, freedom in terms if freedom > 0]
    below = sum(term**2 / freedom for term, freedom in known)
    return sum(term for term, _ in known) ** 2 / below if below > 0 else float(sum(freedom for _, freedom in terms))


def estimate(counts: Counts, policy: str = "planned", confidence: float = 0.95) -> Estimate | None:
    """The accuracy over all the answers counted, with both intervals; None where the policy leaves none."""
    scored = score(counts.pooled(), policy)
    n, k = float(scored.video_n.sum()), len(scored.video_n)
    if not k:
        return None
    workers = scored.counts.num_present_workers()
    p = float(scored.video_s.sum()) / n
    parts = variance(scored, {0: 1.0}, _unit(scored))
    these = new = UNKNOWN
    if workers > 1:
        these = clustered(p, parts.one_way, n, workers, t_quantile(workers - 1, confidence))
    if k > 1:
        new = clustered(p, parts.two_way, n, min(k, workers), t_quantile(parts.df, confidence))
    return Estimate(p, new, these, int(n), k, workers, p in (0.0, 1.0))


def _unit(scored: Scored) -> Unit:
    """Videos within classes where each class has two or more, else videos; the classes themselves are given."""
    return "video" if (np.bincount(scored.counts.video_label) == 1).any() else "video within class"
