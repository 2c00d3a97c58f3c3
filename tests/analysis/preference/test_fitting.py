"""Bradley–Terry, Rao–Kupper and Davidson models: published estimates, other people's implementations, and limits."""

import itertools

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.miscmodels.ordinal_model import OrderedModel

from analysis.preference.fitting import fit, scores_of, table_of
from analysis.preference.models import MODELS, ModelName
from analysis.preference.simulator import VoteModel, simulate
from tests.analysis.preference.published import baseball, citations, puddings

Array = np.ndarray


def test_citations() -> None:
    """Strengths of the journals relative to Biometrika are those of Agresti, as BradleyTerry2 prints them."""
    found = fit(citations(), position=False)
    assert found.strength - found.strength[0] == pytest.approx([0, -2.9491, -0.4796, 0.2690], abs=5e-5)


@pytest.mark.parametrize(
    ("position", "strengths", "errors"),
    [
        (False, [1.1077, 0.6839, 1.4364, 1.5814, 1.2476, 1.2945], [0.3339, 0.3319, 0.3396, 0.3433, 0.3359, 0.3367]),
        (True, [1.1438, 0.7047, 1.4754, 1.6196, 1.2813, 1.3271], [0.3378, 0.3350, 0.3446, 0.3474, 0.3404, 0.3403]),
    ],
)
def test_baseball(position: bool, strengths: list[float], errors: list[float]) -> None:
    """Strengths relative to Baltimore, their errors for independent games, and the advantage at home.

    From tests/baseball.Rout.save of BradleyTerry2, which reproduces section 10.6 of Agresti.
    """
    found = fit(baseball(), position=position)
    assert found.strength[1:] - found.strength[0] == pytest.approx(strengths, abs=5e-5)
    signs = np.zeros((6, found.width))
    signs[:, 0], signs[range(6), range(1, 7)] = -1.0, 1.0
    assert np.sqrt(np.diag(signs @ found.inverse @ signs.T)) == pytest.approx(errors, abs=5e-5)
    assert found.position == (pytest.approx(0.3023, abs=5e-5) if position else None)
    if position:
        assert np.sqrt(found.inverse[7, 7]) == pytest.approx(0.1309, abs=5e-5)


def test_puddings() -> None:
    """Worths and ties are those of Davidson (1970, example 2), as the vignette of PlackettLuce prints them.

    Its iteration is ended where Davidson's was, before the fifth digit is right.
    """
    found = fit(puddings(), "davidson", position=False)
    worth = np.exp(found.strength)
    published = [0.1388005, 0.1729985, 0.1617420, 0.1653930, 0.1586805, 0.2023855]
    assert worth / worth.sum() == pytest.approx(published, abs=3e-5)
    assert found.tie is not None
    assert np.exp(found.tie) == pytest.approx(0.7468147, abs=5e-5)
    errors = [0.1872, 0.1935, 0.1882, 0.1927, 0.1924]
    signs = np.zeros((5, 7))
    signs[:, 0], signs[range(5), range(1, 6)] = -1.0, 1.0
    assert np.sqrt(np.diag(signs @ found.inverse @ signs.T)) == pytest.approx(errors, abs=5e-4)


def rows_of(table: Array) -> tuple[Array, Array, Array]:
    """The ordered pairs that have votes, and the design of d: strengths, then the side."""
    left, right = np.nonzero(table.sum(axis=2))
    design = np.zeros((len(left), len(table) + 1))
    design[range(len(left)), left], design[range(len(left)), right], design[:, -1] = 1.0, -1.0, 1.0
    return table[left, right], design[:, 1:], left


def drawn(model: ModelName, position: float = 0.6) -> Array:
    rng = np.random.default_rng(1)
    study = VoteModel(
        strengths=(0.8, 0.0, -0.3, 0.2), num_participants=30, num_prompts=6, model=model, tie=0.4, position=position
    )
    return table_of(simulate(study, rng))


