"""What the release before wrote goes on with this one: a study with answers, a directory of videos, networks."""

import json
import math
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.program import vidgen

EARLIER = Path(__file__).parent / "earlier"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A copy of the study, readable by its owner alone as it was; a repository does not keep that."""
    copied = Path(shutil.copytree(EARLIER / "study", tmp_path / "study"))
    (copied / "private").chmod(0o700)
    for name in ("private/secrets.json", "ledger.sqlite", "platform.sqlite"):
        (copied / name).chmod(0o600)
    return copied


@pytest.fixture
def videos(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the videos, beside the networks that made them, in the current directory."""
    shutil.copytree(EARLIER / "weights", tmp_path / "weights")
    monkeypatch.chdir(tmp_path)
    return Path(shutil.copytree(EARLIER / "videos", tmp_path / "videos"))


def done(*command: Any, typed: str = "") -> str:
    """What the command says, which succeeds."""
    result = vidgen(*command, typed=typed)
    assert result.exit_code == 0, result.output
    return str(result.output)


def numbers(value: Any, path: str = "") -> dict[str, float]:
    """Every number in it, by its place."""
    found: dict[str, float] = {}
    if isinstance(value, dict | list):
        for key, one in value.items() if isinstance(value, dict) else enumerate(value):
            found |= numbers(one, f"{path}/{key}")
    elif isinstance(value, int | float) and math.isfinite(value):
        found[path] = float(value)
    return found


def test_a_study_is_collected_and_reported(study: Path) -> None:
    """New answers come in, and the report has the numbers that the release before found."""
    assert "8 of 24 fetched (8 approved)" in done("study-status", "--study", study)
    assert "12 of 24 assignments (4 new), 48 answers" in done("collect-answers", "--study", study)
    assert "12 of 24 fetched (8 approved, 4 submitted)" in done("study-status", "--study", study)
    assert "INTERIM: 12 of 24" in done("accuracy-report", "--study", study)
    expected = numbers(json.loads((EARLIER / "report.json").read_text(encoding="utf-8")))
    report = numbers(json.loads((study / "report" / "report.json").read_text(encoding="utf-8")))
    assert {place: report.get(place) for place in expected} == pytest.approx(expected, nan_ok=True)


def test_a_study_goes_on(study: Path) -> None:
    """Publishing again creates nothing; people answer, work is approved, and the study ends."""
    assert "0 HITs created, 2 were there" in done("publish-tasks", study / "videos", "--study", study)
    assert "submitted" in done("simulate-answers", "--study", study, "--workers", 6)
    assert "24 of 24 assignments" in done("collect-answers", "--study", study)
    assert "16 assignments approved" in done("approve-answers", "--study", study)
    assert "2 HITs extended" in done("extend-study", "--study", study, "--answers", 13)
    assert "2 HITs expired" in done("expire-study", "--study", study)
    assert "nothing is wrong" in done("check", "--study", study)


def test_answers_alone_are_reported(tmp_path: Path) -> None:
    """The table that was collected then is read without its study."""
    done("accuracy-report", "--answers", EARLIER / "study" / "answers.csv", "--out", tmp_path / "report")
    assert json.loads((tmp_path / "report" / "report.json").read_text(encoding="utf-8"))["methods"]


def test_a_batch_is_finished_by_the_same_command(videos: Path) -> None:
    """A video that is missing is made anew by the networks of then; the others stay as they are."""
    before = {path.name: path.read_bytes() for path in videos.rglob("*.mp4")}
    (videos / "videos" / "refined-car-right-000.mp4").unlink()
    made = done(
        *("generate-batch", "--out", videos, "--methods", "proposed,refined", "--labels", "car right"),
        *("--per-label", 1, "--real", 1, "--weights", "weights", "--steps", 3, "--device", "cpu"),
    )
    assert "1 video made" in made
    after = {path.name: path.read_bytes() for path in videos.rglob("*.mp4")}
    assert after.keys() == before.keys()
    assert {name: after[name] for name in after if "refined" not in name} == {
        name: before[name] for name in before if "refined" not in name
    }


def test_videos_of_two_methods_of_one_name_are_not_mixed(videos: Path) -> None:
    """What was `proposed` then is `guided` now: a video of it that is missing is not made by today's `proposed`."""
    (videos / "videos" / "proposed-car-right-000.mp4").unlink()
    before = {path.name: path.read_bytes() for path in videos.rglob("*") if path.is_file()}
    result = vidgen(
        *("generate-batch", "--out", videos, "--methods", "proposed,refined", "--labels", "car right"),
        *("--per-label", 1, "--real", 1, "--weights", "weights", "--steps", 3, "--device", "cpu"),
    )
    assert result.exit_code == 1
    assert "was begun when 'proposed' was another method: finish it with the release in its run.json" in result.output
    assert {path.name: path.read_bytes() for path in videos.rglob("*") if path.is_file()} == before


def test_videos_are_published(videos: Path, tmp_path: Path) -> None:
    """A new study can be made of videos that were generated then."""
    assert "1 HIT created" in done("publish-tasks", videos, "--study", tmp_path / "study", "--anyway")
