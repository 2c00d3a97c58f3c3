"""Logistic regression with crossed random effects, by maximum likelihood with the Laplace approximation.

What lme4's `glmer` does with one quadrature point, with an exact gradient in place of its search without derivatives:
β and the variances are found together, and standard errors are those of their joint Hessian.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize, sparse, special

from analysis.laplace import Likelihood, Point
from analysis.separation import SeparationError, refuse_separated

Array = np.ndarray

#: A variance at this bound is reported as zero.
LEAST_VARIANCE = 1e-7
#: A variance at this bound, a standard deviation of 10 on the logit scale, is taken as growing without bound.
LARGEST_VARIANCE = 100.0
#: Largest gradient, per standard error, at which a fit counts as converged: with dense algebra, and with probes.
CONVERGED = (0.01, 0.1)
#: Steps of the numerical Hessian, in standard errors.
STEP = 0.02
#: Most rows for which standard errors come from differences of the gradient.
HESSIAN_ROWS = 200_000


@dataclass(frozen=True, slots=True)
class MixedModel:
    """A fitted model, on the logit scale.

    `beta`: (columns,). `sd`: (factors,). `covariance`: (columns + factors, same) of β and the variances σ², zero for a
    variance at its bound. `modes`: the conditional modes Λ û per factor, (levels,) each.
    """

    beta: Array
    sd: Array
    covariance: Array
    modes: list[Array]
    #: With the binomial constants, and its Monte Carlo standard error (0 except in very large problems).
    log_likelihood: float
    log_likelihood_error: float
    #: (factors,) whether a variance is estimated as zero, its lower bound.
    boundary: tuple[bool, ...]
    #: Largest gradient per standard error at the end.
    gradient: float
    converged: bool
    evaluations: int
    #: The numerical Hessian of (β, σ²), or, in large problems, the information on β given σ².
    errors_from: Literal["hessian", "information"]

    @property
    def standard_errors(self) -> Array:
        """(columns,) of β."""
        return np.sqrt(np.diag(self.covariance)[: len(self.beta)])


def fit(
    y: Array, n: Array, x: Array | sparse.csr_array, groups: list[tuple[Array, int]], *, start: Array | None = None
) -> MixedModel:
    """Fit by maximum likelihood; rows may be aggregated.

    Args:
        y: (rows,) successes.
        n: (rows,) trials, positive.
        x: (rows, columns) fixed effects, with the intercept if there is to be one.
        groups: per grouping factor its (rows,) codes and its number of levels.
        start: (factors + columns,) variances and β to begin from.

    Raises:
        ValueError: shapes or counts do not fit together, no factor is given, or X is not of full rank.
        SeparationError: β is not finite, or a variance grows without end.
    """
    y, n = np.asarray(y, float), np.asarray(n, float)
    x = sparse.csr_array(x, dtype=float)
    _check(y, n, x, groups)
    refuse_separated(y, n, x)
    if start is None:
        start = np.concatenate([np.full(len(groups), 0.5), _without_effects(y, n, x)])
    return maximise(Likelihood(y, n, x, groups), start)


def maximise(model: Likelihood, start: Array) -> MixedModel:
    """The maximum of a likelihood of (σ², β), searched from a start.

    Raises:
        SeparationError: a variance grows without end.
    """
    k, place = len(model.layout.sizes), start.astype(float)
    exact = model.layout.dense
    for round_ in range(4):
        point = model.at(place[:k], place[k:])
        spread, gradient = _whitened(model, point, place, k)
        if gradient < CONVERGED[not exact] / 100:
            break
        place = _climb(model, place, spread, k, most=12 if round_ < 2 else 60)
    endless = [int(factor) for factor in np.flatnonzero(place[:k] > 0.99 * LARGEST_VARIANCE)]
    if endless:
        raise SeparationError(f"the variances of groups {endless} grow without end", factors=endless)
    point = model.at(place[:k], place[k:])
    value, error = point.final()
    modes = model.u * model.layout.by_level(np.sqrt(place[:k]))
    at_bound = place[:k] <= 2 * LEAST_VARIANCE
    _, gradient = _whitened(model, point, place, k)
    covariance, errors_from, fine = _covariance(model, point, place, at_bound)
    sd = np.where(at_bound, 0.0, np.sqrt(place[:k]))
    return MixedModel(
        place[k:],
        sd,
        covariance,
        [model.layout.part(modes, factor) for factor in range(k)],
        value,
        error,
        tuple(bool(bound) for bound in at_bound),
        gradient,
        fine and gradient < CONVERGED[not exact],
        model.evaluations,
        errors_from,
    )


def _check(y: Array, n: Array, x: sparse.csr_array, groups: list[tuple[Array, int]]) -> None:
    if not groups:
        raise ValueError("groups: at least one grouping factor is needed")
    for name, length in (
        ("n", len(n)),
        ("x", x.shape[0]),
        *((f"groups[{k}]", len(g[0])) for k, g in enumerate(groups)),
    ):
        if length != len(y):
            raise ValueError(f"{name} has {length} rows, y has {len(y)}")
    if not len(y) or (n <= 0).any() or (y < 0).any() or (y > n).any():
        raise ValueError("every row needs n > 0 and 0 ≤ y ≤ n, and there must be rows")
    for at, (codes, size) in enumerate(groups):
        if codes.min() < 0 or codes.max() >= size:
            raise ValueError(f"groups[{at}]: codes must be in 0 to {size - 1}, found {codes.min()} to {codes.max()}")
    refuse_dependent(x)


def refuse_dependent(x: sparse.csr_array) -> None:
    """Look for columns of X that follow from the others.

    Raises:
        ValueError: X is not of full rank.
    """
    gram = (x.T @ x).toarray()
    scale = np.sqrt(np.diag(gram))
    if (scale == 0).any() or np.linalg.eigvalsh(gram / np.outer(scale, scale))[0] < 1e-10:
        raise ValueError("x is not of full rank: some column follows from the others")


def _without_effects(y: Array, n: Array, x: sparse.csr_array) -> Array:
    """β of the logistic regression without random effects, near enough to begin from."""
    beta = np.zeros(x.shape[1])
    for _ in range(8):
        p = special.expit(x @ beta)
        weighted = sparse.csr_array(x.multiply((n * p * (1 - p) + 1e-9)[:, None]))
        beta = beta + np.linalg.solve((x.T @ weighted).toarray(), x.T @ (y - n * p))
    return beta


def _whitened(model: Likelihood, point: Point, place: Array, k: int) -> tuple[Array, float]:
    """A root of the inverse information, and the largest gradient in its units, without those into a bound."""
    information = model.information(point, place[:k])
    spread = np.diag(1 / np.sqrt(np.diag(information)))
    spread[k:, k:] = np.linalg.inv(np.linalg.cholesky(information[k:, k:])).T
    gradient = point.gradient.copy()
    gradient[:k][(place[:k] <= 2 * LEAST_VARIANCE) & (gradient[:k] < 0)] = 0
    gradient[:k][(place[:k] > 0.99 * LARGEST_VARIANCE) & (gradient[:k] > 0)] = 0
    return spread, float(np.abs(spread.T @ gradient).max())


def _climb(model: Likelihood, place: Array, spread: Array, k: int, most: int) -> Array:
    """Some iterations of a quasi-Newton method, with the variances bounded, in units of standard errors."""
    origin = model.at(place[:k], place[k:]).value
    scale = np.diag(spread)[:k]
    middle = np.concatenate([np.zeros(k), place[k:]])

    def loss(moved: Array) -> tuple[float, Array]:
        here = middle + spread @ moved
        point = model.at(np.clip(here[:k], LEAST_VARIANCE, LARGEST_VARIANCE), here[k:])
        return origin - point.value, -(spread.T @ point.gradient)

    exact = model.layout.dense
    found = optimize.minimize(
        loss,
        np.concatenate([place[:k] / scale, np.zeros(len(place) - k)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_VARIANCE / s, LARGEST_VARIANCE / s) for s in scale] + [(None, None)] * (len(place) - k),
        options={
            "maxiter": most,
            "gtol": CONVERGED[not exact] / 100,
            "ftol": 1e-12 if exact else 1e-4,
            "maxls": 20 if exact else 6,
        },
    )
    there = middle + spread @ found.x
    there[:k] = np.clip(there[:k], LEAST_VARIANCE, LARGEST_VARIANCE)
    return np.asarray(there)


def _covariance(
    model: Likelihood, point: Point, place: Array, at_bound: Array
) -> tuple[Array, Literal["hessian", "information"], bool]:
    """Of β and then σ², by central differences of the gradient, or in large problems from the information."""
    k, size = len(at_bound), len(place)
    free = np.flatnonzero(np.concatenate([~at_bound, np.ones(size - k, bool)]))
    information = model.information(point, place[:k])
    numerical = len(model.y) <= HESSIAN_ROWS
    if numerical:
        units = STEP / np.sqrt(np.diag(information))
        units[:k] = np.minimum(units[:k], place[:k] / 4)
        rows = []
        for one in free:
            step = np.zeros(size)
            step[one] = units[one]
            up, down = (model.at((place + s)[:k], (place + s)[k:]).gradient for s in (step, -step))
            rows.append((down - up)[free] / (2 * units[one]))
        information = np.array(rows)
        information = (information + information.T) / 2
    else:
        information = information[np.ix_(free, free)]
    whole = np.zeros((size, size))
    fine = bool(np.isfinite(information).all() and np.linalg.eigvalsh(information)[0] > 0)
    whole[np.ix_(free, free)] = np.linalg.inv(information) if fine else np.nan
    order = np.r_[k:size, :k]
    return whole[np.ix_(order, order)], "hessian" if numerical else "information", fine
