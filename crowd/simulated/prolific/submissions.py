"""Submissions as the researcher sees and reviews them."""

from collections.abc import Callable, Sequence
from typing import Any

from crowd.simulated.prolific.drafts import Body
from crowd.simulated.prolific.errors import ProlificError, invalid, needs_feature
from crowd.simulated.prolific.records import TAKING, ProlificSubmission
from crowd.simulated.prolific.state import SimulatedProlific
from crowd.simulated.prolific.studies import timestamp

#: The fewest characters of a message with which work may be rejected.
SHORTEST_MESSAGE = 100
CATEGORIES = (
    "TOO_QUICKLY",
    "TOO_SLOWLY",
    "FAILED_INSTRUCTIONS",
    "INCOMP_LONGITUDINAL",
    "FAILED_CHECK",
    "LOW_EFFORT",
    "MALINGERING",
    "NO_CODE",
    "BAD_CODE",
    "NO_DATA",
    "UNSUPP_DEVICE",
    "OTHER",
)


def listed(prolific: SimulatedProlific, one: ProlificSubmission) -> dict[str, Any]:
    """The submission as it stands in lists."""
    return {
        "id": one.id,
        "participant_id": one.participant_id,
        "status": one.status,
        "started_at": timestamp(one.started_at or one.reserved_at),
        "completed_at": timestamp(one.completed_at),
        "has_siblings": False,
        "study_code": one.entered_code,
        "return_requested": timestamp(one.return_requested_at),
    }


def detailed(one: ProlificSubmission) -> dict[str, Any]:
    """The submission on its own, whose fields have other names than in lists."""
    return {
        "id": one.id,
        "study_id": one.study_id,
        "participant": one.participant_id,
        "status": one.status,
        "started_at": timestamp(one.started_at or one.reserved_at),
        "completed_at": timestamp(one.completed_at),
        "entered_code": one.entered_code,
        "bonus_payments": list(one.bonuses),
        "return_requested": timestamp(one.return_requested_at),
        "parent_study_id": None,
    }


def transition(prolific: SimulatedProlific, one: ProlificSubmission, body: Body) -> dict[str, Any]:
    """Review a submission, or move it on. An action that was done before is ignored.

    Raises:
        ProlificError: the status does not allow it, or a field is missing.
    """
    action = str(body.get("action"))
    if action not in _ACTIONS:
        raise invalid("action", f"{action} is not among {', '.join(_ACTIONS)}.")
    sources, target, act = _ACTIONS[action]
    if one.status != target:
        if one.status not in sources:
            raise ProlificError(400, f"{action} is not possible for a submission that is {one.status}.")
        act(prolific, one, body)
    return detailed(one)


def _approve(prolific: SimulatedProlific, one: ProlificSubmission, _: Body) -> None:
    prolific.pay(one, prolific.studies[one.study_id].reward, "APPROVED")


def _reject(prolific: SimulatedProlific, one: ProlificSubmission, body: Body) -> None:
    message, category = body.get("message"), body.get("rejection_category")
    if not isinstance(message, str) or len(message) < SHORTEST_MESSAGE:
        raise invalid("message", f"At least {SHORTEST_MESSAGE} characters are required.")
    if category not in CATEGORIES:
        raise invalid("rejection_category", f"Must be among {', '.join(CATEGORIES)}.")
    one.rejection = {"message": message, "rejection_category": category}
    _move("REJECTED")(prolific, one, body)


