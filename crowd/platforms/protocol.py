"""What every platform offers, in the words of a study, and how it says no.

The verbs that change something take keyword arguments only, made of texts, numbers and lists: the ledger keeps the verb
and its arguments, so that a call can be sent again as it was (`crowd.ledger.calls`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Protocol, TypedDict, Unpack

from crowd.pricing import Fees


@dataclass(frozen=True, kw_only=True, slots=True)
class Description:
    """What is known of a platform without asking it."""

    name: str
    """One of `crowd.platforms.NAMES`."""
    fees: Fees
    """What it charges; rounds of few people follow from them (`Fees.most_assignments`)."""
    source: str
    """Where participants come from, as a paper names it; empty where that is up to the recruiter."""
    real_money: bool
    """Whether its dollars are dollars; otherwise they are play money."""
    pays: bool
    """Whether participants get the reward from it."""
    serves_media: bool
    """Whether it serves the videos directory itself, under `/media/`."""
    in_study_dir: bool
    """Whether it keeps its data in the study directory."""
    module: str
    """The module of `crowd.platforms` that opens it: its function `open_platform(description, study directory)`."""


class HitType(TypedDict):
    """What all HITs of a study, or of one round of it, have in common."""

    title: str
    description: str
    keywords: str
    reward_usd: str
    """For one assignment, in dollars and cents, e.g. "0.80"."""
    assignment_duration_s: int
    auto_approval_s: int
    """Seconds after submission at which the platform approves what nobody has reviewed."""
    min_approved_percent: int
    """Percentage of a participant's earlier work that was approved; 0: any."""
    min_approved_hits: int
    countries: list[str]
    """Codes of two letters; none: everywhere."""
    without_qualification: str | None
    """Participants who hold it neither see nor do such HITs."""


