"""Equivalence and non-inferiority of estimates with a standard error, against published values and an oracle."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.weightstats import ttost_paired

from analysis.clustering import Contrast
from analysis.equivalence import Targeted, equivalence
from analysis.variance import NOTHING, Part, satterthwaite

#: Extra hours of sleep with two drugs, ten patients (Student, Biometrika 1908; R's data set `sleep`).
FIRST = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SECOND = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def estimated(estimate: float, part: Part) -> Targeted:
    return Targeted(Contrast(estimate, part, part), "new")


def paired(first: np.ndarray, second: np.ndarray) -> Targeted:
    differences = first - second
    variance = float(differences.var(ddof=1)) / len(differences)
    return estimated(float(differences.mean()), Part(variance, len(differences) - 1))


def test_paired_differences_are_as_published() -> None:
    """Student's sleep data within ±1 hour: what TOSTER's `t_TOST(extra ~ group, sleep, paired = TRUE)` prints."""
    found = paired(FIRST, SECOND)
    assert math.sqrt(found.contrast.new.variance) == pytest.approx(0.3889587, abs=5e-8)
    assert found.contrast.p_value("new") == pytest.approx(2.832890e-03, rel=1e-6)
    test = equivalence(found, 1.0)
    assert test.p_a_not_inferior == pytest.approx(9.149441e-01, rel=1e-6)
    assert test.p_b_not_inferior == pytest.approx(4.778596e-05, rel=1e-6)
    assert test.p_equivalence == test.p_a_not_inferior
    assert (test.ci_low, test.ci_high) == pytest.approx((-2.293005, -0.8669947), abs=5e-7)


def test_independent_means_are_as_published() -> None:
    """Moery & Calin-Jageman 2016, study 2, ratings from 1 to 7 (Lakens, SPPS 2017): Welch's t within ±.384."""
    parts = [Part(0.95**2 / 95, 94), Part(0.83**2 / 89, 88)]
    found = estimated(0.03, Part(sum(part.variance for part in parts), satterthwaite(parts)))
    test = equivalence(found, 0.384)
    assert test.p_a_not_inferior == pytest.approx(0.0009458745, rel=1e-5)
    assert test.p_b_not_inferior == pytest.approx(0.003838994, rel=1e-5)
    assert (test.ci_low, test.ci_high) == pytest.approx((-0.1870843, 0.2470843), abs=5e-7)


@given(st.integers(0, 2**32 - 1), st.integers(3, 40), st.floats(0.05, 2.0))
def test_both_tests_are_those_of_statsmodels(seed: int, n: int, margin: float) -> None:
    """The p of equivalence of paired data is the larger one-sided p of `ttost_paired`."""
    rng = np.random.default_rng(seed)
    first, second = rng.normal(0.2, 1, n), rng.normal(0, 1, n)
    p, low, high = ttost_paired(first, second, -margin, margin)
    test = equivalence(paired(first, second), margin)
    assert test.p_equivalence == pytest.approx(p, rel=1e-9, abs=1e-12)
    assert (test.p_a_not_inferior, test.p_b_not_inferior) == pytest.approx((low[1], high[1]), rel=1e-9, abs=1e-12)


@given(st.floats(-2, 2), st.floats(0.01, 4), st.floats(1, 200), st.floats(0.01, 3), st.floats(0.8, 0.99))
def test_the_tests_reject_where_the_interval_lies_within_the_margin(
    estimate: float, variance: float, df: float, margin: float, confidence: float
) -> None:
    """It is p < α exactly where the interval of 1 − 2α lies within ±margin, or above −margin for non-inferiority."""
    test = equivalence(estimated(estimate, Part(variance, df)), margin, confidence)
    alpha = 1 - confidence
    for p, inside in (
        (test.p_equivalence, -margin < test.ci_low and test.ci_high < margin),
        (test.p_a_not_inferior, -margin < test.ci_low),
    ):
        if abs(p - alpha) > 1e-7:
            assert (p < alpha) == inside


@given(st.floats(-2, 2), st.floats(0.01, 4), st.floats(1, 200), st.floats(0.01, 3))
def test_turning_the_difference_swaps_the_methods(estimate: float, variance: float, df: float, margin: float) -> None:
    here, there = (equivalence(estimated(sign * estimate, Part(variance, df)), margin) for sign in (1, -1))
    assert here.p_equivalence == pytest.approx(there.p_equivalence)
    assert here.p_a_not_inferior == pytest.approx(there.p_b_not_inferior)
    assert (here.ci_low, here.ci_high) == pytest.approx((-there.ci_high, -there.ci_low))


def test_nothing_is_equivalent_where_nothing_can_be_inferred() -> None:
    """Without a variance no test rejects, and the interval is the whole line."""
    test = equivalence(estimated(0.0, NOTHING), 1.0)
    assert min(test.p_equivalence, test.p_a_not_inferior, test.p_b_not_inferior) >= 0.5
    assert (test.ci_low, test.ci_high) == (-math.inf, math.inf)


@pytest.mark.parametrize(("margin", "confidence", "name"), [(0.0, 0.95, "margin"), (0.1, 1.0, "confidence")])
def test_impossible_rules_are_refused(margin: float, confidence: float, name: str) -> None:
    with pytest.raises(ValueError, match=name):
        equivalence(estimated(0.0, Part(1.0, 9.0)), margin, confidence)
