"""Mixed models: lme4's published fits, brute force, recovery, and what happens at the edges."""

from typing import Any

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import special, stats

from analysis import factors, glmm, mixed
from analysis.crossed_answers import gather
from analysis.glmm import fit
from analysis.method_contrasts import margins_of
from analysis.mixed import mixed_model
from tests.analysis.crossed_studies import LABELS, METHODS, fitted, small, study


def test_fit_with_probes_is_that_with_dense_matrices(monkeypatch: pytest.MonkeyPatch) -> None:
    """The two ways differ by far less than a standard error."""
    answers = study(5, workers=60, videos=60)
    exact = fitted(answers)
    monkeypatch.setattr(factors, "DENSE_ORDER", 0)
    monkeypatch.setattr(glmm, "HESSIAN_ROWS", 0)
    probed = fitted(answers)
    (one,), (other,) = exact.contrasts, probed.contrasts
    assert other.log_odds == pytest.approx(one.log_odds, abs=0.05 * one.standard_error)
    assert other.standard_error == pytest.approx(one.standard_error, rel=0.03)
    assert list(other.difference_interval) == pytest.approx(list(one.difference_interval), abs=5e-3)
    assert list(probed.sd.values()) == pytest.approx(list(exact.sd.values()), abs=0.02)
    assert probed.log_likelihood == pytest.approx(exact.log_likelihood, abs=0.01)
    assert probed.converged
    assert probed.model.errors_from == "information"


@pytest.mark.thorough
def test_parameters_are_recovered() -> None:
    """Over 20 studies the means of estimates are near the truth, and standard errors near the estimates' spread."""
    found = [fitted(study(seed, videos=48)) for seed in range(20)]
    contrasts = np.array([one.contrasts[0].log_odds for one in found])
    spread = float(contrasts.std(ddof=1))
    assert contrasts.mean() == pytest.approx(0.8, abs=3 * spread / np.sqrt(20))
    assert np.mean([one.contrasts[0].standard_error for one in found]) == pytest.approx(spread, rel=0.4)
    assert np.mean([list(one.sd.values()) for one in found], axis=0) == pytest.approx([1.0, 0.7, 0.5], abs=0.08)
    assert all(one.converged for one in found)


def test_marginal_difference_is_that_of_simulated_populations() -> None:
    """Integrating over random effects gives the accuracies that new videos and participants show."""
    model = fitted(study(3))
    rng = np.random.default_rng(0)
    effects = sum(rng.normal(0, sd, 400_000) for sd in model.sd.values())
    alphas, gap = model.model.beta[:3], model.model.beta[3]
    p = [np.mean([special.expit(alpha + gap * k + effects).mean() for alpha in alphas]) for k in (0, 1)]
    assert model.accuracy == pytest.approx(p, abs=2e-3)
    assert model.contrasts[0].difference == pytest.approx(p[0] - p[1], abs=2e-3)
    low, high = model.contrasts[0].difference_interval
    assert low < p[0] - p[1] < high


def test_derivatives_of_accuracies_are_those_of_differences() -> None:
    """The delta method's derivatives, by β and by the variances."""
    model = fitted(study(3)).model
    slope = margins_of(model, 2, 3).slope
    for place, step in enumerate(np.eye(len(model.covariance)) * 1e-5):
        up, down = (
            margins_of(
                glmm.MixedModel(
                    model.beta + s[:4],
                    np.sqrt(model.sd**2 + s[4:]),
                    model.covariance,
                    [],
                    0,
                    0,
                    (),
                    0,
                    True,
                    0,
                    "hessian",
                ),
                2,
                3,
            ).accuracy
            for s in (step, -step)
        )
        assert (up - down) / 2e-5 == pytest.approx(slope[:, place], abs=1e-7)


