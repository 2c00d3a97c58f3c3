"""Simulated votes have the shares and the design that their model says."""

import numpy as np
import pytest

from analysis.preference.fitting import fit, table_of
from analysis.preference.simulator import VoteModel, simulate


def test_shares_are_those_expected() -> None:
    """Over many participants and prompts the shares of outcomes are those of `expected`."""
    study = VoteModel(strengths=(0.7, 0.0), num_participants=400, num_prompts=200, position=0.5)
    table = table_of(simulate(study, np.random.default_rng(1)))
    assert table / table.sum() == pytest.approx(study.expected(), abs=0.02)
    net = (table[0, 1, 0] + table[1, 0, 2] - table[0, 1, 2] - table[1, 0, 0]) / table.sum()
    assert net == pytest.approx(study.net(0, 1), abs=0.03)


@pytest.mark.parametrize("name", ["bradley-terry", "rao-kupper", "davidson"])
def test_without_effects_the_model_is_its_own(name: str) -> None:
    """With no effects of prompts and people the expected table has the strengths, the position and the ties given."""
    study = VoteModel(
        strengths=(0.7, 0.0, -0.7),
        num_participants=2,
        num_prompts=2,
        model=name,  # type: ignore[arg-type]
        tie=0.3,
        position=0.5,
        prompt_sd=0.0,
        participant_sd=0.0,
        side_sd=0.0,
    )
    found = fit(study.expected(), name)  # type: ignore[arg-type]
    assert found.strength == pytest.approx([0.7, 0.0, -0.7], abs=1e-6)
    assert found.position == pytest.approx(0.5, abs=1e-6)
    assert found.tie == (None if name == "bradley-terry" else pytest.approx(0.3, abs=1e-6))


def test_each_participant_sees_a_balanced_part() -> None:
    """Nobody sees a pair of videos twice, and each side has half of everybody's votes."""
    study = VoteModel(strengths=(0.0,) * 4, num_participants=7, num_prompts=5, votes_per_participant=12)
    votes = simulate(study, np.random.default_rng(1))
    assert np.bincount(votes.participant).tolist() == [12] * 7
    low, high = np.minimum(votes.left, votes.right), np.maximum(votes.left, votes.right)
    seen = set(zip(votes.participant.tolist(), votes.prompt.tolist(), low.tolist(), high.tolist(), strict=True))
    assert len(seen) == len(votes)
    with pytest.raises(ValueError, match="votes_per_participant 31 is more than the 30 pairs"):
        VoteModel(strengths=(0.0,) * 4, num_participants=7, num_prompts=5, votes_per_participant=31)
