"""The cumulative link model with random intercepts: a published fit, brute force, and other models as its limits."""

import numpy as np
import pytest
from scipy import optimize, sparse

from analysis import glmm
from analysis.rating import cumulative_link
from analysis.rating.cumulative_link import rows_of
from analysis.rating.cumulative_mixed import CumulativeLikelihood, fit
from analysis.separation import SeparationError
from tests.analysis.rating import wine


def test_wine() -> None:
    """Judges random, by Laplace: Christensen, A Tutorial on fitting Cumulative Link Mixed Models with clmm2, 2015."""
    model = fit(wine.POINT, wine.X, [(wine.JUDGE, 9)])
    assert model.beta[:4] == pytest.approx([-1.623663, 1.513365, 4.228525, 6.088770], abs=1e-4)
    assert model.beta[4:] == pytest.approx([3.062993, 1.834883], abs=1e-4)
    assert model.sd**2 == pytest.approx([1.279455], abs=1e-4)
    assert model.log_likelihood == pytest.approx(-81.56541, abs=1e-5)
    assert model.converged


def likelihood_of(place: np.ndarray, groups: list[tuple[np.ndarray, int]]) -> float:
    """Laplace's approximation for the wine data from the points' probabilities, with dense matrices and differences."""
    k = len(groups)
    z = np.concatenate(
        [np.eye(size)[codes] * sd for (codes, size), sd in zip(groups, place[:k] ** 0.5, strict=True)], 1
    )
    thresholds, beta = np.r_[-np.inf, place[k : k + 4], np.inf], place[k + 4 :]

    def loss(u: np.ndarray) -> float:
        eta = wine.X @ beta + z @ u
        upper, lower = (1 / (1 + np.exp(eta - thresholds[wine.POINT + side])) for side in (1, 0))
        return 0.5 * float(u @ u) - float(np.log(upper - lower).sum())

    found = optimize.minimize(loss, np.zeros(z.shape[1]), method="BFGS", options={"gtol": 1e-7})
    step = 1e-3 * np.eye(z.shape[1])
    curve = (
        np.array(
            [
                [
                    (loss(found.x + a + b) - loss(found.x + a - b) - loss(found.x - a + b) + loss(found.x - a - b))
                    for a in step
                ]
                for b in step
            ]
        )
        / 4e-6
    )
    return -found.fun - 0.5 * float(np.linalg.slogdet(curve)[1])


def test_value_and_gradient_are_those_of_brute_force() -> None:
    """With two crossed factors the value is the dense one, and the gradient that of its own differences."""
    groups = [(wine.JUDGE, 9), (np.repeat(np.arange(8), 9), 8)]
    model = CumulativeLikelihood(rows_of(wine.POINT, wine.X), groups)
    place = np.array([0.8, 0.3, -1.5, 1.4, 4.0, 6.0, 2.9, 1.7])

    def value(place: np.ndarray) -> float:
        return model.at(place[:2], place[2:]).value

    assert value(place) == pytest.approx(likelihood_of(place, groups), abs=1e-4)
    steps = 1e-4 * np.eye(8)
    slopes = [(value(place + step) - value(place - step)) / 2e-4 for step in steps]
    assert model.at(place[:2], place[2:]).gradient == pytest.approx(slopes, abs=1e-5)


def test_two_points_are_a_logistic_regression() -> None:
    """With two points the fit is glmer's of the higher one, its intercept the threshold with the other sign."""
    high = (wine.POINT >= 2).astype(int)
    model = fit(high, wine.X, [(wine.JUDGE, 9)])
    other = glmm.fit(high, np.ones(72), np.column_stack([np.ones(72), wine.X]), [(wine.JUDGE, 9)])
    assert model.beta * [-1, 1, 1] == pytest.approx(other.beta, abs=1e-4)
    assert model.sd == pytest.approx(other.sd, abs=1e-4)
    assert model.modes[0] == pytest.approx(other.modes[0], abs=1e-3)
    assert model.log_likelihood == pytest.approx(other.log_likelihood, abs=1e-7)


def test_without_variance_it_is_the_model_without_effects() -> None:
    """Random groups that tell nothing have no variance, and the rest is the fit without them."""
    groups = [(np.arange(72) % 2, 2)]
    model, plain = fit(wine.POINT, wine.X, groups), cumulative_link.fit(wine.POINT, wine.X)
    assert model.boundary == (True,)
    assert model.beta == pytest.approx(np.r_[plain.thresholds, plain.beta], abs=1e-3)
    assert model.log_likelihood == pytest.approx(plain.log_likelihood, abs=1e-4)


def test_the_order_of_points_is_all_that_counts() -> None:
    """Turning the scale round turns effects and thresholds round."""
    model, turned = (fit(point, wine.X, [(wine.JUDGE, 9)]) for point in (wine.POINT, 4 - wine.POINT))
    assert turned.beta == pytest.approx(np.r_[-model.beta[3::-1], -model.beta[4:]], abs=1e-3)
    assert turned.sd == pytest.approx(model.sd, abs=1e-3)


def test_separation_is_said() -> None:
    """A participant factor that decides every rating has no finite variance."""
    judge = np.arange(60) % 6
    with pytest.raises(SeparationError):
        fit((judge > 2).astype(int), sparse.csr_array((60, 0)), [(judge, 6)])
