"""When a study has ended, as funnel.json tells the report."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from analysis import analyse_study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle import collect as collecting
from crowd.lifecycle.close import close, delete, keep_open
from crowd.lifecycle.collect import collect
from crowd.lifecycle.ended import ended
from crowd.lifecycle.publish import load
from crowd.lifecycle.review import approve
from crowd.localplatform import running
from tests.crowd.answering import answer

DAY_S = 86_400


def noted(study_dir: Path) -> bool:
    """What collecting notes today."""
    collect(study_dir)
    told: bool = json.loads((study_dir / "funnel.json").read_text(encoding="utf-8"))["ended"]
    return told


def test_a_study_ends_when_all_tasks_are_in(study_at: Callable[[str], Path]) -> None:
    """With every wanted assignment submitted nothing more can come."""
    assert noted(study_at("collect"))


def test_closing_ends_a_study_and_a_later_end_goes_on(study_at: Callable[[str], Path]) -> None:
    """A study that lacks answers has ended once it was closed, and has not when it was opened again."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        answer(server, study_dir, 1)
        assert not noted(study_dir)
        close(study_dir)
        assert noted(study_dir)
        keep_open(study_dir, datetime.now(UTC) + timedelta(days=2))
        assert not noted(study_dir)


def test_a_study_ends_with_its_lifetime(study_at: Callable[[str], Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """Tasks that nobody finds anymore bring no answers, even if some are missing."""
    study_dir = study_at("extend")
    study, planned = load(study_dir)
    with Ledger(study_dir, create=False) as ledger:
        now = collecting.time.time()
        assert not ended(ledger, planned, now + study.lifetime_s - DAY_S)
        assert ended(ledger, planned, now + study.lifetime_s + 1)


def test_a_round_to_come_keeps_a_study_open(study_at: Callable[[str], Path]) -> None:
    """A study whose first round is full goes on with the second, unless it was closed before that."""
    study_dir = study_at("next round")
    study, planned = load(study_dir)
    with running(study_dir):
        assert not noted(study_dir)
        with Ledger(study_dir, create=False) as ledger:
            later = collecting.time.time() + study.lifetime_s + 1
            assert not ended(ledger, planned, later), "the second round has a lifetime of its own"
        close(study_dir)
        assert noted(study_dir)


def test_a_deleted_study_has_ended(study_at: Callable[[str], Path]) -> None:
    """HITs that are gone bring no answers."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        answer(server, study_dir, 1)
        close(study_dir)
        approve(study_dir)
        delete(study_dir, confirm=lambda num_hits: True)
        assert noted(study_dir)


def test_the_report_knows_open_closed_and_complete_studies(study_at: Callable[[str], Path]) -> None:
    """An open study is interim and has no test; a closed one is not, but says how many tasks are in."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        answer(server, study_dir, 1)
        collect(study_dir)
        running_report = analyse_study(study_dir).to_dict()
        assert running_report["interim"] == {"submitted": 3, "wanted": 6}
        assert (running_report["comparisons"], running_report["stopped"]) == ([], None)
        close(study_dir)
        collect(study_dir)
        closed = analyse_study(study_dir)
        assert closed.to_dict()["interim"] is None
        assert closed.to_dict()["stopped"] == {"submitted": 3, "wanted": 6}
        for text in (closed.to_html(), closed.to_markdown(), repr(closed)):
            assert "Ended early" in text
            assert "3 of 6 tasks are in" in text
        keep_open(study_dir, datetime.now(UTC) + timedelta(days=1))
        answer(server, study_dir, 1)
        collect(study_dir)
        whole = analyse_study(study_dir).to_dict()
        assert (whole["interim"], whole["stopped"]) == (None, None)
