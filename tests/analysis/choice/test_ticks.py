"""Choices as an answers table has them."""

from analysis.choice.ticks import read_ticks


def test_several_options() -> None:
    """Options that were declared come first, and are there even if nobody chose them."""
    found = read_ticks(["hands | blur", "colour"], ["blur", "speed", "hands"])
    assert found.options == ["blur", "speed", "hands", "colour"]
    assert found.ticked.tolist() == [[True, False, True, False], [False, False, False, True]]


def test_a_declared_option_with_a_bar_is_one() -> None:
    """Only what is no option as it stands is taken apart."""
    assert read_ticks(["a | b"], ["a | b", "c"]).ticked.tolist() == [[True, False]]


def test_no_answers() -> None:
    """The options stay."""
    assert read_ticks([], ["a", "b"]).ticked.shape == (0, 2)
