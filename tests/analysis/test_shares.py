"""Shares of answers with clustered intervals: those of naming, and where nothing varies."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.clustering import TARGETS
from analysis.comparisons import compare
from analysis.counts import Counts
from analysis.estimates import estimate
from analysis.intervals import newcombe, t_quantile, wilson
from analysis.shares import ShareDifference, by_method, difference_of_shares, share_of
from analysis.simulator import StudyModel, allocation, counted, draw

Array = np.ndarray

MODEL = StudyModel(videos=(12, 12), num_workers=20, videos_per_worker=15, paired=True, accuracies=(0.7, 0.5))


def study(seed: int) -> tuple[Counts, tuple[Array, Array, Array, Array]]:
    """One study as naming counts it, and the right or wrong, method, participant and item of its single answers."""
    rng = np.random.default_rng(seed)
    right, seen = draw(MODEL, rng), allocation(MODEL, rng)
    participant, video = np.nonzero(seen)
    columns = (MODEL.methods_of_videos()[video], participant, MODEL.items_of_videos()[video])
    return counted(MODEL, right, seen), (right[participant, video], *columns)


@pytest.mark.parametrize("seed", range(4))
def test_a_share_is_inferred_as_an_accuracy(seed: int) -> None:
    """Both intervals are nearly those that naming has for the same answers."""
    counts, (right, method, participant, item) = study(seed)
    own = method == 0
    found, expected = share_of(right[own], participant[own], item[own]), estimate(counts.where(methods=["a"]))
    assert found is not None
    assert expected is not None
    assert found.value == pytest.approx(expected.accuracy)
    assert tuple(found.interval("these")) == pytest.approx(tuple(expected.these_videos), abs=1e-6)
    assert tuple(found.interval("new")) == pytest.approx(tuple(expected.new_videos), abs=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_a_difference_is_inferred_as_that_of_accuracies(seed: int) -> None:
    """Interval and test, paired by item, are nearly those that naming has for the same answers."""
    counts, (right, method, participant, item) = study(seed)
    found = difference_of_shares(right, method == 1, participant, item)
    expected = compare(counts, "a", "b", np.random.default_rng(0), primary_only=True)
    assert found is not None
    assert expected is not None
    naming = expected.conclusions["new-videos"]
    assert found.part("new").variance == pytest.approx(naming.inferences[0].part.variance, rel=0.05)
    assert found.value == pytest.approx(expected.difference)
    assert tuple(found.interval("new")) == pytest.approx(tuple(naming.interval(0.95)), abs=0.01)
    assert found.p_value("new") == pytest.approx(naming.p_value(), abs=0.02)


def compared(right: Array, second: Array) -> ShareDifference | None:
    participant, item = np.divmod(np.arange(len(right)), 10)
    return difference_of_shares(right, second, participant, item)


def test_nothing_to_compare() -> None:
    """Without answers there is no share, and a group without answers has no difference."""
    nothing = np.zeros(0, np.intp)
    assert share_of(nothing == 1, nothing, nothing) is None
    assert compared(np.ones(100, bool), np.zeros(100, bool)) is None


def test_all_answers_equal() -> None:
    """The interval is then Wilson's for as many answers as there are clusters, and both ends of it are no certainty."""
    participant, item = np.divmod(np.arange(200), 10)
    found = share_of(np.ones(200, bool), participant, item)
    assert found is not None
    assert tuple(found.interval("these")) == pytest.approx(tuple(wilson(1.0, 20, t_quantile(19))))
    assert tuple(found.interval("new")) == pytest.approx(tuple(wilson(1.0, 10, t_quantile(9))))
    assert found.p_value("new") < 0.05
    alone = share_of(np.ones(10, bool), np.zeros(10, np.intp), np.arange(10))
    assert alone is not None
    assert tuple(alone.interval("these")) == (0, 1)
    assert alone.p_value("these") == 1


def test_people_who_all_differ_alike_are_no_certainty() -> None:
    """Two people who each find the second method right once more have no variance, and the interval is wide."""
    participant, rest = np.divmod(np.arange(12), 6)
    item, second = np.divmod(rest, 2)
    right = np.array([0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0]) == 1
    found = difference_of_shares(right, second == 1, participant, item)
    assert found is not None
    assert found.value == pytest.approx(-1 / 3)
    own = [wilson(p, 2, t_quantile(1)) for p in (1 / 2, 5 / 6)]
    assert tuple(found.interval("these")) == pytest.approx(tuple(newcombe(1 / 2, own[0], 5 / 6, own[1])))
    assert found.p_value("these") > 0.05


@st.composite
def tiny_studies(draw: st.DrawFn) -> tuple[Array, Array, Array, Array]:
    """Whether answers are right and about the second method, their participants and items: a few of each."""
    shape = draw(st.tuples(st.integers(2, 4), st.integers(2, 4)))
    participant, item, second = (codes.ravel() for codes in np.indices((*shape, 2)))
    right = draw(st.lists(st.booleans(), min_size=len(item), max_size=len(item)))
    return np.array(right), second == 1, participant, item


@settings(deadline=None, max_examples=100)
@given(tiny_studies())
def test_every_interval_of_a_tiny_study_has_a_width(study: tuple[Array, Array, Array, Array]) -> None:
    """Whatever 2 to 4 people answer about 2 to 4 items, no interval of a share or of a difference is a point."""
    right, second, participant, item = study
    share, difference = share_of(right, participant, item), difference_of_shares(right, second, participant, item)
    assert share is not None
    assert difference is not None
    for target in TARGETS:
        for found in (share, difference):
            low, high = found.interval(target)
            assert low - 1e-12 <= found.value <= high + 1e-12
            assert high - low > 0.1


@given(st.integers(0, 10_000), st.sampled_from(["these", "new"]), st.floats(0.05, 0.95))
def test_the_test_inverts_the_interval(seed: int, target: str, value: float) -> None:
    """Its p is below α exactly where the interval of 1 − α leaves the value out."""
    rng = np.random.default_rng(seed)
    participant, item = np.divmod(np.arange(60), 6)
    found = share_of(rng.random(60) < 0.7, participant, item)
    assert found is not None
    p = found.p_value(target, value)  # type: ignore[arg-type]
    for confidence in (0.5, 0.8, 0.95):
        low, high = found.interval(target, confidence)  # type: ignore[arg-type]
        if abs(p - (1 - confidence)) > 1e-6:
            assert (p < 1 - confidence) == (not low <= value <= high)


def test_methods_with_answers() -> None:
    """Each method with answers has their places; a question that is about none has all of them."""
    rows = by_method(3, np.array([2, 0, 2]), ["a", "b", "c"])
    assert [(name, places.tolist()) for name, places in rows] == [("a", [1]), ("c", [0, 2])]
    assert [(name, places.tolist()) for name, places in by_method(2, None, ())] == [(None, [0, 1])]
