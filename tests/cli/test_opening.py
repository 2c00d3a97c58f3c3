"""`--open` shows in the web browser what a command has made."""

import webbrowser
from pathlib import Path

import pytest

from tests.cli.program import vidgen
from tests.crowd.clips import write_videos

ANSWERS = "worker_id,video_id,method,label,answer\nw1,v1,new,ball going up,ball going up\n"


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses that were opened."""
    found: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: found.append(address) or True)
    return found


@pytest.mark.thorough
def test_the_report_is_opened_where_it_is_asked_for(tmp_path: Path, opened: list[str]) -> None:
    """Without the option nothing is opened."""
    (tmp_path / "answers.csv").write_text(ANSWERS)
    for more in ([], ["--open"]):
        done = vidgen("accuracy-report", "--answers", str(tmp_path / "answers.csv"), "--no-mixed", *more)
        assert done.exit_code == 0, done.output
        assert opened == [(tmp_path / "report" / "report.html").as_uri()] * len(more)


def test_a_machine_without_a_browser_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command says where the page is, and has done its work."""
    monkeypatch.setattr(webbrowser, "open", lambda address: False)
    videos, study = write_videos(tmp_path / "videos"), tmp_path / "study"
    done = vidgen("preview", str(videos), "--study", str(study), "--out", str(tmp_path / "pages"), "--open")
    assert done.exit_code == 0, done.output
    assert f"open it yourself: {(tmp_path / 'pages' / 'task-1.html').as_uri()}" in done.stderr


def test_a_study_that_is_not_served_has_no_progress_page(tmp_path: Path, opened: list[str]) -> None:
    """The message says so, and nothing is opened."""
    study = tmp_path / "study"
    assert vidgen("publish-tasks", write_videos(tmp_path / "videos"), "--study", study).exit_code == 0
    done = vidgen("study-status", "--study", str(study), "--open")
    assert done.exit_code == 1
    assert "is not being served, so there is no progress page" in done.stderr
    assert opened == []
