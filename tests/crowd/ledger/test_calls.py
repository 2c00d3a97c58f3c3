"""Carrying out calls once, against a platform that does everything a network can do to them."""

import tempfile
import threading
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crowd.ledger.calls import THREAD_NAME, Call, carry_out, plan, unfinished
from crowd.ledger.ledger import Ledger
from crowd.platforms import Ids, PlatformUnreachableError, RequestRefusedError


class Crashed(BaseException):
    """The process ends here."""


class Shop:
    """A platform where each order has one effect, remembered by token for a day and by its list for good."""

    def __init__(self) -> None:
        self.orders: Counter[str] = Counter()
        self.tokens: set[str] = set()
        self.listed: set[str] = set()
        self.events: list[str] = []
        self._turn = threading.Lock()

    def create(self, *, annotation: str, token: str) -> Ids:
        with self._turn:
            return self._order(annotation, token)

    def _order(self, name: str, token: str) -> Ids:
        event = self.events.pop(0) if self.events else "ok"
        if event == "lost":
            raise PlatformUnreachableError("lost on the way there")
        if event == "refused":
            raise RequestRefusedError("Order", "InsufficientFunds", "no money")
        if token in self.tokens:
            raise RequestRefusedError("Order", "AlreadyExists", "seen before")
        self.orders[name] += 1
        self.tokens.add(token)
        if event == "answer lost":
            raise PlatformUnreachableError("lost on the way back")
        if event == "crash":
            raise Crashed
        return {"hit_id": name}

    def a_day_passes(self) -> None:
        """Tokens are forgotten; by now everything is listed."""
        self.tokens.clear()
        self.listed = set(self.orders)


def call(shop: Shop, name: str) -> Call:
    def find(refusal: RequestRefusedError | None) -> Ids | None:
        known = name in shop.listed or (refusal is not None and refusal.code == "AlreadyExists")
        return {"hit_id": name} if known else None

    return Call(key=name, verb="create", arguments={"annotation": name}, cost=Decimal(1), with_token=True, find=find)


EVENTS = st.sampled_from(["ok", "lost", "answer lost", "crash", "refused"])


@settings(max_examples=40, deadline=None)
@given(
    runs=st.lists(st.tuples(st.lists(EVENTS, max_size=4), st.booleans()), max_size=5),
    count=st.integers(1, 6),
    at_once=st.sampled_from([1, 3]),
)
def test_whatever_happens_each_call_takes_effect_once(
    runs: list[tuple[list[str], bool]], count: int, at_once: int
) -> None:
    """After any sequence of losses, crashes, refusals and days, a quiet run leaves each order made exactly once."""
    shop = Shop()
    names = [f"order {number}" for number in range(count)]
    with tempfile.TemporaryDirectory() as directory:
        for events, day_after in [*runs, ([], False)]:
            shop.events = list(events)
            with Ledger(directory) as ledger:
                ledger.set_fact("cap_usd", str(count))
                try:
                    tally = carry_out(shop, ledger, [call(shop, name) for name in names], at_once=at_once)
                except (PlatformUnreachableError, RequestRefusedError, Crashed):
                    tally = None
                assert ledger.held() <= count
            _all_have_arrived()
            if day_after:
                shop.a_day_passes()
        assert tally is not None
        assert tally.through == count
        assert shop.orders == Counter(dict.fromkeys(names, 1))
        with Ledger(directory) as ledger:
            assert list(unfinished(ledger)) == []
            assert ledger.held() == count


def _all_have_arrived() -> None:
    """Wait for the calls that a run that crashed left under way."""
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join()


def test_calls_that_may_are_under_way_together(tmp_path: Path) -> None:
    """After the first, which goes alone, three calls meet at the platform; each has its entry in the ledger by then."""
    shop, meeting = Shop(), threading.Barrier(3, timeout=20)
    order = shop.create

    def meet(*, annotation: str, token: str) -> Ids:
        if annotation != "a":
            meeting.wait()
            with Ledger(tmp_path) as other:
                seen.append(other.states()[annotation])
        return order(annotation=annotation, token=token)

    seen: list[str] = []
    shop.create = meet  # type: ignore[method-assign]
    with Ledger(tmp_path) as ledger:
        tally = carry_out(shop, ledger, [call(shop, name) for name in "abcdefg"], at_once=3)
        assert set(ledger.states().values()) == {"done"}
    assert (tally.made, set(seen)) == (7, {"sent"})
    assert shop.orders == Counter("abcdefg")


