"""Qualifications through boto3, and whom they keep out."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from crowd.localplatform.clock import ManualClock
from crowd.system_qualifications import LOCALE, NUMBER_APPROVED, PERCENT_APPROVED
from tests.crowd.localplatform.market import QUESTION_FORM, STRICT_QUESTION, Market
from tests.crowd.localplatform.test_hits import code_of


def new_type(market: Market, name: str = "Took part", **changes: Any) -> str:
    """Create a qualification type; its id."""
    given = {"Name": name, "Description": "Has done a round", "QualificationTypeStatus": "Active"} | changes
    return str(market.client.create_qualification_type(**given)["QualificationType"]["QualificationTypeId"])


def needs(type_id: str, comparator: str, *values: int, guarded: str = "Accept") -> list[dict[str, Any]]:
    """One requirement."""
    requirement: dict[str, Any] = {
        "QualificationTypeId": type_id,
        "Comparator": comparator,
        "ActionsGuarded": guarded,
    }
    return [requirement | ({"IntegerValues": list(values)} if values else {})]


@pytest.mark.parametrize("comparator", ["Exists", "DoesNotExist"])
def test_having_or_lacking_one_decides(market: Market, comparator: str) -> None:
    """A participant who lacks a wanted qualification, or has an unwanted one, is kept out; a change lets them in."""
    type_id = new_type(market)
    hit_id, person = market.hit(QualificationRequirements=needs(type_id, comparator)), market.person()
    give = lambda: market.client.associate_qualification_with_worker(  # noqa: E731
        QualificationTypeId=type_id, WorkerId=person.worker_id
    )
    take = lambda: market.client.disassociate_qualification_from_worker(  # noqa: E731
        QualificationTypeId=type_id, WorkerId=person.worker_id
    )
    if comparator == "DoesNotExist":
        give()
    refused = person.accept(hit_id)
    assert (refused.status_code, refused.json()) == (403, {"error": "not-qualified", "detail": "Took part"})
    assert market.status(hit_id) == "Assignable"
    (give if comparator == "Exists" else take)()
    assert person.accept(hit_id).status_code == 200


@pytest.mark.parametrize(
    ("comparator", "values", "held", "allowed"),
    [
        ("EqualTo", (5,), 5, True),
        ("EqualTo", (5,), 4, False),
        ("NotEqualTo", (5,), 4, True),
        ("NotEqualTo", (5,), None, False),
        ("LessThan", (5,), 5, False),
        ("LessThanOrEqualTo", (5,), 5, True),
        ("GreaterThan", (5,), 5, False),
        ("GreaterThanOrEqualTo", (5,), 5, True),
        ("In", (1, 5), 5, True),
        ("In", (1, 2), 5, False),
        ("NotIn", (1, 2), 5, True),
        ("NotIn", (1, 5), 5, False),
    ],
)
def test_comparators(market: Market, comparator: str, values: tuple[int, ...], held: int | None, allowed: bool) -> None:
    """Each comparator compares the held value as it says; without the qualification only DoesNotExist is met."""
    type_id = new_type(market)
    hit_id, person = market.hit(QualificationRequirements=needs(type_id, comparator, *values)), market.person()
    if held is not None:
        market.client.associate_qualification_with_worker(
            QualificationTypeId=type_id, WorkerId=person.worker_id, IntegerValue=held
        )
    assert person.accept(hit_id).status_code == (200 if allowed else 403)


@pytest.mark.parametrize(
    ("guarded", "seen", "previewed"),
    [("Accept", True, 200), ("PreviewAndAccept", True, 403), ("DiscoverPreviewAndAccept", False, 403)],
)
def test_guarded_actions(market: Market, guarded: str, seen: bool, previewed: int) -> None:
    """ActionsGuarded says how much an unqualified participant still sees of the HIT; accepting is always refused."""
    requirements = needs(new_type(market), "Exists", guarded=guarded)
    hit_id = market.hit(Question=STRICT_QUESTION, QualificationRequirements=requirements)
    person = market.person()
    assert (hit_id in person.offers()) is seen
    assert person.get(f"/hits/{hit_id}").status_code == previewed
    assert person.get(f"/frame/{hit_id}").status_code == previewed
    assert person.accept(hit_id).status_code == 403


@pytest.mark.parametrize(
    ("sent", "guarded", "previewed"),
    [
        ({}, "Accept", False),
        ({"RequiredToPreview": False}, "Accept", False),
        ({"RequiredToPreview": True}, "PreviewAndAccept", True),
        ({"ActionsGuarded": "DiscoverPreviewAndAccept"}, "DiscoverPreviewAndAccept", False),
        ({"ActionsGuarded": "Accept", "RequiredToPreview": True}, "Accept", True),
    ],
)
def test_requirements_come_back_complete(market: Market, sent: dict[str, Any], guarded: str, previewed: bool) -> None:
    """GetHIT shows what was sent, with the members that were left out; complete ones make the same type."""
    requirement = {"QualificationTypeId": new_type(market), "Comparator": "EqualTo", "IntegerValues": [1]}
    hit = market.client.get_hit(HITId=market.hit(QualificationRequirements=[requirement | sent]))["HIT"]
    complete = requirement | {"ActionsGuarded": guarded, "RequiredToPreview": previewed}
    assert hit["QualificationRequirements"] == [complete]
    again = market.client.get_hit(HITId=market.hit(QualificationRequirements=[complete]))["HIT"]
    assert again["HITTypeId"] == hit["HITTypeId"]


@pytest.mark.parametrize(
    ("place", "named"),
    [
        ({"Country": "XX"}, "Country"),
        ({"Country": "UK"}, "Country"),
        ({"Country": "US", "Subdivision": "ON"}, "Subdivision"),
        ({"Country": "CA", "Subdivision": "ON"}, "Subdivision"),
    ],
)
def test_places_must_exist(market: Market, place: dict[str, str], named: str) -> None:
    """A country is an ISO 3166 code and only the United States have subdivisions; the refusal names the member."""
    requirement = {"QualificationTypeId": LOCALE, "Comparator": "In", "LocaleValues": [{"Country": "JP"}, place]}
    with pytest.raises(ClientError, match=f"LocaleValues.{named}, which takes"):
        market.hit(QualificationRequirements=[requirement])
    assert market.client.list_hits()["HITs"] == []


def test_inactive_types_are_no_requirement(market: Market) -> None:
    """A HIT cannot ask for a qualification whose type is inactive."""
    type_id = new_type(market, QualificationTypeStatus="Inactive")
    with pytest.raises(ClientError) as refused:
        market.hit(QualificationRequirements=needs(type_id, "Exists"))
    assert code_of(refused) == "InvalidQualificationTypeState"


def test_system_qualifications(market: Market) -> None:
    """Approved work and country count; a newcomer's approval rate is 100 %."""
    person = market.person(country="JP")
    assert person.accept(market.hit(QualificationRequirements=needs(PERCENT_APPROVED, "GreaterThan", 98))).is_success
    experienced = market.hit(QualificationRequirements=needs(NUMBER_APPROVED, "GreaterThanOrEqualTo", 1))
    assert person.accept(experienced).status_code == 403
    first = market.hit()
    assignment_id = person.accept(first).json()["assignment_id"]
    person.submit(assignment_id)
    market.client.approve_assignment(AssignmentId=assignment_id)
    assert person.accept(experienced).is_success
    for places, allowed in ((["US", "JP"], True), (["US"], False)):
        local = [
            {
                "QualificationTypeId": LOCALE,
                "Comparator": "In",
                "LocaleValues": [{"Country": place} for place in places],
            }
        ]
        assert person.accept(market.hit(QualificationRequirements=local)).is_success is allowed