@pytest.mark.parametrize("table", [drawn("rao-kupper"), puddings()], ids=["drawn", "puddings"])
def test_rao_kupper_is_the_ordered_logit(table: Array) -> None:
    """With a position effect the Rao–Kupper model is statsmodels' ordered logit with two thresholds."""
    counts, design, _ = rows_of(table)
    outcome = np.tile([2, 1, 0], len(counts))
    number = counts.ravel().astype(int)
    rows, y = np.repeat(np.repeat(design[:, :-1], 3, axis=0), number, axis=0), np.repeat(outcome, number)
    oracle = OrderedModel(y, rows, distr="logit").fit(method="bfgs", disp=False, gtol=1e-8, maxiter=500)
    low, high = oracle.model.transform_threshold_params(oracle.params)[1:3]
    found = fit(table, "rao-kupper")
    assert found.strength[1:] - found.strength[0] == pytest.approx(oracle.params[:-2], abs=1e-4)
    assert found.position == pytest.approx(-(low + high) / 2, abs=1e-4)
    assert found.tie == pytest.approx((high - low) / 2, abs=1e-4)
    assert found.log_likelihood == pytest.approx(oracle.llf, rel=1e-7)


@pytest.mark.parametrize("table", [drawn("davidson"), puddings()], ids=["drawn", "puddings"])
def test_davidson_is_a_log_linear_model(table: Array) -> None:
    """The Davidson model is statsmodels' Poisson regression of counts with one constant for each ordered pair."""
    counts, design, left = rows_of(table)
    outcome = np.tile([0.5, 0.0, -0.5], len(counts))
    x = np.column_stack(
        [
            np.kron(np.eye(len(left)), np.ones((3, 1))),
            np.repeat(design, 3, axis=0) * outcome[:, None],
            outcome == 0,
        ]
    )
    oracle = sm.GLM(counts.ravel(), x, family=sm.families.Poisson()).fit(tol=1e-12).params[len(left) :]
    found = fit(table, "davidson")
    assert found.strength[1:] - found.strength[0] == pytest.approx(oracle[:-2], abs=1e-6)
    assert (found.position, found.tie) == (pytest.approx(oracle[-2], abs=1e-6), pytest.approx(oracle[-1], abs=1e-6))


def test_ties_are_half_a_win_in_bradley_terry() -> None:
    """Estimates are those of statsmodels' logistic regression of the scores."""
    table = puddings()
    counts, design, _ = rows_of(table)
    score, n = counts[:, 0] + counts[:, 1] / 2, counts.sum(axis=1)
    oracle = sm.GLM(score / n, design[:, :-1], family=sm.families.Binomial(), var_weights=n).fit()
    found = fit(table, position=False)
    assert found.strength[1:] - found.strength[0] == pytest.approx(oracle.params, abs=1e-8)


def test_other_packages_agree() -> None:
    """The packages evalica and choix find the same strengths for the citations."""
    evalica, choix = pytest.importorskip("evalica"), pytest.importorskip("choix")
    table = citations()
    wins = table[..., 0]
    found = fit(table, position=False).strength
    choix_found = choix.ilsr_pairwise_dense(wins)
    assert found == pytest.approx(choix_found - choix_found.mean(), abs=1e-6)
    names = np.arange(4)
    xs, ys = np.divmod(np.repeat(np.arange(16), wins.ravel().astype(int)), 4)
    scores = evalica.bradley_terry(xs.tolist(), ys.tolist(), [evalica.Winner.X] * len(xs), tolerance=1e-10).scores
    logs = np.log(scores.loc[names].to_numpy())
    assert found == pytest.approx(logs - logs.mean(), abs=1e-4)


