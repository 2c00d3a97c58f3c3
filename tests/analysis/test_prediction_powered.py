"""Prediction-powered estimates: against PPI++ for independent answers, and what must hold of any data."""

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.prediction_powered import PredictionPowered, ScoredVideos, difference, labelled_needed, mean
from benchmarks.prediction_powered import DESIGNS, MACHINES, PoweredDesign, broken, calibrate, markdown, study
from tests.analysis.test_calibration import RESULT

QUICK = settings(deadline=None, max_examples=25)
COMMITTED = RESULT.with_name("prediction_powered.json")


def independent(n: int, others: int, correlation: float, seed: int) -> ScoredVideos:
    """Every answer is another participant's about another video."""
    rng = np.random.default_rng(seed)
    worth = rng.standard_normal(n + others)
    machine = 2 + 3 * (correlation * worth + math.sqrt(1 - correlation**2) * rng.standard_normal(n + others))
    return ScoredVideos(
        score=worth[:n],
        participant=np.arange(n),
        unit=np.arange(n),
        machine=machine[:n],
        other_machine=machine[n:],
        other_unit=np.arange(n, n + others),
    )


@st.composite
def crossed(draw: st.DrawFn) -> list[ScoredVideos]:
    """Two methods' videos as in the benchmark, of any small size."""
    design = PoweredDesign(
        labelled=draw(st.integers(4, 12)),
        prompts=draw(st.integers(15, 40)),
        people=draw(st.integers(3, 9)),
        seen=draw(st.sampled_from([0.6, 1.0])),
        right=draw(st.sampled_from([None, 0.7])),
    )
    return study(
        design, draw(st.sampled_from(["good", "useless", "biased"])), np.random.default_rng(draw(st.integers(0)))
    )


def figures(found: PredictionPowered) -> list[float]:
    """Everything that a result says, but for λ, which has the machine's scale."""
    alone, own = found.alone.new, found.powered.new
    return [found.powered.value, found.alone.value, own.variance, own.df, alone.variance, alone.df]


@pytest.mark.parametrize("tuning", [0.0, 0.1, 0.3])
def test_independent_answers_have_the_variance_of_ppi(tuning: float) -> None:
    """λ²·Var(f̃)/N + Var(y − λf)/n, equation 5 of PPI++ for a mean, but for terms of the order of 1/n²."""
    n, others = 400, 900
    own = independent(n, others, 0.8, 1)
    found = mean(own, tuning)
    expected = tuning**2 * own.other_machine.var(ddof=1) / others + (own.score - tuning * own.machine).var(ddof=1) / n
    assert found.powered.new.variance == pytest.approx(expected, rel=2 / n)
    assert found.powered.value == pytest.approx(
        tuning * own.other_machine.mean() + (own.score - tuning * own.machine).mean()
    )


@pytest.mark.parametrize("correlation", [0.9, 0.5])
def test_independent_answers_have_the_tuning_of_ppi(correlation: float) -> None:
    """λ is Cov(y, f)/((1 + n/N)·Var f), the power tuning of PPI++ for a mean."""
    own = independent(2000, 8000, correlation, 2)
    every = np.concatenate([own.machine, own.other_machine])
    expected = np.cov(own.score, own.machine)[0, 1] / ((1 + 2000 / 8000) * every.var(ddof=1))
    assert mean(own).tuning == pytest.approx(expected, rel=0.05)


@pytest.mark.parametrize("correlation", [0.8, 0.2])
def test_the_package_of_the_papers_authors_agrees(correlation: float) -> None:
    """ppi-python's interval of a mean is ours, where answers are independent; it allows λ from 0 to 1 only."""
    ppi = pytest.importorskip("ppi_py")
    own = independent(2000, 8000, correlation, 3)
    scaled = replace(own, machine=own.machine / 3, other_machine=own.other_machine / 3)
    expected = np.ravel(ppi.ppi_mean_ci(scaled.score, scaled.machine, scaled.other_machine, alpha=0.05))
    assert tuple(mean(scaled).powered.interval("new")) == pytest.approx(tuple(expected), abs=5e-4)


