"""Other people's clients of the requester API do a whole round on the local platform, unmodified."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from crowd.localplatform.model import service_model
from tests.clients.bridge import Bridge, Client, RefusedError
from tests.clients.clients import SDKS
from tests.clients.scene import Scene
from tests.crowd.localplatform.market import HTML_QUESTION

_TITLE = "What do you see?"


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("client", SDKS, ids=lambda client: f"{client.name}-{client.version}")
def test_an_sdk_does_a_round(client: Client, scene: Callable[[Client], Any]) -> None:
    """All 39 operations come out as documented: from a HIT's type over answers and money to its deletion."""
    with scene(client) as market:
        call = market.call
        assert call("GetAccountBalance")["availablebalance"] == "10000.00"
        type_id = _qualification(call)
        hit_id = _hit(call, type_id)
        worker_id, assignment_id = market.work(hit_id)
        _collect(call, hit_id, worker_id, assignment_id)
        _qualify(call, type_id, worker_id)
        _pay(call, worker_id, assignment_id, hit_id)
        _decide(market, type_id)
        _change(call, hit_id, type_id)
        _block(call, worker_id)
        _end(call, hit_id, type_id)
        assert set(call.calls) == set(service_model()["operations"]), "all 39"


def _qualification(call: Bridge) -> str:
    given = {"Name": "Took part", "Description": "Has done a round", "QualificationTypeStatus": "Active"}
    type_id: str = call("CreateQualificationType", **given)["qualificationtype"]["qualificationtypeid"]
    with pytest.raises(RefusedError, match="already created a QualificationType with this name"):
        call("CreateQualificationType", **given)
    own = {"MustBeRequestable": False, "MustBeOwnedByCaller": True}
    assert [one["name"] for one in _all(call, "ListQualificationTypes", "qualificationtypes", **own)] == ["Took part"]
    return type_id


def _hit(call: Bridge, type_id: str) -> str:
    requirement = {"QualificationTypeId": type_id, "Comparator": "DoesNotExist"}
    given = {
        "Title": _TITLE,
        "Description": "Watch short clips.",
        "Reward": "0.4",
        "AssignmentDurationInSeconds": 600,
        "QualificationRequirements": [requirement],
    }
    hit_type = call("CreateHITType", **given)["hittypeid"]
    assert call("CreateHITType", **(given | {"Reward": "0.40"}))["hittypeid"] == hit_type
    hit = {"LifetimeInSeconds": 3600, "Question": HTML_QUESTION, "MaxAssignments": 1, "UniqueRequestToken": "once"}
    created = call("CreateHITWithHITType", HITTypeId=hit_type, **hit)["hit"]
    with pytest.raises(RefusedError, match=f'The HIT with ID "{created["hitid"]}" already exists'):
        call("CreateHITWithHITType", HITTypeId=hit_type, **hit)
    policy = {"PolicyName": "SimplePlurality/2011-09-01"}
    with pytest.raises(RefusedError, match="does not offer review policies"):
        call("CreateHIT", **given, **(hit | {"UniqueRequestToken": "policy"}), HITReviewPolicy=policy)
    assert created["reward"] == "0.40"
    assert created["hitstatus"] == "Assignable"
    assert created["qualificationrequirements"][0]["actionsguarded"] == "Accept"
    assert created["qualificationrequirements"][0]["requiredtopreview"] is False
    more = call("CreateHIT", **given, **(hit | {"UniqueRequestToken": "more"}))["hit"]
    assert more["hittypeid"] == hit_type
    assert [one["hitid"] for one in _all(call, "ListHITs", "hits", MaxResults=1)] == [more["hitid"], created["hitid"]]
    settings = {"Destination": "me@example.org", "Transport": "Email", "EventTypes": ["AssignmentSubmitted"]}
    for version in ("2006-05-05", "2014-08-15"):
        call("UpdateNotificationSettings", HITTypeId=hit_type, Notification=settings | {"Version": version})
    sent = {"Notification": settings | {"Version": version}, "TestEventType": "AssignmentSubmitted"}
    call("SendTestEventNotification", **sent)
    with pytest.raises(RefusedError, match="does not offer notifications to SQS"):
        call("SendTestEventNotification", **(sent | {"Notification": sent["Notification"] | {"Transport": "SQS"}}))
    return str(created["hitid"])


def _collect(call: Bridge, hit_id: str, worker_id: str, assignment_id: str) -> None:
    assert [one["hitid"] for one in _all(call, "ListReviewableHITs", "hits")] == [hit_id]
    (found,) = _all(call, "ListAssignmentsForHIT", "assignments", HITId=hit_id, AssignmentStatuses=["Submitted"])
    assert (found["assignmentid"], found["workerid"]) == (assignment_id, worker_id)
    assert "<FreeText>a &lt;ball&gt; &amp; &#252;</FreeText>" in found["answer"]
    assert call("GetAssignment", AssignmentId=assignment_id)["hit"]["hitid"] == hit_id
    with pytest.raises(RefusedError, match="can be called with a status of: Reviewing, Reviewable"):
        call("DeleteHIT", HITId=hit_id)
    with pytest.raises(RefusedError, match="not valid for the parameter QuestionIdentifier"):
        call("GetFileUploadURL", AssignmentId=assignment_id, QuestionIdentifier="answer")
    call("ApproveAssignment", AssignmentId=assignment_id, RequesterFeedback="Thanks")
    assert call("GetHIT", HITId=hit_id)["hit"]["numberofassignmentscompleted"] == 1
    with pytest.raises(RefusedError, match="can be called with a status of: Submitted"):
        call("RejectAssignment", AssignmentId=assignment_id, RequesterFeedback="no")


