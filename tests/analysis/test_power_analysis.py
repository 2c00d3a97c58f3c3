"""Power: by formula, by simulation, and the two together."""

import dataclasses
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.comparisons import layout_of
from analysis.counts import Counts
from analysis.power_analysis import (
    ComparisonDesign,
    Simulated,
    as_nested,
    components_of,
    detectable,
    exaggeration,
    model_of,
    power,
    precision,
    simulate,
    videos_needed,
)
from analysis.power_question import PowerQuestion
from analysis.scoring import score
from analysis.simulator import Spreads, StudyModel, allocation, studies
from analysis.variance_components import Components, of_answers, of_model
from crowd.design.study import Study
from tests.analysis.tables import LABELS, table
from tests.crowd.clips import write_videos
from vidgen.cli import load


@pytest.mark.parametrize(("videos", "workers", "points"), [(10, 60, 0.26), (10, 3000, 0.24), (50, 60, 0.11)])
def test_buy_videos_not_workers(videos: int, workers: int, points: float) -> None:
    """The detectable differences of the design notes: participants hardly help, videos do."""
    design = ComparisonDesign(videos=videos, classes=1, workers=workers, answers_per_video=workers)
    found = precision(design, of_model(StudyModel(accuracies=(0.65, 0.65))))
    assert detectable(found.error, found.df) == pytest.approx(points, abs=0.015)


def test_detectable_and_power_are_inverse() -> None:
    """The detectable difference is found with exactly the power asked for, and the videos needed find it too."""
    design = ComparisonDesign(videos=22, classes=11, workers=60, answers_per_video=60)
    components = of_model(StudyModel(num_labels=11, videos=(2, 2)))
    found = precision(design, components)
    assert power(detectable(found.error, found.df, 0.8), found.error, found.df) == pytest.approx(0.8, abs=1e-6)
    needed = videos_needed(0.1, design, components)
    assert needed is not None
    assert needed % 11 == 0
    enough, short = (precision(replace(design, videos=number), components) for number in (needed, needed - 11))
    assert power(0.1, enough.error, enough.df) >= 0.8
    assert power(0.1, short.error, short.df) < 0.8


def test_exaggeration() -> None:
    """Types M and S are those of drawn estimates; with much power both vanish (Gelman & Carlin 2014)."""
    from scipy import stats

    draws = np.random.default_rng(0).normal(0.5, 1, 400_000)
    found = draws[np.abs(draws) > stats.t.ppf(0.975, 20)]
    kind_m, kind_s = exaggeration(0.5, 1.0, 20)
    assert kind_m == pytest.approx(np.abs(found).mean() / 0.5, rel=0.02)
    assert kind_s == pytest.approx((found < 0).mean(), abs=0.005)
    assert exaggeration(8.0, 1.0, 20) == pytest.approx((1.0, 0.0), abs=1e-3)


def test_formula_and_simulation_agree() -> None:
    """Simulated studies of a design find a difference about as often as the formula says, and cover it."""
    design = ComparisonDesign(videos=12, classes=1, workers=40, answers_per_video=40)
    model = model_of(design, (0.78, 0.52), Spreads())
    found = simulate(model, 150, np.random.default_rng(1))
    formula = precision(design, of_model(model))
    assert found.power == pytest.approx(power(0.26, formula.error, formula.df), abs=0.1)
    assert found.false_positives < 0.13
    assert found.coverage > 0.88


def moments(counts: Counts) -> Components:
    """The components of a study's two methods."""
    return of_answers(layout_of(score(counts), (0, 1)))


def test_components_are_recovered_from_a_pilot() -> None:
    """The variances of many simulated studies, estimated by moments, average to the model's."""
    model = StudyModel(videos=(12, 12), num_workers=40)
    truth = of_model(model)
    found = [moments(one.counts) for one in studies(model, 300, np.random.default_rng(2))]
    assert np.mean([one.video for one in found]) == pytest.approx(truth.video, rel=0.15)
    assert np.mean([one.worker_method for one in found]) == pytest.approx(truth.worker_method, rel=0.3)


