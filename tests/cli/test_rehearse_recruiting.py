"""`vidgen rehearse-recruiting`: a copy of a study goes the whole way over a simulated Prolific."""

import csv
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from crowd.design.study import Study
from crowd.simulated.prolific.audience import USUAL
from crowd.simulated.prolific.rehearsal import everything
from crowd.simulated.prolific.visits import Conduct
from tests.cli.program import vidgen
from tests.crowd.clips import write_videos


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small videos directory."""
    return write_videos(tmp_path_factory.mktemp("videos") / "videos", per_label=2)


def write_study(place: Path, videos: Path, **values: Any) -> Path:
    """A study directory with a study file of these values, on Prolific unless they say otherwise."""
    prolific = {"currency": "EUR", "workspace": "6" * 24, "filters": [{"filter_id": "age", "selected_range": {}}]}
    place.mkdir()
    chosen = {"recruiter": "prolific", "recruit": {"prolific": prolific}, "budget_usd": "500", "answers_per_video": 6}
    Study.from_videos(videos, **(chosen | values)).save(place / "study.toml")
    return place


def content(directory: Path) -> dict[str, bytes]:
    """Every file below the directory."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


@pytest.mark.slow
def test_the_whole_way_is_shown_and_the_study_is_untouched(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every command is named, everybody is accounted for, everything says that it is simulated, and nothing is left."""
    monkeypatch.setenv("PROLIFIC_TOKEN", "the real one")
    monkeypatch.delenv("PROLIFIC_URL", raising=False)
    study = write_study(tmp_path / "study", videos)
    before = content(study), content(videos)
    done = vidgen("rehearse-recruiting", "--study", study, "--videos", videos, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert (content(study), content(videos)) == before
    assert (os.environ["PROLIFIC_TOKEN"], os.environ.get("PROLIFIC_URL")) == ("the real one", None)
    for number in range(1, 14):
        assert f"\n{number}  " in done.stdout
    commands = [line for line in done.stdout.splitlines() if line.startswith("$ ")]
    for words in (
        "publish-tasks",
        "--draft",
        "--open",
        "--places 7",
        "approve-answers",
        "pay-bonus",
        "--end",
    ):
        assert sum(words in line for line in commands) == 1, words
    assert sum("collect-answers" in line for line in commands) == 2
    assert "Everything here is simulated" in done.stdout
    for name in ("workspace", "filters"):
        assert f"recruit.prolific.{name} is left out" in done.stdout
    assert "6 of 6 assignments" in done.stdout
    fates = done.stdout.partition("What became of everybody")[2]
    for conduct in USUAL:
        assert f"  {conduct} " in fates, fates
    assert json.loads((tmp_path / "out/report/report.json").read_text(encoding="utf-8"))["simulated"]
    with (tmp_path / "out/study/answers.csv").open(newline="", encoding="utf-8") as lines:
        assert {row["simulated"] for row in csv.DictReader(lines)} == {"true"}


@pytest.mark.parametrize("recruiter", ["links"])
def test_a_study_for_another_recruiter_is_refused_in_one_line(videos: Path, tmp_path: Path, recruiter: str) -> None:
    """The line says what to write, and nothing is made."""
    study = write_study(tmp_path / "study", videos, recruiter=recruiter)
    done = vidgen("rehearse-recruiting", "--study", study, "--videos", videos, "--out", tmp_path / "out")
    assert done.exit_code == 1
    (line,) = done.stderr.splitlines()
    assert "recruiter is 'links' in study.toml" in line
    assert 'recruiter = "prolific"' in line
    assert not (tmp_path / "out").exists()


@pytest.fixture
def _taken() -> Iterator[None]:
    """Ctrl+C reaches this process, which a shell's background jobs ignore."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_taken")
def test_ctrl_c_leaves_nothing_behind(videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both servers end, and so does the copy, whenever it is pressed."""
    monkeypatch.setenv("PROLIFIC_TOKEN", "the real one")
    study = write_study(tmp_path / "study", videos)
    monkeypatch.setattr("crowd.simulated.prolific.rehearsal.bring", lambda *_, **__: signal.raise_signal(signal.SIGINT))
    done = vidgen("rehearse-recruiting", "--study", study, "--videos", videos, "--out", tmp_path / "out")
    assert done.exit_code == 130
    assert done.stderr.splitlines()[-1].startswith("Stopped: the study itself was not touched")
    assert not (tmp_path / "out").exists()
    assert os.environ["PROLIFIC_TOKEN"] == "the real one"


@pytest.mark.parametrize("places", [1, 6, 200])
def test_everything_that_people_do_comes_first(places: int) -> None:
    """Once each, whatever the number of places; then as often as is usual, and enough finish."""
    plan = everything(places, seed=3)
    rare = set(USUAL) - {Conduct.FINISH}
    assert set(plan[: len(rare)]) == rare
    assert plan == everything(places, seed=3)
    assert plan.count(Conduct.FINISH) == places
    assert plan.count(Conduct.RETURN) == max(1, round(0.06 * places))
