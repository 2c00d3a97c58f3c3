"""Worker ids tell programs from people, and say who was erased: they begin with prefixes that no person's has."""

import re

SIMULATED_PREFIX = "ASIMULATED"
#: What ids on the simulated Prolific begin with. Prolific's own begin with the seconds since 1970 in hexadecimal
#: digits, and would begin so in 2103.
SIMULATED_PROLIFIC_PREFIX = "facade"
_SIMULATED = re.compile(f"{SIMULATED_PREFIX}.*|{SIMULATED_PROLIFIC_PREFIX}[0-9a-f]{{18}}", re.DOTALL)
#: What stands for a person, or after the other prefix for a program, whose data were erased.
ERASED_PREFIX = "AERASED"
_ERASED = (ERASED_PREFIX, SIMULATED_PREFIX + ERASED_PREFIX)


def is_simulated(worker_id: str) -> bool:
    """Whether that worker is a program; also for a participant's id on Prolific."""
    return _SIMULATED.fullmatch(worker_id) is not None


def is_erased(worker_id: str) -> bool:
    """Whether the id stands for a worker whose data were erased."""
    return worker_id.startswith(_ERASED)


def erased_id(worker_id: str, digest: str) -> str:
    """The id that stands for that worker after erasure; `digest` is a hexadecimal hash that is theirs alone."""
    return (SIMULATED_PREFIX if is_simulated(worker_id) else "") + ERASED_PREFIX + digest[:12].upper()