@QUICK
@given(crossed(), st.floats(-5, 5), st.floats(0.1, 10), st.booleans())
def test_the_machines_scale_means_nothing(methods: list[ScoredVideos], shift: float, scale: float, turn: bool) -> None:
    """Scores shifted, stretched or turned round give the same estimates and intervals."""
    factor = -scale if turn else scale
    changed = [
        replace(own, machine=shift + factor * own.machine, other_machine=shift + factor * own.other_machine)
        for own in methods
    ]
    assert figures(difference(*changed)) == pytest.approx(figures(difference(*methods)), rel=1e-6, abs=1e-9)
    assert figures(mean(changed[0])) == pytest.approx(figures(mean(methods[0])), rel=1e-6, abs=1e-9)


@QUICK
@given(crossed())
def test_swapping_the_methods_mirrors_the_difference(methods: list[ScoredVideos]) -> None:
    here, there = difference(*methods), difference(*methods[::-1])
    assert there.powered.value == pytest.approx(-here.powered.value, abs=1e-12)
    assert figures(there)[2:] == pytest.approx(figures(here)[2:], rel=1e-9, abs=1e-12)


@QUICK
@given(crossed(), st.integers(0, 2**32 - 1))
def test_names_of_people_and_units_mean_nothing(methods: list[ScoredVideos], seed: int) -> None:
    rng = np.random.default_rng(seed)
    people, units = rng.permutation(20), rng.permutation(60)
    changed = [
        replace(own, participant=people[own.participant], unit=units[own.unit], other_unit=units[own.other_unit])
        for own in methods
    ]
    assert figures(difference(*changed)) == pytest.approx(figures(difference(*methods)), rel=1e-9, abs=1e-12)


@QUICK
@given(crossed())
def test_without_the_machine_the_result_is_that_of_people_alone(methods: list[ScoredVideos]) -> None:
    """λ = 0, chosen or given, is people alone in every figure; otherwise the estimate is ȳ − λ(f̄ − f̃)."""
    a, b = methods
    for found, given_tuning in ((difference(a, b), difference(a, b, 0.0)), (mean(a), mean(a, 0.0))):
        assert given_tuning.powered == given_tuning.alone == found.alone
        if not found.tuning:
            assert found.powered == found.alone
            assert found.relative_width == 1
    found = mean(a)
    expected = a.score.mean() - found.tuning * (a.machine.mean() - a.other_machine.mean())
    assert found.powered.value == pytest.approx(expected)


@QUICK
@given(crossed())
def test_the_interval_of_a_share_lies_between_0_and_1(methods: list[ScoredVideos]) -> None:
    """It holds the estimate, and with one participant it is everything."""
    shares = replace(methods[0], score=(methods[0].score > 0.5).astype(float))
    for found in (mean(shares), mean(replace(shares, participant=np.zeros(len(shares.score), int)))):
        for alone in (True, False):
            interval = found.share_interval(alone=alone)
            value = found.alone.value if alone else found.powered.value
            assert 0 <= interval.low <= min(max(value, 0), 1) <= interval.high <= 1


def test_a_machine_that_says_nothing_changes_nothing() -> None:
    """A constant score, and one for videos that people all answered about, give people's result."""
    a, b = study(DESIGNS["10 of 100 × 10"], "good", np.random.default_rng(4))
    constant = [
        replace(own, machine=np.full_like(own.machine, 0.3), other_machine=np.full_like(own.other_machine, 0.3))
        for own in (a, b)
    ]
    complete = [replace(own, other_machine=np.zeros(0), other_unit=np.zeros(0, int)) for own in (a, b)]
    for methods in (constant, complete):
        found = difference(*methods)
        assert found.tuning == 0
        assert found.powered == found.alone
    assert difference(*constant).alone.value == pytest.approx(a.score.mean() - b.score.mean())


