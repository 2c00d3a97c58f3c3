"""The simulated Prolific answers as Prolific's public documentation and the clients that work with it say.

Sources: the reference and guides on https://docs.prolific.com as of November 2026 (wire, studies, submissions,
completion codes, bonuses), and the changelog and tests of Dallinger (https://github.com/Dallinger/Dallinger), a client
in daily use (envelopes, pages past the end, field names that differ).
"""

import re
from typing import Any

import httpx
import pytest

from crowd.localplatform.faults import Kind
from crowd.simulated.prolific import Fault, RunningProlific
from crowd.simulated.prolific.operations import OPERATIONS
from crowd.worker_ids import is_simulated
from tests.crowd.simulated.prolific.researcher import DONE, create, draft, enter, finish, move, publish, someone

pytestmark = pytest.mark.thorough

UNKNOWN = "5f0a1b2c3d4e5f6a7b8c9d0e"


@pytest.mark.thorough
def test_every_call_needs_the_token(service: RunningProlific) -> None:
    """Each operation answers 401 with the wrapped error to a client without the token, and to one with another."""
    for headers in ({}, {"Authorization": "Token wrong"}, {"Authorization": f"Bearer {service.token}"}):
        with httpx.Client(base_url=f"{service.url}/api/v1/", headers=headers, trust_env=False) as client:
            for name in OPERATIONS:
                method, _, path = name.partition(" ")
                answer = client.request(method, path.replace("{id}", UNKNOWN) + "/")
                assert (answer.status_code, answer.json()["error"]["status"]) == (401, 401), name


@pytest.mark.parametrize("slash", ["", "/"])
def test_paths_end_with_a_slash_or_not(api: httpx.Client, slash: str) -> None:
    """Clients differ in the slash at the end of a path, and both are answered."""
    assert api.get(f"users/me{slash}").status_code == 200
    study_id = api.post(f"studies{slash}", json=draft()).json()["id"]
    assert api.post(f"studies/{study_id}/test-study{slash}").status_code == 200


def test_ids_are_24_hexadecimal_digits_and_a_programs(service: RunningProlific, api: httpx.Client) -> None:
    """Ids of users, participants, studies and submissions look like Prolific's, and tell that they are simulated."""
    submission = finish(service, publish(api))
    for name in (api.get("users/me/").json()["id"], submission.study_id, submission.id, submission.participant_id):
        assert re.fullmatch("[0-9a-f]{24}", name)
        assert is_simulated(name)


#: A call that is refused, the status, and the shape of the error: the keys of its JSON.
WRAPPED, UNWRAPPED = {"error"}, {"status", "error_code", "title", "detail"}
REFUSED: list[tuple[str, str, Any, int, set[str]]] = [
    ("GET", f"studies/{UNKNOWN}/", None, 404, WRAPPED),
    ("GET", f"submissions/{UNKNOWN}/", None, 404, WRAPPED),
    ("POST", f"studies/{UNKNOWN}/transition/", {"action": "PUBLISH"}, 404, WRAPPED),
    ("POST", f"bulk-bonus-payments/{UNKNOWN}/pay/", None, 404, WRAPPED),
    ("GET", f"workspaces/{UNKNOWN}/balance/", None, 404, WRAPPED),
    ("GET", f"studies/{UNKNOWN}/access-details-progress/", None, 404, WRAPPED),
    ("GET", f"participant-groups/{UNKNOWN}/participants/", None, 404, WRAPPED),
    ("GET", f"hooks/subscriptions/{UNKNOWN}/", None, 404, WRAPPED),
    ("POST", "studies/", {}, 400, UNWRAPPED),
    ("GET", "submissions/", None, 400, UNWRAPPED),
    ("POST", "submissions/bulk-approve/", {"submission_ids": [UNKNOWN]}, 400, UNWRAPPED),
    ("GET", "participant-groups/?limit=many", None, 400, UNWRAPPED),
    ("POST", "study-cost-calculator/", {"reward": "1.50"}, 400, WRAPPED),
    ("POST", "messages/", {"body": "Hello"}, 400, WRAPPED),
    ("POST", "participant-groups/", {}, 400, WRAPPED),
    ("POST", "hooks/secrets/", {"workspace_id": UNKNOWN}, 400, WRAPPED),
    ("GET", "participant-groups/?offset=9", None, 404, {"error"}),
    ("GET", "no-such-thing/", None, 404, {"detail"}),
    ("DELETE", "users/me/", None, 405, {"detail"}),
]


