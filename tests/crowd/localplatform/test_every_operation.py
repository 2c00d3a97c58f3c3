"""botocore's own parsers accept every response of every operation."""

import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from crowd.localplatform.model import service_model
from tests.crowd.localplatform.market import HIT, QUESTION_FORM, TYPE, Market
from tests.crowd.localplatform.test_workers import SPECIFICATION


class Scene:
    """A market in which every operation has something to work on."""

    def __init__(self, market: Market):
        self.client = client = market.client
        self.person = market.person()
        self.worker = {"WorkerId": self.person.worker_id}
        qualification = client.create_qualification_type(
            Name="Q", Description="d", QualificationTypeStatus="Active", Keywords="k", RetryDelayInSeconds=1,
            Test=QUESTION_FORM, TestDurationInSeconds=60,
        )["QualificationType"]  # fmt: skip
        self.qualification = {"QualificationTypeId": qualification["QualificationTypeId"]}
        plain = client.create_qualification_type(Name="P", Description="d", QualificationTypeStatus="Active")
        self.plain = {"QualificationTypeId": plain["QualificationType"]["QualificationTypeId"]}
        for asking in (self.person, market.person()):
            asking.post(f"/qualifications/{self.plain['QualificationTypeId']}/request")
        self.requests = [
            {"QualificationRequestId": request["QualificationRequestId"]}
            for request in client.list_qualification_requests()["QualificationRequests"]
        ]
        requirements = [
            self.plain | {"Comparator": "DoesNotExist", "ActionsGuarded": "DiscoverPreviewAndAccept"},
            {"QualificationTypeId": "00000000000000000071", "Comparator": "NotIn",
             "LocaleValues": [{"Country": "US", "Subdivision": "CA"}], "ActionsGuarded": "PreviewAndAccept"},
        ]  # fmt: skip
        self.type_id = {"HITTypeId": client.create_hit_type(**TYPE, Keywords="k")["HITTypeId"]}
        self.hit = {"HITId": market.hit(RequesterAnnotation="a", QualificationRequirements=requirements[:1])}
        self.open = {"HITId": market.hit(QualificationRequirements=requirements)}
        assignment_id = self.person.accept(self.hit["HITId"]).json()["assignment_id"]
        self.person.submit(assignment_id)
        self.assignment = {"AssignmentId": assignment_id}


_NOTIFICATION = {"Notification": SPECIFICATION}

#: Each operation with the parameters it is called with; in an order in which each can succeed.
CALLS: dict[str, Callable[[Scene], dict[str, Any]]] = {
    "GetAccountBalance": lambda s: {},
    "CreateHITType": lambda s: TYPE,
    "CreateHIT": lambda s: TYPE | HIT | {"UniqueRequestToken": "1"},
    "CreateHITWithHITType": lambda s: s.type_id | HIT | {"UniqueRequestToken": "2"},
    "GetHIT": lambda s: s.hit,
    "ListHITs": lambda s: {"MaxResults": 100},
    "ListReviewableHITs": lambda s: {},
    "ListHITsForQualificationType": lambda s: s.plain,
    "ListAssignmentsForHIT": lambda s: s.hit,
    "GetAssignment": lambda s: s.assignment,
    "UpdateHITReviewStatus": lambda s: s.hit,
    "ListReviewPolicyResultsForHIT": lambda s: s.hit,
    "RejectAssignment": lambda s: s.assignment | {"RequesterFeedback": "f"},
    "ApproveAssignment": lambda s: s.assignment | {"OverrideRejection": True, "RequesterFeedback": "f"},
    "SendBonus": lambda s: s.assignment | s.worker | {"BonusAmount": "1", "Reason": "r", "UniqueRequestToken": "1"},
    "ListBonusPayments": lambda s: s.hit,
    "NotifyWorkers": lambda s: {"Subject": "s", "MessageText": "t", "WorkerIds": [s.worker["WorkerId"], "ANOBODY"]},
    "CreateAdditionalAssignmentsForHIT": lambda s: s.open | {"NumberOfAdditionalAssignments": 1},
    "UpdateHITTypeOfHIT": lambda s: s.open | s.type_id,
    "UpdateExpirationForHIT": lambda s: s.open | {"ExpireAt": datetime(2015, 1, 1, tzinfo=UTC)},
    "DeleteHIT": lambda s: s.open,
    "CreateQualificationType": lambda s: {"Name": "R", "Description": "d", "QualificationTypeStatus": "Inactive"},
    "UpdateQualificationType": lambda s: s.qualification | {"Description": "e"},
    "GetQualificationType": lambda s: s.qualification,
    "ListQualificationTypes": lambda s: {"MustBeRequestable": False},
    "ListQualificationRequests": lambda s: {},
    "AcceptQualificationRequest": lambda s: s.requests[0] | {"IntegerValue": 1},
    "RejectQualificationRequest": lambda s: s.requests[1] | {"Reason": "r"},
    "AssociateQualificationWithWorker": lambda s: s.qualification | s.worker | {"SendNotification": False},
    "GetQualificationScore": lambda s: s.qualification | s.worker,
    "ListWorkersWithQualificationType": lambda s: s.qualification,
    "DisassociateQualificationFromWorker": lambda s: s.qualification | s.worker | {"Reason": "r"},
    "DeleteQualificationType": lambda s: s.qualification,
    "CreateWorkerBlock": lambda s: s.worker | {"Reason": "r"},
    "ListWorkerBlocks": lambda s: {},
    "DeleteWorkerBlock": lambda s: s.worker | {"Reason": "r"},
    "UpdateNotificationSettings": lambda s: s.type_id | _NOTIFICATION | {"Active": True},
    "SendTestEventNotification": lambda s: _NOTIFICATION | {"TestEventType": "AssignmentSubmitted"},
    "GetFileUploadURL": lambda s: s.assignment | {"QuestionIdentifier": "q"},
}
#: Answers with files went away in 2017, so an error is the only answer.
_ALWAYS_REFUSED = {"GetFileUploadURL"}