@pytest.mark.parametrize("per_class", [1, 2])
def test_small_pilots_are_honest(per_class: int) -> None:
    """With one or two videos a class and 20 people, the variances of videos and of the interaction average to theirs.

    Interactions are simulated large enough that few estimates are below 0, where they are cut off.
    """
    spreads = Spreads(worker_method=0.5)
    model = StudyModel(videos=(per_class, per_class), num_labels=11, num_workers=20, spreads=spreads)
    truth = of_model(model)
    found = [moments(one.counts) for one in studies(model, 40, np.random.default_rng(3))]
    assert np.mean([one.video for one in found]) == pytest.approx(truth.video, rel=0.25)
    assert np.mean([one.worker_method for one in found]) == pytest.approx(truth.worker_method, rel=0.25)


def test_videos_vary_as_much_whoever_sees_them() -> None:
    """Where each participant sees a part of the videos, the video variance is the model's as well."""
    model = StudyModel(videos=(3, 3), num_labels=4, num_workers=60, videos_per_worker=8)
    truth = of_model(model)
    found = [moments(one.counts) for one in studies(model, 80, np.random.default_rng(4))]
    assert np.mean([one.video for one in found]) == pytest.approx(truth.video, rel=0.2)


def test_nested_people_are_in_the_formula() -> None:
    """Where nobody sees both methods, formula and simulation agree that differences are harder to find."""
    design, spreads = (
        ComparisonDesign(videos=24, classes=1, workers=24, answers_per_video=12),
        Spreads(video=0.6, worker=1.0),
    )
    crossed = precision(design, components_of((0.75, 0.55), design, spreads))
    half, taken = as_nested(design, spreads)
    nested = precision(half, components_of((0.75, 0.55), half, taken))
    assert nested.error > 1.2 * crossed.error
    model = replace(model_of(design, (0.75, 0.55), spreads, "nested"), videos_per_worker=None)
    found = simulate(model, 150, np.random.default_rng(1))
    assert found.power == pytest.approx(power(0.2, nested.error, nested.df), abs=0.12)
    assert found.false_positives < 0.12


def test_allocation_is_balanced() -> None:
    """Everybody sees as many videos as asked, none twice, and no video is far ahead of another."""
    seen = allocation(StudyModel(videos=(5, 5), num_workers=23, videos_per_worker=4), np.random.default_rng(0))
    assert set(seen.sum(axis=1)) == {4}
    assert np.ptp(seen.sum(axis=0)) <= 2


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--videos", "22", "--workers", "60"], "detectable with 80 % power: 15.7"),
        (["--difference", "0.1"], "needed for 10.0 points: 55 videos of each method"),
        (
            ["--videos", "11", "--difference", "0.3", "--workers", "12", "--simulate", "5"],
            "simulated 5 studies with seed 0",
        ),
        (
            ["--videos", "22", "--interaction", "0.5", "--spread", "1.5"],
            "videos 1.5, participants 0.7, participant × method 0.5",
        ),
        (["--videos", "22", "--people", "nested", "--workers", "40"], "half of them for each method, 20 answers per"),
        (["--videos", "22", "--people", "half nested", "--workers", "40"], "all to see one, which is no better"),
        (["--videos", "6", "--classes", "1"], "all answers right against all wrong: .013"),
        (["--videos", "3", "--classes", "1"], "WARNING: p of the largest difference, all answers right against all"),
        (["--videos", "6", "--classes", "1", "--comparisons", "6"], "after Holm over 6 comparisons: .07"),
    ],
)
def test_command(arguments: list[str], text: str) -> None:
    """`vidgen power` answers either way round and can check itself by simulation."""
    result = CliRunner().invoke(load("power"), arguments)
    assert result.exit_code == 0, result.output
    assert text in result.output


def test_command_with_a_pilot(tmp_path: Path) -> None:
    """A pilot's answers set the variances, simulated ones are named so, and the plot is written."""
    table({"a": 0.8, "b": 0.5}).to_csv(tmp_path / "pilot.csv", index=False)
    plot = tmp_path / "power.svg"
    arguments = ["--videos", "22", "--pilot", str(tmp_path / "pilot.csv"), "--plot", str(plot)]
    result = CliRunner().invoke(load("power"), arguments)
    assert result.exit_code == 0, result.output
    assert "simulated answers" in result.output
    assert "the pilot rests on 22 videos of each method and 12 participants, fewer than 20 part" in result.output
    assert plot.read_text().startswith("<?xml")
    assert "Variances from simulated participants, not people" in plot.read_text()


