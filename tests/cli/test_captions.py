"""Captions from generation to report."""

import csv
import json
from pathlib import Path

import pytest

from tests.cli.program import vidgen
from tests.tinyweights import write_tiny_caption_weights
from vidgen.video_io import read_video

CAPTIONS = (
    "a small red car drives left below a big blue balloon that rises slowly",
    "two yellow fish swim in a circle",
    "a purple rocket flies up on a light green background",
    "a grey cat walks right",
)


def run(*arguments: object) -> str:
    """What a command prints."""
    result = vidgen(*arguments)
    assert result.exit_code == 0, result.output
    return result.output


def generate(folder: Path, captions: str, *more: object) -> object:
    """Make videos of a file of captions by untrained networks, one step each."""
    weights = folder / "weights"
    weights.mkdir()
    write_tiny_caption_weights(weights)
    (folder / "captions.txt").write_text(captions, encoding="utf-8")
    options = ("--captions", folder / "captions.txt", "--weights", weights, "--methods", "refined", "--steps", 1)
    return vidgen("generate-batch", "--out", folder / "videos", *options, "--device", "cpu", *more)


@pytest.mark.thorough
def test_a_study_of_captions_goes_all_the_way(tmp_path: Path) -> None:
    """Videos and real clips of captions are asked about, answered by programs, and reported as such."""
    result = generate(tmp_path, "\n".join(CAPTIONS), "--real", 1)
    assert result.exit_code == 0, result.output  # type: ignore[attr-defined]
    with (tmp_path / "videos/metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert [row["prompt"] for row in rows] == [*CAPTIONS, *CAPTIONS]
    assert [row["method"] for row in rows] == ["refined"] * 4 + ["real"] * 4
    assert "label" not in rows[0]
    assert {"text_sha256", "scene_prior_sha256"} <= set(rows[0])
    assert all(read_video(tmp_path / "videos" / row["file_name"]).shape == (16, 96, 128, 3) for row in rows)
    qualities = tmp_path / "qualities.csv"
    qualities.write_text("method,quality\nrefined,1\nreal,3\n", encoding="utf-8")
    videos, study = tmp_path / "videos", tmp_path / "study"
    run("new-study", videos, "--study", study, "--ask", "caption")
    run("publish-tasks", videos, "--study", study, "--anyway")
    run("simulate-answers", "--study", study, "--qualities", qualities)
    assert "programs answered, not people" in run("collect-answers", "--study", study)
    assert "Simulated participants" in run("accuracy-report", "--study", study)
    report = json.loads((study / "report/report.json").read_text(encoding="utf-8"))
    assert report["simulated"] is True
    assert [question["kind"] for question in report["questions"]] == ["caption"]


def test_a_table_of_captions_names_its_videos(tmp_path: Path) -> None:
    """By the ids of its rows."""
    weights = tmp_path / "weights"
    weights.mkdir()
    write_tiny_caption_weights(weights)
    table = tmp_path / "captions.csv"
    table.write_text("id,caption\nfirst,a cat walks left\nsecond,a cat walks right\n", encoding="utf-8")
    options = ("--captions", table, "--weights", weights, "--methods", "refined", "--steps", 1, "--device", "cpu")
    run("generate-batch", "--out", tmp_path / "videos", *options)
    names = sorted(path.name for path in (tmp_path / "videos/videos").glob("*.mp4"))
    assert names == ["refined-first-000.mp4", "refined-second-000.mp4"]


@pytest.mark.parametrize(
    ("captions", "more", "message"),
    [
        ("a red kar drives left", (), "line 1: caption 'a red kar drives left': unknown word 'kar'; the nearest"),
        ("a car drives left", ("--methods", "proposed"), "made by the method 'refined', not by 'proposed'"),
        ("a car drives left", ("--labels", "car right"), "--labels and --captions both say what videos show"),
    ],
)
def test_mistakes_are_told_in_a_line(tmp_path: Path, captions: str, more: tuple[str, ...], message: str) -> None:
    """Before anything is written, so that the same command works once the mistake is mended."""
    result = generate(tmp_path, captions, *more)
    assert result.exit_code in (1, 2)  # type: ignore[attr-defined]
    assert message in result.output  # type: ignore[attr-defined]
    assert not list(tmp_path.rglob("run.json"))


def test_what_the_weights_do_not_draw_is_refused_first(tmp_path: Path) -> None:
    """The package's weights draw six kinds of objects; `refined` is the method where none is given."""
    (tmp_path / "captions.txt").write_text("a tree moves right\n", encoding="utf-8")
    refused = vidgen("generate-batch", "--out", tmp_path / "videos", "--captions", tmp_path / "captions.txt")
    assert refused.exit_code == 1
    assert "caption 'a tree moves right': these weights draw no tree; they draw: car, rocket" in refused.output
    assert not (tmp_path / "videos" / "run.json").exists()
