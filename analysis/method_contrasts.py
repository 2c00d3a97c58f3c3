"""From a fitted mixed model to what it says of methods: odds, marginal accuracies and their differences."""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.glmm import MixedModel
from analysis.intervals import Interval

Array = np.ndarray

#: Nodes of the Gauss–Hermite quadrature over the sum of all random effects.
NODES = 61


@dataclass(frozen=True, slots=True)
class MethodContrast:
    """Method `a` against method `b`."""

    a: str
    b: str
    #: On the logit scale, given video and participant: log odds of `a` less those of `b`.
    log_odds: float
    standard_error: float
    z: float
    #: Two-sided, from the normal distribution, as glmer gives it. It is liberal where videos are few: at 5 % it rejects
    #: a true null in 22 % of simulated studies with 11 labels and one video of each per method, 10 % with two, 9 % with
    #: five, since maximum likelihood finds too small a variance of videos beside many fixed effects.
    p: float
    #: Videos V less fixed effects; infinite where videos have no variance in the model.
    df: float
    #: Two-sided, from Student's t with `df` and the standard error times √(V / df): rejects in 5 to 7 % of the same.
    p_adjusted: float
    odds_ratio: float
    #: Adjusted in the same way, as is that of the difference.
    odds_ratio_interval: Interval
    #: Marginal accuracy of `a` less that of `b`, in [−1, 1]: over new videos and participants, each label with the
    #: same weight; with an interval by the delta method.
    difference: float
    difference_interval: Interval


@dataclass(frozen=True, slots=True)
class Widening:
    """What makes up for few videos: the factor of standard errors is that of an unbiased variance of videos."""

    df: float
    factor: float
    confidence: float

    def half(self, error: float) -> float:
        """Half an interval's width."""
        level = (1 + self.confidence) / 2
        if self.df < 1:
            return math.inf
        quantile = special.ndtri(level) if math.isinf(self.df) else special.stdtrit(self.df, level)
        return float(quantile) * self.factor * error

    def p(self, z: float) -> float:
        """Two-sided; 1 where there are no more videos than effects."""
        if self.df < 1:
            return 1.0
        t = -abs(z) / self.factor
        return 2 * float(special.ndtr(t) if math.isinf(self.df) else special.stdtr(self.df, t))


@dataclass(frozen=True, slots=True)
class Margins:
    """`accuracy`: (methods,); `slope`: (methods, columns + factors) its derivatives by β and then the variances."""

    accuracy: Array
    slope: Array


def margins_of(model: MixedModel, num_methods: int, width: int) -> Margins:
    """Each method's accuracy, the mean over labels of E logit⁻¹(α + β + e), e normal with the sum of all variances."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    spread = max(math.sqrt(float((model.sd**2).sum())), 1e-6)
    effects = np.concatenate([[0.0], model.beta[width:]])
    p = special.expit(model.beta[:width][None, :, None] + effects[:, None, None] + spread * nodes)
    density = p * (1 - p)
    slope = np.zeros((num_methods, len(model.covariance)))
    by_label = density @ weights / width
    slope[:, :width] = by_label
    slope[range(1, num_methods), range(width, width + num_methods - 1)] = by_label[1:].sum(axis=1)
    slope[:, len(model.beta) :] = ((density * nodes) @ weights).mean(axis=1)[:, None] / (2 * spread)
    return Margins((p @ weights).mean(axis=1), slope)


def contrast_of(
    model: MixedModel, margins: Margins, places: tuple[int, int], names: list[str], widening: Widening
) -> MethodContrast:
    """One method against another, by their places in the order; the first has no column of its own."""
    columns, (a, b) = len(model.beta), places
    width = columns - (len(names) - 1)
    sign = np.zeros(len(model.covariance))
    for place, value in ((a, 1.0), (b, -1.0)):
        if place:
            sign[width + place - 1] = value
    log_odds = float(sign[:columns] @ model.beta)
    error = math.sqrt(float(sign @ model.covariance @ sign))
    slope = margins.slope[a] - margins.slope[b]
    difference = float(margins.accuracy[a] - margins.accuracy[b])
    half = widening.half(math.sqrt(float(slope @ model.covariance @ slope)))
    z, wide = log_odds / error, widening.half(error)
    return MethodContrast(
        names[a],
        names[b],
        log_odds,
        error,
        z,
        float(2 * special.ndtr(-abs(z))),
        widening.df,
        widening.p(z),
        _exp(log_odds),
        Interval(_exp(log_odds - wide), _exp(log_odds + wide)),
        difference,
        Interval(max(-1.0, difference - half), min(1.0, difference + half)),
    )


def _exp(log_odds: float) -> float:
    """Without an overflow, where few answers give an error of hundreds."""
    return math.exp(log_odds) if log_odds < 700 else math.inf
