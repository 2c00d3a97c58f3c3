"""Logistic regression with crossed random effects, by maximum likelihood with the Laplace approximation.

The model and the approximation are those of lme4's `glmer` with one quadrature point (Bates, Mächler, Bolker & Walker,
Journal of Statistical Software 2015; Bates, *Computational methods for mixed models*): y ~ Binomial(n, logit⁻¹(η)),
η = X β + Z Λ u, u ~ N(0, I), and log L ≈ log f(y | û) − ½‖û‖² − ½ log det H with H = I + Λ Zᵀ W Z Λ at the mode û,
which penalised iteratively reweighted least squares finds for each (σ², β). The gradient is exact, by the implicit
derivative of û.
"""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy import optimize, sparse, special

from analysis.crossed import Layout, System

Array = np.ndarray

#: A variance at this bound is reported as zero.
LEAST_VARIANCE = 1e-7
#: Largest gradient, per standard error, at which a fit counts as converged: with dense algebra, and with probes.
CONVERGED = (0.01, 0.1)
#: Steps of the numerical Hessian, in standard errors.
STEP = 0.02
#: Most rows for which standard errors come from differences of the gradient.
HESSIAN_ROWS = 200_000
#: Most distinct rows of X for which separation is looked for.
MOST_ROWS = 50_000


class SeparationError(ValueError):
    """Some fixed effects are infinite: a combination of columns of X predicts all its answers without a miss.

    `columns` are the columns of X in that combination.
    """

    def __init__(self, columns: list[int], names: str = "") -> None:
        self.columns = columns
        super().__init__(
            names or f"columns {columns} of X separate right from wrong answers: no finite estimate exists"
        )


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
    #: (factors,) whether a variance is zero, the bound of what it can be.
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


@dataclass(frozen=True, slots=True)
class _Point:
    """The log-likelihood at (σ², β) and its derivatives: `gradient` by σ² and then β."""

    value: float
    gradient: Array
    system: System
    weights: Array
    freedom: Array

    def final(self) -> tuple[float, float]:
        """The value, and its Monte Carlo standard error, with an exact determinant where that is affordable."""
        exact, error = self.system.log_determinant(final=True)
        return self.value + 0.5 * (self.system.log_determinant()[0] - exact), 0.5 * error


