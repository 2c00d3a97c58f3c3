"""Limits: those that Mechanical Turk documents beside its service model, and those that keep the server safe."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Range:
    """The smallest and largest number, length or count of a parameter; `in_bytes` counts UTF-8 bytes of a text."""

    low: float = 0
    high: float
    in_bytes: bool = False

    def allows(self, value: Any) -> bool:
        """Whether the value lies within."""
        if isinstance(value, str):
            size: float = len(value.encode("utf-8")) if self.in_bytes else len(value)
        else:
            size = len(value) if isinstance(value, list) else value
        return self.low <= size <= self.high


_YEAR_S = 31_536_000
_XML = Range(high=65_535, in_bytes=True)

#: By request shape and member; "*" for any request. https://docs.aws.amazon.com/AWSMechTurk/latest/AWSMturkAPI/
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
    """Largest body of a request; a question of 65,535 bytes needs at most six times that in JSON."""
    form_fields: int = 4000
    """Most fields of one submitted answer."""
    open_assignments: int = 10
    """Most tasks that a participant may hold at the same time."""
    requests_per_s: float = 10.0
    """Lasting rate of one participant's requests (simulated participants are not held to it) …"""
    burst: int = 100
    """… and how many may come at once."""
    strangers_per_s: float = 20.0
    """Lasting rate of requests with unknown links or wrong signatures from one address …"""
    strangers_burst: int = 200
    """… and how many may come at once."""
    connections: int = 10_000
    """Most open connections; fewer where the system does not allow two files for each."""
    keep_alive_s: int = 30
    """How long a connection may be idle between two requests."""
    request_s: float = 20.0
    """How long a request may take to arrive, beside …"""
    request_bytes_per_s: float = 500.0
    """… a second for each so many bytes of it."""
    reading_s: float = 60.0
    """How long a client may take no part of an answer."""
