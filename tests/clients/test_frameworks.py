"""Frameworks that were written on Mechanical Turk do a round on the local platform, their endpoint aside unmodified."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.clients.bridge import Client, RefusedError
from tests.clients.clients import CLIENTS, DALLINGER, MCP, PSITURK

_DOCS = Path(__file__).parents[2] / "docs" / "local-platform.md"
_TITLE = "What do you see?"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_dallinger_does_a_round(scene: Callable[[Client], Any]) -> None:
    """Dallinger's service creates, extends and ends a HIT, pays, and tells never granted from revoked."""
    with scene(DALLINGER) as market:
        call = market.call
        assert call("check_credentials") is True
        quals = call("create_qualification_type", name="Took part", description="d")
        assert call("get_qualification_type_by_name", name="Took part")["id"] == quals["id"]
        hit = call(
            "create_hit", experiment_id="e", title=_TITLE, description="d", keywords=["a", "b"], reward=0.4,
            duration_hours=1, lifetime_days=1, max_assignments=1, do_subscribe=False, annotation="e",
            unwanted=quals["id"],
        )  # fmt: skip
        assert (hit["reward"], hit["assignmentsavailable"]) == (0.4, 1)
        worker_id, assignment_id = market.work(hit["id"])
        found = call("get_assignment", assignment_id=assignment_id)
        assert (found["workerid"], found["status"]) == (worker_id, "Approved"), "its delay of approval is 0 seconds"
        with pytest.raises(RefusedError, match="can be called with a status of: Submitted"):
            call("approve_assignment", assignment_id=assignment_id)
        assert call("grant_bonus", assignment_id=assignment_id, amount=1.5, reason="r") is True
        pair = {"qualification_id": quals["id"], "worker_id": worker_id}
        with pytest.raises(RefusedError, match="WorkerLacksQualification"):
            call("current_qualification_score", **pair)
        assert call("assign_qualification", **pair, score=2) is True
        assert call("increment_qualification_score", **pair)["score"] == 3
        assert [one["score"] for one in call("get_workers_with_qualification", qualification_id=quals["id"])] == [3]
        assert call("revoke_qualification", **pair, reason="r") is True
        with pytest.raises(RefusedError, match="RevokedQualification"):
            call("current_qualification_score", **pair)
        assert call("extend_hit", hit_id=hit["id"], number=2, duration_hours=1.0)["maxassignments"] == 3
        assert [one["id"] for one in call("get_hits")] == [hit["id"]]
        assert call("expire_hit", hit_id=hit["id"]) is True
        assert call("get_hit", hit_id=hit["id"])["assignmentsavailable"] == 2


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_psiturk_does_a_round(scene: Callable[[Client], Any]) -> None:
    """The services of psiTurk reckon how much is to be reviewed, pay, extend, expire and delete."""
    with scene(PSITURK) as market:
        call = market.call
        assert call("check_balance") == "10000.00"
        config = {
            "title": _TITLE, "description": "d", "keywords": "k", "reward": 0.4, "duration": 3600, "lifetime": 86400,
            "max_assignments": 2, "ad_location": "https://study.example/ad", "approve_requirement": 95,
            "number_hits_approved": 0, "require_master_workers": False, "us_only": True,
            "require_qualification_ids": [], "block_qualification_ids": [], "advanced_qualifications": [],
        }  # fmt: skip
        hit_id = call("create_hit", hit_config=config)["hitid"]
        worker_id, assignment_id = market.work(hit_id)
        for _ in range(2):
            (hit,) = call("get_all_hits")
            assert hit["numbersubmissionsneedingaction"] == 1
            call("expire_hit", hitid=hit_id)
        (found,) = call("get_assignments", assignment_status="Submitted")
        assert (found["assignmentid"], found["workerid"]) == (assignment_id, worker_id)
        call("reject_assignment", assignment_id=assignment_id)
        call("unreject_assignment", assignment_id=assignment_id)
        call("bonus_assignment", assignment_id=assignment_id, worker_id=worker_id, amount=1.5, reason="r")
        call("extend_hit", hitid=hit_id, assignments_increment=1, expiration_increment=60)
        assert call("get_hit", hitid=hit_id)["status"] == "Assignable"
        call("expire_hit", hitid=hit_id)
        assert call("get_hit", hitid=hit_id)["numbersubmissionsneedingaction"] == 0
        call("delete_hit", hitid=hit_id)
        assert call("get_all_hits") == []


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_an_mcp_server_does_a_round(scene: Callable[[Client], Any]) -> None:
    """The tools of mcp-server-mturk create, list, approve, pay, qualify, tell and delete."""
    with scene(MCP) as market:
        call = market.call
        hit = call("create_hit", title=_TITLE, description="d", question_html="<input name=a>", reward="0.40")
        worker_id, assignment_id = market.work(hit["hitid"])
        assert worker_id in str(call("list_assignments", hit_id=hit["hitid"]))
        assert hit["hitid"] in str(call("list_reviewable_hits"))
        call("approve_assignment", assignment_id=assignment_id)
        call("send_bonus", worker_id=worker_id, assignment_id=assignment_id, bonus_amount="1.50", reason="r")
        assert "1.50" in str(call("list_bonus_payments", hit_id=hit["hitid"]))
        made = call("create_qualification_type", name="Took part", description="d")
        pair = {"qualification_type_id": made["qualificationtypeid"], "worker_id": worker_id}
        call("assign_qualification", **pair, value=7)
        assert call("get_qualification_score", **pair)["value"] == 7
        call("revoke_qualification", **pair)
        call("notify_workers", worker_ids=worker_id, subject="s", message="t")
        call("delete_hit", hit_id=hit["hitid"])
        assert call("get_hit", hit_id=hit["hitid"])["status"] == "Disposed"


@pytest.mark.parametrize("client", CLIENTS, ids=lambda client: f"{client.name}-{client.version}")
def test_the_documentation_names_what_was_tried(client: Client) -> None:
    """The table of clients in the documentation has each one with its version."""
    rows = [line for line in _DOCS.read_text(encoding="utf-8").splitlines() if line.startswith(f"| `{client.name}`")]
    assert any(client.version in row for row in rows)
