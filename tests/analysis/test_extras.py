"""Sections beside the comparison: people alone, exclusions per method, order and fatigue, repeats, the mixed model."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from click.testing import CliRunner, Result

from analysis import analyse
from analysis.answers import read_answers
from analysis.exclusions import apply_exclusions
from analysis.fatigue import quarters, trend
from analysis.intervals import wilson
from analysis.people import leave_out_programs
from analysis.retest import Retest
from tests.analysis.tables import LABELS, table
from vidgen.cli import load

THREE = LABELS[:3]


def mixed_table() -> pd.DataFrame:
    """Eight people, and four programs that are always right."""
    people = table({"a": 0.8, "b": 0.4}, labels=THREE, workers=8, simulated=False)
    programs = table({"a": 1.0, "b": 1.0}, labels=THREE, workers=4).assign(worker_id=lambda t: "A" + t["worker_id"])
    return pd.concat([programs, people, people.head(5).assign(kind="gold")], ignore_index=True)


def test_people_alone_are_as_if_no_program_had_answered() -> None:
    """The report of a mixed table without its programs has the numbers of the people's table, and says what went."""
    frame = mixed_table()
    people = analyse(frame[~frame["simulated"]]).to_dict()
    alone = analyse(frame, people_only=True).to_dict()
    same = ("methods", "comparisons", "by_class", "workers", "agreement", "diagnosis", "simulated", "notice", "mixed")
    assert {name: alone[name] for name in same} == {name: people[name] for name in same}
    assert alone["workers"]["number"] == 8
    step = alone["funnel"]["steps"][0]
    assert (step["name"], step["removed"]) == ("answers of programs", 4 * 12)
    steps = sum(step["removed"] for step in alone["funnel"]["steps"])
    assert alone["funnel"]["rows"] - steps == alone["funnel"]["counted"]


def test_people_alone_need_people() -> None:
    """A table of programs alone is refused in one line; one of people alone stays as it is."""
    with pytest.raises(ValueError, match="all 4 participants are programs; of people alone there are no answers"):
        analyse(table({"a": 0.8, "b": 0.4}, labels=THREE, workers=4), people_only=True)
    with read_answers(table({"a": 0.8}, labels=THREE, simulated=False)) as answers:
        assert leave_out_programs(answers) == []


def test_the_command_leaves_programs_out(tmp_path: Path) -> None:
    """`accuracy-report --people-only` counts people, and of programs alone it says one line and exits with 1."""
    mixed_table().to_csv(tmp_path / "answers.csv", index=False)
    arguments = ["--answers", str(tmp_path / "answers.csv"), "--out", str(tmp_path / "r"), "--people-only"]
    result = CliRunner().invoke(load("accuracy-report"), arguments)
    assert result.exit_code == 0, result.output
    report = json.loads((tmp_path / "r" / "report.json").read_text(encoding="utf-8"))
    assert (report["simulated"], report["people_only"], report["workers"]["number"]) == (False, True, 8)
    table({"a": 0.8}, labels=THREE).to_csv(tmp_path / "answers.csv", index=False)
    result = CliRunner().invoke(load("accuracy-report"), arguments)
    assert result.exit_code == 1
    assert "are programs" in result.output.splitlines()[-1]


