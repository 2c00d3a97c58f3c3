"""Decides about visits that wait for review at the recruiter without all tasks: ask the person to return, or reject.

A study stays open for review there until every visit is decided, and what waits for weeks may be paid by itself.
"""

from collections.abc import Callable
from pathlib import Path

from crowd.ledger.calls import Call, carry_out
from crowd.lifecycle import visit_review
from crowd.lifecycle.arrivals import Recruitment, at_recruiter, compare
from crowd.lifecycle.erasures import Erasures
from crowd.localplatform import people
from crowd.recruiters import Arrival, ArrivalState, Recruiter


def ask_to_return(study_dir: str | Path, session_id: str, *, reason: str) -> None:
    """Ask somebody to give their place back at the recruiter, which counts for nobody as a rejection.

    Args:
        study_dir: a study that is open at its recruiter.
        session_id: the visit, as the recruiter names it.
        reason: what the person reads.

    Raises:
        ValueError: the recruiter knows no such visit in this study, or the reason is empty.
        OSError: the recruiter does not answer.

    Example:
        >>> crowd.ask_to_return("prolific-study", "0123456789abcdef01234567", reason="The videos did not play for you.")
        Traceback (most recent call last):
        ValueError: '0123456789abcdef01234567': the recruiter has no such visit in this study
    """
    if not reason.strip():
        raise ValueError("reason is empty; the participant must read why they are to give the place back")
    with at_recruiter(study_dir) as (_, _, recruiter, ledger):
        _known(recruiter, session_id)
        arguments = {"session_id": session_id, "reason": reason.strip()}
        carry_out(
            recruiter, ledger, [Call(key=f"recruit/return/{session_id}", verb="ask_to_return", arguments=arguments)]
        )


def reject_visit(
    study_dir: str | Path, session_id: str, *, category: str, reason: str, confirm: Callable[[str], bool]
) -> Recruitment:
    """Reject a visit that waits for review although no task was sent in it. Running it again rejects it once.

    Args:
        study_dir: a study that is open at its recruiter.
        session_id: the visit, as the recruiter names it; one of `Recruitment.undecided`.
        category: the recruiter's own word for the ground, e.g. "NO_DATA".
        reason: what the person reads.
        confirm: called with the session id before the rejection; nothing is rejected if it returns false.

    Returns:
        How far the study is at the recruiter.

    Raises:
        ValueError: a task was sent in the visit, it does not wait for review, the recruiter takes no such category or
            reason, or it was not confirmed.
        OSError: the recruiter does not answer.

    Example:
        >>> crowd.reject_visit(
        ...     "prolific-study",
        ...     "0123456789abcdef01234567",
        ...     category="NO_DATA",
        ...     reason="You entered a completion code, and no answer of yours arrived, although the study was open. "
        ...     "We asked you to return.",
        ...     confirm=lambda session_id: True,
        ... )
        Traceback (most recent call last):
        ValueError: '0123456789abcdef01234567': the recruiter has no such visit in this study
    """
    root = Path(study_dir)
    with at_recruiter(root) as (study, planned, recruiter, ledger):
        recruiter.check_rejection(category=category, reason=reason)
        seen, found = _known(recruiter, session_id), compare(root, study, planned, recruiter, ledger)
        if seen.state is not ArrivalState.REJECTED:
            _check_idle(root, study.recruiter, found, seen)
            if not confirm(session_id):
                raise ValueError("not confirmed, so nothing was done: run the command again and type reject")
        visit_review.reject_visit(recruiter, ledger, session_id, category=category, reason=reason)
        return compare(root, study, planned, recruiter, ledger)


def _known(recruiter: Recruiter, session_id: str) -> Arrival:
    seen = recruiter.arrival(session_id)
    if seen is None:
        raise ValueError(f"{session_id!r}: the recruiter has no such visit in this study")
    return seen


def _check_idle(study_dir: Path, recruiter: str, found: Recruitment, seen: Arrival) -> None:
    """Check that nothing was sent in the visit, and that the study did not send its person away."""
    if Erasures.load(study_dir).has_deleted(seen.session_id):
        raise ValueError(
            f"visit {seen.session_id}: what is known of it was deleted, so nobody can say here that nothing was sent"
        )
    sent = sum(row["session_id"] == seen.session_id for row in people.visits_of_work(study_dir, recruiter))
    if sent:
        raise ValueError(
            f"visit {seen.session_id}: sent {sent} of its tasks, so it is not rejected here: approve it at the "
            "recruiter, ask the person to return, or reject-answers by a rule of the study"
        )
    if seen.session_id not in found.undecided:
        raise ValueError(
            f"visit {seen.session_id}: is {seen.state} at the recruiter, or the study sent its person away; only "
            "those that wait for review there without the tasks can be rejected"
        )
