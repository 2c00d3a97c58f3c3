"""HIT types and HITs through boto3."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from botocore.exceptions import ClientError

from crowd.hit_annotation import annotation
from crowd.localplatform.clock import ManualClock
from crowd.platforms import open_platform
from tests.crowd.localplatform.market import HIT, HTML_QUESTION, TYPE, Market


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    response: dict[str, Any] = error.value.response
    return str(response.get("TurkErrorCode", response["Error"]["Code"])).removeprefix("AWS.MechanicalTurk.")


def test_same_values_are_the_same_type(market: Market) -> None:
    """A HIT type with the values of another one is that one; another value makes another."""
    first = market.client.create_hit_type(**TYPE)["HITTypeId"]
    assert market.client.create_hit_type(**TYPE)["HITTypeId"] == first
    assert market.client.create_hit_type(**TYPE, AutoApprovalDelayInSeconds=2_592_000)["HITTypeId"] == first
    for reward in ("0.4", "00.40"):
        assert market.client.create_hit_type(**(TYPE | {"Reward": reward}))["HITTypeId"] == first
    assert market.client.create_hit_type(**(TYPE | {"Reward": "0.41"}))["HITTypeId"] != first


def test_a_group_is_a_type_under_another_id(market: Market) -> None:
    """HITs of one type are of one group, HITs of another type of another; a group's id is not its type's."""
    other = TYPE | {"Title": "Another"}
    hits = [market.client.create_hit(**(given | HIT))["HIT"] for given in (TYPE, TYPE, other)]
    groups = [hit["HITGroupId"] for hit in hits]
    assert groups[0] == groups[1] != groups[2]
    assert not set(groups) & {hit["HITTypeId"] for hit in hits}
    assert all(re.fullmatch("[A-Z0-9]{30}", group) for group in groups)


def test_a_hit_comes_back_as_created(market: Market, clock: ManualClock) -> None:
    """GetHIT shows every value that CreateHIT was given, with the counts of an untouched HIT."""
    given = TYPE | HIT | {"Keywords": "video, clips", "RequesterAnnotation": "vidgen/x/b001-r1", "MaxAssignments": 3}
    hit_id = market.client.create_hit(**given)["HIT"]["HITId"]
    hit = market.client.get_hit(HITId=hit_id)["HIT"]
    expected = {name: given[name] for name in given if name != "LifetimeInSeconds"} | {
        "HITId": hit_id,
        "HITStatus": "Assignable",
        "HITReviewStatus": "NotReviewed",
        "NumberOfAssignmentsAvailable": 3,
        "NumberOfAssignmentsPending": 0,
        "NumberOfAssignmentsCompleted": 0,
        "CreationTime": datetime.fromtimestamp(clock(), UTC),
        "Expiration": datetime.fromtimestamp(clock() + 3600, UTC),
    }
    assert {name: hit[name] for name in expected} == expected
    assert re.fullmatch("[A-Z0-9]{30}", hit_id)


def test_status_follows_the_assignments(market: Market) -> None:
    """Assignable → Unassignable when all are taken → Assignable by a return → Reviewable when all are in."""
    hit_id, person = market.hit(), market.person()
    first = person.accept(hit_id).json()["assignment_id"]
    assert market.status(hit_id) == "Unassignable"
    person.give_back(first)
    assert market.status(hit_id) == "Assignable"
    second = person.accept(hit_id).json()["assignment_id"]
    assert second != first
    person.submit(second)
    assert market.status(hit_id) == "Reviewable"


def test_review_status_goes_both_ways(market: Market) -> None:
    """UpdateHITReviewStatus moves a Reviewable HIT to Reviewing and back, and refuses everything else."""
    hit_id = market.hit()
    with pytest.raises(ClientError, match="currently in the state 'Assignable'") as refused:
        market.client.update_hit_review_status(HITId=hit_id)
    assert code_of(refused) == "InvalidHITState"
    market.work(hit_id)
    market.client.update_hit_review_status(HITId=hit_id)
    assert market.status(hit_id) == "Reviewing"
    assert market.client.list_reviewable_hits(Status="Reviewing")["HITs"] == [{"HITId": hit_id}]
    assert market.client.list_reviewable_hits()["HITs"] == []
    with pytest.raises(ClientError):
        market.client.update_hit_review_status(HITId=hit_id)
    market.client.update_hit_review_status(HITId=hit_id, Revert=True)
    assert market.status(hit_id) == "Reviewable"
    market.client.update_hit_review_status(HITId=hit_id)
    market.client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=1)
    assert market.status(hit_id) == "Assignable"
    market.work(hit_id)
    assert market.status(hit_id) == "Reviewable"


def test_delete_needs_everything_reviewed(market: Market) -> None:
    """DeleteHIT refuses open HITs and HITs with unreviewed work; a deleted HIT is Disposed and listed no more."""
    hit_id = market.hit()
    with pytest.raises(ClientError, match="can be called with a status of: Reviewing, Reviewable"):
        market.client.delete_hit(HITId=hit_id)
    assignment_id = market.work(hit_id)
    reason = "currently in the state 'Reviewable'. This operation can be called with a status of: Reviewing, Reviewable"
    with pytest.raises(ClientError, match=reason) as refused:
        market.client.delete_hit(HITId=hit_id)
    assert code_of(refused) == "InvalidHITState"
    market.client.approve_assignment(AssignmentId=assignment_id)
    market.client.delete_hit(HITId=hit_id)
    assert market.status(hit_id) == "Disposed"
    assert market.client.list_hits()["HITs"] == []
    with pytest.raises(ClientError):
        market.client.delete_hit(HITId=hit_id)
    for call in (
        lambda: market.client.update_expiration_for_hit(HITId=hit_id, ExpireAt=datetime(2030, 1, 1, tzinfo=UTC)),
        lambda: market.client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=1),
        lambda: market.client.update_hit_type_of_hit(
            HITId=hit_id, HITTypeId=market.client.create_hit_type(**TYPE)["HITTypeId"]
        ),
    ):
        with pytest.raises(ClientError) as refused:
            call()
        assert code_of(refused) == "InvalidHITState"


def test_extension_stays_below_ten(market: Market) -> None:
    """A HIT made with fewer than 10 assignments can't be extended to 10 or more; one made with more can."""
    small, large = market.hit(MaxAssignments=7), market.hit(MaxAssignments=10)
    market.client.create_additional_assignments_for_hit(HITId=small, NumberOfAdditionalAssignments=2)
    assert market.client.get_hit(HITId=small)["HIT"]["MaxAssignments"] == 9
    with pytest.raises(ClientError) as refused:
        market.client.create_additional_assignments_for_hit(HITId=small, NumberOfAdditionalAssignments=1)
    assert code_of(refused) == "InvalidMaximumAssignmentsIncrease"
    market.client.create_additional_assignments_for_hit(HITId=large, NumberOfAdditionalAssignments=5)
    assert market.client.get_hit(HITId=large)["HIT"]["MaxAssignments"] == 15