@pytest.mark.parametrize(("method", "path", "body", "status", "keys"), REFUSED)
def test_errors_have_the_shapes_that_clients_meet(
    api: httpx.Client, method: str, path: str, body: Any, status: int, keys: set[str]
) -> None:
    """Errors are wrapped, unwrapped or bare, by the call."""
    answer = api.request(method, path, json=body)
    assert (answer.status_code, set(answer.json())) == (status, keys)


@pytest.mark.parametrize("body", [b"{", b"[]", b"\xff"])
def test_a_body_that_is_no_json_object_is_refused(api: httpx.Client, body: bytes) -> None:
    """The gateway's shape of error has a message and a detail."""
    answer = api.post("studies/", content=body)
    assert (answer.status_code, set(answer.json())) == (400, {"message", "detail"})


#: A change to a valid study, and the field whose error it is.
DRAFTS: list[tuple[dict[str, Any], str]] = [
    ({"name": ""}, "name"),
    ({"description": None}, "description"),
    ({"reward": 1.5}, "reward"),
    ({"reward": 0}, "reward"),
    ({"total_available_places": 0}, "total_available_places"),
    ({"estimated_completion_time": "10"}, "estimated_completion_time"),
    ({"external_study_url": None}, "external_study_url"),
    ({"access_details": [{"external_url": "https://a.example", "total_allocation": 1}]}, "external_study_url"),
    ({"external_study_url": "javascript:alert(1)"}, "external_study_url"),
    ({"prolific_id_option": None}, "prolific_id_option"),
    ({"eligibility_requirements": []}, "eligibility_requirements"),
    ({"maximum_allowed_time": 28}, "maximum_allowed_time"),
    ({"maximum_allowed_time": 24 * 60}, "maximum_allowed_time"),
    ({"device_compatibility": ["watch"]}, "device_compatibility"),
    ({"filters": [{"filter_id": "star sign", "selected_values": ["1"]}]}, "filters"),
    ({"filters": [{"filter_id": "age"}]}, "filters"),
    ({"filters": [{"filter_id": "age", "selected_range": {"lower": 18}, "weightings": {"1": 1}}]}, "study_type"),
    ({"completion_codes": []}, "completion_codes"),
    ({"completion_codes": [{"code": "A", "actions": []}]}, "completion_codes"),
    ({"completion_codes": [{"code": "A", "code_type": "OTHER"}] * 2}, "completion_codes"),
    (
        {"completion_codes": [{"code": None, "code_type": "COMPLETED"}, {"code": "A", "code_type": "OTHER"}]},
        "completion_codes",
    ),
]


@pytest.mark.parametrize(("change", "field"), DRAFTS)
def test_a_draft_must_keep_the_rules(api: httpx.Client, change: dict[str, Any], field: str) -> None:
    """A study that lacks a field or breaks a rule is refused, and the error names the field."""
    answer = api.post("studies/", json=draft(**change))
    assert (answer.status_code, list(answer.json()["detail"])) == (400, [field])


