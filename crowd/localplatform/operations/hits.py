"""HIT types and HITs."""

import json
from typing import Any

from crowd.localplatform import foreignhtml
from crowd.localplatform.errors import ApiError, invalid_expiration, missing_parameter, not_offered, request_error
from crowd.localplatform.fees import format_usd
from crowd.localplatform.hitproperties import canonical
from crowd.localplatform.operations.money import available, demand_funds
from crowd.localplatform.operations.paging import last, page, page_size, position
from crowd.localplatform.operations.qualifications import find_type_or_fail
from crowd.localplatform.operations.questions import parse_question
from crowd.localplatform.operations.requirements import check_requirements
from crowd.localplatform.store import Row, Transaction, account, derived_id, hits
from crowd.pricing import FEES

_DEFAULT_AUTO_APPROVAL_S = 2_592_000
_TYPE_PROPERTIES = ("Title", "Description", "Keywords", "Reward", "AssignmentDurationInSeconds")
_NEWEST = 2**62
#: Clients send an expiration back rounded to the second.
_SAME_MOMENT_S = 1.0


def create_hit_type(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """CreateHITType: returns the same id for the same values."""
    return {"HITTypeId": _type_of(tx, request)}


def create_hit(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """CreateHIT: creates a HIT type and a HIT of it."""
    return _create(tx, request, lambda: _type_of(tx, request))


def create_hit_with_hit_type(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """CreateHITWithHITType."""
    return _create(tx, request, lambda: str(request["HITTypeId"]))


def _type_of(tx: Transaction, request: dict[str, Any]) -> str:
    requirements = request.get("QualificationRequirements") or []
    check_requirements(tx, requirements)
    properties = {name: request[name] for name in _TYPE_PROPERTIES if request.get(name) is not None}
    delay = request.get("AutoApprovalDelayInSeconds")
    properties["AutoApprovalDelayInSeconds"] = _DEFAULT_AUTO_APPROVAL_S if delay is None else delay
    properties["QualificationRequirements"] = requirements
    return hits.create_type(tx, canonical(properties))


def create_hit_in_short(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """CreateHITWithHITType, with a response without the question."""
    return _create(tx, request, lambda: str(request["HITTypeId"]), in_short=True)


def _create(tx: Transaction, request: dict[str, Any], hit_type_id: Any, *, in_short: bool = False) -> dict[str, Any]:
    token = request.get("UniqueRequestToken")
    if token and (known := account.outcome_of_token(tx, "HIT", token)):
        raise request_error("HitAlreadyExists", f'The HIT with ID "{known}" already exists.')
    question = _question(request)
    hit_type = _find_type(tx, hit_type_id())
    hit_id = hits.create(
        tx,
        hit_type,
        max_assignments=request.get("MaxAssignments") or 1,
        lifetime_s=request["LifetimeInSeconds"],
        question=question,
        annotation=request.get("RequesterAnnotation"),
    )
    demand_funds(tx)
    if token:
        account.remember_token(tx, "HIT", token, hit_id)
    row = hits.created(tx, hit_id)
    return {"HIT": _members(row) if in_short else hit_members(tx, row)}


def _question(request: dict[str, Any]) -> str:
    for policy in ("AssignmentReviewPolicy", "HITReviewPolicy"):
        if request.get(policy) is not None:
            raise not_offered(f"review policies ({policy}); review with ApproveAssignment and RejectAssignment")
    for layout in ("HITLayoutId", "HITLayoutParameters"):
        if request.get(layout):
            raise not_offered(f"HIT layouts ({layout}); send the task itself as Question", "HITLayoutDoesNotExist")
    question: str | None = request.get("Question")
    if question is None:
        raise missing_parameter("Question")
    shown = parse_question(question)
    if shown.kind == "html" and shown.policy != "strict":
        foreignhtml.check(shown.content)
    return question


def _find_type(tx: Transaction, hit_type_id: str) -> Row:
    row = hits.find_type(tx, hit_type_id)
    if row is None:
        raise request_error("HITTypeDoesNotExist", f"HITType {hit_type_id} does not exist.")
    return row


def find_hit(tx: Transaction, hit_id: str) -> Row:
    """The HIT's row.

    Raises:
        ApiError: there is none.
    """
    row = hits.find(tx, hit_id)
    if row is None:
        raise request_error("HITDoesNotExist", f"Hit {hit_id} does not exist.")
    return row


def _wrong_state(row: Row, allowed: str) -> ApiError:
    return request_error(
        "InvalidHITState",
        f"This HIT is currently in the state '{row['status']}'. "
        f"This operation can be called with a status of: {allowed}",
    )


def get_hit(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """GetHIT: any HIT, also a disposed one."""
    return {"HIT": hit_members(tx, find_hit(tx, request["HITId"]))}


def list_hits(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListHITs: newest first, without disposed ones."""
    return _page(tx, request)


def list_hits_in_short(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListHITs without the questions, which are most of the response."""
    return _page(tx, request, in_short=True)


def list_reviewable_hits(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListReviewableHITs: ids only."""
    status = request.get("Status") or "Reviewable"
    listed = _page(tx, request, in_short=True, status=status, hit_type_id=request.get("HITTypeId"))
    return listed | {"HITs": [{"HITId": hit["HITId"]} for hit in listed["HITs"]]}


def list_hits_for_qualification_type(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListHITsForQualificationType."""
    find_type_or_fail(tx, request["QualificationTypeId"])
    return _page(tx, request, qualification_type_id=request["QualificationTypeId"])


def _page(tx: Transaction, request: dict[str, Any], *, in_short: bool = False, **filters: str | None) -> dict[str, Any]:
    limit = page_size(request)
    rows = hits.page(tx, before=position(request, _NEWEST), limit=limit, **filters)
    members = [_members(row) if in_short else hit_members(tx, row) for row in rows]
    return page("HITs", members, last(rows))


def update_expiration(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateExpirationForHIT: a later time extends the HIT, a past time ends it; times between are refused."""
    row = find_hit(tx, request["HITId"])
    if row["status"] == "Disposed":
        raise _wrong_state(row, "Assignable, Unassignable, Reviewable, Reviewing")
    wanted, current = request["ExpireAt"], row["expiration"]
    if wanted <= tx.now:
        hits.set_expiration(tx, row["hit_id"], min(tx.now, current))
        return {}
    if wanted < current - _SAME_MOMENT_S:
        raise invalid_expiration(wanted, current)
    before = available(tx)
    hits.set_expiration(tx, row["hit_id"], max(wanted, current))
    demand_funds(tx, before)
    return {}


def new_token(tx: Transaction, scope: str, request: dict[str, Any]) -> str | None:
    """The request's idempotency token, if it has one; an error if it was processed in the last 24 hours."""
    token: str | None = request.get("UniqueRequestToken")
    if token and account.outcome_of_token(tx, scope, token):
        raise request_error("DuplicateRequest", f'The idempotency token "{token}" has already been processed.')
    return token


def create_additional_assignments(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """CreateAdditionalAssignmentsForHIT."""
    token = new_token(tx, "extension", request)
    row = find_hit(tx, request["HITId"])
    if row["status"] == "Disposed":
        raise _wrong_state(row, "Assignable, Unassignable, Reviewable, Reviewing")
    additional = request["NumberOfAdditionalAssignments"]
    is_small = row["first_max_assignments"] < FEES.large_hit
    if is_small and row["max_assignments"] + additional >= FEES.large_hit and not hits.is_of_a_study(row):
        raise request_error(
            "InvalidMaximumAssignmentsIncrease",
            "HITs created with fewer than 10 assignments cannot be extended to have 10 or more assignments.",
        )
    hits.extend(tx, row["hit_id"], additional)
    demand_funds(tx)
    if token:
        account.remember_token(tx, "extension", token, row["hit_id"])
    return {}


def delete_hit(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteHIT: refused until everything submitted has been reviewed."""
    row = find_hit(tx, request["HITId"])
    if row["status"] not in ("Reviewable", "Reviewing") or row["submitted"]:
        raise _wrong_state(row, "Reviewing, Reviewable")
    hits.dispose(tx, row["hit_id"])
    return {}


def update_review_status(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateHITReviewStatus: Reviewable → Reviewing, or back."""
    row = find_hit(tx, request["HITId"])
    needed = "Reviewing" if request.get("Revert") else "Reviewable"
    if row["status"] != needed:
        raise _wrong_state(row, needed)
    hits.set_reviewing(tx, row["hit_id"], reviewing=not request.get("Revert"))
    return {}


def update_hit_type_of_hit(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """UpdateHITTypeOfHIT."""
    row = find_hit(tx, request["HITId"])
    if row["status"] == "Disposed":
        raise _wrong_state(row, "Assignable, Unassignable, Reviewable, Reviewing")
    hit_type = _find_type(tx, request["HITTypeId"])
    before = available(tx)
    cost = hits.cost_of(hit_type, row["first_max_assignments"], row["annotation"])
    hits.set_type(tx, row["hit_id"], hit_type, cost)
    demand_funds(tx, before)
    return {}


def list_review_policy_results(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListReviewPolicyResultsForHIT: always empty, since HITs with review policies are refused."""
    return {"HITId": find_hit(tx, request["HITId"])["hit_id"]}


def hit_members(tx: Transaction, row: Row) -> dict[str, Any]:
    """The members of the model's HIT."""
    return _members(row) | {"Question": hits.question(tx, row["hit_id"])}


def _members(row: Row) -> dict[str, Any]:
    """The members of the model's HIT, without its question."""
    members = {
        "HITId": row["hit_id"],
        "HITTypeId": row["hit_type_id"],
        "HITGroupId": derived_id(row["hit_type_id"]),
        "CreationTime": row["created"],
        "Title": row["title"],
        "Description": row["description"],
        "Keywords": row["keywords"],
        "HITStatus": row["status"],
        "MaxAssignments": row["max_assignments"],
        "Reward": format_usd(row["reward"]),
        "AutoApprovalDelayInSeconds": row["auto_approval_s"],
        "Expiration": row["expiration"],
        "AssignmentDurationInSeconds": row["duration_s"],
        "RequesterAnnotation": row["annotation"],
        "QualificationRequirements": json.loads(row["requirements"]),
        "HITReviewStatus": "MarkedForReview" if row["status"] == "Reviewing" else "NotReviewed",
        "NumberOfAssignmentsPending": row["pending"],
        "NumberOfAssignmentsAvailable": row["available"],
        "NumberOfAssignmentsCompleted": row["approved"] + row["rejected"],
    }
    return {name: value for name, value in members.items() if value is not None}


OPERATIONS = {
    "CreateHITType": create_hit_type,
    "CreateHIT": create_hit,
    "CreateHITWithHITType": create_hit_with_hit_type,
    "GetHIT": get_hit,
    "ListHITs": list_hits,
    "ListReviewableHITs": list_reviewable_hits,
    "ListHITsForQualificationType": list_hits_for_qualification_type,
    "UpdateExpirationForHIT": update_expiration,
    "CreateAdditionalAssignmentsForHIT": create_additional_assignments,
    "DeleteHIT": delete_hit,
    "UpdateHITReviewStatus": update_review_status,
    "UpdateHITTypeOfHIT": update_hit_type_of_hit,
    "ListReviewPolicyResultsForHIT": list_review_policy_results,
}

#: Variants of operations for clients that prefer a minimal response.
IN_SHORT = {"ListHITs": list_hits_in_short, "CreateHITWithHITType": create_hit_in_short}
