"""Strengths with clustered intervals, ranks, and methods that never lost."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from analysis.clustering import TARGETS, UNBOUNDED
from analysis.preference.fitting import fit
from analysis.preference.models import MODELS, ModelName
from analysis.preference.simulator import VoteModel, simulate
from analysis.preference.strengths import Strengths
from analysis.preference.votes import LEFT, RIGHT, Votes

STUDY = VoteModel(strengths=(1.0, 0.0, -0.4), num_participants=20, num_prompts=12, position=0.4)


def drawn(seed: int = 1, model: VoteModel = STUDY) -> Votes:
    return simulate(model, np.random.default_rng(seed))


def test_sandwich_is_that_of_logistic_regression() -> None:
    """Without corrections the covariance is statsmodels' two-way clustered one of a logistic regression."""
    study = VoteModel(
        strengths=(0.5, 0.0, -0.4), num_participants=9, num_prompts=8, model="bradley-terry", position=0.3
    )
    votes = drawn(2, study)
    x = np.zeros((len(votes), 4))
    x[range(len(votes)), votes.left], x[range(len(votes)), votes.right], x[:, 3] = 1.0, -1.0, 1.0
    oracle = sm.Logit((votes.outcome == LEFT).astype(float), x[:, 1:]).fit(disp=False)
    both, people, prompts = cov_cluster_2groups(oracle, votes.participant, votes.prompt, use_correction=False)
    found = Strengths(votes)
    signs = np.array([[-1.0, 1, 0, 0], [-1, 0, 1, 0], [0, 0, 0, 1]])
    own = found.clustered
    assert signs @ own.participants.products @ signs.T == pytest.approx(people, rel=1e-6)
    assert signs @ own.units.products @ signs.T == pytest.approx(prompts, rel=1e-6)
    total = own.participants.products + own.units.products - own.both
    assert signs @ total @ signs.T == pytest.approx(both, rel=1e-6)


@pytest.mark.parametrize("name", list(MODELS))
def test_summary(name: ModelName) -> None:
    """Strengths add up to 0 and lie in their intervals; new prompts are never surer; an anchor is exactly 0."""
    found = Strengths(drawn(), name)
    rows = found.summary()
    assert sum(row.value for row in rows) == pytest.approx(0, abs=1e-9)
    for row in rows:
        assert row.new.low <= row.these.low <= row.value <= row.these.high <= row.new.high
        assert 1 <= row.rank_low <= row.rank_high <= 3
    anchored = found.summary(anchor="b")
    assert anchored[1].value == 0
    assert anchored[0].value == pytest.approx(rows[0].value - rows[1].value)
    assert anchored[0].rank_low == rows[0].rank_low
    with pytest.raises(ValueError, match="anchor 'x' is none of the methods a, b, c"):
        found.summary(anchor="x")


def test_the_clear_winner_ranks_first() -> None:
    """With many people and prompts the methods' ranks are certain; with few the ranks leave more open."""
    clear = Strengths(
        drawn(3, VoteModel(strengths=(1.5, 0.0, -1.5), num_participants=60, num_prompts=40, prompt_sd=0.2))
    ).summary()
    assert [(row.rank_low, row.rank_high) for row in clear] == [(1, 1), (2, 2), (3, 3)]
    few = Strengths(drawn(3, VoteModel(strengths=(0.2, 0.0, -0.2), num_participants=4, num_prompts=4))).summary()
    assert any(row.rank_low < row.rank_high for row in few)


def test_ranks_are_simultaneous() -> None:
    """Ranks rest on a stricter level than one difference has, and on the plain one where there is one difference."""
    found, rng = Strengths(drawn()), np.random.default_rng(1)
    assert 0.05 / 3 <= found.simultaneous_level("new", 0.95, rng) < 0.05
    two = Strengths(drawn(1, VoteModel(strengths=(0.5, 0.0), num_participants=10, num_prompts=10)))
    assert two.simultaneous_level("new", 0.95, rng) == pytest.approx(0.05)


def with_champion(losses: int = 0) -> Votes:
    """The study's votes, and `d`, which won every vote against `a`, but for some."""
    votes = drawn()
    person, prompt = np.divmod(np.arange(60), 6)
    side = np.arange(60) % 2 == 0
    won = np.arange(60) >= losses
    more = {
        "left": np.where(side, 3, 0),
        "right": np.where(side, 0, 3),
        "participant": person,
        "prompt": prompt,
        "outcome": np.where(side == won, LEFT, RIGHT),
    }
    columns = {name: np.concatenate([getattr(votes, name), own]) for name, own in more.items()}
    return Votes(methods=["a", "b", "c", "d"], **columns)