def test_every_response_parses(market: Market) -> None:
    """Each of the 39 operations is answered, and botocore's parser takes over every member that is on the wire."""
    assert set(CALLS) == set(service_model()["operations"])
    scene = Scene(market)
    wire: list[bytes] = []
    market.client.meta.events.register(
        "after-call.mturk", lambda http_response, **_: wire.append(http_response.content)
    )
    for name, parameters in CALLS.items():
        if name in _ALWAYS_REFUSED:
            with pytest.raises(ClientError) as refused:
                _call(market, name, parameters(scene))
            parsed = refused.value.response
            assert parsed["ResponseMetadata"]["HTTPStatusCode"] == 400
            assert parsed["Error"]["Message"] == json.loads(wire[-1])["Message"]
            continue
        parsed = _call(market, name, parameters(scene))
        assert parsed.pop("ResponseMetadata")["HTTPStatusCode"] == 200
        _assert_same(json.loads(wire[-1]), parsed, name)
    assert len(wire) == 39


def _assert_same(sent: Any, parsed: Any, where: str) -> None:
    """The parsed value is the sent one, with moments in place of numbers."""
    if isinstance(sent, dict):
        assert sent.keys() == parsed.keys(), where
        for key, item in sent.items():
            _assert_same(item, parsed[key], f"{where}.{key}")
    elif isinstance(sent, list):
        assert len(sent) == len(parsed), where
        for item, other in zip(sent, parsed, strict=True):
            _assert_same(item, other, where)
    else:
        assert sent == (parsed.timestamp() if isinstance(parsed, datetime) else parsed), where


def test_all_nine_paginators(market: Market) -> None:
    """Every paginator of the service runs to its end with one result a page."""
    scene = Scene(market)
    paginators = {
        "list_assignments_for_hit": scene.hit,
        "list_qualification_types": {"MustBeRequestable": True},
        "list_hits": {},
        "list_worker_blocks": {},
        "list_reviewable_hits": {},
        "list_hits_for_qualification_type": scene.plain,
        "list_qualification_requests": {},
        "list_workers_with_qualification_type": scene.plain,
        "list_bonus_payments": scene.hit,
    }
    for name, parameters in paginators.items():
        pages = list(market.client.get_paginator(name).paginate(**parameters, PaginationConfig={"PageSize": 1}))
        assert "NextToken" not in pages[-1], name
        assert len(pages) >= 1


def _call(market: Market, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
    response: dict[str, Any] = getattr(market.client, xform_name(operation))(**parameters)
    return response
