"""What the simulated Prolific remembers of studies, submissions and the rest."""

from dataclasses import dataclass, field
from typing import Any

#: The states of a submission in which it has a place of its study.
TAKING = ("RESERVED", "ACTIVE", "AWAITING REVIEW", "APPROVED", "PARTIALLY APPROVED")
#: Those in which it may still have to be paid from what is locked.
OPEN = ("RESERVED", "ACTIVE", "AWAITING REVIEW")
PAID = ("APPROVED", "PARTIALLY APPROVED")
STATUSES = (*TAKING, "REJECTED", "RETURNED", "TIMED-OUT", "SCREENED OUT")


@dataclass(kw_only=True, slots=True)
class ProlificStudy:
    """A study, from its draft on."""

    id: str
    document: dict[str, Any]
    """What the researcher sent, with defaults filled in."""
    created_at: float
    state: str = "UNPUBLISHED"
    """UNPUBLISHED, SCHEDULED, ACTIVE, PAUSED or STOPPED; the status shown follows from it and from the submissions."""
    publish_at: float | None = None
    published_at: float | None = None
    noted: str = "UNPUBLISHED"
    """The status at the last change, to notice the next."""
    passing: list[str] = field(default_factory=list)
    """Statuses that the next readings show instead, one each."""
    slots_used: dict[str, int] = field(default_factory=dict)
    """Screened-out participants who were paid, by completion code."""

    @property
    def places(self) -> int:
        """How many participants it asks for."""
        return int(self.document["total_available_places"])

    @property
    def reward(self) -> int:
        """What a participant gets, in sub-currency units."""
        return int(self.document["reward"])

    @property
    def maximum_s(self) -> float:
        """How long a submission may take, in seconds."""
        return float(self.document["maximum_allowed_time"]) * 60

    def code(self, entered: str | None) -> dict[str, Any] | None:
        """The completion code with that text, if the study has it."""
        return next((code for code in self.document["completion_codes"] if code["code"] == entered), None)


@dataclass(kw_only=True, slots=True)
class ProlificSubmission:
    """One participant's participation in a study; its id is the SESSION_ID."""

    id: str
    study_id: str
    participant_id: str
    reserved_at: float
    status: str = "RESERVED"
    seen: list[str] = field(default_factory=lambda: ["RESERVED"])
    """All its statuses so far."""
    started_at: float | None = None
    completed_at: float | None = None
    entered_code: str | None = None
    paid: int = 0
    """What the participant got, bonuses aside."""
    bonuses: list[int] = field(default_factory=list)
    """Bonuses paid, in sub-currency units."""
    return_requested_at: float | None = None
    rejection: dict[str, Any] | None = None


@dataclass(kw_only=True, slots=True)
class BonusBatch:
    """Bonuses that were set up; paying them again pays them again."""

    id: str
    study_id: str
    rows: list[tuple[str, int]]
    """Submission and amount in sub-currency units."""
    amount: int
    fees: int
    tax: int
    times_paid: int = 0


@dataclass(kw_only=True, slots=True)
class Group:
    """A participant group."""

    id: str
    workspace_id: str
    name: str
    description: str = ""
    members: dict[str, float] = field(default_factory=dict)
    """When each participant was added."""


@dataclass(kw_only=True, slots=True)
class Subscription:
    """Where events of one type are sent."""

    id: str
    event_type: str
    target_url: str
    workspace_id: str
    confirmation: str
    """What has to be sent back to confirm it."""
    is_enabled: bool = False
    failing_since: float | None = None
    """Since when every delivery has failed."""


@dataclass(kw_only=True, slots=True)
class Delivery:
    """One event on its way to one subscription."""

    id: str
    subscription_id: str
    payload: dict[str, Any]
    happened_at: float
    due_at: float
    tries: int = 0
    status: str = "PENDING"
    """PENDING, SUCCEEDED or FAILED."""


@dataclass(kw_only=True, slots=True)
class ProlificParticipant:
    """A simulated participant in the pool."""

    id: str
    traits: dict[str, Any]
    """Values by filter id: ids of choices, or numbers."""