def test_a_method_that_never_lost_has_an_open_interval() -> None:
    """Its strength is infinite, its interval has a lower end only, and the others' estimates are as without it."""
    found = Strengths(with_champion())
    assert found.groups == [["a", "b", "c"], ["d"]]
    rows = found.summary()
    champion = rows[3]
    assert champion.value == math.inf
    for interval in (champion.these, champion.new):
        assert math.isfinite(interval.low)
        assert interval.high == math.inf
    assert champion.new.low <= champion.these.low
    alone = Strengths(drawn()).summary()
    assert [row.value for row in rows[:3]] == pytest.approx([row.value for row in alone])
    assert found.difference(3, 1).value == math.inf
    assert found.difference(1, 3).value == -math.inf


def test_a_method_that_never_won_has_the_mirror_image() -> None:
    """With all outcomes turned round the interval is open below, and its end has the other sign."""
    votes = with_champion()
    turned = Votes(
        methods=votes.methods,
        left=votes.right,
        right=votes.left,
        participant=votes.participant,
        prompt=votes.prompt,
        outcome=votes.outcome,
    )
    up, down = Strengths(votes).summary()[3], Strengths(turned).summary()[3]
    assert down.value == -math.inf
    assert down.new.low == -math.inf
    assert down.new.high == pytest.approx(-up.new.low, abs=1e-6)


def test_the_open_end_lies_below_what_few_losses_give() -> None:
    """With one loss in 60 the estimate is finite, and above the lower end that never having lost gives."""
    champion = Strengths(with_champion()).summary()[3]
    nearly = Strengths(with_champion(losses=1)).summary()[3]
    assert champion.new.low < nearly.value < math.inf


def test_one_win_makes_nobody_certain() -> None:
    """Of two methods with a single vote nothing is known, and both may have either rank."""
    one = np.zeros(1, int)
    votes = Votes(methods=["a", "b"], left=one, right=one + 1, participant=one, prompt=one, outcome=one)
    rows = Strengths(votes).summary()
    assert [(row.rank_low, row.rank_high) for row in rows] == [(1, 2), (1, 2)]
    assert rows[1].value == -math.inf
    assert rows[1].new == rows[1].these == UNBOUNDED


def test_methods_that_nothing_compares_are_named() -> None:
    """Two islands: differences across them are not a number, and their ranks leave everything open."""
    first = drawn(1, VoteModel(strengths=(2.0, 0.0), num_participants=20, num_prompts=12))
    second = drawn(2, VoteModel(strengths=(0.0, 0.0), num_participants=20, num_prompts=12))
    columns = {
        name: np.concatenate([getattr(first, name), getattr(second, name) + shift])
        for name, shift in (("left", 2), ("right", 2), ("participant", 0), ("prompt", 0), ("outcome", 0))
    }
    found = Strengths(Votes(methods=["a", "b", "c", "d"], **columns))
    assert found.incomparable() == [("a", "c"), ("a", "d"), ("b", "c"), ("b", "d")]
    assert math.isnan(found.difference(0, 2).value)
    rows = found.summary()
    assert rows[2].new == UNBOUNDED
    assert (rows[0].rank_low, rows[0].rank_high) == (1, 3)


def test_position_effect() -> None:
    """The log odds of the left have an interval that holds the truth; None where the model leaves it out."""
    votes = drawn(1, VoteModel(strengths=(0.0, 0.0), num_participants=40, num_prompts=20, position=1.0))
    found = Strengths(votes, "davidson").position()
    assert found is not None
    assert found.p_value("new") < 0.001
    assert Strengths(votes, position=False).position() is None


def test_known_strengths_are_recovered() -> None:
    """Intervals of 95 % hold the strengths that the model has over all effects, in most of 40 studies."""
    study = VoteModel(strengths=(0.6, 0.0, -0.3), num_participants=20, num_prompts=15, position=0.3)
    truth = fit(study.expected(), "davidson").strength
    held = 0
    for seed in range(40):
        found = Strengths(drawn(seed, study), "davidson")
        intervals = [found.interval(place, np.arange(3), "new") for place in range(3)]
        held += sum(own.low <= true <= own.high for own, true in zip(intervals, truth, strict=True))
    assert 105 <= held <= 120


def test_targets_are_both_there() -> None:
    """Every difference has a variance for these prompts and a larger one for new ones."""
    found = Strengths(drawn()).difference(0, 1)
    assert all(found.part(target).known for target in TARGETS)
    assert found.new.variance >= found.these.variance
