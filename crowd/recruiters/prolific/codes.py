"""The completion codes of a study: one per outcome, made once, kept where only the study's owner looks."""

import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from crowd.fileformat import load, save
from crowd.recruiters.protocol import Outcome
from crowd.studydir import StudyDirectory

#: Without letters and digits that look alike; eight of them are 10¹² codes.
_LETTERS, _LENGTH = "ABCDEFGHJKLMNPQRTUVWXYZ2346789", 8
#: The kind of each code for Prolific, and what people read whom it asks to return their place.
KINDS: Mapping[Outcome, tuple[str, str]] = {
    Outcome.COMPLETE: ("COMPLETED", ""),
    Outcome.SCREENED_OUT: (
        "SCREENED_OUT",
        "Your answers to the check of the instructions were not right in two tries.",
    ),
    Outcome.NO_CONSENT: ("NO_CONSENT", "You chose not to take part."),
    Outcome.INCOMPATIBLE_DEVICE: ("INCOMPATIBLE_DEVICE", "The videos cannot be played on this device."),
    Outcome.FULL: ("OTHER", "No task was left. This is not your fault."),
}


def codes_of(study_dir: Path) -> dict[Outcome, str]:
    """The study's codes, made at first use.

    Raises:
        OSError: the file cannot be read or written.
        ValueError: it is not what it should be.
    """
    path = StudyDirectory(study_dir).recruiter
    table = known(study_dir)
    kept = table.get("codes", {})
    if not isinstance(kept, dict) or not set(kept) <= set(KINDS):
        raise ValueError(f"{path}: codes has other outcomes than {', '.join(KINDS)}; restore it from a copy")
    if set(kept) != set(KINDS):
        kept = {outcome: kept.get(outcome) or _new() for outcome in KINDS}
        remember(study_dir, codes=kept)
    return {Outcome(outcome): str(code) for outcome, code in kept.items()}


def known(study_dir: Path) -> dict[str, Any]:
    """What is remembered of the study at Prolific: its codes, ids, addresses and keys; empty before its first use."""
    path = StudyDirectory(study_dir).recruiter
    try:
        return load(path) if path.exists() else {}
    except (AttributeError, ValueError) as error:
        raise ValueError(f"{path}: not the file of a recruiter ({error}); restore it from a copy") from error


def remember(study_dir: Path, **values: Any) -> None:
    """Add to what is remembered.

    Raises:
        OSError: the file cannot be written.
    """
    path = StudyDirectory(study_dir).recruiter
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    save(path, known(study_dir) | values, mode=0o600)


def declared(codes: Mapping[Outcome, str], *, approve: str) -> list[dict[str, Any]]:
    """The codes as a draft declares them; `approve` is what happens to work with the code of complete work."""
    return [
        {"code": code, "code_type": KINDS[outcome][0], "actions": [_action(outcome, approve)]}
        for outcome, code in codes.items()
    ]


def _action(outcome: Outcome, approve: str) -> dict[str, str]:
    if outcome is Outcome.COMPLETE:
        return {"action": approve}
    return {"action": "REQUEST_RETURN", "return_reason": KINDS[outcome][1]}


def _new() -> str:
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
