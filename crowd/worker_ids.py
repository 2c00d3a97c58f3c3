"""Worker ids tell programs from people: those of simulated participants begin with a prefix that no person's has."""

SIMULATED_PREFIX = "ASIMULATED"


def is_simulated(worker_id: str) -> bool:
    """Whether that worker is a program."""
    return worker_id.startswith(SIMULATED_PREFIX)