@pytest.mark.parametrize("name", list(MODELS))
def test_derivatives_are_those_of_the_log_likelihood(name: ModelName) -> None:
    """First and second derivatives agree with finite differences, and probabilities add up to 1."""
    d, tie, step = np.linspace(-3, 3, 13), 0.6, 1e-5
    model, found = MODELS[name], MODELS[name](d, tie)
    up, down = model(d + step, tie), model(d - step, tie)
    more, less = model(d, tie + step), model(d, tie - step)
    assert found.by_d == pytest.approx((up.log_p - down.log_p) / (2 * step), abs=1e-8)
    assert found.by_tie == pytest.approx((more.log_p - less.log_p) / (2 * step), abs=1e-8)
    assert found.by_d_d == pytest.approx((up.by_d - down.by_d) / (2 * step), abs=1e-8)
    assert found.by_d_tie == pytest.approx((more.by_d - less.by_d) / (2 * step), abs=1e-8)
    assert found.by_tie_tie == pytest.approx((more.by_tie - less.by_tie) / (2 * step), abs=1e-8)
    p = np.exp(found.log_p)
    assert (p[:, [0, 2]] if name == "bradley-terry" else p).sum(axis=1) == pytest.approx(np.ones(13))


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10_000), st.sampled_from(list(MODELS)))
def test_swapping_sides_turns_the_position_effect_round(seed: int, name: ModelName) -> None:
    """With left and right exchanged strengths stay and the position effect changes its sign; gradients add up to 0."""
    study = VoteModel(strengths=(0.3, 0.0, -0.3), num_participants=8, num_prompts=6, position=0.5)
    votes = simulate(study, np.random.default_rng(seed))
    table = table_of(votes)
    found, mirrored = fit(table, name), fit(table.transpose(1, 0, 2)[..., ::-1], name)
    assert found.strength == pytest.approx(mirrored.strength, abs=1e-6)
    assert found.position is not None
    assert mirrored.position == pytest.approx(-found.position, abs=1e-6)
    assert np.asarray(scores_of(found, votes).sum(axis=0)).ravel() == pytest.approx(np.zeros(found.width), abs=1e-5)


def test_models_of_ties_without_ties_are_bradley_terry() -> None:
    """A table without a tie has the same strengths in all three, and no parameter of ties."""
    expected = fit(baseball()).strength
    for name in ("rao-kupper", "davidson"):
        found = fit(baseball(), name)
        assert found.strength == pytest.approx(expected)
        assert found.tie is None


def test_position_without_a_finite_estimate_is_left_out() -> None:
    """Where the left always wins, or each method keeps its side, it has no estimate and strengths are finite."""
    left_wins = np.zeros((3, 3, 3))
    left_wins[..., 0] = 5 * (1 - np.eye(3))
    found = fit(left_wins)
    assert found.position is None
    assert found.strength == pytest.approx(np.zeros(3), abs=1e-8)
    one_side = np.zeros((2, 2, 3))
    one_side[0, 1] = 6, 1, 2
    assert fit(one_side).position is None


def test_models_of_ties_without_an_estimate_give_way_to_bradley_terry() -> None:
    """Only ties, or a tie wherever a third method is shown, leave no finite estimate; an unknown model is named."""
    ties = np.zeros((2, 2, 3))
    ties[0, 1, 1] = 4
    third = np.zeros((3, 3, 3))
    third[0, 1, 0] = third[1, 0, 2] = 6
    third[[0, 2, 1, 2], [2, 0, 2, 1], 1] = 5
    for table in (ties, third):
        for name in ("davidson", "rao-kupper"):
            found = fit(table, name)
            assert (found.model, found.tie) == ("bradley-terry", None)
            assert found.strength == pytest.approx(fit(table).strength)
    with pytest.raises(ValueError, match="model 'elo' is none of bradley-terry, rao-kupper, davidson"):
        fit(ties, "elo")  # type: ignore[arg-type]


def test_a_chain_of_nearly_sure_wins_is_fitted() -> None:
    """Ten methods, each of which loses one vote in 1,000 to the next, are log 999 apart."""
    table = np.zeros((10, 10, 3))
    for place in range(9):
        table[place, place + 1, 0], table[place + 1, place, 0] = 999, 1
    found = fit(table, position=False)
    assert np.diff(found.strength) == pytest.approx(np.full(9, -np.log(999)))


@pytest.mark.thorough
@pytest.mark.parametrize("model", ["bradley-terry", "rao-kupper", "davidson"])
def test_every_small_table_of_two_methods_has_a_fit(model: ModelName) -> None:
    """Where one method ties but never loses, no model of ties has an estimate, and Bradley and Terry's stands in."""
    for counts in itertools.product(range(3), repeat=6):
        table = np.zeros((2, 2, 3))
        table[0, 1], table[1, 0] = counts[:3], counts[3:]
        found = fit(table, model)
        assert np.isfinite(found.strength).all()
        assert np.isfinite(found.inverse).all()