def test_exclusions_are_counted_per_method() -> None:
    """Each rule's answers and participants are those of the method, and they add up to what was given."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, workers=10).assign(excluded="")
    frame.loc[(frame["method"] == "a") & frame["worker_id"].isin(["w1", "w2"]), "excluded"] = "min_answer_s"
    frame = pd.concat([frame, frame[(frame["method"] == "b") & (frame["worker_id"] == "w3")]], ignore_index=True)
    found = analyse(frame).to_dict()["exclusions"]
    rows = {row["method"]: row for row in found["methods"]}
    assert (rows["a"]["given"], rows["a"]["counted"], rows["a"]["excluded"]) == (60, 48, 12)
    assert (rows["b"]["given"], rows["b"]["counted"], rows["b"]["excluded"]) == (66, 60, 6)
    rules = {rule["name"]: rule["methods"] for rule in found["rules"]}
    assert rules == {
        "tasks answered too fast": {"a": {"answers": 12, "participants": 2}},
        "repeated answers": {"b": {"answers": 6, "participants": 1}},
    }
    assert found["note"].startswith("Differential exclusion: 20.0 % of a and 9.1 % of b were excluded.")


def test_equal_exclusion_is_not_pointed_out() -> None:
    """Nothing is said where methods lose about the same share, and there is no section where nothing was excluded."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, workers=10).assign(excluded="")
    assert analyse(frame).to_dict()["exclusions"] is None
    frame.loc[frame["worker_id"].isin(["w1", "w2"]), "excluded"] = "min_answer_s"
    report = analyse(frame)
    assert report.to_dict()["exclusions"]["note"] is None
    assert "What was left out of each method" in report.to_html()


def ordered(slope: float, seed: int, *, workers: int = 60, videos: int = 30) -> tuple[np.ndarray, ...]:
    """Everybody sees every video in an order of their own; accuracy changes by `slope` an item."""
    rng = np.random.default_rng(seed)
    position = np.array([rng.permutation(videos) for _ in range(workers)])
    chance = 0.6 + slope * (position - videos / 2) + rng.normal(0, 0.1, videos) + rng.normal(0, 0.08, (workers, 1))
    right = rng.random((workers, videos)) < chance
    worker, video = np.indices(position.shape)
    return tuple(values.ravel() for values in (right.astype(float), position.astype(float), video, worker))


def test_a_trend_is_found_as_large_as_it_is() -> None:
    """Over many studies the slope is right on average, and its interval holds it in about 95 of 100."""
    found = [trend(*ordered(-0.004, seed)) for seed in range(200)]
    slopes = np.array([one.slope for one in found if one])
    assert slopes.mean() == pytest.approx(-0.004, abs=3 * slopes.std() / np.sqrt(len(slopes)))
    covers = np.mean([one.interval.low <= -0.004 <= one.interval.high for one in found if one])
    assert 0.91 <= covers <= 0.985


def test_a_trend_is_the_regression_with_a_dummy_per_video_and_participant() -> None:
    """The slope and its clustered standard error are those of statsmodels with all dummies."""
    import statsmodels.api as sm

    right, position, video, worker = ordered(-0.01, 3, workers=12, videos=9)
    keep = np.random.default_rng(0).random(len(right)) < 0.8
    right, position, video, worker = (values[keep] for values in (right, position, video, worker))
    dummies = [np.eye(9)[video], np.eye(12)[worker][:, 1:], position[:, None]]
    fitted = sm.OLS(right, np.hstack(dummies)).fit()
    robust = fitted.get_robustcov_results("cluster", groups=worker, use_correction=False)
    found = trend(right, position, video, worker)
    assert found is not None
    assert found.slope == pytest.approx(fitted.params[-1], abs=1e-6)
    half = (found.interval.high - found.interval.low) / 2
    from scipy import stats

    assert half == pytest.approx(robust.bse[-1] * np.sqrt(12 / 11) * stats.t.ppf(0.975, 11), rel=1e-4)


def test_harder_videos_at_later_places_are_no_trend() -> None:
    """Where everybody sees the videos in one order, a trend cannot be told from the videos, and none is given."""
    right = np.tile(np.linspace(1, 0, 10) > 0.5, 8).astype(float)
    assert trend(right, np.tile(np.arange(10.0), 8), np.tile(np.arange(10), 8), np.repeat(np.arange(8), 10)) is None


def test_quarters_follow_each_participants_own_order() -> None:
    """Items go into four equal quarters by time and then place, whatever their order in the table."""
    rng = np.random.default_rng(0)
    worker, place = np.repeat([0, 1, 2], 8), np.tile(np.arange(8.0), 3)
    shuffled = rng.permutation(24)
    found = np.empty(24, int)
    found[shuffled] = quarters(worker[shuffled], [place[shuffled]])
    assert found.tolist() == [0, 0, 1, 1, 2, 2, 3, 3] * 3
    assert quarters(np.array([0, 0, 0]), [np.arange(3.0)]).tolist() == [-1, -1, -1]


