"""What researchers do with submissions.

pytestmark = pytest.mark.thorough

Source: https://docs.prolific.com/api-reference/submissions.
"""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import RunningProlific, participation
from crowd.simulated.prolific.records import ProlificSubmission
from crowd.simulated.prolific.submissions import CATEGORIES, SHORTEST_MESSAGE
from tests.crowd.simulated.prolific.researcher import (
    DONE,
    MESSAGE,
    PLACE,
    balance,
    draft,
    enter,
    finish,
    publish,
    review,
    someone,
    status,
)

PARTIAL = {"code": "PART1234", "code_type": "OTHER", "actor": "researcher", "actions": [{"action": "DYNAMIC_PAYMENT"}]}
#: What each action needs besides its name.
NEEDED: dict[str, dict[str, Any]] = {
    "REJECT": {"message": MESSAGE, "rejection_category": "TOO_QUICKLY"},
    "COMPLETE": {"completion_code": "PART1234", "completion_code_data": {"percentage_of_reward": 50}},
}
#: Which action leads from which status to which; those that lead to the status itself are ignored.
MOVES = {
    ("RESERVED", "START"): "ACTIVE",
    ("RESERVED", "RETURN"): "RETURNED",
    ("ACTIVE", "RETURN"): "RETURNED",
    ("ACTIVE", "COMPLETE"): "PARTIALLY APPROVED",
    ("ACTIVE", "START"): "ACTIVE",
    ("AWAITING REVIEW", "APPROVE"): "APPROVED",
    ("AWAITING REVIEW", "REJECT"): "REJECTED",
    ("AWAITING REVIEW", "COMPLETE"): "PARTIALLY APPROVED",
    ("AWAITING REVIEW", "RETURN"): "RETURNED",
    ("AWAITING REVIEW", "UNREJECT"): "AWAITING REVIEW",
    ("AWAITING REVIEW", "UNRETURN"): "AWAITING REVIEW",
    ("APPROVED", "APPROVE"): "APPROVED",
    ("REJECTED", "REJECT"): "REJECTED",
    ("REJECTED", "UNREJECT"): "AWAITING REVIEW",
    ("RETURNED", "RETURN"): "RETURNED",
    ("RETURNED", "UNRETURN"): "AWAITING REVIEW",
    ("PARTIALLY APPROVED", "COMPLETE"): "PARTIALLY APPROVED",
}
EVERY_MOVE = ("START", "RETURN", "COMPLETE", "APPROVE", "REJECT", "UNREJECT", "UNRETURN")
ENDS = {"APPROVED": "APPROVE", "REJECTED": "REJECT", "RETURNED": "RETURN", "PARTIALLY APPROVED": "COMPLETE"}


def bring_to(
    service: RunningProlific, api: httpx.Client, clock: ManualClock, wanted: str, number: int
) -> ProlificSubmission:
    """A submission of a study of its own, in that status."""
    study_id = publish(api, completion_codes=[*draft()["completion_codes"], PARTIAL])
    if wanted == "RESERVED":
        with service.prolific.acting():
            return participation.reserve(service.prolific, service.prolific.study(study_id), someone(service, number))
    submission = (enter if wanted in ("ACTIVE", "TIMED-OUT") else finish)(service, study_id, number)
    if wanted in ENDS:
        review(api, submission, ENDS[wanted], **NEEDED.get(ENDS[wanted], {}))
    if wanted == "TIMED-OUT":
        clock.advance(3600)
    return submission


@pytest.mark.parametrize(
    "source",
    ["RESERVED", "ACTIVE", "AWAITING REVIEW", "APPROVED", "REJECTED", "RETURNED", "PARTIALLY APPROVED", "TIMED-OUT"],
)
def test_transitions(service: RunningProlific, api: httpx.Client, clock: ManualClock, source: str) -> None:
    """From each status lead the documented actions, a repeated one is ignored, and a refused one changes nothing."""
    for number, action in enumerate(EVERY_MOVE):
        submission = bring_to(service, api, clock, source, number)
        spent = service.prolific.wallet.spent
        target = MOVES.get((source, action))
        answer = review(api, submission, action, **NEEDED.get(action, {}))
        assert answer.status_code == (200 if target else 400), action
        assert api.get(f"submissions/{submission.id}/").json()["status"] == (target or source), action
        if target in (None, source):
            assert service.prolific.wallet.spent == spent


def test_approving_twice_pays_once(service: RunningProlific, api: httpx.Client) -> None:
    """Approval is idempotent: reward, fee and tax are spent once, from what was locked."""
    total, available = balance(service, api)
    submission = finish(service, publish(api))
    for _ in range(2):
        assert review(api, submission, "APPROVE").json()["status"] == "APPROVED"
    assert balance(service, api) == (total - PLACE, available - 3 * PLACE)
    assert submission.paid == 150


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"message": MESSAGE},
        {"message": "x" * (SHORTEST_MESSAGE - 1), "rejection_category": "OTHER"},
        {"message": MESSAGE, "rejection_category": "BORING"},
    ],
)
def test_rejecting_needs_a_long_message_and_a_category(
    service: RunningProlific, api: httpx.Client, body: dict[str, str]
) -> None:
    """Without either, work is not rejected."""
    submission = finish(service, publish(api))
    assert review(api, submission, "REJECT", **body).status_code == 400
    assert submission.status == "AWAITING REVIEW"


