"""The cumulative link model with crossed random intercepts, by the Laplace approximation, as `clmm` of R's ordinal."""

from dataclasses import replace

import numpy as np
from scipy import sparse

from analysis.glmm import MixedModel, maximise
from analysis.laplace import Likelihood, Point
from analysis.rating.cumulative_link import Spacing, ThresholdRows, rows_of
from analysis.separation import refuse_separated

Array = np.ndarray


class CumulativeLikelihood(Likelihood):
    """The Laplace approximation for ratings: that of their rows, and the spacing of the thresholds.

    Args:
        rows: the ratings.
        groups: (codes per rating, number of levels) per grouping factor.
    """

    def __init__(self, rows: ThresholdRows, groups: list[tuple[Array, int]]) -> None:
        by_row = [(codes[rows.rating], size) for codes, size in groups]
        super().__init__(rows.y, np.ones(len(rows.y)), rows.x, by_row)
        self.spacing: Spacing = rows.spacing
        self.num_thresholds = rows.num_thresholds

    def _at(self, variances: Array, beta: Array) -> Point:
        point, k = super()._at(variances, beta), len(variances)
        thresholds, gradient = beta[: self.num_thresholds], point.gradient.copy()
        gradient[k : k + self.num_thresholds] += self.spacing.gradient(thresholds)
        return replace(point, value=point.value + self.spacing.value(thresholds), gradient=gradient)

    def information(self, point: Point, variances: Array) -> Array:
        """Of (σ², θ, β)."""
        whole, k = super().information(point, variances), len(variances)
        own = slice(k, k + self.num_thresholds)
        whole[own, own] += self.spacing.information(point.beta[: self.num_thresholds])
        return whole


def fit(point: Array, x: Array | sparse.csr_array, groups: list[tuple[Array, int]]) -> MixedModel:
    """Fit with random intercepts; the result's `beta` is (θ, β).

    Args:
        point: (ratings,) codes of points from 0, ascending, each of which occurs.
        x: (ratings, columns) fixed effects without an intercept.
        groups: (codes, number of levels) per grouping factor.

    Raises:
        ValueError: as in `cumulative_link.fit`.
        SeparationError: θ or β is not finite, or a variance grows without end.
    """
    rows = rows_of(point, x)
    refuse_separated(rows.y, np.ones(len(rows.y)), rows.x)
    start = np.concatenate([np.full(len(groups), 0.5), rows.start])
    model = maximise(CumulativeLikelihood(rows, groups), start)
    # In the rows, effects are added to the thresholds.
    return replace(model, modes=[-modes for modes in model.modes])
