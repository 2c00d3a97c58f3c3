"""States of studies, what publishing locks, and what may change afterwards.

pytestmark = pytest.mark.thorough

Source: https://docs.prolific.com/api-reference/studies, and for statuses that pass, the guide of Mephisto to oddities
of the service (https://github.com/facebookresearch/Mephisto).
"""

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import Oddities, RunningProlific, SimulatedProlific, running
from crowd.simulated.prolific.drafts import shortest_maximum
from tests.crowd.simulated.prolific.researcher import (
    PLACE,
    balance,
    create,
    draft,
    enter,
    finish,
    move,
    publish,
    review,
    status,
)

SOON = datetime.fromtimestamp(1_800_003_600, UTC).isoformat()
#: Actions that bring a study to a status, by that status.
WAYS = {
    "UNPUBLISHED": (),
    "SCHEDULED": ("SCHEDULE_PUBLISH",),
    "ACTIVE": ("PUBLISH",),
    "PAUSED": ("PUBLISH", "PAUSE"),
    "COMPLETED": ("PUBLISH", "STOP"),
}
#: Which action leads from which status to which; all others are refused.
MOVES = {
    ("UNPUBLISHED", "PUBLISH"): "ACTIVE",
    ("UNPUBLISHED", "SCHEDULE_PUBLISH"): "SCHEDULED",
    ("SCHEDULED", "PUBLISH"): "ACTIVE",
    ("SCHEDULED", "CANCEL_PUBLISH"): "UNPUBLISHED",
    ("ACTIVE", "PAUSE"): "PAUSED",
    ("ACTIVE", "STOP"): "COMPLETED",
    ("PAUSED", "START"): "ACTIVE",
    ("PAUSED", "STOP"): "COMPLETED",
}
EVERY_MOVE = ("PUBLISH", "SCHEDULE_PUBLISH", "CANCEL_PUBLISH", "PAUSE", "START", "STOP")


@pytest.mark.thorough
@pytest.mark.parametrize("source", WAYS)
def test_transitions(api: httpx.Client, source: str) -> None:
    """From each status lead the documented actions, and no others; a refused one changes nothing."""
    for action in EVERY_MOVE:
        study_id = create(api)
        for before in WAYS[source]:
            assert move(api, study_id, before, publish_at=SOON).status_code == 200
        assert status(api, study_id) == source
        target = MOVES.get((source, action))
        assert move(api, study_id, action, publish_at=SOON).status_code == (200 if target else 400), action
        assert status(api, study_id) == (target or source)


def test_an_unknown_action_is_refused(api: httpx.Client) -> None:
    """A study is not moved by a word that is no action, or by none."""
    study_id = create(api)
    assert move(api, study_id, "LAUNCH").status_code == api.post(f"studies/{study_id}/transition/").status_code == 400


def test_publishing_passes_by(api: httpx.Client) -> None:
    """The answer to PUBLISH says PUBLISHING, and the next reading ACTIVE."""
    study_id = create(api)
    assert move(api, study_id, "PUBLISH").json()["status"] == "PUBLISHING"
    assert api.get(f"studies/{study_id}/").json()["status"] == "ACTIVE"


def test_publishing_locks_the_money_and_stopping_releases_it(service: RunningProlific, api: httpx.Client) -> None:
    """What all places cost leaves the available balance; stopping gives back what nobody inside may still earn."""
    total, available = balance(service, api)
    study_id = publish(api)
    assert balance(service, api) == (total, available - 3 * PLACE)
    finish(service, study_id, 0)
    enter(service, study_id, 1)
    move(api, study_id, "STOP")
    assert balance(service, api) == (total, available - 2 * PLACE)


def test_publishing_needs_the_money(clock: ManualClock) -> None:
    """A study is ready to publish whatever the wallet holds; PUBLISH is refused where it does not suffice."""
    prolific = SimulatedProlific(clock=clock, paid_in=3 * PLACE - 1)
    with running(prolific, hooks=False) as service, service.client() as api:
        study_id = create(api)
        assert api.get(f"studies/{study_id}/").json()["is_ready_to_publish"]
        assert move(api, study_id, "PUBLISH").status_code == 400
        assert status(api, study_id) == "UNPUBLISHED"
        assert balance(service, api) == (3 * PLACE - 1, 3 * PLACE - 1)
        assert api.patch(f"studies/{study_id}/", json={"total_available_places": 2}).status_code == 200
        assert move(api, study_id, "PUBLISH").status_code == 200
        assert api.patch(f"studies/{study_id}/", json={"total_available_places": 3}).status_code == 400
        assert api.get(f"studies/{study_id}/").json()["total_available_places"] == 2


def test_a_scheduled_study_is_published_in_time(api: httpx.Client, clock: ManualClock) -> None:
    """SCHEDULED locks nothing until its time has come."""
    study_id = create(api)
    assert move(api, study_id, "SCHEDULE_PUBLISH", publish_at="1999-01-01T00:00:00Z").status_code == 400
    move(api, study_id, "SCHEDULE_PUBLISH", publish_at=SOON)
    clock.advance(3599)
    assert status(api, study_id) == "SCHEDULED"
    clock.advance(1)
    shown = api.get(f"studies/{study_id}/").json()
    assert (shown["status"], shown["published_at"]) == ("ACTIVE", SOON.replace("+00:00", "Z"))


