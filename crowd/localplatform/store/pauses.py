"""Pauses, in which the study is not served: no task ends because of one, even if the clock was set meanwhile."""

from crowd.localplatform.store.account import remember_setting, setting
from crowd.localplatform.store.database import Transaction

_LAST = "last served"


def remember(tx: Transaction) -> None:
    """Store that the study is being served now."""
    remember_setting(tx, _LAST, repr(tx.now))


def last_served(tx: Transaction) -> float | None:
    """When the study was last served; None if only releases that do not store it have served it."""
    text = setting(tx, _LAST)
    return None if text is None else float(text)


def resume(tx: Transaction, now: float) -> None:
    """Continue at `now`: open tasks and tests have as much time left as at `tx.now`, when serving stopped.

    If `now` is the earlier one, because the computer's clock was set back, past events are moved out of the future.
    """
    away = now - tx.now
    tx.execute("UPDATE assignments SET deadline = deadline + :away WHERE state = 'Accepted'", away=away)
    tx.execute("UPDATE qualification_tests SET deadline = deadline + :away WHERE request_id IS NULL", away=away)
    if away < 0:
        tx.execute("UPDATE assignments SET auto_approval = auto_approval + :away WHERE state = 'Submitted'", away=away)
        for table, column in _STAMPS:
            tx.execute(f"UPDATE {table} SET {column} = :then WHERE {column} > :then", then=now)  # noqa: S608  constants


_STAMPS = [
    ("hits", "created"),
    ("hits", "visible_from"),
    ("arrivals", "arrived"),
    ("arrivals", "waits_until"),
    ("assignments", "accepted"),
    ("assignments", "submitted"),
    ("request_tokens", "used"),
    ("qualifications", "granted"),
    ("qualification_requests", "submitted"),
    ("qualification_tests", "started"),
]
