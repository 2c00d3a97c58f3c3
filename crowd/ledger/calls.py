"""Sends calls that must take effect exactly once: each is in the ledger before it is sent, and its outcome after it.

A run that is killed or loses its connection leaves calls that may or may not have taken effect. For a day the platform
refuses a token that it has seen; after that it has forgotten the token, but still lists what the call created. So a
run first looks for what exists, and then sends what is missing, with the same tokens as before.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from decimal import Decimal
from queue import SimpleQueue
from threading import Thread
from typing import Any

from crowd import recruiters
from crowd.ledger.ledger import Entry, Ledger
from crowd.platforms import Platform, RequestRefusedError

#: The ids of what a call made or changed.
Ids = Mapping[str, Any]
#: Who is called: their verbs have the names that the ledger keeps.
Callee = Platform | recruiters.Recruiter
_REFUSALS = (RequestRefusedError, recruiters.RecruiterRefusedError)

#: Called after each call with the number of finished calls and the number of all.
Progress = Callable[[int, int], None]


#: Finds the outcome of a call that may have been sent before; None if nothing shows that it took effect.
Finder = Callable[[Any], Ids | None]


def _nothing() -> dict[str, Any]:
    return {}


def _unknown(refusal: object) -> None:
    return None


#: How many creating calls run at the same time: enough for a platform that responds slowly, and few enough to slow
#: down at once when the platform asks for it.
AT_ONCE = 8
THREAD_NAME = "platform-call"


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call that must take effect once."""

    key: str
    """Identifies the purpose of the call; the same in every run."""
    verb: str
    """The verb of `crowd.platforms.Platform` or of `crowd.recruiters.Recruiter`."""
    arguments: Mapping[str, Any]
    """The arguments that the ledger keeps."""
    bulk: Callable[[], Mapping[str, Any]] = _nothing
    """Makes further arguments when the call is sent, which the ledger does not keep."""
    cost: Decimal = field(default=Decimal(0))
    """Dollars that it may spend, including fees."""
    with_token: bool = False
    """Whether the verb takes a token."""
    find: Finder = _unknown
    """Finds the outcome of the call if it took effect already; called with the platform's refusal, or None."""


@dataclass(slots=True)
class Tally:
    """Counts of what a run did."""

    made: int = 0
    """Calls that this run made."""
    found: int = 0
    """Calls of earlier runs that were found to have taken effect."""
    before: int = 0
    """Calls that were already done in the ledger."""
    refused: list[str] = field(default_factory=list)
    """The platform's messages for the calls that it refused."""
    undecided: tuple[str, ...] = ()
    """Visits that a recruiter has for review although not all tasks were sent: somebody decides about them."""

    @property
    def through(self) -> int:
        """The number of calls that have taken effect."""
        return self.made + self.found + self.before


def plan(ledger: Ledger, calls: Sequence[Call]) -> None:
    """Enter all calls in the ledger, or none.

    Raises:
        ValueError: the study's cap would be exceeded.
    """
    ledger.plan((call.key, call.verb, call.arguments, call.cost) for call in calls)


def carry_out(
    callee: Callee,
    ledger: Ledger,
    calls: Sequence[Call],
    progress: Progress | None = None,
    *,
    stop_at_refusal: bool = True,
    at_once: int = 1,
) -> Tally:
    """Enter the calls in the ledger and send those that have not taken effect yet.

    Args:
        callee: the platform or the recruiter that is called.
        ledger: the study's ledger.
        calls: the calls, in the order in which they are sent.
        progress: called after each.
        stop_at_refusal: send nothing more after the platform has refused a call.
        at_once: how many may run at the same time. The first runs alone, since what makes the platform refuse it
            usually applies to all.

    Returns:
        How many calls were made, found and refused.

    Raises:
        ValueError: the cap would be exceeded; or the platform refused a call (with `stop_at_refusal`).
        PlatformUnreachableError: the platform does not respond; another run continues from here.
    """
    plan(ledger, calls)
    states = ledger.states()
    with closing(_Run(callee, ledger, at_once, stop_at_refusal)) as run:
        for call in calls:
            if states.get(call.key) == "done":
                run.tally.before += 1
            elif (there := call.find(None)) is not None:
                ledger.mark_done(call.key, there)
                run.tally.found += 1
            else:
                run.send(call)
            if progress:
                progress(run.tally.through + len(run.tally.refused), len(calls))
        while run.under_way:
            run.settle_next()
            if progress:
                progress(run.tally.through + len(run.tally.refused), len(calls))
        return run.tally


