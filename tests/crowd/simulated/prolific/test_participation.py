"""What participants do on Prolific's own site, and what time does to them.

Sources: https://docs.prolific.com/api-reference/submissions/submission-object and the guides to completion codes.
"""

from typing import Any

import httpx
import pytest

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import RunningProlific, participation
from crowd.simulated.prolific.errors import ProlificError
from crowd.simulated.prolific.participation import NO_CODE, address
from crowd.simulated.prolific.records import ProlificSubmission
from crowd.simulated.prolific.state import RESERVATION_S
from tests.crowd.simulated.prolific.researcher import (
    DECLINED,
    DONE,
    PLACE,
    balance,
    enter,
    finish,
    move,
    publish,
    someone,
    status,
)


def reserve(service: RunningProlific, study_id: str, number: int) -> ProlificSubmission:
    """A participant takes a place."""
    with service.prolific.acting():
        return participation.reserve(service.prolific, service.prolific.study(study_id), someone(service, number))


@pytest.fixture
def visitor() -> Any:
    """A browser that follows no redirects."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        yield client


def test_arrival_and_departure(service: RunningProlific, api: httpx.Client, visitor: httpx.Client) -> None:
    """Taking a place leads to the study's address with its ids, of which SESSION_ID names the submission."""
    study_id, participant_id = publish(api), someone(service)
    arrived = visitor.get(f"{service.url}/studies/{study_id}/take/{participant_id}")
    (submission,) = service.prolific.submissions.values()
    assert (arrived.status_code, arrived.headers["Location"]) == (
        303,
        f"https://study.example/join?PROLIFIC_PID={participant_id}&STUDY_ID={study_id}&SESSION_ID={submission.id}",
    )
    assert visitor.get(f"{service.completion_url}{DONE}").status_code == 200
    assert (submission.status, submission.entered_code) == ("AWAITING REVIEW", DONE)
    assert visitor.get(f"{service.completion_url}{DONE}").status_code == 403  # once only


def test_placeholders_may_be_percent_encoded() -> None:
    """An address that was put together by a URL library has its placeholders filled in all the same."""
    submission = ProlificSubmission(id="s", study_id="t", participant_id="p", reserved_at=0)
    assert address("https://a.example/?PID=%7B%7B%25PROLIFIC_PID%25%7D%7D", submission) == "https://a.example/?PID=p"


def test_a_place_is_held_for_ten_minutes(service: RunningProlific, api: httpx.Client, clock: ManualClock) -> None:
    """Whoever does not start within them loses the place, and somebody else gets it."""
    study_id = publish(api, total_available_places=1)
    first = reserve(service, study_id, 0)
    clock.advance(RESERVATION_S - 1)
    with pytest.raises(ProlificError, match="no place left"):
        reserve(service, study_id, 1)
    clock.advance(1)
    assert reserve(service, study_id, 1).status == "RESERVED"
    assert first.status == "TIMED-OUT"
    with pytest.raises(ProlificError, match="TIMED-OUT"):
        participation.start(service.prolific, first)


def test_a_submission_times_out(service: RunningProlific, api: httpx.Client, clock: ManualClock) -> None:
    """After the longest time allowed the link is dead, the place is free, and the money stays locked for the next."""
    _, available = balance(service, api)
    study_id = publish(api, maximum_allowed_time=40)
    submission = enter(service, study_id)
    clock.advance(40 * 60 - 1)
    assert api.get(f"submissions/{submission.id}/").json()["status"] == "ACTIVE"
    clock.advance(1)
    assert api.get(f"submissions/{submission.id}/").json()["status"] == "TIMED-OUT"
    assert api.get(f"studies/{study_id}/").json()["places_taken"] == 0
    assert balance(service, api)[1] == available - 3 * PLACE
    with pytest.raises(ProlificError, match="TIMED-OUT"):
        participation.complete(service.prolific, submission, DONE)


def test_waiting_work_is_approved_in_the_end(service: RunningProlific, api: httpx.Client, clock: ManualClock) -> None:
    """Work that nobody reviews is paid after three weeks."""
    submission = finish(service, publish(api))
    clock.advance(21 * 86_400)
    assert api.get(f"submissions/{submission.id}/").json()["status"] == "APPROVED"
    assert submission.paid == 150


def test_one_submission_a_participant(service: RunningProlific, api: httpx.Client) -> None:
    """Who is inside stays inside; who was inside does not come again, unless the study says so."""
    study_id = publish(api)
    inside = enter(service, study_id)
    assert reserve(service, study_id, 0) is inside
    with service.prolific.acting():
        participation.give_back(service.prolific, inside)
    with pytest.raises(ProlificError, match="took part before"):
        reserve(service, study_id, 0)
    settings = {"max_submissions_per_participant": 2}
    api.patch(f"studies/{study_id}/", json={"submissions_config": settings})
    assert reserve(service, study_id, 0).status == "RESERVED"


