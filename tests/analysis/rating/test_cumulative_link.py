"""The cumulative link model without random effects: published fits, statsmodels, and what is refused."""

import numpy as np
import pytest
from scipy import optimize
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.rating.cumulative_link import NEAREST, Spacing, fit, rows_of
from analysis.separation import SeparationError
from tests.analysis.rating import wine


def test_wine() -> None:
    """The fit of R's ordinal (Christensen, A Tutorial on fitting Cumulative Link Models, clm_tutorial.pdf, 2011)."""
    model = fit(wine.POINT, wine.X)
    assert model.beta == pytest.approx([2.5031, 1.5278], abs=5e-5)
    assert model.thresholds == pytest.approx([-1.3444, 1.2508, 3.4669, 5.0064], abs=5e-5)
    assert model.standard_errors == pytest.approx([0.5287, 0.4766], abs=5e-5)
    errors = np.sqrt(np.diag(model.covariance))
    assert errors[:4] == pytest.approx([0.5171, 0.4379, 0.5978, 0.7309], abs=5e-5)
    assert model.log_likelihood == pytest.approx(-86.492, abs=5e-4)
    assert model.converged


def test_statsmodels() -> None:
    """`OrderedModel` finds the same effects, thresholds, errors and log-likelihood."""
    rng = np.random.default_rng(1)
    x = rng.normal(size=(400, 2))
    point = np.digitize(x @ [0.8, -0.4] + rng.logistic(size=400), [-2, -1, 0.5, 2])
    oracle = OrderedModel(point, x, distr="logit").fit(method="bfgs", disp=False, gtol=1e-8)
    model = fit(point, x)
    assert model.beta == pytest.approx(oracle.params[:2], abs=1e-5)
    assert model.thresholds == pytest.approx(oracle.model.transform_threshold_params(oracle.params)[1:-1], abs=1e-5)
    assert model.standard_errors == pytest.approx(oracle.bse[:2], abs=1e-4)
    assert model.log_likelihood == pytest.approx(oracle.llf, abs=1e-7)


def test_rows_have_the_likelihood_of_the_points() -> None:
    """Successes, failures and spacing multiply to the probabilities of the points, with their derivatives."""
    rng = np.random.default_rng(2)
    x, point = rng.normal(size=(50, 1)), np.r_[np.arange(4), rng.integers(0, 4, 46)]
    rows, place = rows_of(point, x), np.array([-1.0, 0.2, 1.7, 0.6])
    cumulated = 1 / (1 + np.exp(-(place[:3] - x * place[3])))
    bounds = np.column_stack([np.zeros(50), cumulated, np.ones(50)])
    chances = np.diff(bounds, axis=1)[np.arange(50), point]
    assert rows.value(place) == pytest.approx(np.log(chances).sum())
    assert rows.gradient(place) == pytest.approx(optimize.approx_fprime(place, rows.value), abs=1e-4)
    numerical = -np.array([optimize.approx_fprime(place, lambda p, k=k: rows.gradient(p)[k]) for k in range(4)])
    assert rows.information(place) == pytest.approx(numerical, abs=1e-3)


def test_crossed_thresholds_are_finite_and_worse() -> None:
    """A search may step over the order of thresholds: there the value is finite, far below, and points back."""
    spacing = Spacing(np.array([3.0]))
    apart, near, crossed = (spacing.value(np.array([0.0, gap])) for gap in (1.0, NEAREST, -0.1))
    assert crossed < near < apart
    assert spacing.gradient(np.array([0.0, -0.1]))[1] > 0


@pytest.mark.parametrize(
    ("point", "x", "message"),
    [
        (np.zeros(4, int), np.ones((4, 0)), "two or more"),
        (np.array([0, 2, 0, 2]), np.ones((4, 0)), r"counts \[2, 0, 2\]"),
        (np.array([0, 1, 0, 1]), np.ones((4, 1)), "not of full rank"),
        (np.array([0, 1, 0, 1]), np.ones((3, 1)), "x has 3 rows, point has 4"),
    ],
)
def test_ratings_that_cannot_be_fitted_are_refused(point: np.ndarray, x: np.ndarray, message: str) -> None:
    """Points without ratings, an intercept, and lengths that differ are refused."""
    with pytest.raises(ValueError, match=message):
        fit(point, x)


def test_separation_is_found() -> None:
    """Ratings that an effect predicts, also between inner points, have no finite estimate."""
    point = np.array([0, 1, 1, 0, 1, 2, 2, 1])
    with pytest.raises(SeparationError):
        fit(point, point[:, None].astype(float))
    with pytest.raises(SeparationError):
        fit(np.array([0, 1, 0, 1, 1, 2, 2, 2]), np.repeat([[0.0], [1.0]], [5, 3], axis=0))