def codes(*actions: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    """One completion code with these actions."""
    return [{"code": "CODE1234", "code_type": "COMPLETED", "actions": list(actions), **more}]


FIXED = {"action": "FIXED_SCREEN_OUT_PAYMENT", "fixed_screen_out_reward": 20, "slots": 2}
#: Actions of one code, and whether a study may have them.
ACTIONS = [
    ([{"action": "AUTOMATICALLY_APPROVE"}], True),
    ([{"action": "MANUALLY_REVIEW"}], True),
    ([{"action": "AUTOMATICALLY_APPROVE"}, {"action": "MANUALLY_REVIEW"}], False),
    ([{"action": "REQUEST_RETURN"}], False),
    ([{"action": "REQUEST_RETURN", "return_reason": "Thank you"}], True),
    ([{"action": "ADD_TO_PARTICIPANT_GROUP"}], False),
    ([FIXED], True),
    ([{**FIXED, "fixed_screen_out_reward": 150}], False),
    ([{"action": "DANCE"}], False),
]


@pytest.mark.parametrize(("actions", "accepted"), ACTIONS)
def test_completion_codes_have_known_actions(api: httpx.Client, actions: list[Any], accepted: bool) -> None:
    """Actions are known and whole, exclude each other where they must, and screening out pays less than the work."""
    answer = api.post("studies/", json=draft(completion_codes=codes(*actions)))
    assert answer.status_code == (201 if accepted else 400)


def test_features_of_enabled_workspaces_are_refused_elsewhere(service: RunningProlific, api: httpx.Client) -> None:
    """Screen-out payments, partial payments and test studies need to be enabled; otherwise the answer is 403."""
    study_id = publish(api)
    service.prolific.features = frozenset()
    submission = enter(service, study_id)
    answers = [
        api.post("studies/", json=draft(completion_codes=codes(FIXED))),
        api.post("studies/", json=draft(completion_codes=codes({"action": "DYNAMIC_PAYMENT"}, actor="researcher"))),
        api.post(f"submissions/{submission.id}/transition/", json={"action": "COMPLETE"}),
        api.post(f"studies/{study_id}/test-study", json={}),
        api.post("researchers/participants/", json={"email": "me@example.org"}),
    ]
    assert [answer.status_code for answer in answers] == [403] * 5


def test_lists_and_details_of_submissions_name_their_fields_otherwise(
    service: RunningProlific, api: httpx.Client
) -> None:
    """A list has participant_id and study_code where a single submission has participant and entered_code."""
    submission = finish(service, publish(api))
    (listed,) = api.get("submissions/", params={"study": submission.study_id}).json()["results"]
    detailed = api.get(f"submissions/{submission.id}/").json()
    assert (listed["participant_id"], listed["study_code"]) == (submission.participant_id, DONE)
    assert (detailed["participant"], detailed["entered_code"]) == (submission.participant_id, DONE)
    assert not {"participant", "entered_code"} & set(listed)
    assert not {"participant_id", "study_code"} & set(detailed)
    assert (detailed["study_id"], detailed["bonus_payments"]) == (submission.study_id, [])
    assert listed["started_at"] == detailed["started_at"] == "2027-01-15T08:00:00Z"


def test_statuses_have_spaces_and_queries_underscores(service: RunningProlific, api: httpx.Client) -> None:
    """AWAITING REVIEW in an answer is awaiting_review in a query, in any case."""
    study_id = publish(api)
    finish(service, study_id, 0)
    enter(service, study_id, 1)
    for wanted in ("AWAITING_REVIEW", "awaiting_review"):
        found = api.get("submissions/", params={"study": study_id, "status": wanted}).json()["results"]
        assert [one["status"] for one in found] == ["AWAITING REVIEW"]
    counts = api.get(f"studies/{study_id}/submissions/counts/").json()
    assert (counts["AWAITING REVIEW"], counts["ACTIVE"], counts["TOTAL"]) == (1, 1, 2)


def test_the_price_is_told_before_and_after(service: RunningProlific, api: httpx.Client) -> None:
    """The calculator, the projected cost of a draft and what PUBLISH locks agree; nothing has been spent by then."""
    price = api.post("study-cost-calculator/", json={"reward": 150, "total_available_places": 3}).json()["total_cost"]
    study_id = create(api)
    projected = api.get(f"studies/{study_id}/cost/", params={"is_projected": "true"}).json()
    move(api, study_id, "PUBLISH")
    assert price == projected["total_cost"]["amount"] == service.prolific.wallet.locked[study_id]
    assert projected["rewards"]["rewards"] == {"amount": 450, "currency": "GBP"}
    assert api.get(f"studies/{study_id}/cost/").json()["total_cost"]["amount"] == 0


def test_pay_is_recommended_per_hour_and_has_a_least(service: RunningProlific, api: httpx.Client) -> None:
    """A study below the least pay an hour says so, and cannot be published."""
    workspace_id = service.prolific.workspace_id
    (told,) = api.get("reward-recommendations/", params={"workspace_id": workspace_id, "currency": "GBP"}).json()
    assert told["min_reward_per_hour"] < told["recommended_reward_per_hour"]
    study_id = create(api, reward=told["min_reward_per_hour"] // 6 - 1)  # for ten minutes
    shown = api.get(f"studies/{study_id}/").json()
    assert (shown["is_underpaying"], shown["is_ready_to_publish"]) == (True, False)
    assert move(api, study_id, "PUBLISH").status_code == 400


def test_messages_are_sent_to_participants(service: RunningProlific, api: httpx.Client) -> None:
    """A message is answered with 204 and no body."""
    message = {"recipient_id": someone(service), "body": "Thank you", "study_id": create(api)}
    answer = api.post("messages/", json=message)
    assert (answer.status_code, answer.content, service.prolific.messages) == (204, b"", [message])


#: A fault at the pay call, the status that the client sees (None for a cut connection), and how often it is paid.
FAULTS: list[tuple[Kind, int | None, int]] = [
    ("throttle", 429, 0),
    ("error-before", 500, 0),
    ("error-after", 500, 1),
    ("cut-before", None, 0),
    ("cut-after", None, 1),
]


@pytest.mark.parametrize(("kind", "status", "paid"), FAULTS)
def test_faults_strike_before_or_after_the_effect(
    service: RunningProlific, api: httpx.Client, kind: Kind, status: int | None, paid: int
) -> None:
    """A fault strikes the call and the time that it names, with or without the effect; a server error is no JSON."""
    submission = finish(service, publish(api))
    lines = {"study_id": submission.study_id, "csv_bonuses": f"{submission.id},1.00"}
    pay = f"bulk-bonus-payments/{api.post('submissions/bonus-payments/', json=lines).json()['id']}/pay/"
    service.faults.plan.append(Fault(kind=kind, operation="POST bulk-bonus-payments/{id}/pay"))
    if status is None:
        with pytest.raises(httpx.RemoteProtocolError):
            api.post(pay)
    else:
        answer = api.post(pay)
        assert answer.status_code == status
        assert answer.headers["content-type"].startswith("application/json") == (status == 429)
    assert submission.bonuses == [100] * paid
    assert service.faults.calls[-1] == f"POST bulk-bonus-payments/{{id}}/pay!{kind}"
    assert api.post(pay).status_code == 202


def test_a_slow_call_is_carried_out_although_nobody_waits(service: RunningProlific, api: httpx.Client) -> None:
    """A client that gives up before the answer does not know that the study was published."""
    study_id = create(api)
    service.faults.delays_s["POST studies/{id}/transition"] = 0.3
    with pytest.raises(httpx.ReadTimeout):
        api.post(f"studies/{study_id}/transition/", json={"action": "PUBLISH"}, timeout=0.05)
    prolific = service.prolific
    with prolific.changed:
        assert prolific.changed.wait_for(lambda: prolific.study(study_id).state == "ACTIVE", timeout=60)


def test_calls_that_move_money_do_not_overlap(service: RunningProlific, api: httpx.Client) -> None:
    """While one such call is carried out, another is refused with 429 and changes nothing; others go on."""
    submission = finish(service, publish(api))
    approve = f"submissions/{submission.id}/transition/"
    with service.prolific.moving_money():
        assert api.post(approve, json={"action": "APPROVE"}).status_code == 429
        assert api.get(f"submissions/{submission.id}/").json()["status"] == "AWAITING REVIEW"
    assert api.post(approve, json={"action": "APPROVE"}).json()["status"] == "APPROVED"
