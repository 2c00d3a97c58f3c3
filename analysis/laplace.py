"""The Laplace approximation to the likelihood of a logistic regression with crossed random effects.

The model and the approximation are those of lme4's `glmer` with one quadrature point (Bates, Mächler, Bolker & Walker,
Journal of Statistical Software 2015; Bates, *Computational methods for mixed models*): y ~ Binomial(n, logit⁻¹(η)),
η = X β + Z Λ u, u ~ N(0, I), and log L ≈ log f(y | û) − ½‖û‖² − ½ log det H with H = I + Λ Zᵀ W Z Λ at the mode û,
which penalised iteratively reweighted least squares finds for each (σ², β). The gradient is exact, by the implicit
derivative of û.
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse, special

from analysis.crossed import System
from analysis.factors import FactorLayout

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Point:
    """The log-likelihood at (σ², β) and its derivatives: `gradient` by σ² and then β."""

    value: float
    gradient: Array
    system: System
    weights: Array
    freedom: Array
    beta: Array

    def final(self) -> tuple[float, float]:
        """The value, and its Monte Carlo standard error, with an exact determinant where that is affordable."""
        exact, error = self.system.log_determinant(final=True)
        return self.value + 0.5 * (self.system.log_determinant()[0] - exact), 0.5 * error


class Likelihood:
    """The Laplace approximation as a function of the variances and β; remembers the last mode as the next start.

    Args:
        y: (rows,) successes.
        n: (rows,) trials.
        x: (rows, columns) fixed effects.
        groups: (codes, number of levels) per grouping factor.
    """

    def __init__(self, y: Array, n: Array, x: sparse.csr_array, groups: list[tuple[Array, int]]) -> None:
        self.y, self.n, self.x = y, n, x
        self.layout = FactorLayout(groups)
        self.u = np.zeros(int(self.layout.offsets[-1]))
        self.constant = float((special.gammaln(n + 1) - special.gammaln(y + 1) - special.gammaln(n - y + 1)).sum())
        self.evaluations = 0
        self._last: tuple[bytes, Point] | None = None

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

    def at(self, variances: Array, beta: Array) -> Point:
        """The value and its gradient; asked again for the same point, the one found before."""
        key = variances.tobytes() + beta.tobytes()
        if self._last is None or self._last[0] != key:
            self._last = key, self._at(variances, beta)
        return self._last[1]

    def _at(self, variances: Array, beta: Array) -> Point:
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
        return Point(total, gradient, system, weights, inverse.freedom, beta)

    def information(self, point: Point, variances: Array) -> Array:
        """Of (σ², β): on β given σ² as of a linear model with the working weights; on each σ² by its freedom."""
        weighted = sparse.csr_array(self.x.multiply(point.weights[:, None]))
        scale = self.layout.by_level(np.sqrt(variances))[:, None]
        right = scale * (self.layout.z.T @ weighted).toarray()
        on_beta = (self.x.T @ weighted).toarray() - right.T @ point.system.solve(right)
        k = len(variances)
        whole = np.zeros((k + len(on_beta), k + len(on_beta)))
        whole[k:, k:] = on_beta
        sizes = np.array(self.layout.sizes)
        most = [float((1 - 1 / self.layout.part(point.system.diagonal, factor)).sum()) for factor in range(k)]
        freedom = np.maximum(point.freedom, 1e-3 * np.array(most))
        whole[range(k), range(k)] = freedom**2 / (2 * sizes * variances**2)
        return whole
