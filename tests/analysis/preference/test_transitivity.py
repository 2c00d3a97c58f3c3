"""The test of one strength per method, and circular triads."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analysis.preference.simulator import VoteModel, simulate
from analysis.preference.strengths import Strengths
from analysis.preference.transitivity import circular_triads, transitivity
from analysis.preference.votes import LEFT, RIGHT, Votes


@settings(deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 7))
def test_circular_triads_are_counted(seed: int, size: int) -> None:
    """They are those found by looking at each triad; without even pairs also by Kendall's formula from the wins."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.choice([-1.0, 1.0], (size, size)), 1)
    signs = upper - upper.T
    by_hand = sum(abs(signs[a, b] + signs[b, c] + signs[c, a]) == 3 for a, b, c in combinations(range(size), 3))
    circular, triads = circular_triads(signs)
    assert circular == by_hand
    assert triads == len(list(combinations(range(size), 3)))
    wins = (signs > 0).sum(axis=1)
    assert circular == triads - (wins * (wins - 1) / 2).sum()


def test_even_pairs_make_no_circle() -> None:
    """A triad with an even pair is neither circular nor counted."""
    assert circular_triads(np.array([[0.0, 1, -1], [-1, 0, 0], [1, 0, 0]])) == (0, 0)


def circular(strength: float, people: int = 20, prompts: int = 12) -> Votes:
    """A beats b, b beats c, c beats a, with the same odds."""
    study = VoteModel(strengths=(0.0, 0.0, 0.0), num_participants=people, num_prompts=prompts)
    votes = simulate(study, np.random.default_rng(1))
    rng = np.random.default_rng(2)
    ahead = (votes.right - votes.left) % 3 == 1
    left = rng.random(len(votes)) < 1 / (1 + np.exp(-np.where(ahead, strength, -strength)))
    return Votes(
        methods=votes.methods,
        left=votes.left,
        right=votes.right,
        participant=votes.participant,
        prompt=votes.prompt,
        outcome=np.where(left, LEFT, RIGHT),
    )


def test_a_circle_is_found() -> None:
    """Preferences that go round are found by the test and counted as one circular triad of one."""
    votes = circular(1.0)
    found = transitivity(votes, Strengths(votes).fit)
    assert found.p_value is not None
    assert found.p_value < 1e-6
    assert (found.constraints, found.circular, found.triads) == (1, 1, 1)


@pytest.mark.parametrize("name", ["bradley-terry", "davidson", "rao-kupper"])
def test_one_strength_per_method_is_seldom_rejected(name: str) -> None:
    """Of 100 studies of three methods with one strength each the test at 5 % rejects 1 to 10."""
    study = VoteModel(strengths=(0.5, 0.0, -0.4), num_participants=12, num_prompts=12, position=0.5)
    rng, rejected = np.random.default_rng(3), 0
    for _ in range(100):
        votes = simulate(study, rng)
        found = transitivity(votes, Strengths(votes, name).fit)  # type: ignore[arg-type]
        assert found.constraints == 1
        assert found.p_value is not None
        rejected += found.p_value < 0.05
    assert 1 <= rejected <= 10


def test_a_tree_of_pairs_cannot_be_tested() -> None:
    """Where pairs form no circle every difference is free, and there is nothing to test."""
    study = VoteModel(strengths=(0.5, 0.0, -0.5), num_participants=10, num_prompts=10, pairs=((0, 1), (1, 2)))
    votes = simulate(study, np.random.default_rng(4))
    found = transitivity(votes, Strengths(votes).fit)
    assert (found.p_value, found.constraints, found.triads) == (None, 0, 0)
