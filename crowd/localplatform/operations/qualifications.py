"""Qualification types, grants and requests."""

from typing import Any

from crowd.localplatform.answerkey import check_key
from crowd.localplatform.eligibility import SYSTEM_TYPES
from crowd.localplatform.errors import invalid_parameter, missing_parameter, request_error
from crowd.localplatform.operations.paging import last, page, page_size, position
from crowd.localplatform.operations.workers import check_worker
from crowd.localplatform.questionform import parse_form
from crowd.localplatform.store import Row, Transaction, qualifications

_UPDATABLE = (
    "Description", "QualificationTypeStatus", "RetryDelayInSeconds", "AutoGranted", "AutoGrantedValue",
)  # fmt: skip


def create_type(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """CreateQualificationType: refuses a name that is in use."""
    _check_test(request)
    if known := qualifications.type_named(tx, request["Name"]):
        raise request_error(
            "QualificationTypeAlreadyExists",
            f"You have already created a QualificationType with this name. QualificationTypeId: {known}",
        )
    members = {name: value for name, value in request.items() if value is not None}
    members.setdefault("AutoGranted", False)
    if members["AutoGranted"]:
        members.setdefault("AutoGrantedValue", 1)
    members["IsRequestable"] = True
    type_id = qualifications.create_type(tx, members)
    return {"QualificationType": find_type_or_fail(tx, type_id)}


def update_type(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateQualificationType: a new test also replaces the duration and the answer key."""
    members = find_type_or_fail(tx, request["QualificationTypeId"])
    _check_test(request)
    if request.get("AutoGranted") and "Test" in members:
        raise invalid_parameter("AutoGranted", True)
    members |= {name: request[name] for name in _UPDATABLE if request.get(name) is not None}
    if request.get("Test") is not None:
        members.pop("AnswerKey", None)
        members |= {
            name: request[name]
            for name in ("Test", "TestDurationInSeconds", "AnswerKey")
            if request.get(name) is not None
        }
    if members["AutoGranted"]:
        members.setdefault("AutoGrantedValue", 1)
    qualifications.update_type(tx, request["QualificationTypeId"], members)
    return {"QualificationType": members}


def _check_test(request: dict[str, Any]) -> None:
    test, key = request.get("Test"), request.get("AnswerKey")
    if test is None:
        if key is not None:
            raise missing_parameter("Test")
        return
    if request.get("AutoGranted"):
        raise invalid_parameter("AutoGranted", True)
    if request.get("TestDurationInSeconds") is None:
        raise missing_parameter("TestDurationInSeconds")
    form = parse_form(test)
    if key is not None:
        check_key(key, form)


def get_type(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """GetQualificationType: one of the requester's types or of the system's."""
    type_id = request["QualificationTypeId"]
    if type_id in SYSTEM_TYPES:
        return {"QualificationType": _system_type(type_id)}
    return {"QualificationType": find_type_or_fail(tx, type_id)}


def delete_type(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteQualificationType."""
    find_type_or_fail(tx, request["QualificationTypeId"])
    qualifications.delete_type(tx, request["QualificationTypeId"])
    return {}


def list_types(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListQualificationTypes: the requester's types, and the system's if neither filter excludes them."""
    found = qualifications.types(tx)
    if not request.get("MustBeOwnedByCaller"):
        found += [_system_type(type_id) for type_id in SYSTEM_TYPES]
    query = (request.get("Query") or "").lower()
    found = [
        members
        for members in found
        if (members["IsRequestable"] or not request["MustBeRequestable"])
        and query in f"{members['Name']} {members['Description']} {members.get('Keywords', '')}".lower()
    ]
    limit, start = page_size(request), position(request)
    results = found[start : start + limit]
    return page("QualificationTypes", results, start + len(results))


def _system_type(type_id: str) -> dict[str, Any]:
    return {
        "QualificationTypeId": type_id,
        "Name": SYSTEM_TYPES[type_id],
        "Description": "Granted by the platform.",
        "QualificationTypeStatus": "Active",
        "IsRequestable": False,
        "AutoGranted": False,
    }


def associate(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """AssociateQualificationWithWorker: the value is 1 by default."""
    find_type_or_fail(tx, request["QualificationTypeId"])
    check_worker(tx, request["WorkerId"])
    value = request.get("IntegerValue")
    qualifications.grant(tx, request["QualificationTypeId"], request["WorkerId"], 1 if value is None else value)
    return {}


def disassociate(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """DisassociateQualificationFromWorker."""
    _find_granted(tx, request)
    qualifications.revoke(tx, request["QualificationTypeId"], request["WorkerId"], request.get("Reason"))
    return {}


def get_score(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """GetQualificationScore."""
    return {"Qualification": _members(_find_granted(tx, request))}


def _find_granted(tx: Transaction, request: dict[str, Any]) -> Row:
    row = qualifications.find(tx, request["QualificationTypeId"], request["WorkerId"])
    if row is None:
        raise request_error("QualificationDoesNotExist", "You requested a Qualification that does not exist.")
    if row["revoked"] is not None:
        raise request_error("InvalidQualificationState", "This operation can be called with a status of: Granted")
    return row


def list_holders(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListWorkersWithQualificationType."""
    type_id = request["QualificationTypeId"]
    find_type_or_fail(tx, type_id)
    limit = page_size(request)
    revoked = request.get("Status") == "Revoked"
    rows = qualifications.holders(tx, type_id, revoked=revoked, after=position(request), limit=limit)
    return page("Qualifications", [_members(row) for row in rows], last(rows))


def list_requests(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListQualificationRequests: pending requests."""
    type_id = request.get("QualificationTypeId")
    if type_id is not None:
        find_type_or_fail(tx, type_id)
    limit = page_size(request)
    rows = qualifications.requests(tx, type_id, after=position(request), limit=limit)
    results = [
        {
            "QualificationRequestId": row["request_id"],
            "QualificationTypeId": row["qualification_type_id"],
            "WorkerId": row["worker_id"],
            "SubmitTime": row["submitted"],
            **({} if row["answer"] is None else {"Test": row["test"], "Answer": row["answer"]}),
        }
        for row in rows
    ]
    return page("QualificationRequests", results, last(rows))


def accept_request(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """AcceptQualificationRequest."""
    row = _find_request(tx, request)
    qualifications.answer_request(tx, row["request_id"], "Accepted")
    value = request.get("IntegerValue")
    qualifications.grant(tx, row["qualification_type_id"], row["worker_id"], 1 if value is None else value)
    return {}


def reject_request(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """RejectQualificationRequest."""
    row = _find_request(tx, request)
    qualifications.answer_request(tx, row["request_id"], "Rejected", request.get("Reason"))
    return {}


def _find_request(tx: Transaction, request: dict[str, Any]) -> Row:
    row = qualifications.find_request(tx, request["QualificationRequestId"])
    if row is None:
        raise request_error(
            "QualificationRequestDoesNotExist",
            f"QualificationRequest {request['QualificationRequestId']} does not exist.",
        )
    return row


def find_type_or_fail(tx: Transaction, type_id: str) -> dict[str, Any]:
    """The requester's qualification type with this id.

    Raises:
        ApiError: there is none, or it is one of the system's.
    """
    members = qualifications.find_type(tx, type_id)
    if members is None:
        raise request_error("QualificationTypeDoesNotExist", f"QualificationType {type_id} does not exist.")
    return members


def _members(row: Row) -> dict[str, Any]:
    return {
        "QualificationTypeId": row["qualification_type_id"],
        "WorkerId": row["worker_id"],
        "GrantTime": row["granted"],
        "IntegerValue": row["value"],
        "Status": "Granted" if row["revoked"] is None else "Revoked",
    }


OPERATIONS = {
    "CreateQualificationType": create_type,
    "UpdateQualificationType": update_type,
    "GetQualificationType": get_type,
    "DeleteQualificationType": delete_type,
    "ListQualificationTypes": list_types,
    "AssociateQualificationWithWorker": associate,
    "DisassociateQualificationFromWorker": disassociate,
    "GetQualificationScore": get_score,
    "ListWorkersWithQualificationType": list_holders,
    "ListQualificationRequests": list_requests,
    "AcceptQualificationRequest": accept_request,
    "RejectQualificationRequest": reject_request,
}
