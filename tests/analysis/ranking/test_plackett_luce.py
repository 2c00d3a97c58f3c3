"""The Plackett–Luce model: published estimates, an oracle, its derivatives, and recovery."""

import itertools

import numpy as np
import pytest
from scipy import optimize

from analysis.ranking.plackett_luce import fit, scores
from analysis.ranking.rankings import Rankings
from analysis.ranking.stages import Stages, stages_of
from tests.analysis.ranking.scenes import drawn

STRENGTH = [0.8, 0.0, -0.3, -0.5]

#: How many of 32 judges put four salad dressings, A to D, in which order by tartness: Critchlow & Fligner,
#: Psychometrika 1991 (doi:10.1007/BF02294488), data `salad` of the R package PlackettLuce 0.4.
SALAD = {
    "ABCD": 2,
    "BACD": 1,
    "BADC": 2,
    "CABD": 1,
    "BCAD": 2,
    "BDAC": 1,
    "DCAB": 1,
    "BCDA": 11,
    "BDCA": 6,
    "CBDA": 3,
    "CDBA": 1,
    "DCBA": 1,
}


def salad() -> Rankings:
    order = np.array([["ABCD".index(name) for name in names] for names, times in SALAD.items() for _ in range(times)])
    return Rankings(methods=list("ABCD"), order=order, participant=np.arange(32), prompt=np.arange(32))


def test_salad_dressings() -> None:
    """Estimates, standard errors and deviance as printed in the vignette "Plackett-Luce Models with Item Covariates".

    https://hturner.github.io/PlackettLuce/articles/PLADMM.html, `PlackettLuce(salad, npseudo = 0)`.
    """
    found = fit(stages_of(salad()))
    assert found.strength - found.strength[0] == pytest.approx([0, 2.7299, 1.5615, 1.0268], abs=5e-5)
    own, cross = np.diag(found.inverse), found.inverse[0]
    assert np.sqrt(own + own[0] - 2 * cross)[1:] == pytest.approx([0.4481, 0.3965, 0.3771], abs=5e-5)
    assert -2 * found.log_likelihood == pytest.approx(152.83, abs=0.005)
    worth = np.exp(found.strength) / np.exp(found.strength).sum()
    assert worth == pytest.approx([0.04186, 0.64176, 0.19950, 0.11688], abs=5e-6)


def test_choix_finds_the_same_strengths() -> None:
    """Partial orders of 6 methods have the strengths that choix finds by its own algorithm."""
    choix = pytest.importorskip("choix")
    rankings = drawn([0.8, 0.0, -0.3, -0.5, 0.4, -0.4], 300, np.random.default_rng(1), shown=3)
    expected = choix.opt_rankings(6, rankings.order.tolist(), tol=1e-12)
    assert fit(stages_of(rankings)).strength == pytest.approx(expected - expected.mean(), abs=1e-5)


def log_likelihood(stages: Stages, strength: np.ndarray) -> float:
    """Written out, one stage after another."""
    total = 0.0
    for row, sign in zip(stages.alternatives, stages.sign, strict=True):
        own = sign * strength[row[row >= 0]]
        total += own[0] - np.log(np.exp(own).sum())
    return float(total)


@pytest.mark.parametrize("best_and_worst", [False, True])
def test_derivatives(best_and_worst: bool) -> None:
    """The maximum is one, scores and information are the log-likelihood's derivatives, the inverse is an inverse."""
    rankings = drawn(STRENGTH, 120, np.random.default_rng(2), best_and_worst=best_and_worst)
    stages = stages_of(rankings)
    found = fit(stages)
    assert found.log_likelihood == pytest.approx(log_likelihood(stages, found.strength))
    assert scores(stages, found.strength).sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-8)
    away = found.strength + np.array([0.3, -0.1, 0.0, 0.2])
    slope = optimize.approx_fprime(away, lambda own: log_likelihood(stages, own), 1e-6)
    assert scores(stages, away).sum(axis=0) == pytest.approx(slope, abs=1e-3)
    steps = 1e-5 * np.eye(4)
    turns = [scores(stages, found.strength - step).sum(axis=0) for step in steps]
    assert np.array(turns) / 1e-5 == pytest.approx(found.information, abs=1e-3)
    assert found.inverse @ found.information == pytest.approx(np.eye(4) - 0.25, abs=1e-9)


def test_two_methods_are_bradley_terry() -> None:
    """With two methods the difference of strengths is the logit of the share that is ahead."""
    order = np.array([[0, 1]] * 30 + [[1, 0]] * 12)
    codes = np.arange(42)
    rankings = Rankings(methods=["a", "b"], order=order, participant=codes, prompt=codes)
    first, second = fit(stages_of(rankings)).strength
    assert first - second == pytest.approx(np.log(30 / 12))


def test_best_and_worst_of_three_are_an_order_of_three() -> None:
    """Who is best and who is worst says the order of three methods, and gives the same strengths."""
    orders = drawn([0.6, 0.0, -0.6], 200, np.random.default_rng(3))
    ends = Rankings(
        methods=orders.methods,
        order=orders.order,
        participant=orders.participant,
        prompt=orders.prompt,
        best_and_worst=True,
    )
    assert fit(stages_of(ends)).strength == pytest.approx(fit(stages_of(orders)).strength)


def test_recovery() -> None:
    """Many orders give the strengths that they were drawn with, from all methods as from two or three of them."""
    for shown in (2, 3, 4):
        rankings = drawn(STRENGTH, 20_000, np.random.default_rng(shown), shown=shown)
        assert fit(stages_of(rankings)).strength == pytest.approx(STRENGTH, abs=0.06)


@pytest.mark.parametrize(
    ("shown", "best_and_worst", "votes"), [(2, False, 1.0), (3, False, 7 / 3), (4, False, 23 / 6), (4, True, 17 / 6)]
)
def test_what_an_order_is_worth(shown: int, best_and_worst: bool, votes: float) -> None:
    """Between equal methods an answer tells as much as so many votes on all pairs, as docs/questions.md says."""
    orders = np.array([list(order) for order in itertools.permutations(range(shown))])
    codes = np.arange(len(orders))
    rankings = Rankings(
        methods=list("abcd")[:shown], order=orders, participant=codes, prompt=codes, best_and_worst=best_and_worst
    )
    found = fit(stages_of(rankings))
    assert found.strength == pytest.approx(np.zeros(shown))
    of_one_vote_per_pair = (shown * np.eye(shown) - 1) / 4
    pairs = shown * (shown - 1) / 2
    assert found.information / len(orders) == pytest.approx(votes / pairs * of_one_vote_per_pair)


def test_best_and_worst_of_four_have_a_wider_scale() -> None:
    """Of the same orders of four, best and worst give about a tenth larger strengths, as docs/statistics.md says."""
    orders, ends = (
        fit(stages_of(drawn(STRENGTH, 20_000, np.random.default_rng(4), best_and_worst=best_and_worst))).strength
        for best_and_worst in (False, True)
    )
    assert ends.std() / orders.std() == pytest.approx(1.1, abs=0.04)
    assert np.argsort(ends).tolist() == np.argsort(orders).tolist()
