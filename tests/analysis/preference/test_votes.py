"""Votes from the columns of an answers table."""

import numpy as np
import pytest

from analysis.preference.votes import LEFT, RIGHT, TIE, outcomes, votes


def test_columns_become_codes() -> None:
    """Methods are in the order of the alphabet, and each vote keeps who stood where."""
    found = votes(["b", "a", "c"], ["a", "c", "b"], ["w2", "w1", "w2"], ["p", "q", "p"], ["left", "tie", "right"])
    assert found.methods == ["a", "b", "c"]
    assert (found.left.tolist(), found.right.tolist()) == ([1, 0, 2], [0, 2, 1])
    assert found.participant[0] == found.participant[2] != found.participant[1]
    assert found.prompt[0] == found.prompt[2] != found.prompt[1]
    assert found.outcome.tolist() == [LEFT, TIE, RIGHT]
    assert found.signs.tolist() == [1, 0, -1]
    assert found.strength is None
    assert found.both is None
    assert len(found.take(np.array([1, 2]))) == 2


def test_both_good_and_both_bad_are_ties() -> None:
    """They count as ties, and which of them it was is kept."""
    outcome, strength, both = outcomes(["both_good", "both_bad", "tie", "left"])
    assert outcome.tolist() == [TIE, TIE, TIE, LEFT]
    assert strength is None
    assert both is not None
    assert both.tolist() == [1, -1, 0, 0]


def test_strengths_have_signs() -> None:
    """A negative number is a vote for the left; numbers as text are read, with a minus of either kind."""
    outcome, strength, both = outcomes(["-3", "0", "2", "−1"])
    assert outcome.tolist() == [LEFT, TIE, RIGHT, LEFT]
    assert strength is not None
    assert strength.tolist() == [-3, 0, 2, -1]
    assert both is None
    assert outcomes([-1, 3])[0].tolist() == [LEFT, RIGHT]


@pytest.mark.parametrize("answer", ["4", "1.5", "Left", "", "nan"])
def test_other_answers_are_refused(answer: str) -> None:
    """An answer that is no preference is named, with what is expected."""
    with pytest.raises(ValueError, match=f"answer '{answer}' is no preference: expected left, tie"):
        outcomes([answer])


def test_a_method_against_itself_is_refused() -> None:
    """A vote between two videos of one method says nothing of methods."""
    with pytest.raises(ValueError, match="the method 'a' on both sides"):
        votes(["a"], ["a"], ["w"], ["p"], ["left"])


def test_no_votes() -> None:
    """An empty table is no votes."""
    assert len(votes([], [], [], [], [])) == 0


def test_words_and_numbers_mean_the_same_sides() -> None:
    """Among numbers a word keeps its outcome; a tie in words has strength 0, a side in words none."""
    outcome, strength, _ = outcomes(["-2", "left", "tie", "right", "3", "both_bad"])
    assert outcome.tolist() == [LEFT, LEFT, TIE, RIGHT, RIGHT, TIE]
    assert strength is not None
    np.testing.assert_array_equal(strength, [-2, np.nan, 0, np.nan, 3, 0])
