"""Which methods votes compare, and which they do not."""

import numpy as np

from analysis.preference.connectedness import connectedness

Array = np.ndarray


def wins(size: int, *pairs: tuple[int, int], ties: tuple[tuple[int, int], ...] = ()) -> Array:
    table = np.zeros((size, size, 3))
    for winner, loser in pairs:
        table[winner, loser, 0] += 1
    for first, second in ties:
        table[first, second, 1] += 1
    return table


def test_a_circle_of_wins_is_one_group() -> None:
    """Where a > b > c > a there are finite differences between all."""
    found = connectedness(wins(3, (0, 1), (1, 2), (2, 0)))
    assert found.group.tolist() == [0, 0, 0]
    assert not found.infinitely_better(0, 1)


def test_who_never_lost_is_infinitely_better() -> None:
    """One that wins against a group is above all of it, also those that it never met."""
    found = connectedness(wins(4, (1, 2), (2, 1), (2, 3), (3, 2), (0, 1)))
    assert found.group.tolist() == [0, 1, 1, 1]
    assert found.main == 1
    assert found.infinitely_better(0, 3)
    assert not found.infinitely_better(3, 0)


def test_a_tie_connects_both_ways() -> None:
    """A tie alone makes a difference finite."""
    assert connectedness(wins(2, ties=((0, 1),))).group.tolist() == [0, 0]


def test_strangers_are_not_comparable() -> None:
    """Two that never met, directly or by way of others, are not comparable; nor are two that both beat a third."""
    found = connectedness(wins(4, (0, 1), (1, 0), (2, 3), (3, 2)))
    assert not found.comparable(0, 2)
    assert found.comparable(0, 1)
    both = connectedness(wins(3, (0, 2), (1, 2)))
    assert not both.comparable(0, 1)


def test_the_side_does_not_matter() -> None:
    """A win on the right is a win."""
    table = np.zeros((2, 2, 3))
    table[1, 0, 2] = 1
    assert connectedness(table).infinitely_better(0, 1)
