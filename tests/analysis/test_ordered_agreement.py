"""Ordinal and interval α: published values, a definition by brute force, and the bootstrap."""

from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analysis.ordered_agreement import interval_alpha, ordered_agreement, ordinal_alpha
from tests.analysis.test_known_answers import counted

#: Of Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, data C; and of Wikipedia's page on α.
DATA_C = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."]
WIKIPEDIA = [".....34121133.3", "1.213343.......", "..21344.21133.4"]


def test_published_values() -> None:
    """Ordinal α of data C is .815, interval α of Wikipedia's data .811; both as the package krippendorff tests them."""
    assert ordinal_alpha(counted(DATA_C, 5)) == pytest.approx(0.815, abs=5e-4)
    assert interval_alpha(counted(WIKIPEDIA, 4), np.arange(1, 5)) == pytest.approx(0.810845, abs=5e-7)


@pytest.mark.parametrize("rows", [DATA_C, WIKIPEDIA])
def test_the_package_krippendorff(rows: list[str]) -> None:
    """Both coefficients are those of the package krippendorff, where it is installed."""
    oracle = pytest.importorskip("krippendorff", reason="krippendorff (GPL) is not installed")
    data = [[np.nan if value == "." else float(value) for value in row] for row in rows]
    table = counted(rows, 5)
    assert ordinal_alpha(table) == pytest.approx(oracle.alpha(data, level_of_measurement="ordinal"))
    assert interval_alpha(table, np.arange(5)) == pytest.approx(oracle.alpha(data, level_of_measurement="interval"))


def by_definition(table: np.ndarray, distance: Callable[[np.ndarray, int, int], float]) -> float:
    """1 − D_o/D_e, pair by pair."""
    table = table[table.sum(axis=1) > 1]
    totals, points = table.sum(axis=0), range(table.shape[1])
    within = sum(
        unit[c] * unit[k] * distance(totals, c, k) / (unit.sum() - 1) for unit in table for c in points for k in points
    )
    everywhere = sum(totals[c] * totals[k] * distance(totals, c, k) for c in points for k in points)
    return float(1 - (totals.sum() - 1) * within / everywhere)


def ordinal_distance(totals: np.ndarray, c: int, k: int) -> float:
    """Krippendorff's, squared."""
    first, last = sorted((c, k))
    return float(totals[first : last + 1].sum() - (totals[c] + totals[k]) / 2) ** 2


@given(arrays(int, (6, 4), elements=st.integers(0, 3)))
def test_the_definition(table: np.ndarray) -> None:
    """Sums over moments are sums over pairs, whatever was given."""
    if np.count_nonzero(table[table.sum(axis=1) > 1].sum(axis=0)) < 2:
        assert np.isnan(ordinal_alpha(table))
        return
    points = np.array([1.0, 2.0, 4.0, 8.0])
    assert ordinal_alpha(table) == pytest.approx(by_definition(table, ordinal_distance))
    expected = by_definition(table, lambda _, c, k: float(points[c] - points[k]) ** 2)
    assert interval_alpha(table, points) == pytest.approx(expected)


def test_intervals_hold_the_coefficients() -> None:
    """Both intervals hold their values, and do not depend on how far apart the points are."""
    rng = np.random.default_rng(1)
    truth = rng.integers(0, 5, 60)
    given_points = np.clip(truth + rng.integers(-1, 2, (9, 60)), 0, 4)
    table = np.stack([(given_points == point).sum(axis=0) for point in range(5)], axis=1)
    found, other = (ordered_agreement(table, p, np.random.default_rng(0)) for p in (np.arange(5), np.arange(5) * 25))
    for agreement, same in ((found.ordinal, other.ordinal), (found.interval, other.interval)):
        assert astuple(agreement) == pytest.approx(astuple(same))
        assert agreement.low is not None
        assert agreement.value is not None
        assert agreement.high is not None
        assert 0 < agreement.low < agreement.value < agreement.high < 1


def test_nothing_to_agree_about() -> None:
    """Where all gave the same point, or nobody rated what another did, there is no coefficient."""
    for table in (np.array([[0, 3], [0, 2]]), np.eye(2, dtype=int), np.zeros((3, 2), int)):
        found = ordered_agreement(table, np.arange(2), np.random.default_rng(0))
        assert found.ordinal.value is None
        assert found.interval.low is None
