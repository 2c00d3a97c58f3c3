"""Clustered intervals of shares and the tests that invert them."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.clustering import TARGETS, Contrast
from analysis.intervals import UNKNOWN, t_quantile, wilson
from analysis.shares import Share
from analysis.variance import NOTHING, Part


def share(value: float, variance: float = 0.004, df: float = 12.0, people: int = 13, prompts: int = 9) -> Share:
    part = Part(variance, df) if variance else NOTHING
    found = Contrast(value, Part(variance / 2, df) if variance else NOTHING, part)
    return Share(found=found, num_answers=200, num_participants=people, num_units=prompts)


@settings(deadline=None)
@given(st.floats(0.02, 0.98), st.floats(0.0005, 0.01), st.floats(2, 60), st.sampled_from([0.3, 0.5, 0.8]))
def test_the_test_inverts_the_interval(value: float, variance: float, df: float, null: float) -> None:
    """The p is below α exactly where the interval of 1 − α leaves the value out; intervals stay within 0 and 1."""
    found = share(value, variance, df)
    for target in TARGETS:
        p = found.p_value(target, null)
        for confidence in (0.8, 0.95):
            interval = found.interval(target, confidence)
            assert 0 <= interval.low <= value <= interval.high <= 1
            if abs(p - (1 - confidence)) > 1e-6:
                assert (p < 1 - confidence) == (not interval.low <= null <= interval.high)


def test_new_prompts_are_never_surer_than_these() -> None:
    """The interval for new prompts holds that for these, and its p is at least as large."""
    found = share(0.7)
    these, new = (found.interval(target) for target in TARGETS)
    assert new.low <= these.low < these.high <= new.high
    assert found.p_value("new") >= found.p_value("these")


@pytest.mark.parametrize(("target", "clusters"), [("these", 13), ("new", 9)])
def test_unanimous_votes_count_once_per_cluster(target: str, clusters: int) -> None:
    """Where all votes agree the interval is Wilson's for as many votes as there are clusters of the fewer kind."""
    found = share(1.0, 0.0)
    expected = wilson(1.0, clusters, t_quantile(clusters - 1))
    assert found.interval(target).low == pytest.approx(expected.low)  # type: ignore[arg-type]
    assert found.interval(target).high == 1  # type: ignore[arg-type]


@pytest.mark.parametrize(("people", "prompts", "unknown"), [(1, 9, TARGETS), (9, 1, ("new",))])
def test_one_cluster_tells_nothing(people: int, prompts: int, unknown: tuple[str, ...]) -> None:
    """One participant tells nothing of others, one prompt nothing of new ones."""
    for value in (0.7, 1.0):
        found = share(value, 0.0, people=people, prompts=prompts)
        for target in TARGETS:
            assert (found.interval(target) == UNKNOWN) == (target in unknown)
            assert (found.p_value(target) == 1) == (target in unknown)


def test_single_votes_are_wilsons() -> None:
    """With the variance of independent votes and many degrees of freedom the interval is Wilson's (1927)."""
    p, n = 81 / 263, 263
    found = Share(
        found=Contrast(p, Part(p * (1 - p) / n, math.inf), Part(p * (1 - p) / n, math.inf)),
        num_answers=n,
        num_participants=n,
        num_units=n,
    )
    # Newcombe, Statistics in Medicine 1998, table I, method 3.
    assert tuple(found.interval("new")) == pytest.approx((0.2553, 0.3662), abs=5e-5)
    assert np.isclose(found.p_value("new", 0.3662), 0.05, atol=1e-3)
