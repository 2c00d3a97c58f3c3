"""The requester's balance: the deposit, less what was paid out and what open HITs may still cost."""

from crowd.localplatform.errors import ApiError, request_error
from crowd.localplatform.fees import parse_usd
from crowd.localplatform.store import Transaction, account, assignments, hits

#: The balance in Mechanical Turk's sandbox, and the first one of a study's local account.
OPENING_BALANCE_USD = "10000.00"


def available(tx: Transaction) -> int:
    """Units of money neither paid out nor held for open HITs."""
    return _deposit(tx) - assignments.spent(tx) - hits.held(tx)


def _deposit(tx: Transaction) -> int:
    return parse_usd(account.setting(tx, "balance_usd") or OPENING_BALANCE_USD)


def demand_funds(tx: Transaction, before: int | None = None) -> None:
    """Refuse the action just done in this transaction if it overdraws the account.

    `before` is what was available before it: an action that costs nothing more is never refused.
    """
    if _deposit(tx) >= assignments.spent_at_most(tx) + hits.held_at_most(tx):
        return  # the usual case; summing over all HITs is slow if there are many
    now = available(tx)
    if now < 0 and (before is None or now < before):
        raise insufficient_funds()


def insufficient_funds() -> ApiError:
    """AWS's error for insufficient funds."""
    return request_error(
        "InsufficientFunds",
        "This Requester has insufficient funds in their account to complete this transaction.",
    )
