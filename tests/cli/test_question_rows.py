"""`vidgen plan-study` of questions about pairs, videos and captions; and `vidgen power --kind`, which asks the same."""

import re
import shlex
from pathlib import Path

import pandas as pd
import pytest

from tests.analysis.questions.tables import preference_rows
from tests.cli.program import vidgen
from tests.crowd.clips import write_metadata, write_videos

ASKED = """
[[questions]]
id = "better"
kind = "preference"
ties = "none"
[[questions]]
id = "natural"
kind = "rating"
points = 9
[[questions]]
id = "why"
kind = "text"
asked = "video"
ask_if = "natural = 1, 2"
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six prompts with a video of each of two methods, and a study of them."""
    root = tmp_path_factory.mktemp("planned")
    labels = [f"thing {number}" for number in range(6)]
    write_videos(root / "videos", methods=("new", "old"), labels=labels)
    rows = [
        {"file_name": f"{method}-{number}-0.mp4", "method": method, "prompt": label, "clip": f"0.{number}", "odd": "x"}
        for method in ("new", "old")
        for number, label in enumerate(labels)
    ]
    write_metadata(root / "videos", rows)
    (root / "study").mkdir()
    (root / "study" / "study.toml").write_text(ASKED)
    return root


def planned(folder: Path, *words: str) -> str:
    """What plan-study prints."""
    result = vidgen("plan-study", folder / "videos", "--study", folder / "study", *words)
    assert result.exit_code == 0, result.output
    return result.output


def test_each_question_has_rows(folder: Path) -> None:
    """How many answers about which method, by whom, what they find, with twice as many too, and what is assumed."""
    text = planned(folder)
    assert "can find      " not in text, "nothing is named"
    assert re.search(r"(?m)^answers +270, 9 for each pair and video$", text)
    assert re.search(r"(?m)^better +preference: 6 pairs, 9 answers each \(new 54, old 54\)$", text)
    assert "1 comparison of two methods: 54 answers to 6 prompts, 9 to each, by 9 people" in text
    assert re.search(r"can find, 4 times in 5, a difference of the net win rate of \d+\.\d points\n", text)
    assert re.search(r"\d+\.\d points with twice the prompts, \d+\.\d points with twice the people", text)
    assert "(assumed: ties 0, sd_prompt 1, sd_people 0.5)" in text
    assert re.search(r"(?m)^natural +rating: 12 videos, 9 answers each \(new 54, old 54\)$", text)
    assert re.search(r"(?m)^why +text: 12 videos, 9 answers each, or fewer, by ask_if", text)


@pytest.mark.parametrize("assume", ["", "better.sd_prompt=0.5"])
def test_the_command_that_it_names_asks_the_same(folder: Path, assume: str) -> None:
    """`vidgen power` with what it says gives the same difference, with the settings and values of the question."""
    text = planned(folder, *(["--assume", assume] if assume else []))
    command = re.search(r"vidgen power (.*) asks the same", text)
    found = re.search(r"net win rate of (\d+\.\d points)", text)
    assert command is not None
    assert found is not None
    assert f"detectable with 80 % power: {found[1]}" in vidgen("power", *shlex.split(command[1])).output


def test_a_study_that_finds_nothing_says_so(folder: Path, tmp_path: Path) -> None:
    """Where no difference, however large, is likely to be found, that is said in words, with more prompts too."""
    (tmp_path / "study.toml").write_text(ASKED + "[design]\nanswers_per_video = 2\n")
    text = vidgen("plan-study", folder / "videos", "--study", tmp_path, "--assume", "better.sd_people=5").output
    assert "can find no difference of the net win rate 4 times in 5, however large" in text
    assert re.search(r"(?m)^ +no difference with twice the prompts, ", text)
    assert "of none" not in text