def test_the_plot_says_what_it_rests_on(tmp_path: Path) -> None:
    """Without a pilot the plot says that variances are assumed; with a pilot of people it names the pilot."""
    frame = table({"a": 0.8, "b": 0.5}, simulated=False)
    frame.to_csv(tmp_path / "pilot.csv", index=False)
    for more, text in (([], "Variances are assumed"), (["--pilot", str(tmp_path / "pilot.csv")], "from a pilot")):
        plot = tmp_path / "power.svg"
        result = CliRunner().invoke(load("power"), ["--videos", "22", *more, "--plot", str(plot)])
        assert result.exit_code == 0, result.output
        assert text in plot.read_text()
        assert "simulated" not in plot.read_text()


@pytest.mark.parametrize("labels", [LABELS[:1], LABELS[:4], LABELS])
def test_a_pilot_sets_the_labels(tmp_path: Path, labels: tuple[str, ...]) -> None:
    """A study planned from a pilot has as many labels as the pilot's two methods share, unless told otherwise."""
    frame = table({"a": 0.8, "b": 0.5}, labels=labels, videos=3)
    frame[~((frame["method"] == "b") & (frame["label"] == labels[-1])) | (len(labels) == 1)].to_csv(
        tmp_path / "pilot.csv", index=False
    )
    shared = max(1, len(labels) - 1)
    asked = ["--videos", "22", "--pilot", str(tmp_path / "pilot.csv")]
    words = f" {shared} label{'s' if shared > 1 else ''}, 60 participants"
    assert words in CliRunner().invoke(load("power"), asked).output
    assert " 2 labels, 60 participants" in CliRunner().invoke(load("power"), [*asked, "--classes", "2"]).output


def test_defaults_are_those_of_the_question() -> None:
    """The command's own defaults and those that planning takes are the same."""
    usual = {option.name: option.default for option in load("power").params}
    usual["power"] = usual.pop("target")
    fields = {field.name: field.default for field in dataclasses.fields(PowerQuestion)}
    for name in ("workers", "accuracy", "power", "confidence", "people", "comparisons", "studies", "seed"):
        assert usual[name] == fields[name], name


@pytest.mark.parametrize("rules", [{}, {"confidence": 0.9}, {"adjustment": "none"}])
@pytest.mark.parametrize("methods", [("new", "old"), ("new", "old", "third", "real")])
def test_planning_and_power_agree(tmp_path: Path, methods: tuple[str, ...], rules: dict[str, Any]) -> None:
    """What plan-study says a study can find is what the command that it names says of the same design."""
    videos, study = write_videos(tmp_path / "videos", methods=methods, per_label=3), tmp_path / "study"
    study.mkdir()
    Study.from_videos(videos, **rules).save(study / "study.toml")
    planned = CliRunner().invoke(load("plan-study"), [str(videos), "--study", str(study)])
    assert planned.exit_code == 0, planned.output
    found = re.search(r"4 times in 5: ([\d.]+) points|([\d.]+) points between two methods", planned.stdout)
    command = re.search(r"vidgen power (.*) says", planned.stdout)
    assert found is not None
    assert command is not None
    power_says = CliRunner().invoke(load("power"), command.group(1).split()).stdout
    assert f"detectable with 80 % power: {found.group(1) or found.group(2)} points" in power_says
    assert ("--comparisons 3" in planned.stdout) == (len(methods) > 2 and "adjustment" not in rules)


def test_a_large_pilot_is_not_called_uncertain(tmp_path: Path) -> None:
    """With 22 videos of each method and 24 participants its size is told, and nothing more."""
    table({"a": 0.8, "b": 0.5}, workers=24).to_csv(tmp_path / "pilot.csv", index=False)
    result = CliRunner().invoke(load("power"), ["--videos", "22", "--pilot", str(tmp_path / "pilot.csv")])
    assert "the pilot rests on 22 videos of each method and 24 participants\n" in result.output
    assert "uncertain" not in result.output


