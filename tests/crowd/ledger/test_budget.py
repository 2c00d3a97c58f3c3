"""Before anything is spent."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from crowd.ledger.budget import Consent, settle
from crowd.ledger.ledger import Ledger
from crowd.platforms import describe
from crowd.pricing import Cost, cost_of_hits


class Bank:
    """A platform of which only the account matters."""

    name = "mturk"

    def __init__(self, balance: str = "10000.00", *, real_money: bool = True) -> None:
        self.about = replace(describe("mturk"), real_money=real_money)
        self._balance = Decimal(balance)

    def balance(self) -> Decimal:
        return self._balance


COST = cost_of_hits(Decimal("1.00"), [9, 9])
YES = Consent(cap_usd="50", real_money=True, confirm=lambda cost: True)


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with Ledger(tmp_path) as ledger:
        yield ledger


def test_real_money_with_flag_cap_and_word_is_settled(ledger: Ledger) -> None:
    """All three said, the cap holds from now on."""
    settle(Bank(), ledger, COST, YES, budget_usd="100.00", held=ledger.held())
    assert ledger.cap() == Decimal("50.00")


@pytest.mark.parametrize(
    ("consent", "problem"),
    [
        (Consent(), "say so with --real-money"),
        (Consent(cap_usd="50", confirm=lambda cost: True), "say so with --real-money"),
        (Consent(real_money=True, confirm=lambda cost: True), "set the most it may ever be with --cap USD"),
        (Consent(real_money=True, cap_usd="50"), "the sum must be confirmed"),
        (Consent(real_money=True, cap_usd="50", confirm=lambda cost: False), "not confirmed"),
        (Consent(real_money=True, cap_usd="21.59", confirm=lambda cost: True), r"passes the cap of \$21\.59"),
        (Consent(real_money=True, cap_usd="-1", confirm=lambda cost: True), "cap '-1' is not an amount"),
    ],
)
def test_real_money_needs_flag_cap_and_word(consent: Consent, problem: str, ledger: Ledger) -> None:
    """Each that is missing stops the run, whatever the others are."""
    with pytest.raises(ValueError, match=problem):
        settle(Bank(), ledger, COST, consent, budget_usd="100.00", held=ledger.held())


def test_play_money_needs_no_word(ledger: Ledger) -> None:
    """Where dollars are none, the budget is the cap and nothing is asked."""
    settle(Bank(real_money=False), ledger, COST, Consent(), budget_usd="21.60", held=ledger.held())
    assert ledger.cap() == Decimal("21.60")


def test_a_cap_that_was_given_stays(ledger: Ledger) -> None:
    """A later run without a cap is held to the one that was given, not to the budget."""
    settle(Bank(), ledger, COST, YES, budget_usd="100.00", held=ledger.held())
    with pytest.raises(ValueError, match=r"passes the cap of \$50\.00"):
        settle(
            Bank(),
            ledger,
            cost_of_hits(Decimal("10.00"), [9]),
            Consent(real_money=True),
            budget_usd="1000.00",
            held=ledger.held(),
        )


def test_what_is_held_counts_against_the_cap(ledger: Ledger) -> None:
    """Earlier spending leaves less room."""
    settle(Bank(), ledger, COST, YES, budget_usd="100.00", held=ledger.held())
    ledger.plan([("create/a", "create", {}, Decimal("30"))])
    with pytest.raises(
        ValueError, match=r"costs \$21\.60, with \$30\.00 held so far, which passes the cap of \$50\.00"
    ):
        settle(Bank(), ledger, COST, YES, budget_usd="100.00", held=ledger.held())


def test_an_account_that_is_too_empty_is_told(ledger: Ledger) -> None:
    """The balance must suffice for everything, before anything is created."""
    with pytest.raises(ValueError, match=r"costs \$21\.60, and the account at mturk has \$21\.59"):
        settle(Bank("21.59"), ledger, COST, YES, budget_usd="100.00", held=ledger.held())


def test_finishing_what_was_confirmed_asks_for_no_second_word(ledger: Ledger) -> None:
    """A rerun that spends nothing new needs the flag, and no sum is typed again."""
    settle(Bank(), ledger, COST, YES, budget_usd="100.00", held=ledger.held())
    settle(Bank("0.00"), ledger, Cost(lines=()), Consent(real_money=True), budget_usd="100.00", held=ledger.held())
    with pytest.raises(ValueError, match="--real-money"):
        settle(Bank(), ledger, Cost(lines=()), Consent(), budget_usd="100.00", held=ledger.held())


def test_a_cap_that_does_not_suffice_is_not_kept(ledger: Ledger) -> None:
    """A sum that was mistyped or not confirmed stops its own command and no later one."""
    settle(Bank(), ledger, COST, YES, budget_usd="100.00", held=ledger.held())
    with pytest.raises(ValueError, match=r"passes the cap of \$5\.00"):
        settle(Bank(), ledger, COST, Consent(cap_usd="5", real_money=True), budget_usd="100.00", held=ledger.held())
    with pytest.raises(ValueError, match="not confirmed"):
        settle(
            Bank(),
            ledger,
            COST,
            Consent(cap_usd="500", real_money=True, confirm=lambda cost: False),
            budget_usd="9.00",
            held=ledger.held(),
        )
    assert ledger.cap() == Decimal("50.00")