def _complete(prolific: SimulatedProlific, one: ProlificSubmission, body: Body) -> None:
    if "partial-payment" not in prolific.features:
        raise needs_feature("COMPLETE")
    study = prolific.studies[one.study_id]
    code = study.code(body.get("completion_code"))
    share = (body.get("completion_code_data") or {}).get("percentage_of_reward")
    if code is None or code.get("actor") != "researcher":
        raise invalid("completion_code", "The study has no such code for researchers.")
    if not isinstance(share, int) or not 8 <= share <= 99:
        raise invalid("percentage_of_reward", "Must be from 8 to 99.")
    prolific.pay(one, study.reward * share // 100, "PARTIALLY APPROVED")


def _return_to_review(prolific: SimulatedProlific, one: ProlificSubmission, body: Body) -> None:
    """Take a rejection or return back, where the study still has a place."""
    study = prolific.studies[one.study_id]
    if len(prolific.of(study, *TAKING)) >= study.places or study.state == "STOPPED":
        raise ProlificError(400, "The study has no place left.")
    one.rejection = None
    _move("AWAITING REVIEW")(prolific, one, body)


def _move(status: str) -> Callable[[SimulatedProlific, ProlificSubmission, Body], None]:
    def move(prolific: SimulatedProlific, one: ProlificSubmission, _: Body) -> None:
        prolific.set_status(one, status)
        prolific.note(prolific.studies[one.study_id])

    return move


def _start(prolific: SimulatedProlific, one: ProlificSubmission, _: Body) -> None:
    one.started_at = prolific.clock()
    prolific.set_status(one, "ACTIVE")


#: The statuses from which each action leads, where to, and what it does.
_ACTIONS: dict[str, tuple[tuple[str, ...], str, Callable[[SimulatedProlific, ProlificSubmission, Body], None]]] = {
    "APPROVE": (("AWAITING REVIEW",), "APPROVED", _approve),
    "REJECT": (("AWAITING REVIEW",), "REJECTED", _reject),
    "COMPLETE": (("ACTIVE", "AWAITING REVIEW"), "PARTIALLY APPROVED", _complete),
    "RETURN": (("RESERVED", "ACTIVE", "AWAITING REVIEW"), "RETURNED", _move("RETURNED")),
    "START": (("RESERVED",), "ACTIVE", _start),
    "UNREJECT": (("REJECTED",), "AWAITING REVIEW", _return_to_review),
    "UNRETURN": (("RETURNED",), "AWAITING REVIEW", _return_to_review),
}


def bulk_approve(prolific: SimulatedProlific, body: Body) -> str:
    """Approve many submissions, named by their ids, or by their study and participants, after `approval_delay_s`.

    Raises:
        ProlificError: one is unknown or cannot be approved; then none is.
    """
    chosen = _chosen(prolific, body)
    wrong = [one.id for one in chosen if one.status not in ("AWAITING REVIEW", "APPROVED")]
    if wrong:
        raise ProlificError(400, [f"{name} cannot be approved" for name in wrong], shape="unwrapped")
    now = prolific.clock()
    prolific.pending_approvals += [(now + prolific.oddities.approval_delay_s, one.id) for one in chosen]
    prolific.settle(now)
    return "The submissions are being approved."


def _chosen(prolific: SimulatedProlific, body: Body) -> Sequence[ProlificSubmission]:
    if body.get("submission_ids"):
        names, found = body["submission_ids"], prolific.submissions
    else:
        names = body.get("participant_ids") or []
        found = {one.participant_id: one for one in prolific.of(prolific.study(str(body.get("study_id"))))}
    unknown = [str(name) for name in names if name not in found]
    if unknown or not names:
        raise ProlificError(400, [f"{name} is unknown" for name in unknown] or "ids are required", shape="unwrapped")
    return [found[name] for name in names]


def request_return(prolific: SimulatedProlific, one: ProlificSubmission, body: Body) -> dict[str, Any]:
    """Ask the participant to return the submission; they may or may not.

    Raises:
        ProlificError: no reasons are given, or it is over.
    """
    if not body.get("request_return_reasons"):
        raise invalid("request_return_reasons", "At least one reason is required.")
    if one.status not in ("ACTIVE", "AWAITING REVIEW"):
        raise ProlificError(400, f"A submission that is {one.status} cannot be returned.")
    one.return_requested_at = one.return_requested_at or prolific.clock()
    return detailed(one)