def _qualify(call: Bridge, type_id: str, worker_id: str) -> None:
    pair = {"QualificationTypeId": type_id, "WorkerId": worker_id}
    with pytest.raises(RefusedError, match="You requested a Qualification that does not exist"):
        call("GetQualificationScore", **pair)
    call("AssociateQualificationWithWorker", **pair, IntegerValue=7, SendNotification=False)
    assert call("GetQualificationScore", **pair)["qualification"]["integervalue"] == 7
    holders = _all(call, "ListWorkersWithQualificationType", "qualifications", QualificationTypeId=type_id)
    assert [one["workerid"] for one in holders] == [worker_id]
    call("DisassociateQualificationFromWorker", **pair, Reason="r")
    with pytest.raises(RefusedError, match="can be called with a status of: Granted"):
        call("GetQualificationScore", **pair)


def _pay(call: Bridge, worker_id: str, assignment_id: str, hit_id: str) -> None:
    bonus = {"WorkerId": worker_id, "AssignmentId": assignment_id, "BonusAmount": "1.5", "Reason": "r"}
    call("SendBonus", **bonus, UniqueRequestToken="bonus")
    with pytest.raises(RefusedError, match="already been processed"):
        call("SendBonus", **bonus, UniqueRequestToken="bonus")
    (paid,) = _all(call, "ListBonusPayments", "bonuspayments", HITId=hit_id)
    assert paid["bonusamount"] == "1.50"
    told = call("NotifyWorkers", Subject="s", MessageText="t", WorkerIds=[worker_id, "ANOBODY"])
    assert [one["workerid"] for one in told["notifyworkersfailurestatuses"]] == ["ANOBODY"]


def _decide(market: Scene, type_id: str) -> None:
    call, asking = market.call, [market.ask(type_id) for _ in range(2)]
    requests = _all(call, "ListQualificationRequests", "qualificationrequests", QualificationTypeId=type_id)
    assert [one["workerid"] for one in requests] == asking
    first, second = ({"QualificationRequestId": one["qualificationrequestid"]} for one in requests)
    call("AcceptQualificationRequest", **first, IntegerValue=3)
    call("RejectQualificationRequest", **second, Reason="r")
    score = call("GetQualificationScore", QualificationTypeId=type_id, WorkerId=asking[0])
    assert score["qualification"]["integervalue"] == 3


def _change(call: Bridge, hit_id: str, type_id: str) -> None:
    own = {"QualificationTypeId": type_id}
    call("UpdateQualificationType", **own, Description="Has done two rounds")
    assert call("GetQualificationType", **own)["qualificationtype"]["description"] == "Has done two rounds"
    assert hit_id in [one["hitid"] for one in _all(call, "ListHITsForQualificationType", "hits", **own)]
    call("UpdateHITReviewStatus", HITId=hit_id)
    assert [one["hitid"] for one in _all(call, "ListReviewableHITs", "hits", Status="Reviewing")] == [hit_id]
    call("UpdateHITReviewStatus", HITId=hit_id, Revert=True)
    other = call("CreateHITType", Title="Look", Description="d", Reward="1.00", AssignmentDurationInSeconds=60)
    call("UpdateHITTypeOfHIT", HITId=hit_id, HITTypeId=other["hittypeid"])
    assert call("GetHIT", HITId=hit_id)["hit"]["title"] == "Look"
    assert call("ListReviewPolicyResultsForHIT", HITId=hit_id)["hitid"] == hit_id


def _block(call: Bridge, worker_id: str) -> None:
    call("CreateWorkerBlock", WorkerId=worker_id, Reason="r")
    assert [one["workerid"] for one in _all(call, "ListWorkerBlocks", "workerblocks")] == [worker_id]
    call("DeleteWorkerBlock", WorkerId=worker_id, Reason="r")


def _end(call: Bridge, hit_id: str, type_id: str) -> None:
    call("CreateAdditionalAssignmentsForHIT", HITId=hit_id, NumberOfAdditionalAssignments=1, UniqueRequestToken="x")
    later, sooner = (datetime.now(UTC) + timedelta(hours=hours) for hours in (3, 2))
    call("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=later.isoformat())
    with pytest.raises(RefusedError, match="can only be extended"):
        call("UpdateExpirationForHIT", HITId=hit_id, ExpireAt=sooner.isoformat())
    call("UpdateExpirationForHIT", HITId=hit_id, ExpireAt="2015-01-01T00:00:00+00:00")
    hit = call("GetHIT", HITId=hit_id)["hit"]
    assert (hit["hitstatus"], hit["numberofassignmentsavailable"]) == ("Reviewable", 1)
    call("DeleteHIT", HITId=hit_id)
    assert call("GetHIT", HITId=hit_id)["hit"]["hitstatus"] == "Disposed"
    with pytest.raises(RefusedError, match="Hit 3NOTHERE does not exist"):
        call("GetHIT", HITId="3NOTHERE")
    call("DeleteQualificationType", QualificationTypeId=type_id)


def _all(call: Bridge, operation: str, key: str, **parameters: Any) -> list[Any]:
    """Every entry of a list, page by page as clients read it: to the page without a token."""
    found: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = call(operation, **parameters, **token)
        found += page.get(key) or []
        if not page.get("nexttoken"):
            return found
        token = {"NextToken": page["nexttoken"]}
