"""Checks before money is spent: the cap, the account's balance, and the confirmation."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Protocol

from crowd.ledger.ledger import Ledger
from crowd.pricing import Cost, dollars, shown

_CAP, _CAP_IS_GIVEN = "cap_usd", "cap_is_given"


@dataclass(frozen=True, kw_only=True, slots=True)
class Consent:
    """What the person who pays has agreed to."""

    cap_usd: str | Decimal | None = None
    """The most that the study may ever cost; holds until another is given. Without one the study's budget holds."""
    real_money: bool = False
    """Whether real money may be spent."""
    confirm: Callable[[Cost], bool] | None = None
    """Called with the cost before anything is spent; nothing is spent if it returns false."""


class RealMoney(Protocol):
    """What says whether money is money."""

    @property
    def real_money(self) -> bool:
        """Whether its money is money; otherwise it is play money."""
        ...


class Account(Protocol):
    """Where money is spent: a platform (`crowd.platforms.Platform`), or a recruiter's account."""

    @property
    def name(self) -> str:
        """Of the platform or the recruiter."""
        ...

    @property
    def about(self) -> RealMoney:
        """What is known of it without asking."""
        ...

    def balance(self) -> Decimal:
        """What can be spent."""
        ...


def settle(account: Account, ledger: Ledger, cost: Cost, consent: Consent, *, budget_usd: str, held: Decimal) -> None:
    """Check that a cost is allowed, before anything is created.

    The cap is checked here for a clear message, and again when the calls are entered, under the ledger's write lock.

    Args:
        account: where the money is spent.
        ledger: the study's ledger.
        cost: what is about to be spent.
        consent: what the person who pays has agreed to.
        budget_usd: the cap if none was ever given.
        held: what was held before the cost was counted; another run may have begun the same work since.

    Raises:
        ValueError: real money without the flag, a cap or a confirmation; or the cap or the balance is too small.
    """
    check_real_money(account, ledger, consent)
    total, before = shown(cost.total, cost.currency), shown(held, cost.currency)
    cap = _cap(ledger, consent, budget_usd)
    if cost.total and held + cost.total > cap:
        raise ValueError(
            f"this costs {total}, with {before} held so far, which passes the cap of {shown(cap, cost.currency)}: "
            "raise it with --cap, or make the study smaller"
        )
    if cost.total:
        balance = account.balance()
        if balance < cost.total:
            raise ValueError(
                f"this costs {total}, and the account at {account.name} has {shown(balance, cost.currency)}: "
                "pay in, or make the study smaller"
            )
    if account.about.real_money and cost.total and consent.confirm is None:
        raise ValueError(f"{account.name} spends real money: the sum must be confirmed")
    if consent.confirm and not consent.confirm(cost):
        raise ValueError(
            "not confirmed, so nothing was done: run the command again and type the sum as it stands there"
        )
    _remember_cap(ledger, consent, cap)


def check_real_money(account: Account, ledger: Ledger, consent: Consent) -> None:
    """Check that real money may be spent, if the account uses real money; it is not called.

    Raises:
        ValueError: the flag or a cap is missing.
    """
    if not account.about.real_money:
        return
    if not consent.real_money:
        raise ValueError(f"{account.name} spends real money: say so with --real-money")
    if consent.cap_usd is None and ledger.fact(_CAP_IS_GIVEN) is None:
        raise ValueError(f"{account.name} spends real money: set the most it may ever be with --cap USD")


def _cap(ledger: Ledger, consent: Consent, budget_usd: str) -> Decimal:
    """The cap that holds: the one given now, else the one given before, else the study's budget."""
    if consent.cap_usd is not None:
        return dollars(consent.cap_usd, "cap")
    given = ledger.cap() if ledger.fact(_CAP_IS_GIVEN) else None
    return given if given is not None else dollars(budget_usd, "budget_usd")


def _remember_cap(ledger: Ledger, consent: Consent, cap: Decimal) -> None:
    if consent.cap_usd is not None:
        set_cap(ledger, consent.cap_usd)
    else:
        ledger.set_fact(_CAP, str(cap))


def set_cap(ledger: Ledger, cap_usd: str | Decimal) -> None:
    """Set the most that the study may ever cost, whatever its budget says.

    Raises:
        ValueError: it is not an amount in dollars.
    """
    ledger.set_fact(_CAP, str(dollars(cap_usd, "cap")))
    ledger.set_fact(_CAP_IS_GIVEN, "yes")
