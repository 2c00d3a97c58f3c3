"""Intervals of proportions and of their differences, whatever their variance comes from."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from scipy import optimize, special

#: Student's quantiles beyond this leave nothing of an interval; it keeps the root finding finite.
LARGEST_QUANTILE = 1e7

#: The power of x(1 − x) with which the variance between clusters goes. It is 2 where small effects add up on the logit
#: scale; an estimated variance falls faster, since the studies with a large p̂ are those with few bad videos. 2.5 was
#: chosen on simulations of their own (95 % right, 6 v 24 videos), where 2 rejected up to .060 and 3 as few as .040.
SHAPE = 2.5


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

    V(x) = x(1 − x)/n + v′·(x(1 − x)/(p(1 − p)))^`SHAPE`. The variance of single answers goes with x(1 − x), as in
    Wilson's; what clusters add, v′ = v − p(1 − p)/n, with a power of it. Without clusters this is Wilson's interval.

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
    single = min(v, own / n)
    beyond = max(min(v, own) - single, 0.0)

    def outside(x: float) -> float:
        share = x * (1 - x) / own
        return float((p - x) ** 2 - quantile**2 * (single * share + beyond * share**SHAPE))

    return Interval(float(optimize.brentq(outside, 0.0, p)), float(optimize.brentq(outside, p, 1.0)))


def newcombe(p_a: float, a: Interval, p_b: float, b: Interval) -> Interval:
    """The interval of a difference from two intervals (Newcombe 1998, method 10)."""
    low = p_a - p_b - math.hypot(p_a - a.low, b.high - p_b)
    high = p_a - p_b + math.hypot(a.high - p_a, p_b - b.low)
    return Interval(max(-1.0, low), min(1.0, high))
