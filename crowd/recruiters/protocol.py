"""What every recruiter offers, in the words of a study: who came, where they go at the end, and what is asked of it.

A recruiter has two sides. Its door is part of the server: it reads the address by which a person arrives, and says
where the person goes at the end, without asking anybody. Its verbs are for commands: they open a study at the
recruiter, review the work there and pay for it. The verbs that change something take keyword arguments only, made of
texts, numbers and lists, as those of a platform do, so that the ledger can keep them (`crowd.ledger.calls`).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from math import inf
from typing import Protocol, TypedDict, runtime_checkable


class Outcome(StrEnum):
    """How a person's visit ended."""

    COMPLETE = "complete"
    """They did all of their tasks."""
    SCREENED_OUT = "screened_out"
    """They failed the quiz or the checks, where the study says that this ends their part."""
    NO_CONSENT = "no_consent"
    """They declined to take part."""
    INCOMPATIBLE_DEVICE = "incompatible_device"
    """The task does not work on their device."""
    FULL = "full"
    """There was no place left for them."""
    TIMED_OUT = "timed_out"
    """Their time was over, and their place went to somebody else."""
    RETURNED = "returned"
    """They gave their place back at the recruiter, or came again by another visit."""


class ArrivalState(StrEnum):
    """How far a visit is, by the recruiter's own record."""

    RESERVED = "reserved"
    """A place is held for the person, who has not come yet."""
    STARTED = "started"
    WAITING = "waiting"
    """Finished, and not reviewed yet."""
    APPROVED = "approved"
    PARTLY_APPROVED = "partly_approved"
    REJECTED = "rejected"
    RETURNED = "returned"
    TIMED_OUT = "timed_out"
    SCREENED_OUT = "screened_out"
    NOT_SENT = "not_sent"
    """The recruiter has no such visit: the address by which somebody came was made up."""
    UNKNOWN = "unknown"
    """A state of which this release does not know, or one on the way from one state to another."""


#: How a visit here ends when the recruiter says that it is over.
ENDS: Mapping[ArrivalState, Outcome] = {
    ArrivalState.RETURNED: Outcome.RETURNED,
    ArrivalState.TIMED_OUT: Outcome.TIMED_OUT,
    ArrivalState.SCREENED_OUT: Outcome.SCREENED_OUT,
    ArrivalState.REJECTED: Outcome.RETURNED,
    ArrivalState.NOT_SENT: Outcome.RETURNED,
}
#: Visits in these states are not paid, and others come in their place.
UNPAID = frozenset(
    {
        ArrivalState.NOT_SENT,
        ArrivalState.REJECTED,
        ArrivalState.RETURNED,
        ArrivalState.TIMED_OUT,
        ArrivalState.SCREENED_OUT,
    }
)


class VisitError(ValueError):
    """The address by which somebody came does not say who they are; the message is for the study's author."""


class NoticeError(ValueError):
    """A message about a visit is not one of the recruiter, or too old to act on; the message is for the log."""


class NotAutomaticError(ValueError):
    """The recruiter is not asked by programs; the message says what the study's author does instead."""


class RecruiterRefusedError(ValueError):
    """The recruiter understood and said no; nothing has changed."""

    def __init__(self, operation: str, code: str, message: str) -> None:
        super().__init__(f"{operation}: {message} [{code}]")
        self.code = code
        """The recruiter's own code."""


class OpeningState(StrEnum):
    """How far a study is at the recruiter."""

    DRAFT = "draft"
    OPEN = "open"
    PAUSED = "paused"
    FULL = "full"
    """Every place is taken, for now or for good."""
    CLOSED = "closed"
    UNKNOWN = "unknown"


class RecruiterUnreachableError(OSError):
    """No answer came from the recruiter, or none that says what happened."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecruiterDescription:
    """What is known of a recruiter without asking it."""

    name: str
    """One of `crowd.recruiters.NAMES`."""
    source: str
    """Where participants come from, as a paper names it; empty where only the study's author knows."""
    sends: bool
    """Whether it sends people to the study's one address, ``/join``, instead of giving each their own link."""
    pays: bool
    """Whether what people get comes from it; task pages then name no pay."""
    automatic: bool
    """Whether it does what the verbs of `Recruiter` ask; otherwise the study's author does that on its pages."""
    tasks_per_participant: int
    """How many tasks each person does unless the study says so; 0: as many as are open to them."""
    module: str
    """The module of `crowd.recruiters` with its class `SETTINGS` and its functions `open_door(settings, study
    directory)` and `open_recruiter(description, settings, study directory)`."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Visit:
    """Who came, as the address by which they came says."""

    session_id: str
    """Names the visit; the same for the same visit, however often its address is opened."""
    person_id: str
    """Names the person at the recruiter."""
    simulated: bool = False
    """Whether it is a program in a rehearsal."""
    fresh_until: float = inf
    """Until when the address begins a visit, in seconds since the epoch; later it only finds one that is there."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Departure:
    """Where a person goes at the end; neither is there if they just close the page."""

    url: str | None = None
    """The address to open."""
    code: str | None = None
    """The code to type in at the recruiter."""


class Door(Protocol):
    """The way in and out of a study; the server calls it for each person, so it asks nobody over the network."""

    @property
    def comes_again(self) -> bool:
        """Whether a person whose visit is complete may come for another one."""
        ...

    @property
    def patience_s(self) -> int:
        """How long somebody waits for a place before there is none: for news of the recruiter that may free one."""
        ...

    @property
    def query(self) -> str:
        """What the recruiter puts behind ``/join?`` for each person, for the author to enter there."""
        ...

    def visit(self, parameters: Mapping[str, str]) -> Visit:
        """Who came to ``/join`` with these parameters, each of which stood there once.

        Raises:
            VisitError: a parameter is missing or cannot be what it should be.
        """
        ...

    def departure(self, outcome: Outcome, visit: Visit) -> Departure:
        """Where the visitor goes after that outcome."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What a recruiter tells the server of a visit by itself."""

    notice_id: str
    """Names the event; the same where it is told again."""
    session_id: str
    state: ArrivalState
    happened_at: float
    """When the visit came into that state, in seconds since the epoch; notices may come in another order."""


