"""Worker ids tell programs from people: those of simulated participants begin with a prefix that no person's has."""

SIMULATED_PREFIX = "ASIMULATED"
#: What ids on the simulated Prolific begin with. Prolific's own begin with the seconds since 1970 in hexadecimal
#: digits, and would begin so in 2103.
SIMULATED_PROLIFIC_PREFIX = "facade"


def is_simulated(worker_id: str) -> bool:
    """Whether that worker is a program; also for a participant's id on Prolific."""
    return worker_id.startswith((SIMULATED_PREFIX, SIMULATED_PROLIFIC_PREFIX))