def test_the_report_shows_order_and_fatigue() -> None:
    """Accuracy that falls over the items is reported per ten items, for each method and all together, with quarters."""
    rng = np.random.default_rng(5)
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, videos=5, workers=30)
    frame["position"] = frame.groupby("worker_id")["label"].transform(lambda own: rng.permutation(len(own)))
    late = (frame["position"] >= 15) & (rng.random(len(frame)) < 0.5)
    frame.loc[late, "answer"] = "Unclear"
    report = analyse(frame)
    found = report.to_dict()["trend"]
    assert [row["method"] for row in found["rows"]] == ["a", "b", "all"]
    assert all(row["change_per_ten"] < 0 for row in found["rows"])
    assert found["rows"][-1]["ci_high"] < 0
    first, *_, last = found["quarters"][-1]["accuracies"]
    assert first - last > 0.1
    assert "Points per ten items" in report.to_html()
    assert analyse(table({"a": 0.8}, labels=THREE)).to_dict()["trend"] is None


def test_repeats_are_compared_with_first_answers() -> None:
    """Agreement, κ, pairs and participants of second answers are those counted by hand; third answers are no pair."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, workers=4)
    again = frame[(frame["method"] == "a") & frame["worker_id"].isin(["w0", "w1"])].copy()
    changed = again.index[:3]
    again.loc[changed, "answer"] = [
        "Other" if answer != "Other" else "Unclear" for answer in again.loc[changed, "answer"]
    ]
    third = again.head(2)
    report = analyse(pd.concat([frame, again, third], ignore_index=True))
    found = report.to_dict()["retest"]
    assert (found["pairs"], found["participants"]) == (12, 2)
    assert found["agreement"] == pytest.approx(9 / 12)
    assert found["ci_low"] < 9 / 12 < found["ci_high"]
    assert "saw 12 videos a second time" in report.to_html()
    assert analyse(frame).to_dict()["retest"] is None


def test_a_repeat_that_was_excluded_otherwise_is_no_pair() -> None:
    """Second answers that collecting marked as repeats count as pairs, those of a careless task do not."""
    frame = table({"a": 0.8}, labels=THREE, workers=4).assign(excluded="")
    for rule, pairs in (("repeat", len(frame)), ("min_answer_s", None)):
        with read_answers(pd.concat([frame, frame.assign(excluded=rule)])) as answers:
            found = next(step.retest for step in apply_exclusions(answers) if step.name == "repeated answers")
        assert (None if found is None else len(found.first)) == pairs


def test_kappa_and_interval_have_their_known_values() -> None:
    """κ of the usual textbook table is .40, and one pair each gives nearly Wilson's interval."""
    first = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    second = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    found = Retest(np.arange(50), first, second, 2)
    assert found.kappa == pytest.approx(0.4)
    assert found.agreement == pytest.approx(0.7)
    low, high = found.interval(0.95)
    expected = wilson(0.7, 50, 1.96)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=0.01)
    assert Retest(np.zeros(3, int), np.zeros(3, int), np.zeros(3, int), 2).kappa is None


def test_the_mixed_model_stands_beside_the_comparison() -> None:
    """It is about the first comparison, in its direction, over the answers that count, and the page shows it."""
    frame = table({"b": 0.45, "a": 0.8, "real": 0.95}, videos=2, workers=12)
    gold = frame.head(20).assign(kind="gold", answer="Other")
    report = analyse(pd.concat([frame.assign(kind="evaluation"), gold], ignore_index=True))
    found, pair = report.to_dict()["mixed"], report.to_dict()["comparisons"][0]
    assert (found["a"], found["b"], found["n_answers"]) == (pair["a"], pair["b"], 2 * 22 * 12)
    assert found["odds_ratio"] == pytest.approx(np.exp(found["log_odds"]))
    assert found["difference"] == pytest.approx(pair["difference"], abs=0.03)
    assert found["ci_low"] < found["difference"] < found["ci_high"]
    assert found["converged"]
    assert found["p_value"] <= found["p_adjusted"] < 0.001
    assert "For reviewers: a mixed model" in report.to_html()
    assert "odds ratio" in report.to_markdown()


