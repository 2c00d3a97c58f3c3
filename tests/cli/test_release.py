"""`vidgen release`, `vidgen accuracy-report --release` and `vidgen preregister`, as they are typed."""

from pathlib import Path

import pytest

import crowd
from analysis import reviewers
from crowd.design.study import Study
from crowd.localplatform import running
from tests.cli.program import vidgen
from tests.crowd.answering import answer
from tests.crowd.clips import write_videos


@pytest.fixture(autouse=True)
def _no_mixed_model(monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes two thirds of an analysis."""
    monkeypatch.setattr(reviewers, "UNASKED", 0)


@pytest.mark.thorough
def test_from_a_plan_to_a_release(tmp_path: Path) -> None:
    """The plan is registered, the study published and answered, released after the word was typed, and reproduced."""
    videos, study, out = write_videos(tmp_path / "videos"), tmp_path / "study", tmp_path / "out"
    study.mkdir()
    Study.from_videos(videos, answers_per_video=3, training_items=0, contact="a@lab.example").save(study / "study.toml")
    written = vidgen("preregister", videos, "--study", study)
    assert f"blanks to fill in: {study / 'preregistration.md'}" in written.output
    crowd.publish(study, videos)
    with running(study) as server:
        answer(server, study, 3)
        crowd.collect(study)
    said = (
        "release",
        "--study",
        study,
        "--out",
        out,
        "--licence",
        "CC-BY-4.0",
        "--author",
        "Doe, Jane",
        "--no-screenshots",
    )
    refused = vidgen(*said, typed="no\n")
    assert refused.exit_code == 1
    assert "could identify somebody: instructions.md, design.json, study.toml: e-mail address" in refused.output
    assert not out.exists()
    done = vidgen(*said, typed="release\n")
    assert done.exit_code == 0, done.output
    assert "removed: pseudonyms: 3 replaced" in done.output
    assert "no pictures of the pages: they were not asked for." in done.output
    assert f"3 participants, 15 files: {out}" in done.output
    again = vidgen("accuracy-report", "--release", out, "--out", tmp_path / "report")
    assert again.exit_code == 0, again.output
    assert "the same report as the released one" in again.output
    assert (tmp_path / "report" / "report.html").is_file()
    other = vidgen("accuracy-report", "--release", out, "--seed", 3)
    assert other.exit_code == 2
    assert "for --seed, name it as --study" in other.output
    (out / "answers.csv").write_text("", encoding="utf-8")
    changed = vidgen("accuracy-report", "--release", out)
    assert changed.exit_code == 1
    assert "answers.csv: is not as it was released; get the release again" in changed.output


def test_an_unknown_licence_is_a_usage_error(tmp_path: Path) -> None:
    """The known ones are named."""
    done = vidgen("release", "--study", tmp_path, "--out", "x", "--licence", "GPL", "--author", "A")
    assert done.exit_code == 2
    assert "unknown licence 'GPL'; known licences: CC-BY-4.0" in done.output