@pytest.mark.parametrize(
    "requirement",
    [
        {"Comparator": "Exists", "IntegerValues": [1]},
        {"Comparator": "EqualTo"},
        {"Comparator": "EqualTo", "IntegerValues": [1, 2]},
        {"Comparator": "In", "IntegerValues": list(range(16))},
        {"Comparator": "EqualTo", "LocaleValues": [{"Country": "US"}]},
        {"QualificationTypeId": LOCALE, "Comparator": "GreaterThan", "LocaleValues": [{"Country": "US"}]},
        {"QualificationTypeId": LOCALE, "Comparator": "EqualTo", "IntegerValues": [1]},
    ],
)
def test_senseless_requirements(market: Market, requirement: dict[str, Any]) -> None:
    """Comparators and values that don't go together are refused."""
    type_id = new_type(market)
    with pytest.raises(ClientError, match="is not valid for the parameter QualificationRequirements"):
        market.hit(QualificationRequirements=[{"QualificationTypeId": type_id} | requirement])


def test_types_are_kept(market: Market) -> None:
    """A type is found by id and by words, changed, and gone after deletion; names are unique until then."""
    type_id = new_type(market, Keywords="round, video", RetryDelayInSeconds=60)
    with pytest.raises(ClientError) as refused:
        new_type(market)
    assert code_of(refused) == "QualificationTypeAlreadyExists"
    market.client.update_qualification_type(QualificationTypeId=type_id, Description="Has done two rounds")
    found = market.client.get_qualification_type(QualificationTypeId=type_id)["QualificationType"]
    assert (found["Description"], found["Keywords"], found["IsRequestable"]) == (
        "Has done two rounds",
        "round, video",
        True,
    )

    def names(**query: Any) -> list[str]:
        listed = market.client.list_qualification_types(**query)["QualificationTypes"]
        return [row["Name"] for row in listed]

    assert names(MustBeRequestable=True) == ["Took part"]
    assert names(MustBeRequestable=True, Query="two ROUNDS") == ["Took part"]
    assert names(MustBeRequestable=True, Query="elephant") == []
    assert "Masters" in names(MustBeRequestable=False)
    assert names(MustBeRequestable=False, MustBeOwnedByCaller=True) == ["Took part"]
    hit_id = market.hit(QualificationRequirements=needs(type_id, "Exists"))
    market.hit()
    listed = market.client.list_hits_for_qualification_type(QualificationTypeId=type_id)["HITs"]
    assert [hit["HITId"] for hit in listed] == [hit_id]
    market.client.delete_qualification_type(QualificationTypeId=type_id)
    with pytest.raises(ClientError) as refused:
        market.client.get_qualification_type(QualificationTypeId=type_id)
    assert code_of(refused) == "QualificationTypeDoesNotExist"
    new_type(market)