@pytest.mark.parametrize("category", CATEGORIES)
def test_rejecting_frees_the_place(service: RunningProlific, api: httpx.Client, category: str) -> None:
    """A rejected submission is not paid, and somebody else can come from the same money."""
    total, available = balance(service, api)
    study_id = publish(api, total_available_places=1)
    submission = finish(service, study_id, 0)
    review(api, submission, "REJECT", message=MESSAGE, rejection_category=category)
    assert (submission.status, submission.paid) == ("REJECTED", 0)
    assert balance(service, api) == (total, available - PLACE)
    assert status(api, study_id) == "ACTIVE"
    assert finish(service, study_id, 1).status == "AWAITING REVIEW"
    assert review(api, submission, "UNREJECT").status_code == 400  # the place is taken by now


def test_partial_payment_pays_a_share(service: RunningProlific, api: httpx.Client, clock: ManualClock) -> None:
    """A share of 8 to 99 % of the reward is paid, and the rest is no longer locked."""
    total, available = balance(service, api)
    submission = bring_to(service, api, clock, "AWAITING REVIEW", 0)
    for share in (7, 100):
        data = {"percentage_of_reward": share}
        answer = review(api, submission, "COMPLETE", completion_code="PART1234", completion_code_data=data)
        assert answer.status_code == 400
    assert review(api, submission, "COMPLETE", **{**NEEDED["COMPLETE"], "completion_code": DONE}).status_code == 400
    review(api, submission, "COMPLETE", **NEEDED["COMPLETE"])
    cost = service.prolific.prices.charge(75).total
    assert (submission.paid, submission.status) == (75, "PARTIALLY APPROVED")
    assert balance(service, api) == (total - cost, available - cost - 2 * PLACE)


def test_many_are_approved_at_once(service: RunningProlific, api: httpx.Client) -> None:
    """By submissions or by study and participants; where one cannot be approved, none is."""
    study_id = publish(api)
    first, second = finish(service, study_id, 0), finish(service, study_id, 1)
    inside = enter(service, study_id, 2)
    ids = {"submission_ids": [first.id, inside.id]}
    assert api.post("submissions/bulk-approve/", json=ids).status_code == 400
    assert first.status == "AWAITING REVIEW"
    people = {"study_id": study_id, "participant_ids": [first.participant_id, second.participant_id]}
    for _ in range(2):
        answer = api.post("submissions/bulk-approve/", json=people)
        assert (answer.status_code, type(answer.json())) == (200, str)
    assert (first.paid, second.paid) == (150, 150)


def test_approvals_in_bulk_may_come_late(service: RunningProlific, api: httpx.Client, clock: ManualClock) -> None:
    """The request is answered before it is carried out, and what changes meanwhile is not approved."""
    service.prolific.oddities = replace(service.prolific.oddities, approval_delay_s=60)
    study_id = publish(api)
    first, second = finish(service, study_id, 0), finish(service, study_id, 1)
    api.post("submissions/bulk-approve/", json={"submission_ids": [first.id, second.id]})
    review(api, second, "RETURN")
    assert api.get(f"submissions/{first.id}/").json()["status"] == "AWAITING REVIEW"
    clock.advance(60)
    assert api.get(f"submissions/{first.id}/").json()["status"] == "APPROVED"
    assert (first.paid, second.status, second.paid) == (150, "RETURNED", 0)


def test_returns_are_asked_for(service: RunningProlific, api: httpx.Client) -> None:
    """Asking marks the submission and nothing else, since returning is up to the participant."""
    submission = finish(service, publish(api))
    path = f"submissions/{submission.id}/request-return/"
    assert api.post(path, json={}).status_code == 400
    asked = api.post(path, json={"request_return_reasons": ["No answers came."]}).json()
    assert (asked["status"], asked["return_requested"]) == ("AWAITING REVIEW", "2027-01-15T08:00:00Z")
    review(api, submission, "APPROVE")
    assert api.post(path, json={"request_return_reasons": ["No answers came."]}).status_code == 400


def test_the_latest_come_first_where_that_is_asked(service: RunningProlific, api: httpx.Client) -> None:
    """An ordering with a minus turns the list round."""
    study_id = publish(api)
    ids = [enter(service, study_id, number).id for number in range(2)]
    for ordering, wanted in (("started_at", ids), ("-started_at", ids[::-1])):
        found = api.get("submissions/", params={"study": study_id, "ordering": ordering}).json()["results"]
        assert [one["id"] for one in found] == wanted
    assert [one["id"] for one in api.get(f"studies/{study_id}/submissions/").json()["results"]] == ids
