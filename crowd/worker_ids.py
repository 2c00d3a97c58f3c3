"""Worker ids tell programs from people, and say who was erased: they begin with prefixes that no person's has."""

SIMULATED_PREFIX = "ASIMULATED"
#: What stands for a person, or after the other prefix for a program, whose data were erased.
ERASED_PREFIX = "AERASED"
_ERASED = (ERASED_PREFIX, SIMULATED_PREFIX + ERASED_PREFIX)


def is_simulated(worker_id: str) -> bool:
    """Whether that worker is a program."""
    return worker_id.startswith(SIMULATED_PREFIX)


def is_erased(worker_id: str) -> bool:
    """Whether the id stands for a worker whose data were erased."""
    return worker_id.startswith(_ERASED)


def erased_id(worker_id: str, digest: str) -> str:
    """The id that stands for that worker after erasure; `digest` is a hexadecimal hash that is theirs alone."""
    return (SIMULATED_PREFIX if is_simulated(worker_id) else "") + ERASED_PREFIX + digest[:12].upper()