def test_system_types_are_not_ones_own(market: Market) -> None:
    """The system's types can be looked at and not granted."""
    found = market.client.get_qualification_type(QualificationTypeId=LOCALE)["QualificationType"]
    assert found["Name"] == "Worker_Locale"
    with pytest.raises(ClientError) as refused:
        market.client.associate_qualification_with_worker(
            QualificationTypeId=LOCALE, WorkerId=market.person().worker_id
        )
    assert code_of(refused) == "QualificationTypeDoesNotExist"


def test_scores_and_holders(market: Market) -> None:
    """A grant has a score (1 if none is given); revoked ones are listed apart and have none."""
    type_id, person, other = new_type(market), market.person(), market.person()
    pair = {"QualificationTypeId": type_id, "WorkerId": person.worker_id}
    never = "You requested a Qualification that does not exist."
    calls = (market.client.get_qualification_score, market.client.disassociate_qualification_from_worker)
    for call in calls:
        for unknown in ({}, {"QualificationTypeId": "3NONE"}, {"WorkerId": "ANOBODY"}):
            with pytest.raises(ClientError, match=never) as refused:
                call(**(pair | unknown))
            assert code_of(refused) == "QualificationDoesNotExist"
    market.client.associate_qualification_with_worker(**pair)
    assert market.client.get_qualification_score(**pair)["Qualification"]["IntegerValue"] == 1
    market.client.associate_qualification_with_worker(**pair, IntegerValue=7)
    assert market.client.get_qualification_score(**pair)["Qualification"]["IntegerValue"] == 7
    market.client.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId=other.worker_id)
    market.client.disassociate_qualification_from_worker(**pair, Reason="test")
    for call in calls:
        with pytest.raises(ClientError, match="This operation can be called with a status of: Granted") as refused:
            call(**pair)
        assert code_of(refused) == "InvalidQualificationState"
    for status, worker in (("Granted", other), ("Revoked", person)):
        listed = market.client.list_workers_with_qualification_type(QualificationTypeId=type_id, Status=status)
        assert [row["WorkerId"] for row in listed["Qualifications"]] == [worker.worker_id]
    with pytest.raises(ClientError, match="not valid for the parameter WorkerId"):
        market.client.associate_qualification_with_worker(QualificationTypeId=type_id, WorkerId="ANOBODY")


