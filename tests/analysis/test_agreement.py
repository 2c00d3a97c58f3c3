"""Bootstrap intervals of agreement: both ways of resampling, and groups added up."""

import numpy as np
import pytest

from analysis import agreement
from analysis.agreement import Bootstrap


def rated(units: int, seed: int) -> np.ndarray:
    """(units, 4) answers of 9 people, who mostly agree."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, units)
    answers = np.where(rng.random((9, units)) < 0.6, truth, rng.integers(0, 4, (9, units)))
    return np.stack([(answers == option).sum(axis=0) for option in range(4)], axis=1)


def test_both_ways_of_resampling_give_one_interval(monkeypatch: pytest.MonkeyPatch) -> None:
    """With many units the Poisson bootstrap has the ends of the one with fixed sizes, within .01."""
    table = rated(300, 1)
    ends = []
    for many in (10, 10_000):
        monkeypatch.setattr(agreement, "MANY", many)
        found = Bootstrap.of(table, np.random.default_rng(2))
        assert found is not None
        alpha, kappa = found.agreement(0.95)
        ends.append([alpha.low, alpha.high, kappa.low, kappa.high])
        assert alpha.low is not None
        assert alpha.value is not None
        assert alpha.high is not None
        assert alpha.low < alpha.value < alpha.high
    assert ends[0] == pytest.approx(ends[1], abs=0.01)


def test_groups_add_up_to_all_units() -> None:
    """Two groups together have the coefficients of their units in one table."""
    one, other = rated(40, 1), rated(30, 2)
    groups = [Bootstrap.of(table, np.random.default_rng(0)) for table in (one, other)]
    whole = Bootstrap.of(np.concatenate([one, other]), np.random.default_rng(0))
    assert groups[0] is not None
    assert groups[1] is not None
    assert whole is not None
    together = (groups[0] + groups[1]).agreement(0.95)
    for found, expected in zip(together, whole.agreement(0.95), strict=True):
        assert found.value == pytest.approx(expected.value)
        assert found.low == pytest.approx(expected.low, abs=0.05)


def test_units_with_one_answer_tell_nothing() -> None:
    """Without two answers to one video there is no agreement to speak of."""
    assert Bootstrap.of(np.eye(4, dtype=int), np.random.default_rng(0)) is None
