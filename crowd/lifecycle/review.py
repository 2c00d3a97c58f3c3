"""Approves and rejects work: people are paid for the work, whatever they answered.

Approval does not look at answers. Rejection is for work that was not done, according to a rule of the study file that
was in force before anybody began; a small share of right answers is never a reason.
"""

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from crowd.design.design import EVALUATION, GOLD, Design
from crowd.ledger.calls import Call, Progress, Tally, carry_out
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.arrivals import compare, is_opened
from crowd.lifecycle.collect import fetch, rows_of
from crowd.lifecycle.exclusions import RULES
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.lock import deciding
from crowd.lifecycle.prepare import load
from crowd.lifecycle.visit_review import approve_visits, paid_work, reject_visit, visit_of
from crowd.platforms import Ids, Platform, RequestRefusedError, Submission
from crowd.recruiters import open_recruiter
from crowd.texts import each_of

#: Rules of the study file that say whether the work was done, each with the value that turns it off.
#: `min_gold_accuracy` is not among them, since it judges answers.
RULES_FOR_REJECTION = {"max_attention_failures": -1, "min_answer_s": 0, "min_watched_fraction": 0}

#: Most characters of a reason that platforms with Mechanical Turk's protocol accept, less the name of the rule.
_LONGEST_REASON = 1000


def approve(
    study_dir: str | Path,
    assignment_ids: str | Collection[str] | None = None,
    *,
    progress: Progress | None = None,
) -> Tally:
    """Approve submitted work, which pays for it, whatever was answered.

    Args:
        study_dir: a published study.
        assignment_ids: only these, or only this one; by default all that await review.
        progress: called after each assignment with how many are through, and of how many.

    Returns:
        How many were approved, and what the platform refused.

    Raises:
        ValueError: an assignment is not the study's, or the study may be a copy.
        OSError: the platform does not answer.

    Example:
        >>> crowd.approve("my-study").made
        4
    """
    root, named = Path(study_dir), None if assignment_ids is None else list(each_of(assignment_ids))
    with deciding(study_dir) as (platform, ledger):
        fetch(platform, ledger)
        wanted = ledger.each_assignment() if named is None else map(ledger.assignment, named)
        paid, undecided = _at_recruiter(root, ledger, named)
        states = ledger.states("approve/")
        calls = [
            _review(platform, assignment, "Approved", {})
            for assignment in wanted
            if paid.get(assignment.assignment_id, True)
            and (assignment.status == "Submitted" or states.get(f"approve/{assignment.assignment_id}") == "sent")
        ]
        tally = carry_out(platform, ledger, calls, progress, stop_at_refusal=False)
        tally.undecided = undecided
        fetch(platform, ledger)
        return tally


def _at_recruiter(root: Path, ledger: Ledger, named: list[str] | None) -> tuple[dict[str, bool], tuple[str, ...]]:
    """Approve visits at the recruiter, if programs ask it; which work is paid there, and which visits are undecided."""
    study, planned = load(root)
    if not is_opened(study, ledger):
        return {}, ()
    with open_recruiter(study.recruiter, study.recruiter_settings, root) as recruiter:
        found = approve_visits(root, study, planned, recruiter, ledger, named)
    return paid_work(root, study), found.undecided