def test_a_study_of_ours_pays_no_fee(market: Market) -> None:
    """What vidgen publishes grows beyond nine, and holds the rewards alone; bonuses cost what people get."""
    held = lambda: Decimal(market.client.get_account_balance()["OnHoldBalance"])  # noqa: E731
    hit_id = market.hit(MaxAssignments=5, RequesterAnnotation=annotation("study", "b001-r1"))
    five = held()
    assert five == 5 * Decimal("0.40")
    market.client.create_additional_assignments_for_hit(HITId=hit_id, NumberOfAdditionalAssignments=5)
    assert market.client.get_hit(HITId=hit_id)["HIT"]["MaxAssignments"] == 10
    assert held() == 2 * five
    market.hit(MaxAssignments=10, RequesterAnnotation=annotation("study", "b002-r1"))
    assert held() == 4 * five
    market.hit(MaxAssignments=10)
    assert held() > 6 * five, "HITs of others follow Mechanical Turk's price list"
    assignment_id, before = market.work(hit_id), market.client.get_account_balance()["AvailableBalance"]
    worker_id = market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["WorkerId"]
    market.client.send_bonus(AssignmentId=assignment_id, WorkerId=worker_id, BonusAmount="1.00", Reason="r")
    assert Decimal(before) - Decimal(market.client.get_account_balance()["AvailableBalance"]) == 1


def test_expiration_ends_offers_and_not_work(market: Market, clock: ManualClock) -> None:
    """An expired HIT takes nobody in, work that was accepted goes on, and a later expiration opens it again."""
    hit_id, person = market.hit(MaxAssignments=2), market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    market.client.update_expiration_for_hit(HITId=hit_id, ExpireAt=datetime(2015, 1, 1, tzinfo=UTC))
    assert market.client.get_hit(HITId=hit_id)["HIT"]["NumberOfAssignmentsAvailable"] == 1, "as clients reckon"
    assert market.status(hit_id) == "Unassignable"
    assert market.person().accept(hit_id).status_code == 409
    assert person.submit(assignment_id).status_code == 303
    assert market.status(hit_id) == "Reviewable"
    later = datetime.fromtimestamp(clock() + 100, UTC)
    market.client.update_expiration_for_hit(HITId=hit_id, ExpireAt=later)
    assert market.status(hit_id) == "Assignable"
    clock.advance(101)
    assert market.status(hit_id) == "Reviewable"


