"""Coefficients of association, against SciPy and published values."""

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from analysis.metrics.coefficients import COEFFICIENTS, independent_interval, kendall, pairwise_accuracy, spearman

VALUES = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=3, max_size=30)


def columns(pairs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.array(pairs, float).T
    assume(np.ptp(x) > 0)
    assume(np.ptp(y) > 0)
    return x, y


@given(VALUES)
def test_coefficients_are_scipys(pairs: list[tuple[int, int]]) -> None:
    """With many ties Pearson's, Spearman's and Kendall's coefficients are those of SciPy."""
    x, y = columns(pairs)
    oracles = {"pearson": stats.pearsonr, "spearman": stats.spearmanr, "kendall": stats.kendalltau}
    for name, coefficient in COEFFICIENTS.items():
        assert coefficient(x, y) == pytest.approx(oracles[name](x, y).statistic, abs=1e-9)


@given(VALUES)
def test_pairwise_accuracy_counts_pairs(pairs: list[tuple[int, int]]) -> None:
    """It is the share of pairs whose two differences have the same sign, ties among them."""
    x, y = columns(pairs)
    same = [np.sign(x[i] - x[j]) == np.sign(y[i] - y[j]) for i in range(len(x)) for j in range(i + 1, len(x))]
    assert pairwise_accuracy(x, y) == pytest.approx(np.mean(same))


@given(st.permutations(range(8)))
def test_pairwise_accuracy_without_ties_is_kendalls(order: list[int]) -> None:
    x, y = np.arange(8.0), np.array(order, float)
    assert pairwise_accuracy(x, y) == pytest.approx((kendall(x, y) + 1) / 2)


def test_what_does_not_vary_has_no_coefficient() -> None:
    constant, other = np.ones(4), np.arange(4.0)
    for coefficient in COEFFICIENTS.values():
        assert math.isnan(coefficient(constant, other))
        assert math.isnan(coefficient(other[:1], other[:1]))
    assert math.isnan(pairwise_accuracy(other[:1], other[:1]))


def test_spearmans_interval_is_as_published() -> None:
    """The example of `ci.spear` in Bonett's R package statpsych: .8699639, interval .5840951 to .9638297."""
    y = np.array([21, 4, 9, 12, 35, 18, 10, 22, 24, 1, 6, 8, 13, 16, 19], float)
    x = np.array([67, 28, 30, 28, 52, 40, 25, 37, 44, 10, 14, 20, 28, 40, 51], float)
    value = spearman(x, y)
    assert value == pytest.approx(0.8699639, abs=5e-8)
    assert tuple(independent_interval("spearman", value, 15)) == pytest.approx((0.5840951, 0.9638297), abs=5e-8)


def test_pearsons_interval_is_scipys() -> None:
    """Fisher's interval is that of `scipy.stats.pearsonr`."""
    rng = np.random.default_rng(0)
    x = rng.standard_normal(12)
    found = stats.pearsonr(x, x + rng.standard_normal(12))
    expected = found.confidence_interval(0.9)
    assert tuple(independent_interval("pearson", found.statistic, 12, 0.9)) == pytest.approx(tuple(expected))


@pytest.mark.parametrize(("name", "fewest"), [("pearson", 4), ("spearman", 4), ("kendall", 5)])
@pytest.mark.parametrize("value", [1.0, 0.3, -1.0])
def test_few_systems_say_nothing(name: str, fewest: int, value: float) -> None:
    """Three systems in perfect order give −1 to 1; from the formula's fewest on the interval holds the value."""
    assert tuple(independent_interval(name, value, 3)) == (-1.0, 1.0)
    interval = independent_interval(name, value, fewest)
    assert interval.low <= value <= interval.high


@pytest.mark.parametrize("name", ["spearman", "kendall"])
def test_a_perfect_order_of_some_systems_is_no_certainty(name: str) -> None:
    """Five systems in the same order give a wide interval above 0, twenty a narrower one."""
    few, many = (independent_interval(name, 1.0, number) for number in (5, 20))
    assert 0 < few.low < 0.5 < many.low < 1
    assert few.high == many.high == 1
