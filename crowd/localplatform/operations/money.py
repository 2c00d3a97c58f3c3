"""What is left on the requester's account: what was paid in, less what was paid out and what open HITs may cost."""

from crowd.localplatform.errors import ApiError, request_error
from crowd.localplatform.fees import parse_usd
from crowd.localplatform.store import Transaction, account, assignments, hits

#: What Mechanical Turk's sandbox shows, and where a study's local account begins.
OPENING_BALANCE_USD = "10000.00"


def available(tx: Transaction) -> int:
    """Units of money that are neither paid out nor held for open HITs."""
    return _deposit(tx) - assignments.spent(tx) - hits.held(tx)


def _deposit(tx: Transaction) -> int:
    return parse_usd(account.setting(tx, "balance_usd") or OPENING_BALANCE_USD)


def demand_funds(tx: Transaction, before: int | None = None) -> None:
    """Refuse what has just been done if the account went below zero by it.

    `before` is what was available earlier: something that costs nothing more is never refused.
    """
    if _deposit(tx) >= assignments.spent_at_most(tx) + hits.held_at_most(tx):
        return  # as is usual; counting over all HITs takes its time where they are many
    now = available(tx)
    if now < 0 and (before is None or now < before):
        raise insufficient_funds()


def insufficient_funds() -> ApiError:
    """AWS's answer to an account that is too empty."""
    return request_error(
        "InsufficientFunds",
        "This Requester has insufficient funds in their account to complete this transaction.",
    )