def test_requests_wait_for_an_answer(market: Market, clock: ManualClock) -> None:
    """A participant asks, the requester grants or rejects; asking again needs a retry delay that has passed."""
    type_id, person = new_type(market, RetryDelayInSeconds=60), market.person()
    ask = lambda: person.post(f"/qualifications/{type_id}/request").status_code  # noqa: E731
    assert (ask(), ask()) == (200, 409)
    listed = market.client.list_qualification_requests(QualificationTypeId=type_id)["QualificationRequests"]
    assert [row["WorkerId"] for row in listed] == [person.worker_id]
    market.client.reject_qualification_request(QualificationRequestId=listed[0]["QualificationRequestId"])
    assert ask() == 409
    clock.advance(60)
    assert ask() == 200
    again = market.client.list_qualification_requests()["QualificationRequests"][0]["QualificationRequestId"]
    market.client.accept_qualification_request(QualificationRequestId=again, IntegerValue=3)
    score = market.client.get_qualification_score(QualificationTypeId=type_id, WorkerId=person.worker_id)
    assert score["Qualification"]["IntegerValue"] == 3
    for call in (market.client.accept_qualification_request, market.client.reject_qualification_request):
        with pytest.raises(ClientError) as refused:
            call(QualificationRequestId=again)
        assert code_of(refused) == "QualificationRequestDoesNotExist"


def test_automatic_grants(market: Market) -> None:
    """A type that is granted automatically is there as soon as it is asked for, with its value."""
    type_id = new_type(market, AutoGranted=True, AutoGrantedValue=9)
    hit_id, person = market.hit(QualificationRequirements=needs(type_id, "EqualTo", 9)), market.person()
    assert person.accept(hit_id).status_code == 403
    assert f'action="../p/{person.token}/qualifications/{type_id}/request"' in person.get(headers={}).text
    assert person.post(f"/qualifications/{type_id}/request").status_code == 200
    assert person.accept(hit_id).status_code == 200


@pytest.mark.parametrize(
    "changes",
    [
        {"Test": QUESTION_FORM},
        {"Test": QUESTION_FORM, "TestDurationInSeconds": 60, "AutoGranted": True},
        {"Test": "<x/>", "TestDurationInSeconds": 60},
        {"Test": QUESTION_FORM, "TestDurationInSeconds": 60, "AnswerKey": QUESTION_FORM},
        {"AnswerKey": "<x/>"},
    ],
)
def test_senseless_tests(market: Market, changes: dict[str, Any]) -> None:
    """A test is a QuestionForm with a duration, a key belongs to a test, and neither goes with automatic grants."""
    with pytest.raises(ClientError) as refused:
        new_type(market, **changes)
    assert code_of(refused) == "ParameterValidationError"


def test_a_duration_needs_no_test(market: Market) -> None:
    """TestDurationInSeconds alone is accepted and kept."""
    type_id = new_type(market, TestDurationInSeconds=60)
    found = market.client.get_qualification_type(QualificationTypeId=type_id)["QualificationType"]
    assert found["TestDurationInSeconds"] == 60


def test_tests_are_stored(market: Market) -> None:
    """A type with a test keeps it and can't become automatic."""
    type_id = new_type(market, Test=QUESTION_FORM, TestDurationInSeconds=60)
    with pytest.raises(ClientError):
        market.client.update_qualification_type(QualificationTypeId=type_id, AutoGranted=True)
    changed = market.client.update_qualification_type(
        QualificationTypeId=type_id, Test=QUESTION_FORM, TestDurationInSeconds=90
    )["QualificationType"]
    assert (changed["Test"], changed["TestDurationInSeconds"]) == (QUESTION_FORM, 90)