def test_a_pilot_without_variation_is_refused(tmp_path: Path) -> None:
    """Where all answers are right nothing can be planned from them, whichever way power is asked."""
    table({"a": 1.0, "b": 1.0}).to_csv(tmp_path / "pilot.csv", index=False)
    for asked in (["--videos", "22"], ["--difference", "0.1"]):
        result = CliRunner().invoke(load("power"), [*asked, "--pilot", str(tmp_path / "pilot.csv")])
        assert (result.exit_code, len(result.output.splitlines())) == (1, 1)
        assert "says nothing of how answers vary" in result.output


@pytest.mark.parametrize(
    ("false_positives", "coverage", "warnings"),
    [(0.069, 0.931, 0), (0.071, 0.94, 1), (0.05, 0.929, 1), (0.2, 0.8, 2)],
)
def test_a_design_whose_level_is_off_is_warned_of(
    false_positives: float, coverage: float, warnings: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than 7 % false positives, or coverage below 93 %, each give a line that begins with WARNING."""
    found = Simulated(10_000, 0.8, false_positives, coverage, None, None)
    monkeypatch.setattr("analysis.planning.simulate", lambda *_: found)
    result = CliRunner().invoke(load("power"), ["--videos", "22", "--simulate", "10000"])
    assert sum(line.startswith("WARNING: ") for line in result.output.splitlines()) == warnings


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        ([], 2, "give --videos, to learn the difference, or --difference"),
        (["--videos", "22", "--interaction", "-1"], 2, "'--interaction': -1.0 is not in the range 0 to 5"),
        (["--videos", "22", "--interaction", "1", "--pilot", "{pilot}"], 1, "interaction: is what the pilot sets"),
        (["--videos", "22", "--people", "nested", "--workers", "3"], 1, "workers: 2 for each method are the fewest"),
        (["--videos", "22", "--people", "nested", "--pilot", "{pilot}"], 1, "people: nested needs participants' own"),
        (["--videos", "22", "--pilot", "x.csv"], 1, "--pilot x.csv: there is no such file"),
        (["--videos", "22", "--comparisons", "0"], 2, "'--comparisons': 0 is not in the range 1 to "),
        (["--videos", "5", "--classes", "0"], 2, "'--classes': 0 is not in the range 1 to "),
        (["--videos", "5"], 1, "fewer than the 11 labels (classes)"),
        (["--videos", "1", "--classes", "1"], 1, "2 of each method are the fewest"),
        (["--difference", "2"], 2, "'--difference': 2.0 is not in the range more than 0, less than 1"),
        (["--difference", "0.9"], 1, "leaves 0 to 1"),
        (["--videos", "22", "--power", "1"], 2, "'--power': 1.0 is not in the range more than 0, less than 1"),
        (["--videos", "22", "--answers-per-video", "99"], 1, "answers per video: 99 cannot come from 60 participants"),
        (["--videos", "22", "--plot", "x.doc"], 1, ".doc cannot be drawn"),
    ],
)
def test_command_with_bad_input(arguments: list[str], status: int, text: str, tmp_path: Path) -> None:
    """Bad input to `vidgen power` is one line; a value that no such option can have is a usage error."""
    (tmp_path / "pilot.csv").touch()
    result = CliRunner().invoke(load("power"), [word.format(pilot=tmp_path / "pilot.csv") for word in arguments])
    assert result.exit_code == status
    assert text in result.output.splitlines()[-1]


@pytest.mark.parametrize("accuracies", [{"ours": 1.0, "real": 1.0}, {"ours": 0.0, "real": 1.0}])
@pytest.mark.parametrize("asked", [["--videos", "22"], ["--difference", "0.1", "--simulate", "20"]])
def test_a_pilot_without_variance(tmp_path: Path, accuracies: dict[str, float], asked: list[str]) -> None:
    """A pilot whose answers do not vary is refused on one line."""
    frame = table(accuracies, labels=("cat",), videos=6, workers=5)
    frame.loc[frame["answer"] != "cat", "answer"] = "Other"
    frame.to_csv(tmp_path / "p.csv", index=False)
    done = CliRunner().invoke(load("power"), ["--pilot", str(tmp_path / "p.csv"), *asked])
    assert done.exit_code == 1
    assert done.output.startswith(f"Error: {tmp_path / 'p.csv'}: the answers to all videos of ours are alike")
    assert done.output.count("\n") == 1
