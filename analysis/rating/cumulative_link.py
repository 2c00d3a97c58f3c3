"""The cumulative link model of ratings with logits (proportional odds; McCullagh, JRSS B 1980).

P(rating ≤ k-th point) = logit⁻¹(θ_k − η), η = X β. With F = logit⁻¹, the probability of the k-th point is

F(θ_k − η) − F(θ_{k−1} − η) = F(θ_k − η) · (1 − F(θ_{k−1} − η)) · (1 − exp(θ_{k−1} − θ_k)),

so that a rating is a success at the threshold above it, a failure at the one below it, and a factor without η. The
model is therefore a logistic regression of these rows with a `Spacing` of the thresholds added, and all that fits
logistic regressions, random effects included, serves it.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from analysis.glmm import refuse_dependent
from analysis.separation import refuse_separated

Array = np.ndarray

#: Thresholds nearer than this are beyond any fit: there the spacing's logarithm is continued by its parabola.
NEAREST = 1e-6
#: A Newton step that promises less log-likelihood than this ends the fit.
LEAST_GAIN = 1e-10
MOST_STEPS = 100


@dataclass(frozen=True, slots=True)
class Spacing:
    """Σ n_k log(1 − exp(θ_{k−1} − θ_k)) over the points between the lowest and the highest.

    `count`: (points − 2,) ratings of these points.
    """

    count: Array

    def value(self, thresholds: Array) -> float:
        """The sum, by its parabola where thresholds come nearer than `NEAREST` or cross."""
        gap = np.diff(thresholds)
        inside = np.maximum(gap, NEAREST)
        short = gap - inside
        first, second = _derivatives(inside)
        return float(self.count @ (np.log(-np.expm1(-inside)) + first * short + second * short**2 / 2))

    def gradient(self, thresholds: Array) -> Array:
        """(thresholds,) its derivatives."""
        gap = np.diff(thresholds)
        inside = np.maximum(gap, NEAREST)
        first, second = _derivatives(inside)
        slope = self.count * (first + second * (gap - inside))
        return np.asarray(np.concatenate([[0.0], slope]) - np.concatenate([slope, [0.0]]))

    def information(self, thresholds: Array) -> Array:
        """(thresholds, thresholds) its second derivatives with the other sign; not negative."""
        between = np.diff(np.eye(len(thresholds)), axis=0)
        curve = -self.count * _derivatives(np.maximum(np.diff(thresholds), NEAREST))[1]
        return np.asarray(between.T @ (curve[:, None] * between))


def _derivatives(gap: Array) -> tuple[Array, Array]:
    """The first and second of log(1 − exp(−gap))."""
    first = 1 / np.expm1(gap)
    return first, -first * (1 + first)


class ThresholdRows:
    """Ratings as rows of a logistic regression with the columns (θ, β).

    Args:
        point: (ratings,) codes of points from 0, ascending; each code up to the largest must occur.
        x: (ratings, columns) fixed effects without an intercept.

    Raises:
        ValueError: fewer than two points occur, or one between them does not.
    """

    def __init__(self, point: Array, x: sparse.csr_array) -> None:
        count = np.bincount(point)
        if len(count) < 2 or not count.all():
            raise ValueError(
                f"points must be codes from 0 of which each occurs, and two or more: counts {count.tolist()}"
            )
        self.num_thresholds = len(count) - 1
        above, below = np.flatnonzero(point < self.num_thresholds), np.flatnonzero(point > 0)
        #: (rows,) the rating that each row is of.
        self.rating = np.concatenate([above, below])
        #: (rows,) 1 for the threshold above a rating, 0 for the one below it.
        self.y = np.repeat([1.0, 0.0], [len(above), len(below)])
        threshold = np.concatenate([point[above], point[below] - 1])
        rows = np.arange(len(threshold))
        shape = (len(threshold), self.num_thresholds)
        indicator = sparse.csr_array((np.ones(len(threshold)), (rows, threshold)), shape=shape)
        self.x = sparse.csr_array(sparse.hstack([indicator, -x[self.rating]]))
        self.spacing = Spacing(count[1:-1].astype(float))
        shares = np.cumsum(count)[:-1] / len(point)
        #: (columns,) thresholds of the same ratings without effects, and no effects.
        self.start = np.concatenate([special.logit(shares), np.zeros(x.shape[1])])

    def value(self, beta: Array) -> float:
        """The log-likelihood at (θ, β)."""
        eta = self.x @ beta
        return float(self.y @ eta - np.logaddexp(0, eta).sum()) + self.spacing.value(beta[: self.num_thresholds])

    def gradient(self, beta: Array) -> Array:
        """(columns,) its derivatives."""
        own = self.x.T @ (self.y - special.expit(self.x @ beta))
        own[: self.num_thresholds] += self.spacing.gradient(beta[: self.num_thresholds])
        return np.asarray(own)

    def information(self, beta: Array) -> Array:
        """(columns, columns) its second derivatives with the other sign."""
        p = special.expit(self.x @ beta)
        own = (self.x.T @ self.x.multiply((p * (1 - p))[:, None])).toarray()
        own[: self.num_thresholds, : self.num_thresholds] += self.spacing.information(beta[: self.num_thresholds])
        return np.asarray(own)


@dataclass(frozen=True, slots=True)
class CumulativeModel:
    """A fitted model without random effects.

    `thresholds`: (points − 1,) θ. `beta`: (columns,). `covariance`: (thresholds + columns, same) of both, by the
    information; ratings count as independent.
    """

    thresholds: Array
    beta: Array
    covariance: Array
    log_likelihood: float
    converged: bool

    @property
    def standard_errors(self) -> Array:
        """(columns,) of β."""
        return np.sqrt(np.diag(self.covariance)[len(self.thresholds) :])


def fit(point: Array, x: Array | sparse.csr_array) -> CumulativeModel:
    """Fit without random effects, by Newton's method.

    Args:
        point: (ratings,) codes of points from 0, ascending, each of which occurs.
        x: (ratings, columns) fixed effects without an intercept, which the thresholds are.

    Raises:
        ValueError: shapes do not fit together, X with an intercept is not of full rank, or points are missing.
        SeparationError: θ or β is not finite.
    """
    rows = rows_of(point, x)
    refuse_separated(rows.y, np.ones(len(rows.y)), rows.x)
    beta = rows.start
    value, gain = rows.value(beta), np.inf
    for _ in range(MOST_STEPS):
        gradient = rows.gradient(beta)
        step = np.linalg.solve(rows.information(beta), gradient)
        gain = float(gradient @ step)
        if gain < LEAST_GAIN:
            break
        part = 1.0
        while (found := rows.value(beta + part * step)) < value - 1e-9 * abs(value) and part > 1e-8:
            part /= 2
        beta, value = beta + part * step, found
    number = rows.num_thresholds
    covariance = np.linalg.inv(rows.information(beta))
    return CumulativeModel(beta[:number], beta[number:], covariance, value, gain < LEAST_GAIN)


def rows_of(point: Array, x: Array | sparse.csr_array) -> ThresholdRows:
    """The rows of some ratings, checked.

    Raises:
        ValueError: as in `fit`.
    """
    x = sparse.csr_array(x, dtype=float)
    if x.shape[0] != len(point):
        raise ValueError(f"x has {x.shape[0]} rows, point has {len(point)}")
    refuse_dependent(sparse.csr_array(sparse.hstack([np.ones((len(point), 1)), x])))
    return ThresholdRows(point, x)
