"""Scores: counts turned into sums of right answers, by a policy that says what counts as right."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis.counts import Counts, Single, half_codes

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Scored:
    """Counts turned into answers and scores by one policy.

    With ω the weight of an answer (1 without weights) and y its score, per video Σω, Σωy, Σω²y², Σω², Σω²y; per cell
    Σω, Σωy, Σω².
    """

    counts: Counts
    video_n: Array
    video_s: Array
    video_squares: Array
    video_nn: Array
    video_ns: Array
    cell_n: Array
    cell_s: Array
    cell_nn: Array
    single: Single | None = None

    @property
    def weighted(self) -> bool:
        """Whether answers have weights."""
        return self.counts.squared is not None


def _planned(counts: Counts) -> tuple[Array, ...]:
    n, right = counts.by_video.sum(axis=1), counts.right()
    return n, right, right, counts.by_cell[:, 0], counts.by_cell[:, 1]


def _without_unclear(counts: Counts) -> tuple[Array, ...]:
    n, right = counts.by_video.sum(axis=1) - counts.by_video[:, -1], counts.right()
    return n, right, right, counts.by_cell[:, 0] - counts.by_cell[:, 3], counts.by_cell[:, 1]


def _committed(counts: Counts) -> tuple[Array, ...]:
    n, right = counts.by_video[:, :-2].sum(axis=1), counts.right()
    return n, right, right, counts.by_cell[:, 0] - counts.by_cell[:, 2] - counts.by_cell[:, 3], counts.by_cell[:, 1]


def _partial_unclear(counts: Counts) -> tuple[Array, ...]:
    n, right, unclear, part = (
        counts.by_video.sum(axis=1),
        counts.right(),
        counts.by_video[:, -1],
        1 / len(counts.labels),
    )
    cell_s = counts.by_cell[:, 1] + part * counts.by_cell[:, 3]
    return n, right + part * unclear, right + part**2 * unclear, counts.by_cell[:, 0], cell_s


def _commitment(counts: Counts) -> tuple[Array, ...]:
    n, named = counts.by_video.sum(axis=1), counts.by_video[:, :-2].sum(axis=1)
    cell_n = counts.by_cell[:, 0]
    return n, named, named, cell_n, cell_n - counts.by_cell[:, 2] - counts.by_cell[:, 3]


def _half(half: int, *, committed: bool) -> Callable[[Counts], tuple[Array, ...]]:
    """Score the object or the direction alone, whatever the other half was."""

    def scored(counts: Counts) -> tuple[Array, ...]:
        named = counts.by_video[:, :-2]
        codes = half_codes(counts.labels, half)
        hits = (named * (codes[counts.video_label][:, None] == codes)).sum(axis=1)
        cell_n = counts.by_cell[:, 0] - committed * (counts.by_cell[:, 2] + counts.by_cell[:, 3])
        return (named if committed else counts.by_video).sum(axis=1), hits, hits, cell_n, counts.by_cell[:, 4 + half]

    return scored


#: What counts as right. `planned`: Other and Unclear are wrong. `commitment` scores whether a label was named at all.
POLICIES: dict[str, Callable[[Counts], tuple[Array, ...]]] = {
    "planned": _planned,
    "without Unclear": _without_unclear,
    "committed only": _committed,
    "Unclear as a guess": _partial_unclear,
    "commitment": _commitment,
    "object": _half(0, committed=False),
    "direction": _half(1, committed=False),
    "object when committed": _half(0, committed=True),
    "direction when committed": _half(1, committed=True),
}


def score(counts: Counts, policy: str = "planned") -> Scored:
    """Apply a policy; videos and cells that it leaves without answers are dropped."""
    video_n, video_s, squares, cell_n, cell_s = POLICIES[policy](counts)
    video_nn, video_ns, cell_nn = video_n, video_s, cell_n
    if counts.squared is not None:
        video_nn, video_ns, squares, cell_nn, _ = POLICIES[policy](
            replace(counts, by_video=counts.squared[0], by_cell=counts.squared[1])
        )
    videos, cells = (None if kept.all() else np.flatnonzero(kept) for kept in (video_n > 0, cell_n > 0))

    def chosen(values: Array, places: Array | None) -> Array:
        return values if places is None else values.take(places)

    kept = counts.keep(video_n > 0, cell_n > 0)
    return Scored(
        counts=kept,
        video_n=chosen(video_n, videos),
        video_s=chosen(video_s, videos),
        video_squares=chosen(squares, videos),
        video_nn=chosen(video_nn, videos),
        video_ns=chosen(video_ns, videos),
        cell_n=chosen(cell_n, cells),
        cell_s=chosen(cell_s, cells),
        cell_nn=chosen(cell_nn, cells),
        single=_scored_singly(kept, policy),
    )


def _scored_singly(counts: Counts, policy: str) -> Single | None:
    """The single answers with their scores, where these are 0 or 1 for the label alone."""
    if counts.single is None or policy not in ("planned", "committed only"):
        return None
    label = np.full(max(int(counts.video.max(initial=-1)), int(counts.single.video.max(initial=-1))) + 1, -1)
    label[counts.video] = counts.video_label
    own = label[counts.single.video]
    chosen = own >= 0
    if policy == "committed only":
        chosen &= counts.single.value < len(counts.labels)
    right = counts.single.value == own
    return Single(counts.single.worker[chosen], counts.single.video[chosen], right[chosen].astype(float))