def test_few_may_be_inside_at_once(service: RunningProlific, api: httpx.Client) -> None:
    """`max_concurrent_submissions` limits who is inside, and places stay for later."""
    study_id = publish(api, submissions_config={"max_concurrent_submissions": 1})
    finish(service, study_id, 0)
    enter(service, study_id, 1)
    with pytest.raises(ProlificError, match="no place left"):
        reserve(service, study_id, 2)


def test_a_paused_study_lets_those_inside_finish(service: RunningProlific, api: httpx.Client) -> None:
    """Nobody comes in, and whoever is inside ends as usual."""
    study_id = publish(api)
    inside = enter(service, study_id, 0)
    move(api, study_id, "PAUSE")
    with pytest.raises(ProlificError, match="no place left"):
        reserve(service, study_id, 1)
    with service.prolific.acting():
        participation.complete(service.prolific, inside, DONE)
    assert inside.status == "AWAITING REVIEW"


#: What is entered, what is noted, and the status that follows; codes belong to the study, whoever enters them.
ENTERED = [
    (DONE, DONE, "AWAITING REVIEW"),
    ("GUESSED", "GUESSED", "AWAITING REVIEW"),
    (None, NO_CODE, "AWAITING REVIEW"),
    (DECLINED, DECLINED, "AWAITING REVIEW"),
    ("APPROVE1", "APPROVE1", "APPROVED"),
    ("SCREEN12", "SCREEN12", "SCREENED OUT"),
]
CODES = [
    {"code": DONE, "code_type": "COMPLETED", "actions": [{"action": "MANUALLY_REVIEW"}]},
    {"code": DECLINED, "code_type": "NO_CONSENT", "actions": [{"action": "REQUEST_RETURN", "return_reason": "No"}]},
    {"code": "APPROVE1", "code_type": "OTHER", "actions": [{"action": "AUTOMATICALLY_APPROVE"}]},
    {
        "code": "SCREEN12",
        "code_type": "SCREENED_OUT",
        "actions": [{"action": "FIXED_SCREEN_OUT_PAYMENT", "fixed_screen_out_reward": 20, "slots": 1}],
    },
]


@pytest.mark.parametrize(("entered", "noted", "wanted"), ENTERED)
def test_completion_codes(
    service: RunningProlific, api: httpx.Client, entered: str | None, noted: str, wanted: str
) -> None:
    """The study's code decides what follows; a wrong code or none waits for review like a right one."""
    submission = finish(service, publish(api, completion_codes=CODES), code=entered)
    assert (submission.entered_code, submission.status) == (noted, wanted)
    assert (submission.return_requested_at is not None) == (entered == DECLINED)


def test_screening_out_pays_from_its_own_slots(service: RunningProlific, api: httpx.Client) -> None:
    """Slots are locked beside the places; a screened-out participant takes no place, and the last slot pauses."""
    _, available = balance(service, api)
    study_id = publish(api, completion_codes=CODES)
    slot = service.prolific.prices.charge(20).total
    assert balance(service, api)[1] == available - 3 * PLACE - slot
    submission = finish(service, study_id, 0, code="SCREEN12")
    assert submission.paid == 20
    assert balance(service, api)[1] == available - 3 * PLACE - slot
    assert api.get(f"studies/{study_id}/").json()["places_taken"] == 0
    assert status(api, study_id) == "PAUSED"


def test_codes_change_groups(service: RunningProlific, api: httpx.Client) -> None:
    """A code may add its participant to a group, or take them out."""
    made = api.post("participant-groups/", json={"workspace_id": service.prolific.workspace_id, "name": "seen"}).json()
    for number, action in enumerate(("ADD_TO_PARTICIPANT_GROUP", "REMOVE_FROM_PARTICIPANT_GROUP")):
        actions = [{"action": action, "participant_group": made["id"]}]
        code = {"code": f"GROUP{number}", "code_type": "COMPLETED", "actions": actions}
        finish(service, publish(api, completion_codes=[code]), code=f"GROUP{number}")
        members = api.get(f"participant-groups/{made['id']}/participants/").json()["results"]
        assert [one["participant_id"] for one in members] == [someone(service)][number:]


def test_a_return_frees_the_place(service: RunningProlific, api: httpx.Client, visitor: httpx.Client) -> None:
    """Whoever returns is not paid, and somebody else can come."""
    study_id = publish(api, total_available_places=1)
    visitor.get(f"{service.url}/studies/{study_id}/take/{someone(service)}")
    assert status(api, study_id) == "AWAITING REVIEW"
    assert visitor.post(f"{service.url}/submissions/return").status_code == 200
    assert status(api, study_id) == "ACTIVE"
    assert visitor.post(f"{service.url}/submissions/return").status_code == 403


def test_strangers_have_no_submission(service: RunningProlific, api: httpx.Client, visitor: httpx.Client) -> None:
    """Somebody outside the pool takes no place, and a browser without a submission completes none."""
    study_id = publish(api)
    assert visitor.get(f"{service.url}/studies/{study_id}/take/5f0a1b2c3d4e5f6a7b8c9d0e").status_code == 403
    assert visitor.get(f"{service.completion_url}{DONE}").status_code == 404