@pytest.mark.parametrize("days", [0, 1, 121, 364])
def test_expiring_at_once_is_expiring_now(market: Market, clock: ManualClock, days: int) -> None:
    """A moment in the past is stored as the present one, and the HIT with its work is kept 120 days from then on."""
    hit_id = market.hit(LifetimeInSeconds=365 * 86_400, MaxAssignments=2)
    clock.advance(days * 86_400)
    assignment_id = market.work(hit_id)
    market.client.update_expiration_for_hit(HITId=hit_id, ExpireAt=0)
    now = clock()
    assert market.client.get_hit(HITId=hit_id)["HIT"]["Expiration"] == datetime.fromtimestamp(now, UTC)
    clock.advance(86_400)
    market.client.update_expiration_for_hit(HITId=hit_id, ExpireAt=0)
    assert market.client.get_hit(HITId=hit_id)["HIT"]["Expiration"] == datetime.fromtimestamp(now, UTC)
    assert market.status(hit_id) == "Reviewable"
    market.client.approve_assignment(AssignmentId=assignment_id)
    clock.advance(119 * 86_400)
    assert market.status(hit_id) == "Disposed"


def test_work_that_awaits_review_is_not_disposed_of(market: Market, clock: ManualClock) -> None:
    """A HIT whose work came late and waits for its review stays beyond its 120 days."""
    hit_id, person = market.hit(AssignmentDurationInSeconds=150 * 86_400), market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    clock.advance(140 * 86_400)
    person.submit(assignment_id)
    assert market.status(hit_id) == "Reviewable"
    market.client.reject_assignment(AssignmentId=assignment_id, RequesterFeedback="r")
    assert market.status(hit_id) == "Disposed"


def test_an_expiration_is_not_brought_forward(market: Market, clock: ManualClock) -> None:
    """Between now and the present expiration nothing can be set; a rounded present one changes nothing."""
    hit_id = market.hit(LifetimeInSeconds=3600)
    expiration = clock() + 3600
    for before_s in (3599, 1800, 2):
        with pytest.raises(ClientError, match="can only be extended; a moment in the past expires the HIT") as refused:
            market.client.update_expiration_for_hit(
                HITId=hit_id, ExpireAt=datetime.fromtimestamp(expiration - before_s, UTC)
            )
        assert code_of(refused) == "InvalidParameterValue"
    for after_s in (-0.5, 0, 60):
        market.client.update_expiration_for_hit(
            HITId=hit_id, ExpireAt=datetime.fromtimestamp(expiration + after_s, UTC)
        )
        found = market.client.get_hit(HITId=hit_id)["HIT"]["Expiration"].timestamp()
        assert found == expiration + max(after_s, 0)


def test_hits_disappear_after_120_days(market: Market, clock: ManualClock) -> None:
    """A HIT is disposed of by itself 120 days after its expiration, and keeps no money back."""
    hit_id = market.hit()
    clock.advance(3600 + 120 * 86_400 - 1)
    assert market.status(hit_id) == "Reviewable"
    clock.advance(1)
    assert market.status(hit_id) == "Disposed"
    assert market.client.list_hits()["HITs"] == []
    assert market.client.get_account_balance()["OnHoldBalance"] == "0.00"


def test_another_type_changes_the_properties(market: Market) -> None:
    """UpdateHITTypeOfHIT gives the HIT the other type's title, reward and cost."""
    hit_id = market.hit()
    other = market.client.create_hit_type(**(TYPE | {"Title": "Look", "Reward": "1.00"}))["HITTypeId"]
    market.client.update_hit_type_of_hit(HITId=hit_id, HITTypeId=other)
    hit = market.client.get_hit(HITId=hit_id)["HIT"]
    assert (hit["Title"], hit["Reward"], hit["HITTypeId"]) == ("Look", "1.00", other)
    assert market.client.get_account_balance()["OnHoldBalance"] == "1.20"
    with pytest.raises(ClientError) as refused:
        market.client.update_hit_type_of_hit(HITId=hit_id, HITTypeId="3NONE")
    assert code_of(refused) == "HITTypeDoesNotExist"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"LifetimeInSeconds": 29}, "ParameterValidationError"),
        ({"LifetimeInSeconds": 31_536_001}, "ParameterValidationError"),
        ({"AssignmentDurationInSeconds": 29}, "ParameterValidationError"),
        ({"AutoApprovalDelayInSeconds": 2_592_001}, "ParameterValidationError"),
        ({"Title": "t" * 129}, "ParameterValidationError"),
        ({"Description": "d" * 2001}, "ParameterValidationError"),
        ({"Keywords": "k" * 1001}, "ParameterValidationError"),
        ({"RequesterAnnotation": "a" * 256}, "ParameterValidationError"),
        ({"MaxAssignments": 0}, "ParameterValidationError"),
        ({"Question": "x" * 65_536}, "ParameterValidationError"),
        ({"Question": "é" * 32_768}, "ParameterValidationError"),
        ({"Reward": "0.405"}, "ValidationException"),
        ({"Reward": "-1"}, "ValidationException"),
        ({"Reward": "9" * 20}, "ParameterValidationError"),
        ({"UniqueRequestToken": "t" * 65}, "ValidationException"),
        ({"Question": "<a"}, "ParameterValidationError"),
        ({"Question": "<a/>"}, "ParameterValidationError"),
        ({"Question": HTML_QUESTION.replace("<FrameHeight>0</FrameHeight>", "")}, "ParameterValidationError"),
        ({"Question": HTML_QUESTION.replace("2011-11-11", "2012-11-11")}, "ParameterValidationError"),
        ({"Question": "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"}, "ParameterValidationError"),
        ({"HITLayoutId": "3LAYOUT"}, "HITLayoutDoesNotExist"),
        ({"HITReviewPolicy": {"PolicyName": "SimplePlurality/2011-09-01"}}, "InvalidParameterValue"),
        (
            {"QualificationRequirements": [{"QualificationTypeId": "3X", "Comparator": "Exists"}]},
            "QualificationTypeDoesNotExist",
        ),
    ],
)  # fmt: skip
def test_create_hit_refuses(market: Market, changes: dict[str, Any], code: str) -> None:
    """What the model or the documentation forbids is refused with AWS's code, and nothing is created."""
    with pytest.raises(ClientError) as refused:
        market.hit(**changes)
    assert code_of(refused) == code
    assert market.client.list_hits()["HITs"] == []


