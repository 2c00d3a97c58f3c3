"""The state outlives its process where it is kept in a file."""

import json
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import Oddities, SimulatedProlific, running
from crowd.simulated.prolific.clock import FastClock
from crowd.simulated.prolific.snapshot import _state
from tests.crowd.simulated.prolific.researcher import enter, finish, publish, review, someone
from tests.crowd.simulated.prolific.test_webhooks import subscribe


def test_everything_goes_on(clock: ManualClock, tmp_path: Path) -> None:
    """Another process finds studies, submissions, money, bonuses, groups, hooks and the token as they were left."""
    file = tmp_path / "prolific.json"
    first = SimulatedProlific(clock=clock, local_hooks=True, oddities=Oddities(bonus_delay_s=60))
    with running(first, hooks=False, file=file) as service, service.client() as api:
        study_id = publish(api)
        subscribe(service, api, "http://127.0.0.1:9/")
        done = finish(service, study_id, 0)
        enter(service, study_id, 1)
        review(api, done, "APPROVE")
        api.post("participant-groups/", json={"workspace_id": first.workspace_id, "name": "seen"})
        lines = {"study_id": study_id, "csv_bonuses": f"{done.id},1"}
        batch = api.post("submissions/bonus-payments/", json=lines).json()
        api.post(f"bulk-bonus-payments/{batch['id']}/pay/")
    second = SimulatedProlific(clock=clock, local_hooks=True, oddities=Oddities(bonus_delay_s=60))
    with running(second, hooks=False, file=file) as service, service.client() as api:
        assert json.dumps(_state(second)) == json.dumps(_state(first))
        clock.advance(60)
        assert api.get(f"submissions/{done.id}/").json()["bonus_payments"] == [100]
        assert api.post(f"bulk-bonus-payments/{batch['id']}/pay/").status_code == 202
        assert second.batches[batch["id"]].times_paid == 2
        assert finish(service, study_id, 2).id not in first.submissions


def test_time_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """With a clock that ran ahead of the computer's, a place that was taken before lapses ten minutes later."""
    wall, file = ManualClock(1000), tmp_path / "prolific.json"
    with running(SimulatedProlific(clock=FastClock(60, wall)), hooks=False, file=file) as service:
        wall.advance(100)
        with service.client() as api:
            study_id = publish(api)
        taken = service.prolific.clock()
        httpx.post(f"{service.url}/studies/{study_id}/take/{someone(service)}").raise_for_status()
    again = SimulatedProlific(clock=FastClock(60, wall))
    with running(again, hooks=False, file=file), again.acting() as now:
        assert now == taken
        (submission,) = again.submissions.values()
        assert submission.status == "RESERVED"
        wall.advance(10)
    with again.acting():
        assert submission.status == "TIMED-OUT"


def test_a_file_of_something_else_is_refused(tmp_path: Path) -> None:
    """It is not overwritten."""
    file = tmp_path / "prolific.json"
    file.write_text("[]", encoding="utf-8")
    with pytest.raises(ValueError, match="is no state of a simulated Prolific"), running(file=file):
        pass
    assert file.read_text(encoding="utf-8") == "[]"


def test_reading_writes_nothing(clock: ManualClock, tmp_path: Path) -> None:
    """Calls that change nothing leave the file alone."""
    file = tmp_path / "prolific.json"
    prolific = SimulatedProlific(clock=clock, oddities=replace(Oddities(), publishing_reads=0))
    with running(prolific, hooks=False, file=file) as service, service.client() as api:
        study_id = publish(api)
        before = file.stat().st_mtime_ns
        api.get(f"studies/{study_id}/")
        assert file.stat().st_mtime_ns == before
