"""How a HIT is recognised as one of a study's by its annotation, and a bonus as one of the ledger's by its reason."""

import hashlib

_PREFIX = "vidgen"


def annotation(study_id: str, hit_key: str) -> str:
    """The annotation of a HIT: it names the study and the HIT's key, and stays with the HIT on its platform."""
    return f"{_PREFIX}/{study_id}/{hit_key}"


def key_in(text: str | None) -> str | None:
    """The HIT's key in an annotation, whatever the study; None where no study published the HIT."""
    parts = (text or "").split("/")
    return parts[2] if len(parts) == 3 and parts[0] == _PREFIX else None


def bonus_key(assignment_id: str, reason: str) -> str:
    """The ledger's key of a bonus: one for an assignment and a reason, as the platform shows it."""
    return f"bonus/{assignment_id}/{hashlib.sha256(reason.strip().encode()).hexdigest()[:16]}"
