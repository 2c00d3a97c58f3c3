"""`vidgen rehearse`: a study goes its whole way in a copy, and is itself not touched."""

import csv
import errno
import json
import shlex
import sqlite3
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import httpx
import pytest

from crowd.design.study import Study
from crowd.localplatform import invite, running
from crowd.simulated.workers import JSON, open_hits
from tests.cli.program import vidgen
from tests.crowd.clips import write_videos

THOROUGH = pytest.mark.thorough


@pytest.fixture
def videos(tmp_path: Path) -> Path:
    """A small videos directory."""
    return write_videos(tmp_path / "videos", per_label=2)


def write_study(place: Path, videos: Path, **values: object) -> Path:
    """A study directory with a study file of these values."""
    place.mkdir()
    replace(Study.from_videos(videos), **values).save(place / "study.toml")
    return place


def content(directory: Path) -> dict[str, bytes]:
    """Every file below the directory."""
    return {str(path.relative_to(directory)): path.read_bytes() for path in directory.rglob("*") if path.is_file()}


def test_the_study_that_is_rehearsed_is_the_users_own(videos: Path, tmp_path: Path) -> None:
    """Its plan and rules reach the report; the study and its videos stay as they were, byte for byte."""
    study = write_study(
        tmp_path / "study", videos, title="My own title", answers_per_video=4, attention_items=0, confidence=0.9
    )
    before = content(study), content(videos)
    done = vidgen("rehearse", "--study", study, "--videos", videos, "--out", tmp_path / "out", "--accuracy", "0.9")
    assert done.exit_code == 0, done.output
    assert (content(study), content(videos)) == before
    copied = Study.load(tmp_path / "out/study/study.toml")
    assert (copied.title, copied.answers_per_video, copied.confidence) == ("My own title", 4, 0.9)
    assert "4 simulated participants submitted 4 of 4 assignments" in done.stdout
    report = json.loads((tmp_path / "out/report/report.json").read_text(encoding="utf-8"))
    assert (report["simulated"], report["confidence"], report["interim"]) == (True, 0.9, None)
    with (tmp_path / "out/study/answers.csv").open(newline="", encoding="utf-8") as lines:
        assert {row["simulated"] for row in csv.DictReader(lines)} == {"true"}
    for step in range(1, 6):
        assert f"{step}/5  " in done.stdout
    assert "What differs from the study with people" in done.stdout
    assert "Programs answered, from the label itself with probability 0.9" in done.stdout


@pytest.mark.thorough
def test_the_last_line_shows_the_task_pages(videos: Path, tmp_path: Path) -> None:
    """Whoever follows it has tasks to do, and answers a study that no program has answered."""
    study = write_study(tmp_path / "study", videos, answers_per_video=2)
    printed = vidgen("rehearse", "--study", study, "--videos", videos, "--out", tmp_path / "out").stdout
    words = shlex.split(printed.splitlines()[-1].removeprefix("task pages"))
    assert Path(words[0]).exists()
    assert words[-6:] == ["serve-tasks", "--study", str(tmp_path / "out/try"), "--participants", "1", "--this-machine"]
    with running(tmp_path / "out/try") as server:
        (link,) = invite(tmp_path / "out/try", 1)
        home = httpx.get(server.endpoint_url + link, headers=JSON, trust_env=False).json()
        assert len(open_hits(home)) == 1


