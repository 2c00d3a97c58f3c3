"""What marks a HIT as one of a study's, in its `RequesterAnnotation`, and a bonus as one of the ledger's."""

import hashlib

_PREFIX = "vidgen"


def annotation(study_id: str, hit_key: str) -> str:
    """What marks a HIT as this one of this study, on any platform and for good."""
    return f"{_PREFIX}/{study_id}/{hit_key}"


def key_in(text: str | None) -> str | None:
    """The HIT's key in an annotation of ours, whatever the study; None where it is someone else's."""
    parts = (text or "").split("/")
    return parts[2] if len(parts) == 3 and parts[0] == _PREFIX else None


def bonus_key(assignment_id: str, reason: str) -> str:
    """The ledger's key of a bonus: one for an assignment and a reason, as the platform shows it."""
    return f"bonus/{assignment_id}/{hashlib.sha256(reason.strip().encode()).hexdigest()[:16]}"