def reject(
    study_dir: str | Path,
    assignment_id: str,
    *,
    rule: str,
    reason: str,
    confirm: Callable[[str], bool],
    category: str = "",
) -> Tally:
    """Reject one assignment whose work was not done, so that it is not paid.

    Args:
        study_dir: a published study.
        assignment_id: the assignment.
        rule: the rule of the study file that it breaks, in force since publication: `max_attention_failures`,
            `min_answer_s` or `min_watched_fraction`.
        reason: what the participant reads.
        confirm: called with the worker's id before the rejection; nothing is rejected if it returns false.
        category: the recruiter's own word for the ground, where it is asked by programs, e.g. "LOW_EFFORT".

    Returns:
        One assignment under `made`.

    Raises:
        ValueError: no such rule is in force, the answers do not break it, the reason is empty, the rejection was not
            confirmed, or the platform refuses.
        OSError: the platform does not answer.

    Example:
        >>> crowd.reject(
        ...     "my-study",
        ...     simulated.submitted[0],
        ...     rule="max_attention_failures",
        ...     reason="All three items that name their answer were answered otherwise.",
        ...     confirm=lambda worker_id: True,
        ... )
        Traceback (most recent call last):
        ValueError: assignment ... does not break the rule max_attention_failures, as its answers show
    """
    root = Path(study_dir)
    study, planned = load(root)
    _check_in_force(rule, planned.plan)
    if not reason.strip():
        raise ValueError("reason is empty; the participant must read why the work was not accepted")
    if len(reason) > _LONGEST_REASON:
        raise ValueError(f"reason has {len(reason)} characters; shorten it to {_LONGEST_REASON}")
    with deciding(study_dir) as (platform, ledger):
        fetch(platform, ledger)
        assignment = ledger.assignment(assignment_id)
        if assignment.status == "Approved":
            raise ValueError(f"assignment {assignment_id} is approved, which cannot be taken back")
        _check_broken(rule, planned, ledger, assignment)
        with ExitStack() as stack:
            recruiter = None
            if is_opened(study, ledger):
                recruiter = stack.enter_context(open_recruiter(study.recruiter, study.recruiter_settings, root))
                recruiter.check_rejection(category=category, reason=reason)
                compare(root, study, planned, recruiter, ledger)
                session_id, _, same_visit = visit_of(root, study, assignment_id)
                for name in same_visit:
                    _check_broken(rule, planned, ledger, ledger.assignment(name))
            if assignment.status == "Submitted" and not confirm(assignment.worker_id):
                raise ValueError("not confirmed, so nothing was done: run the command again and type reject")
            if recruiter is not None:
                reject_visit(recruiter, ledger, session_id, category=category, reason=reason)
                compare(root, study, planned, recruiter, ledger)
        call = _review(platform, assignment, "Rejected", {"reason": f"{reason.strip()} ({rule})"})
        tally = carry_out(platform, ledger, [call])
        fetch(platform, ledger)
        return tally


def reject_unpaid(platform: Platform, ledger: Ledger, left_out: Mapping[str, str]) -> None:
    """Reject on the platform the work of visits that the recruiter does not pay, so that nothing of it waits there.

    Args:
        platform: the study's platform.
        ledger: its ledger, with all work fetched.
        left_out: such assignments, each with the rule by which it is left out.
    """
    calls = [
        _review(platform, assignment, "Rejected", {"reason": f"the visit is not paid ({left_out[name]})"})
        for assignment in ledger.each_assignment()
        if (name := assignment.assignment_id) in left_out and assignment.status == "Submitted"
    ]
    carry_out(platform, ledger, calls)


def _check_in_force(rule: str, plan: dict[str, Any]) -> None:
    if rule not in RULES_FOR_REJECTION:
        raise ValueError(
            f"rule {rule!r} is no ground for rejection; work not done shows in {', '.join(RULES_FOR_REJECTION)}"
        )
    if plan.get(rule, RULES_FOR_REJECTION[rule]) == RULES_FOR_REJECTION[rule]:
        raise ValueError(f"rule {rule} was not in force when this study was published, so nobody can be held to it")


def _check_broken(rule: str, planned: Design, ledger: Ledger, assignment: Submission) -> None:
    """Check that each of the assignment's answers to videos breaks the rule."""
    keys = {hit_id: key for key, hit_id in hit_ids(ledger).items()}
    rows = rows_of(planned, keys[assignment.hit_id], assignment, "")
    judged = [row for row in rows if row["kind"] in {EVALUATION, GOLD}]
    broken = list(RULES[rule](rows, planned.plan))
    if not judged or not all(row in broken for row in judged):
        raise ValueError(f"assignment {assignment.assignment_id} does not break the rule {rule}, as its answers show")


def _review(platform: Platform, assignment: Submission, status: str, more: dict[str, str]) -> Call:
    """The call that gives the assignment this status; its present status shows whether an earlier run did."""
    assignment_id, before = assignment.assignment_id, assignment.status  # `find` keeps these only, not the long answer

    def find(refusal: RequestRefusedError | None) -> Ids | None:
        seen = before if refusal is None else platform.submission(assignment_id).status
        return {"assignment_id": assignment_id} if seen == status else None

    verb = {"Approved": "approve", "Rejected": "reject"}[status]
    return Call(
        key=f"{verb}/{assignment_id}",
        verb=verb,
        arguments={"assignment_id": assignment_id, **more},
        find=find,
    )