def test_what_fails_among_several_loses_no_outcome_of_the_others(tmp_path: Path) -> None:
    """One of three calls under way is lost: the run ends, nothing more is sent, and the outcomes of two are noted."""
    shop, meeting = Shop(), threading.Barrier(3, timeout=20)
    order = shop.create

    def meet(*, annotation: str, token: str) -> Ids:
        if annotation != "a":
            meeting.wait()
        if annotation == "b":
            raise PlatformUnreachableError("lost on the way there")
        return order(annotation=annotation, token=token)

    shop.create = meet  # type: ignore[method-assign]
    with Ledger(tmp_path) as ledger:
        with pytest.raises(PlatformUnreachableError):
            carry_out(shop, ledger, [call(shop, name) for name in "abcd"], at_once=3)
        assert ledger.states() == {"a": "done", "b": "sent", "c": "done", "d": "done"}


def test_the_first_refusal_stops_a_run_before_others_are_sent(tmp_path: Path) -> None:
    """Where the very first call is refused, as an empty account does, none goes out beside it."""
    shop = Shop()
    shop.events = ["refused"]
    with Ledger(tmp_path) as ledger:
        with pytest.raises(RequestRefusedError, match="no money"):
            carry_out(shop, ledger, [call(shop, name) for name in "abcd"], at_once=3)
        assert sorted(ledger.states().values()) == ["planned", "planned", "planned", "refused"]


def test_the_intent_is_in_the_ledger_when_the_call_goes_out(tmp_path: Path) -> None:
    """At the moment of the call the ledger says that it is sent, in a file that another process can read."""
    shop = Shop()
    seen: list[str] = []

    def look(*, annotation: str, token: str) -> Ids:
        with Ledger(tmp_path) as other:
            entry = other.entry("a")
        assert entry is not None
        seen.append(entry.state)
        return {"hit_id": "a"}

    shop.create = look  # type: ignore[method-assign]
    with Ledger(tmp_path) as ledger:
        carry_out(shop, ledger, [call(shop, "a")])
    assert seen == ["sent"]


def test_a_refusal_stops_the_run_and_frees_its_money(tmp_path: Path) -> None:
    """What is refused costs nothing, what comes after it stays planned, and a later run makes both."""
    shop = Shop()
    calls = [call(shop, name) for name in "abc"]
    shop.events = ["ok", "refused"]
    with Ledger(tmp_path) as ledger:
        with pytest.raises(RequestRefusedError, match="no money"):
            carry_out(shop, ledger, calls)
        assert {entry.key: entry.state for entry in ledger.entries()} == {"a": "done", "b": "refused", "c": "planned"}
        assert ledger.held() == 2
        tally = carry_out(shop, ledger, calls)
        assert (tally.made, tally.before) == (2, 1)


def test_refusals_can_be_gathered(tmp_path: Path) -> None:
    """Where single refusals must not stop the others they are counted with their words."""
    shop = Shop()
    shop.events = ["ok", "refused", "ok"]
    steps: list[tuple[int, int]] = []
    with Ledger(tmp_path) as ledger:
        tally = carry_out(
            shop,
            ledger,
            [call(shop, name) for name in "abc"],
            lambda done, total: steps.append((done, total)),
            stop_at_refusal=False,
        )
    assert (tally.made, tally.refused) == (2, ["Order: no money [InsufficientFunds]"])
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_plan_over_the_cap_sends_nothing(tmp_path: Path) -> None:
    """The cap is checked over all calls before the first."""
    shop = Shop()
    with Ledger(tmp_path) as ledger:
        ledger.set_fact("cap_usd", "2.00")
        with pytest.raises(ValueError, match="nothing was sent"):
            carry_out(shop, ledger, [call(shop, name) for name in "abc"])
        assert shop.orders == Counter()
        plan(ledger, [call(shop, name) for name in "ab"])
