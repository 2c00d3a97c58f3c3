"""Prolific's statuses of submissions, in the words of `crowd.recruiters`."""

from crowd.recruiters.protocol import ArrivalState

#: They have spaces, hyphens or underscores, as the place may be, and are compared with spaces.
_STATES = {
    "RESERVED": ArrivalState.RESERVED,
    "ACTIVE": ArrivalState.STARTED,
    "AWAITING REVIEW": ArrivalState.WAITING,
    "APPROVED": ArrivalState.APPROVED,
    "PARTIALLY APPROVED": ArrivalState.PARTLY_APPROVED,
    "REJECTED": ArrivalState.REJECTED,
    "RETURNED": ArrivalState.RETURNED,
    "TIMED OUT": ArrivalState.TIMED_OUT,
    "SCREENED OUT": ArrivalState.SCREENED_OUT,
}


def plain(status: str) -> str:
    """A status in capitals, with spaces."""
    return status.upper().replace("-", " ").replace("_", " ")


def state_of(status: str) -> ArrivalState:
    """How far a visit is; `UNKNOWN` for statuses of which this release does not know."""
    return _STATES.get(plain(status), ArrivalState.UNKNOWN)
