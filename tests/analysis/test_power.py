"""Power: by formula, by simulation, and the two together."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from analysis.components import of_answers, of_model
from analysis.counts import score
from analysis.power import Design, detectable, exaggeration, model_of, power, simulate, standard_error, videos_needed
from analysis.simulator import Spreads, StudyModel, allocation, studies
from tests.analysis.tables import table
from vidgen.cli import load


@pytest.mark.parametrize(("videos", "workers", "points"), [(10, 60, 0.26), (10, 3000, 0.24), (50, 60, 0.11)])
def test_buy_videos_not_workers(videos: int, workers: int, points: float) -> None:
    """The detectable differences of the design notes: participants hardly help, videos do."""
    design = Design(videos=videos, classes=1, workers=workers, answers_per_video=workers)
    error = standard_error(design, of_model(StudyModel(accuracies=(0.65, 0.65))))
    assert detectable(error, design.df) == pytest.approx(points, abs=0.015)


def test_detectable_and_power_are_inverse() -> None:
    """The detectable difference is found with exactly the power asked for, and the videos needed find it too."""
    design = Design(videos=22, classes=11, workers=60, answers_per_video=60)
    components = of_model(StudyModel(num_labels=11, videos=(2, 2)))
    error = standard_error(design, components)
    assert power(detectable(error, design.df, 0.8), error, design.df) == pytest.approx(0.8, abs=1e-6)
    needed = videos_needed(0.1, design, components)
    assert needed is not None
    assert needed % 11 == 0
    enough, short = replace(design, videos=needed), replace(design, videos=needed - 11)
    assert power(0.1, standard_error(enough, components), enough.df) >= 0.8
    assert power(0.1, standard_error(short, components), short.df) < 0.8


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
    design = Design(videos=12, classes=1, workers=40, answers_per_video=40)
    model = model_of(design, (0.78, 0.52), Spreads())
    found = simulate(model, 150, np.random.default_rng(1))
    error = standard_error(design, of_model(model))
    assert found.power == pytest.approx(power(0.26, error, design.df), abs=0.1)
    assert found.false_positives < 0.13
    assert found.coverage > 0.88


def test_components_are_recovered_from_a_pilot() -> None:
    """The variances of many simulated studies, estimated by moments, average to the model's."""
    model = StudyModel(videos=(12, 12), num_workers=40)
    truth = of_model(model)
    found = [of_answers(score(one.counts), (0, 1)) for one in studies(model, 60, np.random.default_rng(2))]
    assert np.mean([one.video for one in found]) == pytest.approx(truth.video, rel=0.15)
    assert np.mean([one.worker_method for one in found]) == pytest.approx(truth.worker_method, rel=0.3)


def test_allocation_is_balanced() -> None:
    """Everybody sees as many videos as asked, none twice, and no video is far ahead of another."""
    seen = allocation(StudyModel(videos=(5, 5), num_workers=23, videos_per_worker=4), np.random.default_rng(0))
    assert set(seen.sum(axis=1)) == {4}
    assert np.ptp(seen.sum(axis=0)) <= 2


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["--videos", "22", "--workers", "60"], "detectable with 80 % power: 16."),
        (["--difference", "0.1"], "needed for 10.0 points: 66 videos of each method"),
        (
            ["--videos", "11", "--difference", "0.3", "--workers", "12", "--simulate", "5"],
            "simulated 5 studies with seed 0",
        ),
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
    assert plot.read_text().startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ([], "give one of them"),
        (["--videos", "5"], "fewer than the 11 classes"),
        (["--videos", "1", "--classes", "1"], "2 of each method are the fewest"),
        (["--difference", "2"], "difference: must lie between 0 and 1, is 2.0"),
        (["--difference", "0.9"], "leaves 0 to 1"),
        (["--videos", "22", "--power", "1"], "power: must lie between 0 and 1"),
        (["--videos", "22", "--answers-per-video", "99"], "answers per video: 99 cannot come from 60 participants"),
        (["--videos", "22", "--plot", "x.doc"], ".doc cannot be drawn"),
    ],
)
def test_command_with_bad_input(arguments: list[str], text: str) -> None:
    """Bad input to `vidgen power` is one line and exit 1."""
    result = CliRunner().invoke(load("power"), arguments)
    assert result.exit_code == 1
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