def test_a_biased_machine_is_no_bias_of_the_estimate() -> None:
    """A machine that prefers one method by much moves the mean estimate of 400 studies by nothing but chance."""
    rng = np.random.default_rng(5)
    design = DESIGNS["20 of 200 × 10"]
    found = [difference(*study(design, "biased", rng)).powered.value for _ in range(400)]
    assert abs(np.mean(found)) < 4 * np.std(found) / math.sqrt(len(found))


def test_nothing_is_inferred_from_one_participant_or_two_units() -> None:
    """One participant gives no interval; two units are too few to choose λ from."""
    a = independent(2, 10, 0.5, 6)
    assert mean(a).tuning == 0
    alone = mean(replace(independent(9, 10, 0.5, 6), participant=np.zeros(9, int)))
    assert alone.powered.interval("new").high == math.inf
    assert mean(independent(9, 10, 0.9, 6)).powered.interval("these").low == -math.inf


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"score": np.zeros(0), "participant": np.zeros(0, int)}, "score"),
        ({"machine": np.zeros(3)}, "machine"),
        ({"other_unit": np.zeros(3, int)}, "other_unit"),
        ({"other_machine": np.full(10, np.nan)}, "other_machine"),
    ],
)
def test_what_is_no_study_is_refused_by_name(change: dict[str, np.ndarray], name: str) -> None:
    with pytest.raises(ValueError, match=name):
        replace(independent(5, 10, 0.5, 7), **change)


def test_videos_needed_with_a_machine() -> None:
    """None are saved by a useless machine or where people answer about all; with many videos 1 − ρ² of them remain."""
    assert labelled_needed(50, 1000, 0.0) == 50
    assert labelled_needed(50, 50, 0.9) == 50
    assert labelled_needed(100, 10**12, 0.8) == 36
    assert labelled_needed(100, 1000, 1.0) == 1


@given(st.integers(1, 500), st.integers(0, 5000), st.floats(-0.99, 0.99))
def test_videos_needed_give_the_variance_asked_for(labelled: int, more: int, correlation: float) -> None:
    """The result is the fewest videos n with (1 − ρ²(1 − n/T))/n at most 1/m."""
    available = labelled + more
    needed = labelled_needed(labelled, available, correlation)

    def variance(n: int) -> float:
        return (1 - correlation**2 * (1 - n / available)) / n

    assert variance(needed) <= 1 / labelled + 1e-6
    if needed > 1 and needed < labelled:
        assert variance(needed - 1) > 1 / labelled - 1e-6


@pytest.mark.parametrize(("labelled", "available", "correlation"), [(0, 5, 0.5), (6, 5, 0.5), (2, 5, 1.5)])
def test_impossible_plans_are_refused(labelled: int, available: int, correlation: float) -> None:
    with pytest.raises(ValueError, match="must be from"):
        labelled_needed(labelled, available, correlation)


def test_a_small_run_of_the_benchmark() -> None:
    """Over 150 studies the intervals cover the truth, are narrower with a good machine, and the control fails."""
    found = calibrate(DESIGNS["10 of 100 × 10"], "good", 150, seed=8)
    assert found["covered"] >= 0.89
    assert found["relative_width"] < 0.95
    assert found["control"] < 0.9
    assert calibrate(DESIGNS["10 of 100 × 10"], "useless", 100, seed=9)["relative_width"] <= 1.1


@pytest.mark.parametrize("name", list(DESIGNS))
def test_the_committed_run_keeps_its_promises(name: str) -> None:
    """Each design's intervals cover as promised with every machine, and are no wider than people's alone."""
    for machine in MACHINES:
        assert broken(name, machine, committed()["designs"][name][machine]) == []


def test_documented_table() -> None:
    """The table of docs/statistics.md is that of the committed run."""
    assert markdown(committed()) in (RESULT.parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")


def committed() -> dict[str, Any]:
    return dict(json.loads(COMMITTED.read_text(encoding="utf-8")))
