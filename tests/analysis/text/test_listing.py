"""Texts in an order in which they can be read."""

import pytest

from analysis.text.listing import TextAnswer, listed


def test_by_method_video_and_participant() -> None:
    """Texts come sorted, without surrounding space, and empty ones are left out."""
    found = listed(
        ["late", " hands ", "", "x"], ["w2", "w1", "w3", "w1"], ["v2", "v1", "v1", "v2"], ["b", "a", "a", "a"]
    )
    assert found == [
        TextAnswer("a", "v1", "w1", "hands"),
        TextAnswer("a", "v2", "w1", "x"),
        TextAnswer("b", "v2", "w2", "late"),
    ]


def test_about_no_video() -> None:
    """A question that is asked once has neither methods nor videos."""
    assert listed(["fine"], ["w1"]) == [TextAnswer("", "", "w1", "fine")]


def test_lengths_must_fit() -> None:
    """Each text has one participant."""
    with pytest.raises(ValueError, match="zip"):
        listed(["a", "b"], ["w1"])
