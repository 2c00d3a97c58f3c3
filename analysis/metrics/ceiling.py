"""The noise ceiling: how well people's means agree with themselves, which no metric can be expected to exceed.

Participants are split into two random halves; the correlation r of the halves' mean scores of videos, averaged over
splits, becomes that of all participants with another group of the same size by the formula of Spearman and Brown
(1910), 2r/(1 + r). This is the means' reliability. A metric that knew the true scores would correlate with the means by
its root, the ceiling. Halves are of participants, not of answers: answers of one participant in both halves would agree
because they are the same person's.
"""

import math
from dataclasses import dataclass

import numpy as np

from analysis.metrics.coefficients import pearson
from analysis.metrics.scores import Scores

Array = np.ndarray

#: Random splits that are averaged.
SPLITS = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Reliability:
    """Of people's means; None where it cannot be computed."""

    videos: float | None
    systems: float | None


def ceiling(reliability: float | None) -> float | None:
    """The correlation with people's means that a metric of the true scores would have."""
    return None if reliability is None else math.sqrt(reliability)


def reliability(own: Scores, rng: np.random.Generator, splits: int = SPLITS) -> Reliability:
    """The means' reliability by video and by system, 0 to 1; None with one participant or nothing that varies."""
    if own.num_participants < 2:
        return Reliability(videos=None, systems=None)
    found = np.array([_split(own, rng) for _ in range(splits)])
    return Reliability(videos=_whole(found[:, 0]), systems=_whole(found[:, 1]))


def _split(own: Scores, rng: np.random.Generator) -> tuple[float, float]:
    """Correlations of two random halves of participants, by video and by system."""
    half = rng.permutation(own.num_participants) % 2
    first, second = own.means(np.array([half, 1 - half], float))
    both = np.isfinite(first) & np.isfinite(second)
    weights = both.astype(float)
    systems = [own.of_systems(means, weights) for means in (first, second)]
    known = np.isfinite(systems[0])
    return pearson(first[both], second[both]), pearson(systems[0][known], systems[1][known])


def _whole(halves: Array) -> float | None:
    """Spearman and Brown's reliability of all participants, from correlations of halves."""
    known = halves[np.isfinite(halves)]
    if len(known) < len(halves) / 2:
        return None
    mean = max(float(known.mean()), 0.0)
    return 2 * mean / (1 + mean)