def test_a_pilot_and_values(folder: Path) -> None:
    """A pilot's variances are named in place of assumptions; what no question has is refused in one line."""
    pilot = folder / "pilot.csv"
    rows = preference_rows(question="better")
    ratings = rows[["worker_id", "prompt"]].assign(
        video_id=rows["left_video_id"], method=rows["left_method"], answer=(rows.index % 9 + 1).astype(str)
    )
    pd.concat([rows, ratings.assign(question="natural", question_kind="rating")]).to_csv(pilot, index=False)
    assert f"of 'better' in {pilot}" in planned(folder, "--pilot", str(pilot))
    for words, message in (
        (
            ("--assume", "worse.ties=1"),
            "assume: 'worse' is no question that compares methods by scores; there are better",
        ),
        (("--assume", "better.tie=1"), "tie: is no assumption of this kind of question; it has ties, sd_prompt, sd_p"),
        (("--assume", "better.ties=0.1", "--pilot", str(pilot)), "ties: is what the pilot sets"),
    ):
        refused = vidgen("plan-study", folder / "videos", "--study", folder / "study", *words)
        assert refused.exit_code == 1
        assert message in refused.output
        assert refused.output.count("\n") == 1
    assert vidgen("plan-study", folder / "videos", "--study", folder / "study", "--assume", "ties").exit_code == 2


def test_a_metric_saves_tasks(folder: Path) -> None:
    """With r = .6 and 600 scored videos of each method, people's answers about 4 of 6 are enough."""
    text = planned(folder, "--metric", "clip", "--correlation", "0.6", "--scored", "600")
    assert "answers about 4 of them" in text  # 0.64 / (1/6 - 0.36/600) = 3.86
    assert re.search(r"those about 6 without it: 3 of 9 tasks are saved", text)
    for words, status, message in (
        (("--metric", "nope", "--correlation", "0.6"), 1, "nothing in the column 'nope' for new-0-0.mp4"),
        (("--metric", "odd", "--correlation", "0.6"), 1, "new-0-0.mp4 has 'x' in the column 'odd', which is no number"),
        (("--metric", "clip", "--correlation", "0.6", "--scored", "3"), 1, "scored: must be at least 6"),
        (("--metric", "clip"), 2, "--metric needs --correlation"),
        (("--correlation", "0.6"), 2, "give --metric"),
    ):
        refused = vidgen("plan-study", folder / "videos", "--study", folder / "study", *words)
        assert (refused.exit_code, message in refused.output) == (status, True), refused.output


@pytest.mark.parametrize(("kind", "unit"), [("preference", "points"), ("rating", "points of the scale")])
def test_the_power_of_a_kind_is_plotted(kind: str, unit: str, tmp_path: Path) -> None:
    """Over prompts, in the measure's unit, with what the variances rest on."""
    plot = tmp_path / "power.svg"
    answer = vidgen("power", "--kind", kind, "--videos", 20, "--workers", 12, "--plot", plot)
    assert answer.output.endswith(f"plot: {plot}\n")
    for text in (
        "prompts with a video of each method",
        f"detectable difference ({unit})",
        "12 participants",
        "assumed",
    ):
        assert text in plot.read_text(encoding="utf-8")


def test_power_of_a_kind() -> None:
    """Videos or a difference are given as for naming; settings and values are the kind's own."""
    needed = vidgen("power", "--kind", "rating", "--setting", "points=9", "--difference", "0.5", "--workers", "60")
    assert needed.output.startswith("needed for 0.50 points of the scale: ")
    assert (
        "chance 0.25, accuracy 0.7"
        in vidgen("power", "--kind", "caption", "--assume", "accuracy=0.7", "--videos", 9).output
    )
    for words, status, message in (
        ("--kind caption --videos 9 --classes 3", 2, "--classes is for naming; leave out --classes or --kind"),
        ("--kind text --videos 9", 2, "known kinds: naming, caption, preference, rating, statement, ranking"),
        ("--videos 9 --assume ties=1", 2, "--setting and --assume are for other kinds of questions than naming"),
        ("--videos 9 --difference 2", 2, "'--difference': 2.0 is not in the range more than 0, less than 1"),
        ("--kind rating --videos 9 --setting point=3", 1, "point: unknown; a question of kind 'rating' has kind, id"),
        ("--kind rating --videos 9 --difference 4", 1, "difference: must be less than 4, is 4"),
        ("--kind rating --videos 9 --assume sd_answer=x", 2, "'sd_answer' is given something that is no number"),
        ("--kind rating --videos 9 --workers 5 --answers-per-video 6", 1, "answers per prompt: 6 cannot come from 5"),
    ):
        refused = vidgen("power", *words.split())
        assert (refused.exit_code, message in refused.output) == (status, True), refused.output