@pytest.mark.parametrize("order", [400, 0], ids=["dense", "probes"])
def test_zero_variances_give_the_ordinary_regression(monkeypatch: pytest.MonkeyPatch, order: int) -> None:
    """Where participants and videos differ less than chance, all SDs are 0 and β is that of statsmodels' Logit."""
    monkeypatch.setattr(factors, "DENSE_ORDER", order)
    worker, video = np.repeat(np.arange(20), 24), np.tile(np.arange(24), 20)
    method, label = video % 2, video // 2 % 3
    # Each participant, and each video, is right as often as any other of its kind.
    right = (worker + video // 6) % 4 < np.where(method == 0, 3, 2)
    model = mixed_model(worker, video, method, label, right, methods=METHODS, labels=LABELS)
    x = np.column_stack([*(label == k for k in range(3)), method]).astype(float)
    plain = sm.Logit(right.astype(float), x).fit(disp=0)
    assert set(model.sd.values()) == {0.0}
    assert model.model.boundary == (True, True, True)
    assert model.model.beta == pytest.approx(plain.params, abs=1e-4)
    assert model.model.standard_errors == pytest.approx(plain.bse, rel=1e-3)
    assert model.log_likelihood == pytest.approx(plain.llf, abs=1e-4)
    assert "Estimated as zero: the variance of video, participant and participant × method." in model.notes
    assert model.converged


def test_one_variance_at_the_bound_leaves_the_others() -> None:
    """Without participant × method in truth, it is near 0 or said to be 0, and the others are there."""
    models = [fitted(study(seed, sd=(1.0, 0.7, 0.0))) for seed in range(4)]
    assert any(model.sd["participant × method"] == 0 for model in models)
    assert all(model.sd["participant × method"] < 0.4 and model.sd["video"] > 0.5 for model in models)
    assert all(model.converged and np.isfinite(model.contrasts[0].standard_error) for model in models)


def test_few_videos_widen_intervals() -> None:
    """The adjusted p is that of Student's t with videos less effects; the interval of the odds goes with it."""
    model = fitted(study(3, videos=12))
    (one,) = model.contrasts
    wide = one.standard_error * np.sqrt(12 / 8)
    assert one.df == 12 - 4
    assert one.p_adjusted == pytest.approx(2 * stats.t.sf(abs(one.log_odds / wide), 8))
    assert one.p == pytest.approx(2 * stats.norm.sf(abs(one.log_odds / one.standard_error)))
    ends = np.exp(one.log_odds + np.array([-1, 1]) * stats.t.ppf(0.975, 8) * wide)
    assert list(one.odds_ratio_interval) == pytest.approx(list(ends))
    assert any("Videos are few" in note for note in model.notes)


def test_no_more_videos_than_effects_say_nothing() -> None:
    """Four videos and four effects leave no degree of freedom: the interval is everything."""
    answers = study(3, videos=4)
    answers["method"] = np.array([0, 1, 0, 1])[answers["video"]]
    answers["label"] = np.array([0, 0, 1, 2])[answers["video"]]
    (one,) = fitted(answers).contrasts
    assert one.df == 0
    assert one.p_adjusted == 1
    assert tuple(one.difference_interval) == (-1, 1)


def test_order_of_rows_and_names_does_not_matter() -> None:
    """Shuffled answers and other codes give the same; methods swapped give the mirrored contrast."""
    answers = study(7)
    (one,) = fitted(answers).contrasts
    rng = np.random.default_rng(0)
    order = rng.permutation(1440)
    shuffled = {name: column[order] for name, column in answers.items()}
    shuffled["worker"], shuffled["video"] = 3 * (50 - shuffled["worker"]), 2 * (40 - shuffled["video"])
    (same,) = fitted(shuffled).contrasts
    (mirrored,) = fitted(answers, pair=("b", "a")).contrasts
    (renamed,) = fitted({**answers, "method": 1 - answers["method"]}, methods=["b", "a"]).contrasts
    for other, sign in ((same, 1), (mirrored, -1), (renamed, -1)):
        assert sign * other.log_odds == pytest.approx(one.log_odds, abs=1e-4)
        assert other.standard_error == pytest.approx(one.standard_error, rel=1e-3)
        assert sign * other.difference == pytest.approx(one.difference, abs=1e-5)
        assert other.p == pytest.approx(one.p, rel=1e-2)


def test_repeated_answers_are_one_row() -> None:
    """An answer twice is two trials; binomial rows and single ones have the same fit."""
    answers = study(8, workers=20, videos=18)
    twice = {name: np.concatenate([column, column]) for name, column in answers.items()}
    rows = gather(*(twice[name] for name in ("worker", "video", "method", "label", "right")))
    assert len(rows.total) == 360
    assert set(rows.total) == {2.0}
    y, x, groups = small()
    groups = [groups[0], groups[2]]
    key = np.unique(groups[0][0] * 12 + groups[1][0] * 2 + x[:, 1].astype(int), return_index=True, return_inverse=True)
    single = fit(y, np.ones(200), x, groups)
    joined = fit(
        np.bincount(key[2], y), np.bincount(key[2]), x[key[1]], [(codes[key[1]], size) for codes, size in groups]
    )
    assert joined.beta == pytest.approx(single.beta, abs=1e-4)
    assert joined.sd == pytest.approx(single.sd, abs=1e-4)


def test_several_methods_share_a_fit() -> None:
    """Three methods give three contrasts that add up; a pair alone is near the same."""
    answers = study(9, videos=54)
    answers["method"] = answers["video"] % 3
    answers["label"] = answers["video"] // 3 % 3
    model = fitted(answers, methods=["a", "b", "c"])
    ab, ac, bc = model.contrasts
    assert [(one.a, one.b) for one in model.contrasts] == [("a", "b"), ("a", "c"), ("b", "c")]
    assert ab.log_odds + bc.log_odds == pytest.approx(ac.log_odds)
    assert ab.difference + bc.difference == pytest.approx(ac.difference)
    (alone,) = fitted(answers, methods=["a", "b", "c"], pair=("a", "c")).contrasts
    assert alone.log_odds == pytest.approx(ac.log_odds, abs=ac.standard_error / 2)


def test_labels_without_mistakes_are_left_out_and_said() -> None:
    """A label that is always right adds no difference, but keeps its weight."""
    answers = study(2)
    without = {name: column[answers["label"] != 1] for name, column in answers.items()}
    answers["right"] = answers["right"] | (answers["label"] == 1)
    model, other = fitted(answers), fitted(without)
    assert model.labels_left_out == ["y"]
    assert any("y" in note for note in model.notes)
    assert model.contrasts[0].log_odds == pytest.approx(other.contrasts[0].log_odds)
    assert model.contrasts[0].difference == pytest.approx(other.contrasts[0].difference * 2 / 3)
    assert model.accuracy == pytest.approx(other.accuracy * 2 / 3 + 1 / 3)


def test_pair_ignores_what_other_methods_show() -> None:
    """A label that is always right for the pair is left out, whatever a third method does with it."""
    answers = study(9, videos=54)
    answers["method"], answers["label"] = answers["video"] % 3, answers["video"] // 3 % 3
    answers["right"] = answers["right"] | ((answers["label"] == 2) & (answers["method"] < 2))
    model = fitted(answers, methods=["a", "b", "c"], pair=("b", "a"))
    assert model.labels_left_out == ["z"]
    assert model.methods == ["b", "a"]
    raw = [answers["right"][answers["method"] == code].mean() for code in (1, 0)]
    assert model.accuracy == pytest.approx(raw, abs=0.05)


def test_many_labels_are_random(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit labels get a variance instead of effects each."""
    monkeypatch.setattr(mixed, "MOST_FIXED_LABELS", 2)
    model = fitted(study(2))
    assert model.random_labels
    assert "label" in model.sd
    assert model.contrasts[0].log_odds == pytest.approx(fitted(study(2)).contrasts[0].log_odds, abs=0.2)


def test_too_many_answers_are_sampled_by_participant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole participants are drawn, by the seed, and it is said."""
    monkeypatch.setattr(mixed, "MOST_ANSWERS", 800)
    one, again, other = (fitted(study(2), seed=seed) for seed in (1, 1, 2))
    assert one.sampled
    assert (one.num_workers, one.num_answers) == (22, 792)
    assert one.contrasts == again.contrasts
    assert one.contrasts != other.contrasts
    assert any("sample" in note for note in one.notes)


def test_factors_that_cannot_be_seen_are_left_out() -> None:
    """With one method per participant there is no participant × method, and with one answer per video no video."""
    answers = study(4)
    kept = answers["worker"] % 2 == answers["method"]
    between = fitted({name: column[kept] for name, column in answers.items()})
    assert list(between.sd) == ["video", "participant"]
    answers["video"] = np.arange(1440) * 6 + answers["video"] % 6
    model = fitted(answers)
    assert list(model.sd) == ["participant", "participant × method"]
    assert any("video" in note for note in model.notes)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"label": np.zeros(3, int)}, "label has 3 answers, worker has 1440"),
        ({"method": np.arange(1440) % 7 % 2}, "has more than one method"),
        ({"method": np.zeros(1440, int)}, "two methods with answers are needed"),
        ({"label": np.tile(np.arange(36) % 2, 40)}, "not of full rank"),
        ({"pair": ("a", "nobody")}, "two different methods of"),
    ],
)
def test_answers_that_cannot_be_fitted_are_refused(change: dict[str, Any], message: str) -> None:
    """Errors name the argument and the value."""
    with pytest.raises(ValueError, match=message):
        fitted({**study(0), **change})
