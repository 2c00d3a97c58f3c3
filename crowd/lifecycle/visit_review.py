"""Reviews visits at a recruiter that is asked by programs; its approval pays for a visit."""

import hashlib
from collections.abc import Collection
from pathlib import Path
from typing import Any

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.ledger.calls import Call, carry_out, unfinished
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.arrivals import Recruitment, compare, is_whole
from crowd.localplatform import people
from crowd.recruiters import ArrivalState, Recruiter, RecruiterIds

_APPROVE = "recruit/approve/"
_PAID = {ArrivalState.APPROVED, ArrivalState.PARTLY_APPROVED}


def approve_visits(
    study_dir: Path,
    study: Study,
    planned: Design,
    recruiter: Recruiter,
    ledger: Ledger,
    assignment_ids: Collection[str] | None,
) -> Recruitment:
    """Approve the visits that wait for review there and whose tasks were all sent, whatever code was entered.

    Args:
        study_dir: the study.
        study: its settings.
        planned: its design.
        recruiter: its recruiter.
        ledger: its ledger.
        assignment_ids: only the visits of these assignments; None: all.
    """
    for entry in list(unfinished(ledger)):
        if entry.key.startswith(_APPROVE):  # repeated, it approves what waits still
            carry_out(recruiter, ledger, [_approval(entry.details["session_ids"])])
    compare(study_dir, study, planned, recruiter, ledger)
    chosen = sorted(_ready(study_dir, study, assignment_ids))
    if chosen:
        carry_out(recruiter, ledger, [_approval(chosen)])
    return compare(study_dir, study, planned, recruiter, ledger)


def paid_work(study_dir: Path, study: Study) -> dict[str, bool]:
    """Whether the visit of each assignment is paid, of people whom the recruiter sent, as compared last."""
    return {row["assignment_id"]: row["state"] in _PAID for row in people.visits_of_work(study_dir, study.recruiter)}


def visit_of(study_dir: Path, study: Study, assignment_id: str) -> tuple[str, str, list[str]]:
    """The session id and the state of the visit in which an assignment was sent, and all assignments of that visit.

    Raises:
        ValueError: the recruiter sent nobody who did that assignment, or the ids of the visit were deleted.
    """
    rows: list[dict[str, Any]] = people.visits_of_work(study_dir, study.recruiter)
    for row in rows:
        if row["assignment_id"] == assignment_id:
            if row["forgotten"]:
                raise ValueError(
                    f"assignment {assignment_id}: the ids of its visit were deleted; look for it at {study.recruiter}"
                )
            same = [one["assignment_id"] for one in rows if one["session_id"] == row["session_id"]]
            return row["session_id"], str(row["state"]), same
    raise ValueError(f"assignment {assignment_id}: was done by nobody whom {study.recruiter} sent")


def reject_visit(recruiter: Recruiter, ledger: Ledger, session_id: str, *, category: str, reason: str) -> None:
    """Reject a visit at the recruiter, once.

    Raises:
        ValueError: the recruiter refuses.
        OSError: it does not answer.
    """

    def find(refusal: object) -> RecruiterIds | None:
        seen = recruiter.arrival(session_id)
        return {"session_id": session_id} if seen and seen.state is ArrivalState.REJECTED else None

    arguments = {"session_id": session_id, "category": category, "reason": reason.strip()}
    call = Call(key=f"recruit/reject/{session_id}", verb="reject", arguments=arguments, find=find)
    carry_out(recruiter, ledger, [call])


def _ready(study_dir: Path, study: Study, assignment_ids: Collection[str] | None) -> set[str]:
    """The visits to approve."""
    own = (row for row in people.arrived(study_dir) if row["recruiter"] == study.recruiter)
    ready = {
        row["session_id"]
        for row in own
        if row["state"] == ArrivalState.WAITING and is_whole(row) and not row["forgotten"]
    }
    if assignment_ids is None:
        return ready
    work = people.visits_of_work(study_dir, study.recruiter)
    return ready & {row["session_id"] for row in work if row["assignment_id"] in assignment_ids}


def _approval(session_ids: list[str]) -> Call:
    digest = hashlib.sha256(" ".join(session_ids).encode()).hexdigest()[:16]
    return Call(key=f"{_APPROVE}{digest}", verb="approve", arguments={"session_ids": session_ids})
