"""Adjustments for several comparisons: published values, agreement of p and level, the joint distribution."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import special

from analysis.multiplicity import Adjusted, by_holm, by_max_t, holm

P_VALUES = st.lists(st.floats(1e-6, 1), min_size=1, max_size=8)


@settings(deadline=None)
@given(P_VALUES)
def test_holm_never_lowers_a_p(p_values: list[float]) -> None:
    """Adjusted p-values are at least as large, at most 1, and keep their order."""
    adjusted = holm(p_values)
    assert all(before <= after <= 1 for before, after in zip(p_values, adjusted, strict=True))
    order = np.argsort(p_values, kind="stable")
    assert list(np.array(adjusted)[order]) == sorted(adjusted)


@settings(deadline=None)
@given(P_VALUES, st.sampled_from([0.01, 0.05, 0.2]))
def test_holms_level_says_the_same_as_its_p(p_values: list[float], alpha: float) -> None:
    """A comparison's own p lies below the level at which it was tested exactly where its adjusted p lies below α."""
    for p, found in zip(p_values, by_holm(p_values, alpha), strict=True):
        if abs(found.p_value - alpha) > 1e-12:
            assert (p < found.level) == (found.p_value < alpha)


def equicorrelated(size: int, rho: float) -> np.ndarray:
    return np.full((size, size), rho) + (1 - rho) * np.eye(size)


def p_of(t: float, df: float) -> float:
    return float(2 * special.stdtr(df, -abs(t)))


@pytest.mark.parametrize(("size", "critical"), [(3, 2.54035), (1, 2.08596)])
def test_max_t_has_dunnetts_critical_values(size: int, critical: float) -> None:
    """Two-sided 5 % points of the largest |t|, ρ = .5, 20 degrees of freedom (Dunnett 1964, recomputed exactly)."""
    found = by_max_t([0.5] * size, [20.0] * size, equicorrelated(size, 0.5), 0.05, np.random.default_rng(1))
    assert found[0].level == pytest.approx(p_of(critical, 20), rel=0.02)


def test_max_t_lies_between_no_adjustment_and_bonferroni() -> None:
    """Whatever the correlation, the adjusted p is at least the p and at most the number of comparisons times it."""
    p_values = [0.004, 0.02, 0.3]
    for rho in (0.0, 0.5, 0.99):
        found = by_max_t(p_values, [15.0] * 3, equicorrelated(3, rho), 0.05, np.random.default_rng(1))
        for p, one in zip(p_values, found, strict=True):
            assert p <= one.p_value <= 3 * p + 0.003
            assert (p < one.level) == (one.p_value < 0.05)


def test_a_pair_with_itself_costs_nothing() -> None:
    """Two comparisons that are one have its p."""
    found = by_max_t([0.03, 0.03], [30.0, 30.0], np.ones((2, 2)), 0.05, np.random.default_rng(1))
    assert found[0].p_value == pytest.approx(0.03, abs=0.002)
    assert isinstance(found[0], Adjusted)
