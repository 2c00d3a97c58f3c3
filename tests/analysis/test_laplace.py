"""The Laplace approximation, against brute force."""

import numpy as np
import pytest
from scipy import optimize, sparse, special

from analysis.laplace import Likelihood
from tests.analysis.crossed_studies import small


def brute_force(y: np.ndarray, x: np.ndarray, z: np.ndarray, beta: np.ndarray) -> float:
    """The Laplace approximation with a general optimiser, dense matrices and numpy's determinant."""

    def loss(u: np.ndarray) -> float:
        eta = x @ beta + z @ u
        return -float(y @ eta - np.logaddexp(0, eta).sum()) + 0.5 * float(u @ u)

    def slope(u: np.ndarray) -> np.ndarray:
        return np.asarray(u - z.T @ (y - special.expit(x @ beta + z @ u)))

    found = optimize.minimize(loss, np.zeros(z.shape[1]), jac=slope, method="BFGS", options={"gtol": 1e-9})
    p = special.expit(x @ beta + z @ found.x)
    return -loss(found.x) - 0.5 * float(np.linalg.slogdet(np.eye(z.shape[1]) + z.T @ ((p * (1 - p))[:, None] * z))[1])


@pytest.mark.parametrize("chosen", [(0,), (0, 1), (0, 1, 2), (2, 3), (1, 2, 3), (0, 1, 2, 3)])
def test_value_and_gradient_are_those_of_brute_force(chosen: tuple[int, ...]) -> None:
    """Whichever factors are eliminated, the value is the dense one and the gradient that of its differences."""
    y, x, groups = small()
    groups = [groups[one] for one in chosen]
    model = Likelihood(y, np.ones(len(y)), sparse.csr_array(x), groups)
    variances, beta = np.array([0.5, 0.8, 0.3, 0.6])[: len(groups)], np.array([0.3, -0.2])
    k, place = len(groups), np.concatenate([variances, beta])

    def value(place: np.ndarray) -> float:
        z = model.layout.z.toarray() * model.layout.by_level(np.sqrt(place[:k]))
        return brute_force(y, x, z, place[k:])

    found = model.at(variances, beta)
    assert found.value == pytest.approx(value(place), abs=1e-8)
    steps = np.eye(len(place)) * 1e-3
    slopes = [(value(place + step) - value(place - step)) / 2e-3 for step in steps]
    assert found.gradient == pytest.approx(slopes, abs=1e-4)
