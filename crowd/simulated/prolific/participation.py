"""What participants do on Prolific's own site: take a place, start, enter a completion code, return."""

from typing import Any
from urllib.parse import quote

from crowd.simulated.prolific import filters, groups, signing
from crowd.simulated.prolific.errors import ProlificError
from crowd.simulated.prolific.records import ProlificStudy, ProlificSubmission
from crowd.simulated.prolific.state import SimulatedProlific

#: What Prolific's site notes where a participant has no completion code.
NO_CODE = "NOCODE"


def reserve(prolific: SimulatedProlific, study: ProlificStudy, participant_id: str) -> ProlificSubmission:
    """Take a place of a study, which is held for ten minutes. A participant who is inside already stays.

    Raises:
        ProlificError: the study takes nobody, or not this participant.
    """
    own = [one for one in prolific.of(study) if one.participant_id == participant_id]
    inside = [one for one in own if one.status in ("RESERVED", "ACTIVE")]
    if inside:
        return inside[0]
    participant = prolific.participants.get(participant_id)
    if participant is None or not filters.is_eligible(prolific, participant, study.document["filters"]):
        raise ProlificError(403, "not eligible for this study")
    config = study.document["submissions_config"]
    most = config.get("max_submissions_per_participant", 1)
    if most != -1 and len(own) >= most:
        raise ProlificError(403, "took part before")
    at_once = config.get("max_concurrent_submissions", -1)
    if prolific.status(study) != "ACTIVE" or 0 <= at_once <= len(prolific.of(study, "RESERVED", "ACTIVE")):
        raise ProlificError(403, "no place left")
    submission = ProlificSubmission(
        id=prolific.new_id(), study_id=study.id, participant_id=participant_id, reserved_at=prolific.clock()
    )
    prolific.submissions[submission.id] = submission
    prolific.announce("submission.status.change", submission.id, participant_id=participant_id, status="RESERVED")
    return submission


def start(prolific: SimulatedProlific, submission: ProlificSubmission) -> str:
    """Start, and get the study's address with the ids in place of their placeholders.

    Raises:
        ProlificError: the submission is over.
    """
    if submission.status == "RESERVED":
        submission.started_at = prolific.clock()
        prolific.set_status(submission, "ACTIVE")
    if submission.status != "ACTIVE":
        raise ProlificError(403, f"the submission is {submission.status}")
    document = prolific.studies[submission.study_id].document
    place = address(document["external_study_url"], submission)
    return signing.signed(prolific, place) if document.get("is_external_study_url_secure") else place


def address(template: str, submission: ProlificSubmission) -> str:
    """A study's address for one submission."""
    ids = {
        "PROLIFIC_PID": submission.participant_id,
        "STUDY_ID": submission.study_id,
        "SESSION_ID": submission.id,
    }
    for name, value in ids.items():
        for placeholder in (f"{{{{%{name}%}}}}", quote(f"{{{{%{name}%}}}}")):
            template = template.replace(placeholder, value)
    return template


def complete(prolific: SimulatedProlific, submission: ProlificSubmission, code: str | None) -> ProlificSubmission:
    """Enter a completion code, or none. What follows is what the study's code says; a wrong one waits for review.

    Raises:
        ProlificError: the submission is over.
    """
    if submission.status != "ACTIVE":
        raise ProlificError(403, f"the submission is {submission.status}")
    study = prolific.studies[submission.study_id]
    submission.entered_code = code or NO_CODE
    submission.completed_at = prolific.clock()
    known = study.code(code) if code else None
    actions = {action["action"]: action for action in (known or {}).get("actions") or ()}
    for name in ("ADD_TO_PARTICIPANT_GROUP", "REMOVE_FROM_PARTICIPANT_GROUP"):
        if name in actions:
            _regroup(prolific, name, actions[name], submission.participant_id)
    screen_out = actions.get("FIXED_SCREEN_OUT_PAYMENT")
    if screen_out and study.slots_used.get(str(code), 0) < screen_out["slots"]:
        _screen_out(prolific, study, submission, screen_out)
        return submission
    prolific.set_status(submission, "AWAITING REVIEW")
    if "AUTOMATICALLY_APPROVE" in actions:
        prolific.pay(submission, study.reward, "APPROVED")
    if "REQUEST_RETURN" in actions:
        submission.return_requested_at = prolific.clock()
    return submission


def _regroup(prolific: SimulatedProlific, name: str, action: dict[str, Any], participant_id: str) -> None:
    group = groups.find(prolific, action["participant_group"])
    if name.startswith("ADD"):
        groups.add(prolific, group, [participant_id])
    else:
        groups.remove(group, [participant_id])


def _screen_out(
    prolific: SimulatedProlific, study: ProlificStudy, submission: ProlificSubmission, action: dict[str, Any]
) -> None:
    """Pay the fixed reward; the study pauses when the slots for it are used up."""
    used = study.slots_used.get(str(submission.entered_code), 0) + 1
    study.slots_used[str(submission.entered_code)] = used
    prolific.pay(submission, action["fixed_screen_out_reward"], "SCREENED OUT")
    if used >= action["slots"]:
        study.state = "PAUSED"
        prolific.note(study)


def give_back(prolific: SimulatedProlific, submission: ProlificSubmission) -> ProlificSubmission:
    """Return the submission, which frees its place.

    Raises:
        ProlificError: it was paid, or is over.
    """
    if submission.status not in ("RESERVED", "ACTIVE", "AWAITING REVIEW"):
        raise ProlificError(403, f"the submission is {submission.status}")
    prolific.set_status(submission, "RETURNED")
    prolific.note(prolific.studies[submission.study_id])
    return submission