def test_dropped_answers_are_not_in_the_mixed_model() -> None:
    """Where the plan drops Other and Unclear, so does the model."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, videos=4)
    found = analyse(frame, unclear="dropped").to_dict()
    named = ~frame["answer"].isin(["Other", "Unclear"])
    assert found["mixed"]["n_answers"] == int(named.sum()) < len(frame)


def test_a_mixed_model_that_cannot_be_fitted_says_why() -> None:
    """Separation is a sentence in the report, not an error."""
    report = analyse(table({"a": 1.0, "b": 0.5}, labels=THREE))
    assert report.to_dict()["mixed"]["why_not"].startswith("The model could not be fitted: a: every answer is right")
    assert "could not be fitted" in report.to_html()


def test_the_mixed_model_is_fitted_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default few answers have it and many have not; asking decides."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE)
    assert analyse(frame, mixed=False).to_dict()["mixed"] is None
    monkeypatch.setattr("analysis.reviewers.UNASKED", 10)
    assert analyse(frame).to_dict()["mixed"] is None
    assert analyse(frame, mixed=True).to_dict()["mixed"] is not None


def test_programs_that_were_left_out_are_not_said_to_count() -> None:
    """The banner counts participants whose answers count, and names the programs that a rule left out apart."""
    frame = mixed_table().assign(excluded="")
    programs = sorted(frame.loc[frame["simulated"], "worker_id"].unique())
    frame.loc[frame["worker_id"].isin(programs[:3]), "excluded"] = "max_attention_failures"
    some = analyse(frame).to_dict()
    assert some["programs"] == {"number": 1, "of": 9, "left_out": 3}
    assert "1 of 9 participants whose answers count are programs" in some["notice"]
    assert "3 more have no answer that counts" in some["notice"]
    frame.loc[frame["worker_id"].isin(programs), "excluded"] = "max_attention_failures"
    report = analyse(frame)
    assert report.to_dict()["programs"] == {"number": 0, "of": 8, "left_out": 4}
    assert (report.to_dict()["simulated"], "The results are people's" in report.to_dict()["notice"]) == (False, True)
    assert "people and programs" not in report.to_html()
    assert "<title>Simulated" not in report.to_html()


def reported(directory: Path, *options: str) -> Result:
    """What `accuracy-report` says of the answers.csv in the directory."""
    return CliRunner().invoke(load("accuracy-report"), ["--answers", str(directory / "answers.csv"), *options])


def test_no_report_is_lost_to_another_one(tmp_path: Path) -> None:
    """A report takes the place of one of the same answers by the same rules, and of no other."""
    mixed_table().to_csv(tmp_path / "answers.csv", index=False)
    assert reported(tmp_path).exit_code == 0
    assert reported(tmp_path, "--people-only").exit_code == 0
    for folder, people_only in (("report", False), ("report-people-only", True)):
        assert json.loads((tmp_path / folder / "report.json").read_text())["people_only"] == people_only
    before = (tmp_path / "report" / "report.json").read_bytes()
    (tmp_path / "other.csv").write_bytes((tmp_path / "answers.csv").read_bytes())
    out = ("--out", str(tmp_path / "report"))
    for options, what in (
        ((*out, "--people-only"), "of all participants, programs too"),
        (("--rule", "margin=0.1"), "by other rules (those of the plan)"),
        ((*out, "--answers", str(tmp_path / "other.csv")), "of other answers (answers.csv)"),
    ):
        result = reported(tmp_path, *options)
        assert result.exit_code == 1
        assert f"{tmp_path / 'report'}: holds a report {what}, which would be lost" in result.output
    assert (tmp_path / "report" / "report.json").read_bytes() == before
    assert reported(tmp_path, *out).exit_code == 0
