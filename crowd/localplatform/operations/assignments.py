"""Assignments: list, get, approve, reject, bonuses."""

from typing import Any

from crowd.localplatform.errors import ApiError, invalid_parameter, missing_parameter, request_error
from crowd.localplatform.fees import bonus_cost, format_usd, parse_usd
from crowd.localplatform.operations.hits import find_hit, hit_members, new_token
from crowd.localplatform.operations.money import available, insufficient_funds
from crowd.localplatform.operations.paging import last, page, page_size, position
from crowd.localplatform.store import Row, Transaction, account, assignments, hits

#: How long after its submission rejected work can still be approved.
OVERRIDE_WITHIN_S = 30 * 86_400


def list_assignments(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListAssignmentsForHIT: submitted assignments in order of submission."""
    row = find_hit(tx, request["HITId"])
    limit = page_size(request)
    states = request.get("AssignmentStatuses") or list(assignments.LISTED)
    rows = assignments.page(tx, row["hit_id"], states=states, after=position(request), limit=limit)
    return page("Assignments", [_members(found) for found in rows], last(rows, "submit_seq"))


def get_assignment(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """GetAssignment: an assignment and its HIT."""
    row = _find(tx, request["AssignmentId"])
    if row["state"] not in assignments.LISTED:
        raise _wrong_state("Reviewable,Approved,Rejected")
    return {"Assignment": _members(row), "HIT": hit_members(tx, hits.created(tx, row["hit_id"]))}


def approve(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ApproveAssignment: pays; `OverrideRejection` also approves what was rejected at most 30 days after submission."""
    row = _find(tx, request["AssignmentId"])
    if row["state"] == "Rejected" and request.get("OverrideRejection"):
        hit = hits.created(tx, row["hit_id"])
        if tx.now > row["submitted"] + OVERRIDE_WITHIN_S or hit["status"] == "Disposed":
            raise request_error(
                "InvalidAssignmentState", "The rejection can no longer be overridden: it is older than 30 days."
            )
        if available(tx) < hit["cost"]:
            raise insufficient_funds()
    elif row["state"] != "Submitted":
        raise _wrong_state("Submitted")
    assignments.approve(tx, row["assignment_id"], at=tx.now, feedback=request.get("RequesterFeedback"))
    return {}


def reject(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """RejectAssignment: pays nothing; the worker is shown the reason."""
    row = _find(tx, request["AssignmentId"])
    if row["state"] != "Submitted":
        raise _wrong_state("Submitted")
    assignments.reject(tx, row["assignment_id"], request["RequesterFeedback"])
    return {}


def send_bonus(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """SendBonus."""
    token = new_token(tx, "bonus", request)
    row = _find(tx, request["AssignmentId"])
    if row["worker_id"] != request["WorkerId"]:
        raise invalid_parameter("WorkerId", request["WorkerId"])
    if row["state"] not in assignments.LISTED:
        raise _wrong_state("Submitted, Approved, Rejected")
    amount = parse_usd(request["BonusAmount"])
    if amount <= 0:
        raise invalid_parameter("BonusAmount", request["BonusAmount"])
    cost = amount if hits.is_of_a_study(hits.created(tx, row["hit_id"])) else bonus_cost(amount)
    if available(tx) < cost:
        raise insufficient_funds()
    assignments.pay_bonus(tx, row, amount=amount, cost=cost, reason=request["Reason"])
    if token:
        account.remember_token(tx, "bonus", token, row["assignment_id"])
    return {}


def list_bonus_payments(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListBonusPayments: of a HIT or of an assignment."""
    hit_id, assignment_id = request.get("HITId"), request.get("AssignmentId")
    if hit_id is None and assignment_id is None:
        raise missing_parameter("HITId or AssignmentId")
    if hit_id is not None:
        find_hit(tx, hit_id)
    if assignment_id is not None:
        _find(tx, assignment_id)
    limit = page_size(request)
    rows = assignments.bonuses(tx, hit_id=hit_id, assignment_id=assignment_id, after=position(request), limit=limit)
    results = [
        {
            "WorkerId": row["worker_id"],
            "BonusAmount": format_usd(row["amount"]),
            "AssignmentId": row["assignment_id"],
            "Reason": row["reason"],
            "GrantTime": row["paid"],
        }
        for row in rows
    ]
    return page("BonusPayments", results, last(rows))


def get_file_upload_url(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """GetFileUploadURL: always an error, since questions for files were removed in 2017."""
    _find(tx, request["AssignmentId"])
    raise invalid_parameter("QuestionIdentifier", request["QuestionIdentifier"])


def _find(tx: Transaction, assignment_id: str) -> Row:
    row = assignments.find(tx, assignment_id)
    if row is None or row["state"] in ("Returned", "Abandoned"):
        raise request_error("AssignmentDoesNotExist", f"Assignment {assignment_id} does not exist.")
    return row


def _wrong_state(allowed: str) -> ApiError:
    return request_error("InvalidAssignmentState", f"This operation can be called with a status of: {allowed}")


def _members(row: Row) -> dict[str, Any]:
    members = {
        "AssignmentId": row["assignment_id"],
        "WorkerId": row["worker_id"],
        "HITId": row["hit_id"],
        "AssignmentStatus": row["state"],
        "AutoApprovalTime": row["auto_approval"],
        "AcceptTime": row["accepted"],
        "SubmitTime": row["submitted"],
        "ApprovalTime": row["approved"],
        "RejectionTime": row["rejected"],
        "Deadline": row["deadline"],
        "Answer": row["answer"],
        "RequesterFeedback": row["feedback"],
    }
    return {name: value for name, value in members.items() if value is not None}


OPERATIONS = {
    "ListAssignmentsForHIT": list_assignments,
    "GetAssignment": get_assignment,
    "ApproveAssignment": approve,
    "RejectAssignment": reject,
    "SendBonus": send_bonus,
    "ListBonusPayments": list_bonus_payments,
    "GetFileUploadURL": get_file_upload_url,
}