def test_a_full_study_waits_for_review_and_may_flip_back(service: RunningProlific, api: httpx.Client) -> None:
    """PROCESSING once, then AWAITING REVIEW while no place is free; a return makes it ACTIVE again."""
    study_id = publish(api, total_available_places=1)
    assert status(api, study_id) == "ACTIVE"
    submission = enter(service, study_id, 0)
    readings = [api.get(f"studies/{study_id}/").json()["status"] for _ in range(2)]
    assert readings == ["PROCESSING", "AWAITING REVIEW"]
    review(api, submission, "RETURN")
    assert status(api, study_id) == "ACTIVE"
    approved = finish(service, study_id, 1)
    assert status(api, study_id) == "AWAITING REVIEW"
    review(api, approved, "APPROVE")
    assert status(api, study_id) == "COMPLETED"


def test_a_stopped_study_waits_for_those_inside(service: RunningProlific, api: httpx.Client) -> None:
    """A study that was stopped by hand reads AWAITING REVIEW until nobody waits, then COMPLETED."""
    study_id = publish(api)
    submission = finish(service, study_id)
    move(api, study_id, "STOP")
    assert status(api, study_id) == "AWAITING REVIEW"
    review(api, submission, "APPROVE")
    assert status(api, study_id) == "COMPLETED"


#: What may be changed of a published study, and what may not.
CHANGES: list[tuple[dict[str, Any], int]] = [
    ({"internal_name": "study 2"}, 200),
    ({"total_available_places": 4}, 200),
    ({"total_available_places": 2}, 400),
    ({"submissions_config": {"max_submissions_per_participant": 2}}, 200),
    ({"description": "Something else"}, 400),
    ({"external_study_url": "https://elsewhere.example"}, 400),
    ({"reward": 300}, 400),
    ({"filters": []}, 400),
    ({"completion_codes": draft()["completion_codes"][:1]}, 400),
]


@pytest.mark.parametrize(("change", "answer"), CHANGES)
def test_little_may_change_after_publishing(api: httpx.Client, change: dict[str, Any], answer: int) -> None:
    """A draft may be changed in everything; a published study in names, settings, and more places."""
    study_id = create(api)
    assert api.patch(f"studies/{study_id}/", json=change).status_code == 200
    published = publish(api)
    assert api.patch(f"studies/{published}/", json=change).status_code == answer


def test_slots_may_be_added_after_publishing(service: RunningProlific, api: httpx.Client) -> None:
    """Of the completion codes the slots for screened-out participants may change, which locks their price."""
    action = {"action": "FIXED_SCREEN_OUT_PAYMENT", "fixed_screen_out_reward": 20, "slots": 1}
    code = {"code": "SCREEN12", "code_type": "SCREENED_OUT", "actions": [action]}
    study_id = publish(api, completion_codes=[code])
    _, available = balance(service, api)
    more = [{**code, "actions": [{**action, "slots": 3}]}]
    other = [{**code, "actions": [{**action, "fixed_screen_out_reward": 30}]}]
    assert api.patch(f"studies/{study_id}/", json={"completion_codes": more}).status_code == 200
    assert balance(service, api)[1] == available - 2 * service.prolific.prices.charge(20).total
    assert api.patch(f"studies/{study_id}/", json={"completion_codes": other}).status_code == 400


def test_a_draft_stays_valid(api: httpx.Client) -> None:
    """A change that breaks a rule is refused, and the time limit follows the estimate where it was not given."""
    study_id = create(api)
    assert api.patch(f"studies/{study_id}/", json={"name": ""}).status_code == 400
    assert api.get(f"studies/{study_id}/").json()["maximum_allowed_time"] == shortest_maximum(10)
    api.patch(f"studies/{study_id}/", json={"estimated_completion_time": 16})
    assert api.get(f"studies/{study_id}/").json()["maximum_allowed_time"] == 2 + 2 * 16 + 2 * 4


def test_more_places_open_a_completed_study_again(service: RunningProlific, api: httpx.Client) -> None:
    """Places added to a study that is full and reviewed, or was stopped, make it ACTIVE, and lock their price."""
    full = publish(api, total_available_places=1)
    review(api, finish(service, full), "APPROVE")
    stopped = publish(api, total_available_places=1)
    move(api, stopped, "STOP")
    for study_id in (full, stopped):
        assert status(api, study_id) == "COMPLETED"
        _, available = balance(service, api)
        api.patch(f"studies/{study_id}/", json={"total_available_places": 2})
        assert status(api, study_id) == "ACTIVE"
        places = 1 if study_id == full else 2
        assert balance(service, api)[1] == available - places * PLACE


def test_only_drafts_can_be_deleted(api: httpx.Client) -> None:
    """A deleted draft is gone, and a published study stays."""
    study_id, published = create(api), publish(api)
    assert api.delete(f"studies/{study_id}/").status_code == 204
    assert api.get(f"studies/{study_id}/").status_code == 404
    assert api.delete(f"studies/{published}/").status_code == 400


def test_studies_are_found_by_their_internal_name(service: RunningProlific, api: httpx.Client) -> None:
    """Lists of an account and of a project show drafts too, with the name that researchers give them."""
    study_id = create(api, internal_name="ours")
    for path in ("studies/", f"projects/{service.prolific.project_id}/studies/"):
        assert [(one["id"], one["internal_name"]) for one in api.get(path).json()["results"]] == [(study_id, "ours")]
    assert api.get("studies/", params={"state": "ACTIVE"}).json()["results"] == []


def test_many_studies_at_once_are_refused(clock: ManualClock) -> None:
    """After as many publications in an hour as are allowed, the next is answered with 429."""
    prolific = SimulatedProlific(clock=clock, oddities=Oddities(most_published_per_hour=2))
    with running(prolific, hooks=False) as service, service.client() as api:
        studies = [create(api) for _ in range(3)]
        assert [move(api, one, "PUBLISH").status_code for one in studies] == [200, 200, 429]
        clock.advance(3600)
        assert move(api, studies[2], "PUBLISH").status_code == 200
