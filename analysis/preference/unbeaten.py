"""Methods that won, or lost, every vote against others: what votes say of a strength whose estimate is infinite."""

import math
from collections.abc import Callable

import numpy as np

from analysis.clustering import UNBOUNDED, Target
from analysis.intervals import Interval, root, t_quantile, wilson
from analysis.preference.fitting import Fit
from analysis.preference.models import MODELS
from analysis.preference.votes import LEFT, TIE, Votes

Array = np.ndarray

#: Where the end of an open interval is looked for, on the scale of log strengths.
FARTHEST = 40.0


def never_lost(votes: Votes, a: int, b: int, target: Target, level: float) -> bool:
    """Whether `a` won all votes against `b`, and often enough to be the better one at that level; by their codes."""
    places, scores = _scores(votes, a, np.array([b]))
    clusters = _clusters(votes, places, target)
    return clusters > 1 and bool((scores == 1).all()) and _least_share(clusters, 1 - level) > 0.5


def open_interval(votes: Votes, fitted: Fit, method: int, others: Array, target: Target, confidence: float) -> Interval:
    """The interval of a method's strength less the mean of others', all of whose votes it won, or lost.

    It ends at the strength at which the method would win as seldom as the lower end of Wilson's interval allows, with
    the others' strengths as estimated and as many votes as there are clusters; it has no other end. The whole line
    where there are no such votes, or a single cluster.

    Args:
        votes: those that were fitted.
        fitted: a model in which the method's strength is infinite.
        method: its code.
        others: codes of the other methods.
        target: these prompts or new ones.
        confidence: of the interval.
    """
    places, scores = _scores(votes, method, others)
    clusters = _clusters(votes, places, target)
    if clusters < 2 or not ((scores == 1).all() or (scores == 0).all()):
        return UNBOUNDED
    share, sign = _least_share(clusters, confidence), 1.0 if scores[0] == 1 else -1.0
    expected = _expected(votes, fitted, method, places, sign)
    end = root(lambda x: expected(x) - share, -FARTHEST, FARTHEST) - sign * float(fitted.strength[others].mean())
    return Interval(end, math.inf) if sign > 0 else Interval(-math.inf, -end)


def _scores(votes: Votes, method: int, others: Array) -> tuple[Array, Array]:
    """The places of the votes between a method and some others, and the method's score in each: 1, ½ or 0."""
    left = (votes.left == method) & np.isin(votes.right, others)
    right = (votes.right == method) & np.isin(votes.left, others)
    places = np.flatnonzero(left | right)
    return places, (1 + votes.signs[places] * np.where(left[places], 1, -1)) / 2


def _clusters(votes: Votes, places: Array, target: Target) -> int:
    """How many votes count where all of a cluster agree."""
    people, prompts = (len(np.unique(codes[places])) for codes in (votes.participant, votes.prompt))
    return people if target == "these" else min(people, prompts)


def _least_share(clusters: int, confidence: float) -> float:
    """The least share of wins that goes with having won every vote."""
    return wilson(1.0, clusters, t_quantile(clusters - 1, confidence)).low


def _expected(votes: Votes, fitted: Fit, method: int, places: Array, sign: float) -> Callable[[float], float]:
    """The mean score of the votes at some places where the method has the strength sign × x; 1 less it for sign −1."""
    left = votes.left[places] == method
    other = fitted.strength[np.where(left, votes.right[places], votes.left[places])]
    side = np.where(left, 1.0, -1.0) * (fitted.position or 0.0)
    model = MODELS[fitted.model]

    def expected(x: float) -> float:
        p = np.exp(model(x - sign * (other - side), fitted.tie or 0.0).log_p)
        return float((p[:, LEFT] + (0.0 if fitted.tie is None else p[:, TIE] / 2)).mean())

    return expected
