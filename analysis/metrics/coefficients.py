"""Coefficients of association of two lists of scores, and their intervals where pairs are independent."""

import math
from collections.abc import Callable

import numpy as np
from scipy import special

from analysis.intervals import Interval

Array = np.ndarray

#: What cannot be known of a correlation.
UNKNOWN_CORRELATION = Interval(-1.0, 1.0)


def pearson(x: Array, y: Array) -> float:
    """Pearson's r; NaN where one of the two does not vary."""
    if len(x) < 2 or not np.ptp(x) or not np.ptp(y):
        return math.nan
    x, y = x - x.mean(), y - y.mean()
    return float(x @ y / math.sqrt(float(x @ x) * float(y @ y)))


def spearman(x: Array, y: Array) -> float:
    """Spearman's ρ, Pearson's r of the ranks, with mean ranks of ties; NaN where one of the two does not vary."""
    from scipy import stats  # slow to load, and only metrics need it

    return pearson(stats.rankdata(x), stats.rankdata(y))


def kendall(x: Array, y: Array) -> float:
    """Kendall's τ-b (Biometrika 1945); NaN where one of the two does not vary."""
    if len(x) < 2 or not np.ptp(x) or not np.ptp(y):
        return math.nan
    if len(x) == 2:  # for which SciPy's p divides by 0
        return float(np.sign((x[1] - x[0]) * (y[1] - y[0])))
    from scipy import stats  # slow to load, and only metrics need it

    return float(stats.kendalltau(x, y, method="asymptotic").statistic)


def pairwise_accuracy(x: Array, y: Array) -> float:
    """Share of pairs that both put in the same order, or both leave tied; NaN without a pair.

    A pair that only one of the two leaves tied counts as wrong (Deutsch, Foster & Freitag, EMNLP 2023,
    arXiv:2305.14324). Without ties it is (τ + 1)/2.
    """
    first, second = np.triu_indices(len(x), 1)
    if not len(first):
        return math.nan
    return float((np.sign(x[first] - x[second]) == np.sign(y[first] - y[second])).mean())


#: The coefficients of a report, by name.
COEFFICIENTS: dict[str, Callable[[Array, Array], float]] = {
    "pearson": pearson,
    "spearman": spearman,
    "kendall": kendall,
}


def independent_interval(name: str, value: float, number: int, confidence: float = 0.95) -> Interval:
    """The interval of a coefficient of so many independent pairs, on Fisher's z = artanh.

    The variance of z is 1/(n − 3) for Pearson's r (Fisher 1921), (1 + ρ²/2)/(n − 3) for Spearman's ρ (Bonett & Wright,
    Psychometrika 2000, doi:10.1007/BF02294183) and .437/(n − 4) for Kendall's τ (Fieller, Hartley & Pearson, Biometrika
    1957). With too few pairs for the formula nothing is known: −1 to 1. A perfect order has no z; it gets the interval
    of a value half a step nearer to 0, a step being what one swap of neighbours changes.

    Args:
        name: of `COEFFICIENTS`.
        value: the coefficient.
        number: n.
        confidence: of the interval.
    """
    spare = number - (4 if name == "kendall" else 3)
    if spare < 1 or not math.isfinite(value):
        return UNKNOWN_CORRELATION
    steps = {"kendall": 4 / (number * (number - 1)), "spearman": 12 / (number * (number**2 - 1)), "pearson": 1e-12}
    near = math.copysign(min(abs(value), 1 - steps[name] / 2), value)
    variance = {"kendall": 0.437, "spearman": 1 + near**2 / 2, "pearson": 1.0}[name] / spare
    half = float(special.ndtri((1 + confidence) / 2)) * math.sqrt(variance)
    z = math.atanh(near)
    return Interval(math.tanh(z - half), math.tanh(z + half)).around(Interval(value, value))
