"""How near two participants' marks in one video lie to each other, against what chance gives.

The distance of two spans is Hausdorff's, max(|start − start′|, |end − end′|): both ends of two spans agree within it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.moment.marks import Marks

Array = np.ndarray

#: Distances up to which two spans are taken to agree.
TOLERANCES_S = (0.1, 0.25, 0.5, 1.0)

#: Shuffles of the spans among the videos, and samples of the bootstrap.
SHUFFLES, SAMPLES = 999, 2000

#: Two times that differ by this much less than a tolerance, or more, are within it: 0.3 − 0.2 s is 0.1 s.
ROUNDING_S = 1e-9


@dataclass(frozen=True, slots=True)
class WithinTolerance:
    """How many pairs of participants agree about where a video breaks."""

    tolerance_s: float
    #: Share of pairs whose spans lie within the tolerance, with its bootstrap interval over videos; None where unknown.
    agreeing: float
    low: float | None
    high: float | None
    #: The same share where each participant's spans are shuffled among the videos that they marked.
    by_chance: float
    #: Share of shuffles, the marks themselves among them, in which as many pairs agree or more.
    p_value: float


@dataclass(frozen=True, slots=True)
class Distances:
    """Distances of the marks of pairs of participants in one video."""

    num_pairs: int
    num_videos: int
    median_s: float
    tolerances: list[WithinTolerance]


def distances(
    marks: Marks, rng: np.random.Generator, tolerances_s: Sequence[float] = TOLERANCES_S, confidence: float = 0.95
) -> Distances | None:
    """Compare all pairs of participants who marked a break in one video; None without any pair.

    Shuffling keeps how many spans each participant marked and in which videos, and where in a video they tend to mark:
    only which of their spans belongs to which video is left to chance. It takes videos to be of one length.

    Args:
        marks: the answers, of one method or of several.
        rng: draws the shuffles and the bootstrap samples.
        tolerances_s: the distances to try.
        confidence: of the bootstrap intervals.
    """
    chosen = np.flatnonzero(marks.broken)
    participant, video = marks.participant[chosen], marks.video[chosen]
    spans = np.column_stack([marks.start_s[chosen], marks.end_s[chosen]])
    pairs = _pairs(video, participant)
    if not len(pairs):
        return None
    within = _within(spans, pairs, tolerances_s)
    shuffled = np.array(
        [_within(spans[_shuffled(participant, rng)], pairs, tolerances_s).mean(axis=0) for _ in range(SHUFFLES)]
    )
    apart = _apart(spans, pairs)
    ends = _bootstrap(within, video[pairs[:, 0]], rng, confidence)
    as_many = (shuffled >= within.mean(axis=0) - 1e-12).sum(axis=0)
    rows = zip(
        tolerances_s, within.mean(axis=0), ends, shuffled.mean(axis=0), (1 + as_many) / (1 + SHUFFLES), strict=True
    )
    found = [
        WithinTolerance(tolerance, float(share), *interval, float(chance), float(p))
        for tolerance, share, interval, chance, p in rows
    ]
    return Distances(len(pairs), len(np.unique(video[pairs[:, 0]])), float(np.median(apart)), found)


def _pairs(video: Array, participant: Array) -> Array:
    """(pairs, 2) places of the marks of two participants in one video."""
    found = [np.empty((0, 2), np.intp)]
    order = np.argsort(video, kind="stable")
    step = 1
    while step < len(order):
        first, second = order[:-step], order[step:]
        same = video[first] == video[second]
        if not same.any():
            break
        other = same & (participant[first] != participant[second])
        found.append(np.column_stack([first[other], second[other]]))
        step += 1
    return np.concatenate(found)


def _apart(spans: Array, pairs: Array) -> Array:
    """(pairs,) Hausdorff's distance of two spans, in seconds."""
    starts, ends = (np.abs(column[pairs[:, 0]] - column[pairs[:, 1]]) for column in spans.T)
    return np.asarray(np.maximum(starts, ends))


def _within(spans: Array, pairs: Array, tolerances_s: Sequence[float]) -> Array:
    """(pairs, tolerances) whether two spans agree."""
    return np.asarray(_apart(spans, pairs)[:, None] <= np.asarray(tolerances_s) + ROUNDING_S)


def _shuffled(participant: Array, rng: np.random.Generator) -> Array:
    """(marks,) places of the marks, shuffled within each participant."""
    found = np.empty(len(participant), np.intp)
    found[np.argsort(participant, kind="stable")] = np.argsort(participant + rng.random(len(participant)))
    return found


def _bootstrap(
    within: Array, video: Array, rng: np.random.Generator, confidence: float
) -> list[tuple[float | None, float | None]]:
    """Percentile intervals of the shares, videos resampled; unknown with a single video."""
    _, codes = np.unique(video, return_inverse=True)
    sizes = np.bincount(codes)
    if len(sizes) < 2:
        return [(None, None)] * within.shape[1]
    sums = np.stack([np.bincount(codes, column) for column in within.T], axis=1)
    often = rng.multinomial(len(sizes), np.full(len(sizes), 1 / len(sizes)), SAMPLES)
    shares = (often @ sums) / (often @ sizes)[:, None]
    low, high = np.quantile(shares, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return [(float(a), float(b)) for a, b in zip(low, high, strict=True)]
