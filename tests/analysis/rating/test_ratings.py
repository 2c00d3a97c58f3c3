"""Ratings as arrays: scales, and what is refused."""

from typing import Any

import numpy as np
import pytest

from analysis.rating.ratings import Ratings, Scale


def ratings(**changes: Any) -> Ratings:
    """Four ratings of two videos by two methods."""
    usual: dict[str, Any] = {
        "value": np.array([1.0, 5, 3, 4]),
        "participant": np.array([0, 1, 0, 1]),
        "video": np.array([0, 0, 1, 1]),
        "method": np.array([0, 0, 1, 1]),
        "prompt": np.array([3, 3, 3, 3]),
        "methods": ["a", "b"],
        "scale": Scale(),
    }
    return Ratings(**usual | changes)


def test_points() -> None:
    """A scale of points has whole numbers; a slider has any number and no points."""
    assert Scale(low=0, high=10).points is not None
    assert Scale(low=-3, high=3).points.tolist() == [-3, -2, -1, 0, 1, 2, 3]
    slider = Scale(low=0, high=100, slider=True)
    assert slider.points is None
    assert slider.holds(np.array([0, 33.3, 100, 101])).tolist() == [True, True, True, False]
    assert Scale().holds(np.array([0, 1, 2.5, 5])).tolist() == [False, True, False, True]


def test_a_part() -> None:
    """Some of the ratings keep their codes; the unit is the prompt, or the video where there are none."""
    part = ratings().where(np.array([False, True, True, False]))
    assert (len(part), part.value.tolist(), part.unit.tolist()) == (2, [5, 3], [3, 3])
    assert ratings(prompt=None).unit.tolist() == [0, 0, 1, 1]


def test_counts_by_video() -> None:
    """Each video's ratings are counted by the points that occur, as agreement needs them."""
    table, points = ratings(value=np.array([1.0, 5, 5, 5])).by_video()
    assert points.tolist() == [1, 5]
    assert table.tolist() == [[1, 1], [0, 2]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"value": np.array([1.0, 6, 3, 4])}, "rating 6 is not on the scale from 1 to 5"),
        ({"value": np.array([1.0, 2.5, 3, 4])}, "rating 2.5 is not on the scale"),
        ({"value": np.array([1.0, np.nan, 3, 4])}, "rating nan is not on the scale"),
        ({"video": np.array([0, 0, 1])}, "video has 3 ratings, value has 4"),
        ({"method": np.array([0, 1, 1, 1])}, "video 0 has more than one method"),
        ({"prompt": np.array([0, 0, 1, 2])}, "video 1 has more than one prompt"),
    ],
)
def test_ratings_that_do_not_fit_are_refused(changes: dict[str, Any], message: str) -> None:
    """Errors name the value or the column."""
    with pytest.raises(ValueError, match=message):
        ratings(**changes)


@pytest.mark.parametrize(
    ("scale", "message"), [({"low": 5, "high": 1}, "low 5 is not below high 1"), ({"high": 4.5}, "points are whole")]
)
def test_scales_that_cannot_be_are_refused(scale: dict[str, float], message: str) -> None:
    """The lowest is below the highest, and points are whole numbers."""
    with pytest.raises(ValueError, match=message):
        Scale(**scale)
