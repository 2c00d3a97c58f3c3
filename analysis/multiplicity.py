"""Several comparisons at once: adjusted p-values, and the level at which each comparison was tested."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.layout import Layout
from analysis.variance import ALL

Array = np.ndarray

#: Draws of the joint distribution of several statistics.
DRAWS = 200_000


@dataclass(frozen=True, slots=True)
class Adjusted:
    """One comparison among several."""

    p_value: float
    #: The level at which it was tested: its interval of 1 less this leaves out 0 exactly where p_value < α.
    level: float


def unadjusted(p_values: Sequence[float], alpha: float) -> list[Adjusted]:
    """Each comparison by itself."""
    return [Adjusted(p, alpha) for p in p_values]


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's step-down adjustment (1979), in the order given."""
    order = np.argsort(p_values, kind="stable")
    adjusted = np.empty(len(p_values))
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[index]))
        adjusted[index] = running
    return [float(value) for value in adjusted]


def by_holm(p_values: Sequence[float], alpha: float) -> list[Adjusted]:
    """Holm's adjustment; the k-th smallest p is tested at α/(m − k + 1), those after the first failure at its level."""
    adjusted, number = holm(p_values), len(p_values)
    levels = np.empty(number)
    level, stopped = alpha / max(number, 1), False
    for rank, index in enumerate(np.argsort(p_values, kind="stable")):
        if not stopped:
            level = alpha / (number - rank)
            stopped = p_values[index] >= level
        levels[index] = level
    return [Adjusted(p, float(own)) for p, own in zip(adjusted, levels, strict=True)]


def by_max_t(
    p_values: Sequence[float], dfs: Sequence[float], correlation: Array, alpha: float, rng: np.random.Generator
) -> list[Adjusted]:
    """Single-step max-T (Westfall & Young 1993; Hothorn, Bretz & Westfall 2008): the distribution of the largest |t|.

    Statistics are jointly Student's t with the correlation of the differences and the fewest degrees of freedom.

    Args:
        p_values: two-sided, of each comparison by itself.
        dfs: degrees of freedom of each.
        correlation: (comparisons, comparisons) of the differences.
        alpha: level of all comparisons together.
        rng: draws the joint distribution, `DRAWS` times.
    """
    df = max(min(dfs), 1.0)
    root = _root(correlation)
    largest = np.empty(DRAWS)
    for start in range(0, DRAWS, 20_000):
        part = slice(start, min(start + 20_000, DRAWS))
        size = part.stop - part.start
        normal = np.abs(rng.standard_normal((size, len(root))) @ root.T).max(axis=1)
        largest[part] = normal / np.sqrt(rng.chisquare(df, size) / df)
    # A comparison's statistic is the t of the common df that has its p, so that each keeps its own test.
    statistic = np.abs(special.stdtrit(df, np.clip(np.asarray(p_values) / 2, 1e-300, 0.5)))
    largest.sort()
    critical = float(np.quantile(largest, 1 - alpha))
    above = DRAWS - np.searchsorted(largest, statistic, side="left")
    level = float(2 * special.stdtr(df, -critical))
    return [Adjusted(max(float(share), p), level) for share, p in zip((1 + above) / (1 + DRAWS), p_values, strict=True)]


def _root(correlation: Array) -> Array:
    """A matrix whose product with its transpose is the correlation."""
    values, vectors = np.linalg.eigh(correlation)
    return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))


def correlation_of(layouts: Sequence[Layout]) -> Array:
    """(comparisons, comparisons) correlation of the differences of pairs of methods, from their influences.

    What participants and what videos (or classes, where a pair has one video in each) contribute to two differences.
    """
    by_class = any(layout.unit == "class" for layout in layouts)
    workers, units = [], []
    for layout in layouts:
        first, second = layout.workers
        workers.append(_lifted(first.psi, first.share) - _lifted(second.psi, second.share))
        units.append(_of_classes(layout) if by_class else _of_videos(layout))
    longest = max(map(len, units))
    units = [np.pad(row, (0, longest - len(row))) for row in units]
    own = [np.stack(rows) for rows in (workers, units)]
    covariance = sum(rows @ rows.T for rows in own)
    spread = np.sqrt(np.maximum(np.diag(covariance), 1e-300))
    return np.asarray(np.clip(covariance / spread / spread[:, None], -1.0, 1.0))


def _lifted(psi: Array, share: Array) -> Array:
    return np.asarray(psi / np.sqrt(np.maximum(1 - share, 1 - ALL)))


def _of_classes(layout: Layout) -> Array:
    own = layout.weights * (layout.p[0] - layout.p[1])
    return np.asarray(own - layout.weights * own.sum())


def _of_videos(layout: Layout) -> Array:
    found = np.zeros(int(layout.scored.counts.video.max(initial=-1)) + 1)
    for place, sign in enumerate((1.0, -1.0)):
        psi = layout.by_video(place, layout.coefficient) * layout.deviations[place]
        found[layout.scored.counts.video[layout.videos[place]]] = sign * psi
    return found