#: What the platform returned for a call, or the exception raised.
_Outcome = Ids | BaseException


class _Run:
    """Runs calls in threads. Only the thread that owns the ledger writes to it; the others only call the platform.

    The threads are daemons, so that a command can be interrupted while it retries a platform that does not respond.
    """

    def __init__(self, callee: Callee, ledger: Ledger, at_once: int, stop_at_refusal: bool) -> None:
        self._callee, self._ledger = callee, ledger
        self._at_once, self._stop_at_refusal = at_once, stop_at_refusal
        self.tally = Tally()
        self.under_way = 0
        self._threads = 0
        self._to_send: SimpleQueue[tuple[Call, Mapping[str, Any]] | None] = SimpleQueue()
        self._outcomes: SimpleQueue[tuple[Call, _Outcome]] = SimpleQueue()

    def close(self) -> None:
        """Tell the threads to end."""
        for _ in range(self._threads):
            self._to_send.put(None)

    def send(self, call: Call) -> None:
        """Send the call; return as soon as another may be sent."""
        arguments = self._begin(call)
        if self._at_once == 1:
            self._settle(call, _asked(self._callee, call, arguments))
            return
        if self._threads <= self.under_way:
            Thread(target=self._ask, daemon=True, name=THREAD_NAME).start()
            self._threads += 1
        self._to_send.put((call, arguments))
        self.under_way += 1
        while self.under_way >= (self._at_once if self.tally.made else 1):
            self.settle_next()

    def _ask(self) -> None:
        while (task := self._to_send.get()) is not None:
            self._outcomes.put((task[0], _asked(self._callee, *task)))

    def _begin(self, call: Call) -> dict[str, Any]:
        """Mark the call as sent in the ledger; return all its arguments."""
        token = {"token": self._ledger.token(call.key)} if call.with_token else {}
        arguments = {**call.arguments, **call.bulk(), **token}
        self._ledger.mark_sent(call.key)
        return arguments

    def settle_next(self) -> None:
        """Wait for the next outcome and enter it; if it raises, first wait for all calls that are still running."""
        call, outcome = self._outcomes.get()
        self.under_way -= 1
        try:
            self._settle(call, outcome)
        except Exception:
            while self.under_way:
                with suppress(Exception):
                    self.settle_next()
            raise

    def _settle(self, call: Call, outcome: _Outcome) -> None:
        """Enter the outcome of the call in the ledger.

        Raises:
            BaseException: the call's exception, if it ends the run.
        """
        if isinstance(outcome, _REFUSALS):
            there = call.find(outcome)
            if there is None:
                self._ledger.mark_refused(call.key, str(outcome))
                self.tally.refused.append(str(outcome))
                if self._stop_at_refusal:
                    raise outcome
                return
            self.tally.found += 1
        elif isinstance(outcome, BaseException):
            raise outcome
        else:
            there = outcome
            self.tally.made += 1
        self._ledger.mark_done(call.key, there)


def _asked(callee: Callee, call: Call, arguments: Mapping[str, Any]) -> _Outcome:
    try:
        ids: Ids = getattr(callee, call.verb)(**arguments)
    except BaseException as error:
        return error
    return ids


def unfinished(ledger: Ledger) -> Iterator[Entry]:
    """The calls in the ledger that have no outcome yet."""
    return (entry for entry in ledger.entries() if entry.state in {"planned", "sent"})
