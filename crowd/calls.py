"""Carrying out calls that must happen once: the intent is in the ledger before each, the outcome after.

A run that was killed, cut off or told nothing leaves calls of which nobody knows whether they took effect. Two things
tell, one for each age: within a day the platform refuses a token that it has seen; later it has forgotten the token,
but lists what came of the call. So a run first looks for what is there already, and then sends what is missing, with
the same token as ever.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from crowd.ledger import Entry, Ledger
from crowd.platforms import Platform, RequestRefusedError

#: Called after each call with how many are through, and of how many.
Progress = Callable[[int, int], None]


def _nothing() -> dict[str, Any]:
    return {}


def _unknown(refusal: RequestRefusedError | None) -> None:
    return None


@dataclass(frozen=True, kw_only=True, slots=True)
class Call:
    """A call that is to happen once."""

    key: str
    """What it is for; the same intent has the same key in every run."""
    operation: str
    parameters: Mapping[str, Any]
    """The parameters that the ledger keeps."""
    bulk: Callable[[], Mapping[str, Any]] = _nothing
    """Further parameters, made when the call goes out, that the ledger does not keep."""
    cost: Decimal = field(default=Decimal(0))
    """Dollars that it may spend, fees included."""
    with_token: bool = False
    """Whether the operation takes a `UniqueRequestToken`."""
    find: Callable[[RequestRefusedError | None], Mapping[str, Any] | None] = _unknown
    """What came of the call if the platform shows that it took effect; it is given the refusal, if there was one."""


@dataclass(slots=True)
class Tally:
    """What a run did."""

    made: int = 0
    """Calls that this run made."""
    found: int = 0
    """Calls of earlier runs that turned out to have taken effect."""
    before: int = 0
    """Calls that the ledger already had as done."""
    refused: list[str] = field(default_factory=list)
    """What the platform refused, in its words."""

    @property
    def through(self) -> int:
        """Calls that need nothing more."""
        return self.made + self.found + self.before


def plan(ledger: Ledger, calls: Sequence[Call]) -> None:
    """Enter all calls in the ledger, or none.

    Raises:
        ValueError: the study's cap would be passed.
    """
    ledger.plan((call.key, call.operation, call.parameters, call.cost) for call in calls)


def carry_out(
    platform: Platform,
    ledger: Ledger,
    calls: Sequence[Call],
    progress: Progress | None = None,
    *,
    stop_at_refusal: bool = True,
) -> Tally:
    """Plan the calls and see each of them done once, whatever earlier runs came to.

    Raises:
        ValueError: the cap would be passed; or the platform refused a call (with `stop_at_refusal`).
        PlatformUnreachableError: the platform does not answer; a rerun goes on from here.
    """
    plan(ledger, calls)
    done = {entry.key for entry in ledger.entries() if entry.state == "done"}
    tally = Tally()
    for number, call in enumerate(calls, 1):
        if call.key in done:
            tally.before += 1
        else:
            _carry_out(platform, ledger, call, tally, stop_at_refusal)
        if progress:
            progress(number, len(calls))
    return tally


def _carry_out(platform: Platform, ledger: Ledger, call: Call, tally: Tally, stop_at_refusal: bool) -> None:
    if (there := call.find(None)) is not None:
        ledger.mark_done(call.key, there)
        tally.found += 1
        return
    token = {"UniqueRequestToken": ledger.token(call.key)} if call.with_token else {}
    parameters = {**call.parameters, **call.bulk(), **token}
    ledger.mark_sent(call.key)
    outcome: Mapping[str, Any] | None
    try:
        outcome = _kept(platform.call(call.operation, parameters))
        tally.made += 1
    except RequestRefusedError as refusal:
        outcome = call.find(refusal)
        if outcome is None:
            ledger.mark_refused(call.key, str(refusal))
            tally.refused.append(str(refusal))
            if stop_at_refusal:
                raise
            return
        tally.found += 1
    ledger.mark_done(call.key, outcome)


def _kept(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What the ledger keeps of an answer: the ids in it."""
    hit = answer.get("HIT") or answer.get("QualificationType") or answer
    return {name: value for name, value in hit.items() if name.endswith("Id") and isinstance(value, str)}


def unfinished(ledger: Ledger) -> Iterator[Entry]:
    """Calls that were meant and have no outcome yet."""
    return (entry for entry in ledger.entries() if entry.state in {"planned", "sent"})
