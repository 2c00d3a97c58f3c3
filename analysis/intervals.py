"""Intervals of proportions and of their differences, whatever their variance comes from."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from scipy import special

#: Student's quantiles beyond this leave nothing of an interval; it keeps the root finding finite.
LARGEST_QUANTILE = 1e7

#: With which power of x(1 − x) the variance between clusters goes, towards 1/2 and towards the nearer end. It is 2
#: where small effects add up on the logit scale; an estimated variance is too small where p̂ lies near an end by chance,
#: which 1.5 makes up for. Chosen on simulations of their own, where both ends of an interval were then missed alike.
INWARDS, OUTWARDS = 2.0, 1.5
#: From which ratio on what clusters add goes with x(1 − x) only, as for single answers: with few right or few wrong
#: answers the ratio is large and an estimate of the clusters' variance is mostly chance.
FAR = 3.0
#: A variance so many times smaller than that of single answers is rounding: it is 0, and says nothing of clusters.
ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class Interval:
    """An interval of the confidence asked for."""

    low: float
    high: float

    def __iter__(self) -> Iterator[float]:
        return iter((self.low, self.high))

    def around(self, other: "Interval") -> "Interval":
        """The smallest interval that holds both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))


#: Where nothing can be inferred: of an accuracy, and of a difference.
UNKNOWN = Interval(0.0, 1.0)
UNKNOWN_DIFFERENCE = Interval(-1.0, 1.0)


def t_quantile(df: float, confidence: float = 0.95) -> float:
    """The point of Student's t beyond which (1 − confidence)/2 lies."""
    return min(float(special.stdtrit(df, (1 + confidence) / 2)), LARGEST_QUANTILE)


def t_probability(quantile: float, df: float) -> float:
    """The two-sided p of a value of Student's t."""
    return float(2 * special.stdtr(df, -abs(quantile)))


def wilson(p: float, n: float, quantile: float) -> Interval:
    """Wilson's interval of a proportion (JASA 1927) with any quantile, e.g. Student's, and any effective n > 0."""
    square = quantile**2 / n
    centre = (p + square / 2) / (1 + square)
    half = quantile / (1 + square) * math.sqrt(p * (1 - p) / n + square / (4 * n))
    return Interval(max(0.0, centre - half), min(1.0, centre + half))


def clustered(p: float, v: float, n: float, clusters: float, quantile: float) -> Interval:
    """Wilson's interval where answers come in clusters: the x with (p − x)² ≤ t²·V(x).

    V(x) = x(1 − x)/n + v′·g(r), r = x(1 − x)/(p(1 − p)). The variance of single answers goes with x(1 − x), as in
    Wilson's; what clusters add, v′ = v − p(1 − p)/n, faster: g(r) is r to the power `OUTWARDS` where r < 1, `INWARDS`
    up to `FAR`, and in proportion to r from there. V(x) never exceeds that of as many answers as there are clusters.
    Without clusters this is Wilson's interval. Where v is 0 but for rounding, it is Wilson's for `clusters` answers:
    that a few clusters agree, all right, all wrong or all with the same share, can be chance.

    Args:
        p: the share that is right.
        v: its variance.
        n: answers.
        clusters: how many answers count where all of a cluster agree.
        quantile: Student's, or the normal one.
    """
    own = p * (1 - p)
    if v <= ROUNDING * own / n or not 0 < p < 1:
        return wilson(p, clusters, quantile)
    single = min(v, own / n)
    beyond, most = max(min(v, own) - single, 0.0), max(v, own / clusters)

    def outside(x: float) -> float:
        share = x * (1 - x) / own
        spread = single * share + beyond * _growth(share)
        return float((p - x) ** 2 - quantile**2 * min(spread, most * share))

    return Interval(root(outside, 0.0, p), root(outside, p, 1.0))


def _growth(ratio: float) -> float:
    """How many times what clusters add grows where x(1 − x) grows that many times."""
    if ratio < 1:
        return float(ratio**OUTWARDS)
    near = min(ratio, FAR)
    return float(near**INWARDS * ratio / near)


def root(function: Callable[[float], float], low: float, high: float) -> float:
    """Where a function that changes its sign between `low` and `high` is 0, to 12 digits (Illinois rule).

    Ten lines instead of SciPy's, whose import takes longer than everything else here.
    """
    at_low, at_high, side = function(low), function(high), 0
    for _ in range(200):
        if at_low == 0 or abs(high - low) <= 1e-13 * max(1.0, abs(low), abs(high)):
            return low
        if at_high == 0:
            return high
        middle = high - at_high * (high - low) / (at_high - at_low)
        if not low < middle < high:
            middle = (low + high) / 2
        at_middle = function(middle)
        if (at_middle > 0) == (at_high > 0):
            high, at_high = middle, at_middle
            at_low, side = (at_low / 2 if side == 1 else at_low), 1
        else:
            low, at_low = middle, at_middle
            at_high, side = (at_high / 2 if side == -1 else at_high), -1
    return (low + high) / 2


def newcombe(p_a: float, a: Interval, p_b: float, b: Interval) -> Interval:
    """The interval of a difference from two intervals (Newcombe 1998, method 10)."""
    low = p_a - p_b - math.hypot(p_a - a.low, b.high - p_b)
    high = p_a - p_b + math.hypot(a.high - p_a, p_b - b.low)
    return Interval(max(-1.0, low), min(1.0, high))