class Ids(TypedDict, total=False):
    """The ids of what a call made or changed; the ledger keeps them as what came of it."""

    hit_id: str
    hit_type_id: str
    qualification_id: str
    assignment_id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PublishedHit:
    """A HIT as the platform has it, without its page."""

    hit_id: str
    hit_type_id: str
    reward_usd: Decimal
    """For one assignment."""
    created_at: datetime
    ends_at: datetime
    """Nobody can begin an assignment after it."""
    status: str
    """`Assignable`, `Unassignable`, `Reviewable`, `Reviewing` or `Disposed`."""
    num_assignments: int
    """Assignments that it asks for …"""
    num_available: int
    """… of these, not begun by anybody …"""
    num_submitted: int
    """… submitted, reviewed ones included …"""
    num_reviewed: int
    """… and approved or rejected."""

    @property
    def is_deleted(self) -> bool:
        """Whether it is gone for good."""
        return self.status == "Disposed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Submission:
    """A submitted assignment as the platform gave it."""

    assignment_id: str
    hit_id: str
    worker_id: str
    status: str
    """`Submitted`, `Approved` or `Rejected`."""
    submitted_at: float
    """Seconds since 1970."""
    answer: str
    """XML, see `crowd.task.answers.parse_answer_xml`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BonusPayment:
    """A bonus that was paid."""

    assignment_id: str
    worker_id: str
    amount_usd: Decimal
    """Without the fee."""
    reason: str
    """What the participant read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How many people a study has reached, and how long a task takes them; None where the platform does not tell."""

    seen: int | None = None
    """People who saw a task."""
    accepted: int | None = None
    """People who accepted one."""
    median_task_s: float | None = None
    """Median time from accepting a task to sending it, in seconds."""


class Platform(Protocol):
    """A place where a study's HITs stand, answers come in and people are paid.

    Every verb may raise:
        RequestRefusedError: the platform understood and said no; nothing has changed.
        PlatformUnreachableError: no answer, or none that says what happened.
        ValueError: the platform cannot be asked at all, e.g. without credentials.
    """

    @property
    def about(self) -> Description:
        """What is known of it without asking."""
        ...

    @property
    def name(self) -> str:
        """One of `crowd.platforms.NAMES`."""
        ...

    @property
    def link_origin(self) -> str:
        """The origin of the pages that load the videos; a bucket's CORS rules must admit it."""
        ...

    # What is there.

    def balance(self) -> Decimal:
        """Dollars on the account that are neither paid out nor held for open HITs."""
        ...

    def find(self, study_id: str) -> dict[str, PublishedHit]:
        """The study's HITs by key; deleted ones are not listed, and new ones may appear late.

        Of a HIT that was made twice it gives the older.
        """
        ...

    def inspect(self, hit_id: str) -> PublishedHit:
        """One HIT, also while `find` does not list it yet.

        Raises:
            NoSuchHitError: the platform has none of that id.
        """
        ...

    def submissions(self, hit_id: str) -> Iterator[list[Submission]]:
        """The HIT's submitted assignments, in pages as they come; none of a HIT that the platform does not have."""
        ...

    def submission(self, assignment_id: str) -> Submission:
        """One submitted assignment."""
        ...

    def bonuses(self, hit_id: str) -> Iterator[BonusPayment]:
        """The bonuses that were paid for the HIT's assignments."""
        ...

    def find_qualification(self, name: str) -> Ids | None:
        """The id of this account's qualification of that name; None where there is none."""
        ...

    def reach(self) -> Reach:
        """How many people saw the study's tasks, and how many accepted one."""
        ...

    # What changes something. Calls that can cost money take a token: for a day the platform refuses a second call with
    # it, which is how a call whose answer was lost is found to have had its effect.

    def register(self, **hit_type: Unpack[HitType]) -> Ids:
        """Announce what HITs will have in common; the same properties have the same `hit_type_id`."""
        ...

    def create(
        self, *, hit_type_id: str, annotation: str, num_assignments: int, lifetime_s: int, question: str, token: str
    ) -> Ids:
        """Create a HIT and hold its money; gives its `hit_id` and `hit_type_id`.

        Args:
            hit_type_id: of `register`.
            annotation: says whose HIT it is (`crowd.hit_annotation`); `find` recognises it by that.
            num_assignments: how many people are to do it.
            lifetime_s: for how long it can be begun.
            question: the page, as XML of an HTMLQuestion.
            token: names the call.

        Raises:
            AlreadyCreatedError: the token was used, and made the HIT that the error names.
        """
        ...

    def extend(self, *, hit_id: str, num_additional: int, token: str) -> Ids:
        """Let so many more people do the HIT."""
        ...

    def keep_open(self, *, hit_id: str, until: str) -> Ids:
        """Let people begin the HIT until that moment (ISO 8601, with its zone), which must not be before its end."""
        ...

    def close(self, *, hit_id: str) -> Ids:
        """End the HIT now: nobody can begin it, and who has begun may finish."""
        ...

    def delete(self, *, hit_id: str) -> Ids:
        """Delete a HIT that is closed and whose assignments are reviewed."""
        ...

    def approve(self, *, assignment_id: str) -> Ids:
        """Accept a submitted assignment, and pay its reward."""
        ...

    def reject(self, *, assignment_id: str, reason: str) -> Ids:
        """Decline a submitted assignment, and pay nothing; the participant reads the reason."""
        ...

    def bonus(self, *, assignment_id: str, worker_id: str, amount_usd: str, reason: str, token: str) -> Ids:
        """Pay the participant more, in dollars and cents ("0.10"); they read the reason."""
        ...

    def create_qualification(self, *, name: str, description: str) -> Ids:
        """Make something that participants can hold; names are unique. Gives its `qualification_id`."""
        ...

    def exclude(self, *, qualification_id: str, worker_id: str) -> Ids:
        """Give the participant that qualification: HIT types that are `without` it exclude them from now on."""
        ...


class RequestRefusedError(ValueError):
    """The platform refused a call, which then had no effect."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {message} [{code}]" if code else f"{operation}: {message}")
        self.code = code
        """The platform's own code without its prefix, for instance `HITDoesNotExist`."""
        self.message = message
        """The platform's own words."""


class NoSuchHitError(RequestRefusedError):
    """The platform has no such HIT: it was never made, is long deleted, or is so new that it is not visible yet."""


class AlreadyCreatedError(RequestRefusedError):
    """An earlier call with the same token has made the HIT."""

    def __init__(self, operation: str, code: str, message: str, hit_id: str) -> None:
        super().__init__(operation, code, message)
        self.hit_id = hit_id


class PlatformUnreachableError(ConnectionError):
    """The platform gave no usable answer; the call may have had its effect, and a rerun finds out."""
