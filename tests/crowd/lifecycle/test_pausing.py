"""A pause keeps people from beginning tasks, and is no end of the study."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from analysis import analyse_study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.close import close
from crowd.lifecycle.collect import collect
from crowd.lifecycle.pausing import pause_study, resume_study
from crowd.lifecycle.publish import open_due_rounds
from crowd.localplatform import running
from crowd.platforms import open_platform
from tests.cli.program import vidgen
from tests.crowd.answering import answer
from tests.crowd.lifecycle.test_close import states


def test_a_paused_study_takes_nobody_and_goes_on(study_at: Callable[[str], Path]) -> None:
    """Pausing twice is pausing once; afterwards tasks are open for as long as they were to be."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        before = ends(study_dir)
        assert pause_study(study_dir).made == 3
        assert pause_study(study_dir).made == 0
        assert states(study_dir) == ["Reviewable"] * 3
        assert answer(server, study_dir, 1) == []
        assert resume_study(study_dir).made == 3
        assert states(study_dir) == ["Assignable"] * 3
        assert all(timedelta() <= after - max(before) < timedelta(minutes=1) for after in ends(study_dir))
        assert len(answer(server, study_dir, 1)) == 3
    with pytest.raises(ValueError, match="is not paused"):
        resume_study(study_dir)


def test_a_pause_does_not_open_the_results(study_at: Callable[[str], Path]) -> None:
    """The report of a paused study is interim and has no test; that of a closed one has."""
    study_dir = study_at("extend")
    with running(study_dir) as server:
        answer(server, study_dir, 1)
        pause_study(study_dir)
        collect(study_dir)
        assert analyse_study(study_dir).to_dict()["interim"] == {"submitted": 3, "wanted": 6}
        assert "paused" in vidgen("study-status", "--study", study_dir).output
        close(study_dir)
        collect(study_dir)
        assert analyse_study(study_dir).to_dict()["interim"] is None
        assert "paused" not in vidgen("study-status", "--study", study_dir).output
        with pytest.raises(ValueError, match="nothing to pause"):
            pause_study(study_dir)


def test_no_round_is_opened_during_a_pause(study_at: Callable[[str], Path]) -> None:
    """A second round that is due waits until the study goes on."""
    study_dir = study_at("next round")
    with running(study_dir):
        num_before = len(states(study_dir))
        pause_study(study_dir)
        assert open_due_rounds(study_dir).created == 0
        assert len(states(study_dir)) == num_before
        resume_study(study_dir)
        assert open_due_rounds(study_dir).created > 0


def ends(study_dir: Path) -> list[datetime]:
    """Until when each task can be begun."""
    with open_platform("local", study_dir) as platform, Ledger(study_dir, create=False) as ledger:
        return [hit.ends_at for hit in platform.find(ledger.study_id).values()]