@pytest.mark.thorough
@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"answers_per_video": 5, "assignments_per_hit": 2}, "5 simulated participants submitted 5 of 5 assignments"),
        pytest.param({"countries": ("JP",), "answers_per_video": 2}, "submitted 2 of 2 assignments", marks=THOROUGH),
        (
            {"min_approved_hits": 100, "min_approved_percent": 95, "answers_per_video": 2},
            "min_approved_percent and min_approved_hits were not asked for",
        ),
        ({"budget_usd": "1.00", "answers_per_video": 2}, "Its budget_usd is $1.00, so publish-tasks refuses it"),
        pytest.param({"reward_usd": "900.00", "budget_usd": "99999.00"}, "the study costs $9,720.00", marks=THOROUGH),
        pytest.param({"language": "ja", "answers_per_video": 2}, "submitted 2 of 2 assignments", marks=THOROUGH),
        pytest.param(
            {"gold_share": 0.5, "training_items": 1, "answers_per_video": 2},
            "submitted 2 of 2 assignments",
            marks=THOROUGH,
        ),
    ],
    ids=["rounds", "countries", "experience", "budget", "dear", "language", "gold"],
)
def test_studies_of_every_kind_come_to_their_end(
    videos: Path, tmp_path: Path, values: dict[str, object], said: str
) -> None:
    """Rounds are opened one after the other, and what would keep programs out is said instead of failing."""
    study = write_study(tmp_path / "study", videos, **values)
    done = vidgen("rehearse", "--study", study, "--videos", videos, "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert said in done.stdout
    report = json.loads((tmp_path / "out/report/report.json").read_text(encoding="utf-8"))
    assert (report["simulated"], report["interim"]) == (True, None)


@pytest.mark.thorough
def test_a_published_study_knows_its_videos(videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After publication --videos may be left out, and nothing of the rehearsal reaches the real study."""
    study = write_study(tmp_path / "study", videos, answers_per_video=2)
    assert vidgen("publish-tasks", videos, "--study", study, "--anyway").exit_code == 0
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    before = content(study)
    done = vidgen("rehearse", "--study-file", study / "study.toml")
    assert done.exit_code == 0, done.output
    assert content(study) == before
    (place,) = tmp_path.glob("vidgen-rehearsal-*")
    assert (place / "report/report.html").is_file()
    assert f"copied to {place}" in done.stdout


@pytest.mark.thorough
def test_a_published_study_without_its_file_is_not_begun_anew(videos: Path, tmp_path: Path) -> None:
    """What was promised stands in the file that is missing: no new one is proposed. A directory may end in .toml."""
    study = write_study(tmp_path / "study.toml", videos, answers_per_video=2)
    assert vidgen("publish-tasks", videos, "--study", study, "--anyway").exit_code == 0
    assert vidgen("rehearse", "--study", study, "--out", tmp_path / "out").exit_code == 0
    (study / "study.toml").unlink()
    done = vidgen("rehearse", "--study", study)
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert "study.toml: is missing, though the study is published; put it back from a copy" in done.stderr


@pytest.mark.thorough
def test_a_published_study_whose_videos_were_moved_asks_for_them(videos: Path, tmp_path: Path) -> None:
    """The line names the place where they were, and the option that names another."""
    study = write_study(tmp_path / "study", videos, answers_per_video=2)
    assert vidgen("publish-tasks", videos, "--study", study, "--anyway").exit_code == 0
    moved = videos.rename(tmp_path / "moved")
    done = vidgen("rehearse", "--study", study, "--out", tmp_path / "out")
    assert (done.exit_code, done.stderr.count("\n")) == (1, 1)
    assert f"{study}: its videos are not in {videos} any more; add --videos DIR" in done.stderr
    assert vidgen("rehearse", "--study", study, "--out", tmp_path / "out", "--videos", moved).exit_code == 0


def test_what_cannot_be_rehearsed_leaves_nothing_behind(videos: Path, tmp_path: Path) -> None:
    """A table of probabilities that is none is refused before anything is copied."""
    study = write_study(tmp_path / "study", videos)
    (tmp_path / "bad.csv").write_text("label,Other\nx,2\n")
    out = tmp_path / "out"
    done = vidgen("rehearse", "--study", study, "--videos", videos, "--out", out, "--confusion", tmp_path / "bad.csv")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert not out.exists()


@pytest.mark.thorough
@pytest.mark.parametrize(
    "how", ["stopped", pytest.param("no room", marks=THOROUGH), pytest.param("bad report", marks=THOROUGH)]
)
def test_a_rehearsal_that_ended_early_can_be_typed_again(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """Whatever ends it, nothing of its copy is left in the way of the same command, nor in the temporary place."""
    study = write_study(tmp_path / "study", videos, answers_per_video=2)
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(place))
    errors = {
        "stopped": KeyboardInterrupt(),
        "no room": OSError(errno.ENOSPC, "No space left on device", "x"),
        "bad report": ValueError("x"),
    }
    target = {
        "stopped": "crowd.simulated.workers.simulate",
        "no room": "shutil.copyfile",
        "bad report": "analysis.analyse_study",
    }[how]
    rehearse = ("rehearse", "--study", study, "--videos", videos)
    out = tmp_path / "new/out"
    for options in (("--out", out), ()):
        with monkeypatch.context() as broken:
            broken.setattr(target, Mock(side_effect=errors[how]))
            ended = vidgen(*rehearse, *options)
        assert ended.exit_code == (130 if how == "stopped" else 1), ended.output
        assert not out.parent.exists()
        assert list(place.iterdir()) == []
    again = vidgen(*rehearse, "--out", out)
    assert again.exit_code == 0, again.output


def test_simulated_participants_read_the_language_of_the_study(videos: Path, tmp_path: Path) -> None:
    """What they send says the language of their page, as a person's browser does."""
    study = write_study(tmp_path / "study", videos, answers_per_video=2, language="ja")
    assert vidgen("rehearse", "--study", study, "--videos", videos, "--out", tmp_path / "out").exit_code == 0
    with sqlite3.connect(tmp_path / "out/study/platform.sqlite") as store:
        sent = [text for (text,) in store.execute("SELECT answer FROM assignments")]
    assert len(sent) == 2
    assert all("<FreeText>ja</FreeText>" in text for text in sent)


@pytest.mark.thorough
@pytest.mark.parametrize(
    "failing",
    ["crowd.simulated.rehearsal.participate", pytest.param("analysis.analyse_study", marks=THOROUGH)],
)
def test_a_rehearsal_that_fails_leaves_nothing_behind(
    videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    """Whatever fails, the copy is removed, so that the same command begins again."""

    def fail(*_: object, **__: object) -> None:
        raise OSError("the disk is full")

    study, out = write_study(tmp_path / "study", videos, answers_per_video=2), tmp_path / "out"
    words = ("rehearse", "--study", study, "--videos", videos, "--out", out)
    with monkeypatch.context() as patch:
        patch.setattr(failing, fail, raising=False)
        done = vidgen(*words)
    assert (done.exit_code, "the disk is full" in done.stderr) == (1, True)
    assert not out.exists()
    assert vidgen(*words).exit_code == 0


@pytest.mark.thorough
def test_progress_is_shown_without_a_terminal(videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a log, as of a rehearsal in a browser that takes minutes, each finished task can be followed."""
    monkeypatch.setattr("vidgen.cli.shared._LINE_EVERY_S", 0)
    study = write_study(tmp_path / "study", videos, answers_per_video=2)
    done = vidgen("rehearse", "--study", study, "--videos", videos, "--out", tmp_path / "out")
    assert [line for line in done.stderr.splitlines() if line.startswith("simulated")] == [
        "simulated participants: 1 of 2",
        "simulated participants: 2 of 2",
    ]
