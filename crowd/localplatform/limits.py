"""Limits that Mechanical Turk documents besides its service model, and limits that protect the server."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """The smallest and largest number, length or count of a parameter; with `in_bytes`, a text's UTF-8 bytes."""

    low: float = 0
    high: float
    in_bytes: bool = False

    def allows(self, value: Any) -> bool:
        """Whether the value is within the range."""
        if isinstance(value, str):
            size: float = len(value.encode("utf-8")) if self.in_bytes else len(value)
        else:
            size = len(value) if isinstance(value, list) else value
        return self.low <= size <= self.high


_YEAR_S = 31_536_000
_XML = Range(high=65_535, in_bytes=True)

#: By request shape ("*" for any request) and member. https://docs.aws.amazon.com/AWSMechTurk/latest/AWSMturkAPI/
DOCUMENTED: dict[tuple[str, str], Range] = {
    ("*", "LifetimeInSeconds"): Range(low=30, high=_YEAR_S),
    ("*", "AssignmentDurationInSeconds"): Range(low=30, high=_YEAR_S),
    ("*", "AutoApprovalDelayInSeconds"): Range(high=2_592_000),
    ("*", "MaxAssignments"): Range(low=1, high=1_000_000_000),
    ("*", "NumberOfAdditionalAssignments"): Range(low=1, high=1_000_000_000),
    ("*", "Reward"): Range(low=1, high=8),  # characters
    ("*", "BonusAmount"): Range(low=1, high=8),
    ("*", "Title"): Range(low=1, high=128),
    ("*", "Description"): Range(low=1, high=2000),
    ("*", "Keywords"): Range(high=1000),
    ("*", "RequesterAnnotation"): Range(high=255),
    ("*", "RequesterFeedback"): Range(high=1024),
    ("*", "QualificationRequirements"): Range(high=10),
    ("*", "Question"): _XML,
    ("*", "Test"): _XML,
    ("*", "AnswerKey"): _XML,
    ("*", "Name"): Range(low=1, high=200),
    ("*", "RetryDelayInSeconds"): Range(high=_YEAR_S * 100),
    ("*", "TestDurationInSeconds"): Range(low=1, high=_YEAR_S),
    ("*", "Reason"): Range(high=4096),
    ("NotifyWorkersRequest", "Subject"): Range(low=1, high=200),
    ("NotifyWorkersRequest", "MessageText"): Range(low=1, high=4096),
    ("NotifyWorkersRequest", "WorkerIds"): Range(low=1, high=100),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ServerLimits:
    """What one client may ask of the server."""

    body_bytes: int = 1_048_576
    """Largest body of a request; a question of 65,535 bytes takes at most six times as many in JSON."""
    form_fields: int = 4000
    """Most fields of one submitted answer."""
    open_assignments: int = 10
    """Most tasks that a participant may hold at the same time."""
    hold_s: int = 600
    """How long a place is held for somebody whom a recruiter sent and who has not begun."""
    requests_per_s: float = 10.0
    """Requests of one participant per second in the long run; simulated participants are not limited."""
    burst: int = 100
    """Requests of one participant that may come at once."""
    strangers_per_s: float = 20.0
    """Requests per second with unknown links or wrong signatures from one address, in the long run."""
    strangers_burst: int = 200
    """Requests of that kind that may come at once."""
    connections: int = 10_000
    """Most open connections; fewer where the system does not allow two files for each."""
    keep_alive_s: int = 30
    """How long a connection may be idle between two requests."""
    request_s: float = 20.0
    """How long a request may take to arrive, plus the time that its size is allowed."""
    request_bytes_per_s: float = 500.0
    """A request may take one more second for every so many bytes."""
    reading_s: float = 60.0
    """How long a client may go without reading any of a response."""
    drain_s: float = 5.0
    """How long requests in flight may take when the server is told to stop."""
    free_bytes: int = 100 * 1024 * 1024
    """With less free space on the disk of the study, the server says that it is not ready."""
