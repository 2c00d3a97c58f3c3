"""What the ledger knows of a study, also where nothing may be written."""

from collections.abc import Callable
from pathlib import Path

import pytest

from crowd.lifecycle.status import status
from crowd.localplatform import running
from tests.crowd.readonly import run_unprivileged, stopped_by_permissions, write_protected


def test_the_status_counts_calls_money_and_assignments(study_at: Callable[[str], Path]) -> None:
    """Everything comes from the ledger; nothing is open in a study that went well."""
    now = status(study_at("bonus"))
    assert (now.platform, now.wanted, now.assignments.total(), now.simulated) == ("local", 6, 6, 6)
    assert now.calls["create"]["done"] == 3
    assert now.unfinished == []


def test_the_status_tells_where_the_progress_page_is(study_at: Callable[[str], Path]) -> None:
    """While the study is served, at its public address; and what is open on its own platform."""
    study = study_at("extend")
    assert status(study).progress_url is None
    with running(study, public_url="https://example.org/study") as server:
        assert status(study).progress_url == f"https://example.org/study{server.requester_path}"
    activity = status(study).activity
    assert activity is not None
    assert (activity.open_places, activity.submitted) == (status(study).wanted, 0)


def test_where_nothing_was_published_there_is_no_status(tmp_path: Path) -> None:
    """A mistyped directory stays as it was."""
    with pytest.raises(ValueError, match="nothing was published from here"):
        status(tmp_path)
    assert list(tmp_path.iterdir()) == []


_PROGRAMS = {
    "status": "from crowd.lifecycle.status import status; print(status(study).wanted)",
    "backup": "from crowd.lifecycle.backup import back_up; print(back_up(study, target / 'b.zip').with_videos)",
    "report": "from analysis import analyse_study; print(analyse_study(study).save(target / 'report').name)",
    "publish": "from crowd.lifecycle.bonuses import bonus; from crowd.ledger.ledger import Ledger\n"
    "with Ledger(study, create=False) as ledger:\n    ledger.set_fact('a', 'b')",
}
_SAID = {"status": "6", "backup": "False", "report": "report.html", "publish": ""}


@pytest.mark.thorough
@stopped_by_permissions
@pytest.mark.parametrize("what", _PROGRAMS)
def test_a_study_that_may_not_be_written_is_read(what: str, study_at: Callable[[str], Path], tmp_path: Path) -> None:
    """Status, backup and report need no lock that they cannot make; what would write is refused with the file."""
    study = study_at("bonus")
    (study / ".lock").unlink(missing_ok=True)
    before = sorted(study.rglob("*"))
    target = tmp_path / "target"
    target.mkdir()
    program = f"import sys; from pathlib import Path; study, target = map(Path, sys.argv[1:])\n{_PROGRAMS[what]}"
    with write_protected(study):
        done = run_unprivileged(program, study, target)
        assert done.stdout.strip() == _SAID[what], done.stderr
        assert sorted(study.rglob("*")) == before
    if what == "publish":
        assert f"OSError: {study}/ledger.sqlite: attempt to write a readonly database" in done.stderr