@runtime_checkable
class NotifiedDoor(Protocol):
    """The door of a recruiter that tells the server of visits, at ``/hooks/NAME``."""

    def notice(self, headers: Mapping[str, str], body: bytes, *, now: float) -> Notice | None:
        """What a request tells; None if it is about something other than a visit.

        Raises:
            NoticeError: it is not one of the recruiter, or too old.
        """
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """An amount in one currency."""

    amount: Decimal
    currency: str
    """Three letters, e.g. "GBP"."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Opening:
    """The study as the recruiter has it."""

    opening_id: str
    state: OpeningState
    num_places: int
    reward: Decimal
    """For one person."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrival:
    """A visit as the recruiter has it."""

    session_id: str
    person_id: str
    state: ArrivalState
    code: str | None
    """The completion code that the person gave there."""
    started_at: datetime | None
    completed_at: datetime | None


class RecruiterIds(TypedDict, total=False):
    """The ids of what a call made or changed; the ledger keeps them as what came of it."""

    opening_id: str
    """Of the study at the recruiter."""
    session_id: str
    bonus_id: str
    total: str
    """What paying the bonuses costs, fees and taxes included, in the account's currency."""


class Recruiter(Protocol):
    """A service that finds people for a study.

    Every verb may raise:
        NotAutomaticError: this recruiter is not asked by programs; the message says what to do instead.
        RecruiterRefusedError, RecruiterUnreachableError: as of `crowd.platforms.Platform`.
        ValueError: the recruiter cannot be asked at all, e.g. without credentials.
    """

    @property
    def about(self) -> RecruiterDescription:
        """What is known of it without asking."""
        ...

    @property
    def real_money(self) -> bool:
        """Whether its money is money; otherwise it is play money."""
        ...

    # What is there.

    def code_of(self, outcome: Outcome) -> str | None:
        """The code that people enter after that outcome."""
        ...

    def num_eligible(self) -> int | None:
        """How many people can take part; None if the recruiter does not say."""
        ...

    def fair_hourly_pay(self) -> tuple[Money, Money] | None:
        """The least pay for an hour, and the recommended one; None if the recruiter does not say."""
        ...

    def balance(self) -> Money:
        """What the account can still spend."""
        ...

    def cost(self, *, num_places: int, reward: str) -> Money:
        """What so many places at that reward cost, fees and taxes included."""
        ...

    def opening(self) -> Opening | None:
        """The study as the recruiter has it; None before its draft."""
        ...

    def arrivals(self) -> Iterator[Arrival]:
        """Everybody who took a place, whatever became of them."""
        ...

    def arrival(self, session_id: str) -> Arrival | None:
        """One visit; None if the recruiter has none of that id in this study."""
        ...

    def bonuses(self, session_ids: Sequence[str]) -> dict[str, tuple[Decimal, ...]]:
        """The bonuses that were paid for each of those visits, in the order of payment."""
        ...

    # What changes something.

    def draft(
        self, *, title: str, description: str, join_url: str, num_places: int, reward: str, minutes: int
    ) -> RecruiterIds:
        """Set the study up, unless it is; nobody sees it yet, and it costs nothing.

        Args:
            title: what people read in the recruiter's list.
            description: what they read before they come.
            join_url: the address of ``/join``, to which the recruiter adds its parameters.
            num_places: how many people are to take part.
            reward: for one person, in the account's currency, e.g. "2.40".
            minutes: how long it takes.
        """
        ...

    def open(self) -> RecruiterIds:
        """Let people in, for the first time or after a pause; the money for all places is held from then on."""
        ...

    def add_places(self, *, num_places: int) -> RecruiterIds:
        """Let so many people take part in all; the number only grows."""
        ...

    def pause(self) -> RecruiterIds:
        """Let nobody else in; who is there may finish."""
        ...

    def close(self) -> RecruiterIds:
        """End the study at the recruiter; who is there may finish."""
        ...

    def approve(self, *, session_ids: Sequence[str]) -> RecruiterIds:
        """Accept finished visits, and pay for them."""
        ...

    def reject(self, *, session_id: str, category: str, reason: str) -> RecruiterIds:
        """Decline a finished visit, and pay nothing; the person reads the reason."""
        ...

    def check_rejection(self, *, category: str, reason: str) -> None:
        """Check what `reject` would send, without sending anything.

        Raises:
            ValueError: the category is none of the recruiter's, or the reason is too short.
        """
        ...

    def ask_to_return(self, *, session_id: str, reason: str) -> RecruiterIds:
        """Ask a person to give their place back, which counts for nobody as a rejection."""
        ...

    def prepare_bonuses(self, *, amounts: Sequence[tuple[str, str]]) -> RecruiterIds:
        """Set up bonuses for visits, in the account's currency (session id, "0.50"); nothing is paid yet."""
        ...

    def pay_bonuses(self, *, bonus_id: str) -> RecruiterIds:
        """Pay what was set up. Repeated, it may pay again: an unclear outcome is read back by `bonuses`."""
        ...

    def notify(self, *, hook_url: str) -> RecruiterIds:
        """Let the recruiter tell that address what becomes of visits; done twice, it is done once."""
        ...