class _Likelihood:
    """The Laplace approximation as a function of the variances and β; remembers the last mode as the next start."""

    def __init__(self, y: Array, n: Array, x: sparse.csr_array, groups: list[tuple[Array, int]]) -> None:
        self.y, self.n, self.x = y, n, x
        self.layout = Layout(groups)
        self.u = np.zeros(int(self.layout.offsets[-1]))
        self.constant = float((special.gammaln(n + 1) - special.gammaln(y + 1) - special.gammaln(n - y + 1)).sum())
        self.evaluations = 0
        self._last: tuple[bytes, _Point] | None = None

    def given(self, eta: Array) -> float:
        """Log f(y | η) without the binomial constants."""
        return float(self.y @ eta - self.n @ (np.maximum(eta, 0) + np.log1p(np.exp(-np.abs(eta)))))

    def mode(self, fixed: Array, sd: Array) -> tuple[Array, System, Array, float]:
        """Newton's method with step halving: η, H and W at the mode, and log f(y | û) − ½‖û‖²."""
        layout, scale = self.layout, self.layout.by_level(sd)
        u = self.u
        eta = fixed + layout.z @ (scale * u)
        value = self.given(eta) - 0.5 * float(u @ u)
        for _ in range(100):
            p = special.expit(eta)
            weights = self.n * p * (1 - p)
            system = System(layout, weights, sd)
            score = scale * (layout.z.T @ (self.y - self.n * p)) - u
            step = system.solve(score[:, None])[:, 0]
            gain = float(score @ step)
            part = 1.0
            while True:
                moved = u + part * step
                eta = fixed + layout.z @ (scale * moved)
                found = self.given(eta) - 0.5 * float(moved @ moved)
                if found >= value - 1e-9 * max(1.0, abs(value)) or part < 1e-6:
                    break
                part /= 2
            u, value = moved, found
            if gain < 1e-7:
                break
        self.u = u
        p = special.expit(eta)
        weights = self.n * p * (1 - p)
        return p, System(layout, weights, sd), weights, value

    def at(self, variances: Array, beta: Array) -> _Point:
        """The value and its gradient; asked again for the same point, the one found before."""
        key = variances.tobytes() + beta.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = key, self._at(variances, beta)
        return self._last[1]

    def _at(self, variances: Array, beta: Array) -> _Point:
        self.evaluations += 1
        sd, layout = np.sqrt(variances), self.layout
        p, system, weights, value = self.mode(self.x @ beta, sd)
        determinant, _ = system.log_determinant()
        inverse = system.inverse()
        scale = layout.by_level(sd)
        # Half the derivative of log det H by each η, and through û what follows for β and σ.
        pull = 0.5 * inverse.leverage * weights * (1 - 2 * p)
        turn = system.solve((scale * (layout.z.T @ pull))[:, None])[:, 0]
        by_beta = self.x.T @ (self.y - self.n * p - pull + weights * (layout.z @ (scale * turn)))
        squares = self.u * (self.u - 2 * turn)
        by_log_sd = np.array([layout.part(squares, k).sum() for k in range(len(sd))]) - inverse.freedom
        gradient = np.concatenate([by_log_sd / (2 * variances), by_beta])
        total = value - 0.5 * determinant + self.constant
        return _Point(total, gradient, system, weights, inverse.freedom)

    def information(self, point: _Point, variances: Array) -> Array:
        """Of (σ², β): on β given σ² as of a linear model with the working weights; on each σ² by its freedom."""
        weighted = sparse.csr_array(self.x.multiply(point.weights[:, None]))
        scale = self.layout.by_level(np.sqrt(variances))[:, None]
        right = scale * (self.layout.z.T @ weighted).toarray()
        on_beta = (self.x.T @ weighted).toarray() - right.T @ point.system.solve(right)
        k = len(variances)
        whole = np.zeros((k + len(on_beta), k + len(on_beta)))
        whole[k:, k:] = on_beta
        sizes = np.array(self.layout.sizes)
        whole[range(k), range(k)] = np.maximum(point.freedom, 0.1) ** 2 / (2 * sizes * variances**2)
        return whole


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
        SeparationError: β is not finite.
    """
    y, n = np.asarray(y, float), np.asarray(n, float)
    x = sparse.csr_array(x, dtype=float)
    _check(y, n, x, groups)
    separation(y, n, x)
    model = _Likelihood(y, n, x, groups)
    k = len(groups)
    place = np.concatenate([np.full(k, 0.5), _without_effects(y, n, x)]) if start is None else start.astype(float)
    exact = model.layout.dense
    for round_ in range(4):
        point = model.at(place[:k], place[k:])
        spread, gradient = _whitened(model, point, place, k)
        if gradient < CONVERGED[not exact] / 100:
            break
        place = _climb(model, place, spread, k, most=12 if round_ < 2 else 60)
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
    gram = (x.T @ x).toarray()
    scale = np.sqrt(np.diag(gram))
    if (scale == 0).any() or np.linalg.eigvalsh(gram / np.outer(scale, scale))[0] < 1e-10:
        raise ValueError("x is not of full rank: some column follows from the others")


def separation(y: Array, n: Array, x: sparse.csr_array) -> None:
    """Look for a direction of β that fits ever better, by linear programming (Konis, thesis, Oxford 2007).

    Raises:
        SeparationError: there is one.
    """
    # Equal rows have equal products with a random vector.
    _, first, place = np.unique(
        x @ np.random.default_rng(0).normal(size=x.shape[1]), return_index=True, return_inverse=True
    )
    if len(first) > MOST_ROWS:
        return
    right, all_ = np.bincount(place, y), np.bincount(place, n)
    side = (right == all_).astype(float) - (right == 0)
    if not side.any():
        return
    rows = x[first]
    directed = sparse.csr_array(rows.multiply(side[:, None]))[side != 0]
    mixed = rows[side == 0]
    found = optimize.linprog(
        -np.asarray(directed.sum(axis=0)).ravel(),
        A_ub=-directed,
        b_ub=np.zeros(directed.shape[0]),
        A_eq=mixed if mixed.shape[0] else None,
        b_eq=np.zeros(mixed.shape[0]) if mixed.shape[0] else None,
        bounds=(-1, 1),
    )
    if found.status == 0 and -found.fun > 1e-6:
        raise SeparationError([int(column) for column in np.flatnonzero(np.abs(found.x) > 1e-6)])


def _without_effects(y: Array, n: Array, x: sparse.csr_array) -> Array:
    """β of the logistic regression without random effects, near enough to begin from."""
    beta = np.zeros(x.shape[1])
    for _ in range(8):
        p = special.expit(x @ beta)
        weighted = sparse.csr_array(x.multiply((n * p * (1 - p) + 1e-9)[:, None]))
        beta = beta + np.linalg.solve((x.T @ weighted).toarray(), x.T @ (y - n * p))
    return beta


def _whitened(model: _Likelihood, point: _Point, place: Array, k: int) -> tuple[Array, float]:
    """A root of the inverse information, and the largest gradient in its units, that into a bound left out."""
    information = model.information(point, place[:k])
    spread = np.diag(1 / np.sqrt(np.diag(information)))
    spread[k:, k:] = np.linalg.inv(np.linalg.cholesky(information[k:, k:])).T
    gradient = point.gradient.copy()
    gradient[:k][(place[:k] <= 2 * LEAST_VARIANCE) & (gradient[:k] < 0)] = 0
    return spread, float(np.abs(spread.T @ gradient).max())


def _climb(model: _Likelihood, place: Array, spread: Array, k: int, most: int) -> Array:
    """Some iterations of a quasi-Newton method, with the variances bounded below, in units of standard errors."""
    origin = model.at(place[:k], place[k:]).value
    scale = np.diag(spread)[:k]
    middle = np.concatenate([np.zeros(k), place[k:]])

    def loss(moved: Array) -> tuple[float, Array]:
        here = middle + spread @ moved
        point = model.at(np.maximum(here[:k], LEAST_VARIANCE), here[k:])
        return origin - point.value, -(spread.T @ point.gradient)

    exact = model.layout.dense
    found = optimize.minimize(
        loss,
        np.concatenate([place[:k] / scale, np.zeros(len(place) - k)]),
        jac=True,
        method="L-BFGS-B",
        bounds=[(LEAST_VARIANCE / s, None) for s in scale] + [(None, None)] * (len(place) - k),
        options={
            "maxiter": most,
            "gtol": CONVERGED[not exact] / 100,
            "ftol": 1e-12 if exact else 1e-4,
            "maxls": 20 if exact else 6,
        },
    )
    there = middle + spread @ found.x
    there[:k] = np.maximum(there[:k], LEAST_VARIANCE)
    return np.asarray(there)


def _covariance(
    model: _Likelihood, point: _Point, place: Array, at_bound: Array
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
