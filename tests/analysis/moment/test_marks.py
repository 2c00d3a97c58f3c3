"""Marks as arrays: their checks."""

import math

import numpy as np
import pytest

from analysis.moment.marks import Marks
from tests.analysis.moment.scenes import of


def test_nothing_breaks_where_there_is_no_span() -> None:
    """A mark from 0 on is one; without a span nothing breaks."""
    marks = of([(0, 0, 0.0, 0.0), (1, 0, math.nan, math.nan)])
    np.testing.assert_array_equal(marks.broken, [True, False])


@pytest.mark.parametrize(("start", "end"), [(1.0, 0.5), (-0.1, 0.5), (1.0, math.nan), (math.nan, 1.0)])
def test_what_is_no_span_is_refused(start: float, end: float) -> None:
    """A span that ends before it starts, starts before the video or has one end is named."""
    with pytest.raises(ValueError, match=f"span: answer 1 goes from {start} to {end} s"):
        of([(0, 0, 0.0, 0.0), (1, 0, start, end)])


def test_a_kind_needs_a_break() -> None:
    """An answer cannot say what breaks where nothing does."""
    one, nothing = np.zeros(1, np.intp), np.array([math.nan])
    with pytest.raises(ValueError, match="kind: an answer names a kind of break where nothing breaks"):
        Marks(
            methods=["a"],
            kinds=["shape"],
            participant=one,
            video=one,
            prompt=one,
            method=one,
            start_s=nothing,
            end_s=nothing,
            kind=one,
        )


def test_lengths_must_fit() -> None:
    """Every array has one value per answer."""
    one, two = np.zeros(1, np.intp), np.zeros(2)
    with pytest.raises(ValueError, match="video: has 1 values for 2 answers"):
        Marks(
            methods=["a"],
            kinds=[],
            participant=two,
            video=one,
            prompt=two,
            method=two,
            start_s=two,
            end_s=two,
            kind=two,
        )
