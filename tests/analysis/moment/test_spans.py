"""Marks as an answers table has them."""

import math

import pytest

from analysis.moment.spans import read_span, read_spans


def test_spans() -> None:
    """Nothing that breaks has no times; a break without a kind has none."""
    found = read_spans(
        ['{"start_s": 1.0, "end_s": 1.5, "what": "shape"}', "none", '{"start_s": 0, "end_s": 0, "what": ""}']
    )
    assert found.kinds == ["shape"]
    assert found.start_s.tolist() == pytest.approx([1.0, math.nan, 0.0], nan_ok=True)
    assert found.end_s.tolist() == pytest.approx([1.5, math.nan, 0.0], nan_ok=True)
    assert found.kind.tolist() == [0, -1, -1]


@pytest.mark.parametrize("answer", ["nothing", "[1, 2]", '{"start_s": 1}', '{"start_s": "x", "end_s": 2}', "3"])
def test_what_is_no_mark_is_refused(answer: str) -> None:
    """The message says what a mark looks like."""
    with pytest.raises(ValueError, match="is neither 'none' nor"):
        read_span(answer)


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    """As is one before the video."""
    for start, end in ((2, 1), (-1, 1)):
        with pytest.raises(ValueError, match=f"goes from {float(start)} to {float(end)} s"):
            read_span(f'{{"start_s": {start}, "end_s": {end}}}')