def test_a_question_is_needed(market: Market) -> None:
    """CreateHIT without Question and without HITLayoutId is refused."""
    with pytest.raises(ClientError) as refused:
        market.client.create_hit(**TYPE, LifetimeInSeconds=3600)
    assert code_of(refused) == "ParameterValidationError"


def test_unknown_hits_are_named(market: Market) -> None:
    """Every operation on a HIT that is not there says HITDoesNotExist with its id."""
    later = datetime(2030, 1, 1, tzinfo=UTC)
    calls = {
        "get_hit": {},
        "delete_hit": {},
        "update_hit_review_status": {},
        "update_expiration_for_hit": {"ExpireAt": later},
        "create_additional_assignments_for_hit": {"NumberOfAdditionalAssignments": 1},
        "list_assignments_for_hit": {},
        "list_bonus_payments": {},
        "list_review_policy_results_for_hit": {},
        "update_hit_type_of_hit": {"HITTypeId": "3X"},
    }
    for name, parameters in calls.items():
        with pytest.raises(ClientError, match="Hit 3NOTHERE does not exist") as refused:
            getattr(market.client, name)(HITId="3NOTHERE", **parameters)
        assert code_of(refused) == "HITDoesNotExist", name


@pytest.mark.parametrize("size", [1, 3, 4, 100])
def test_pages_end_with_an_empty_one(market: Market, size: int) -> None:
    """A page with results carries a NextToken, full or not; the paginator finds every HIT once."""
    ids = [market.hit() for _ in range(4)]
    token: dict[str, str] = {}
    for start in range(0, 4, size):
        page = market.client.list_hits(MaxResults=size, **token)
        assert page["NumResults"] == len(ids[start : start + size])
        token = {"NextToken": page["NextToken"]}
    last = market.client.list_hits(MaxResults=size, **token)
    assert (last["NumResults"], last["HITs"]) == (0, [])
    assert "NextToken" not in last
    pages = market.client.get_paginator("list_hits").paginate(PaginationConfig={"PageSize": 2})
    assert [hit["HITId"] for page in pages for hit in page["HITs"]] == ids[::-1]
    for token in ("garbage", "cDo=", "cDotMQ==", "é"):
        with pytest.raises(ClientError) as refused:
            market.client.list_hits(NextToken=token)
        assert code_of(refused) == "ParameterValidationError"


@pytest.mark.sqlite
def test_lists_leave_questions_out_for_who_prefers_it(market: Market) -> None:
    """A client that asks for minimal answers gets HITs without their questions, and none is read; others get all."""
    market.hit()
    assert market.client.list_hits()["HITs"][0]["Question"] == HTML_QUESTION
    statements: list[str] = []
    market.server.platform.transact(lambda tx: tx.connection.set_trace_callback(statements.append))
    with open_platform("local", market.study) as platform:
        (page,) = [page for page in platform.wire.pages("ListHITs", {}) if page["HITs"]]
    market.server.platform.transact(lambda tx: tx.connection.set_trace_callback(None))
    assert "Question" not in page["HITs"][0]
    assert page["HITs"][0]["Title"] == TYPE["Title"]
    assert not [statement for statement in statements if "questions" in statement]
