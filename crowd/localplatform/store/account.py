"""The requester's account: settings, request tokens, blocks, messages to workers, notification settings."""

import json
from typing import Any

from crowd.localplatform.store.database import Row, Transaction

#: How long a UniqueRequestToken is remembered.
TOKEN_LIFETIME_S = 86_400


def setting(tx: Transaction, name: str) -> str | None:
    """The stored value of that name; None if there is none."""
    value = tx.value("SELECT value FROM settings WHERE name = :name", name=name)
    return None if value is None else str(value)


def remember_setting(tx: Transaction, name: str, value: str) -> None:
    """Store a value under a name."""
    tx.execute(
        "INSERT INTO settings (name, value) VALUES (:name, :value) "
        "ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        name=name,
        value=value,
    )


def outcome_of_token(tx: Transaction, scope: str, token: str) -> str | None:
    """The outcome of the first call with this token, for 24 hours after it."""
    value = tx.value(
        "SELECT outcome FROM request_tokens WHERE scope = :scope AND token = :token AND used > :now - :lifetime",
        scope=scope,
        token=token,
        lifetime=TOKEN_LIFETIME_S,
    )
    return None if value is None else str(value)


def remember_token(tx: Transaction, scope: str, token: str, outcome: str) -> None:
    """Store the outcome of a call with this token."""
    tx.execute(
        "INSERT INTO request_tokens (scope, token, used, outcome) VALUES (:scope, :token, :now, :outcome) "
        "ON CONFLICT (scope, token) DO UPDATE SET used = excluded.used, outcome = excluded.outcome",
        scope=scope,
        token=token,
        outcome=outcome,
    )


def block(tx: Transaction, worker_id: str, reason: str) -> None:
    """Block the worker from all HITs."""
    tx.execute(
        "INSERT INTO blocks (worker_id, reason) VALUES (:worker_id, :reason) "
        "ON CONFLICT (worker_id) DO UPDATE SET reason = excluded.reason",
        worker_id=worker_id,
        reason=reason,
    )


def unblock(tx: Transaction, worker_id: str) -> None:
    """Remove the worker's block."""
    tx.execute("DELETE FROM blocks WHERE worker_id = :worker_id", worker_id=worker_id)


def blocks(tx: Transaction, *, after: int, limit: int) -> list[Row]:
    """Blocked workers, in order of blocking."""
    return tx.rows("SELECT * FROM blocks WHERE seq > :after ORDER BY seq LIMIT :limit", after=after, limit=limit)


def send_message(tx: Transaction, worker_id: str, subject: str, text: str) -> None:
    """Store a message to show on the worker's page."""
    tx.insert("messages", {"worker_id": worker_id, "subject": subject, "text": text, "sent": tx.now})


def messages(tx: Transaction, worker_id: str) -> list[Row]:
    """The worker's messages, newest first."""
    return tx.rows("SELECT * FROM messages WHERE worker_id = :worker_id ORDER BY seq DESC", worker_id=worker_id)


def set_notification(
    tx: Transaction, hit_type_id: str, specification: dict[str, Any] | None, active: bool | None
) -> bool:
    """Store the given notification settings of a HIT type; False if there is no specification to turn on or off."""
    if specification is not None:
        tx.execute(
            "INSERT INTO notifications (hit_type_id, specification, active) VALUES (:id, :text, :active) "
            "ON CONFLICT (hit_type_id) DO UPDATE SET specification = excluded.specification, active = excluded.active",
            id=hit_type_id,
            text=json.dumps(specification),
            active=int(active is not False),
        )
        return True
    changed = tx.execute(
        "UPDATE notifications SET active = :active WHERE hit_type_id = :id", id=hit_type_id, active=int(bool(active))
    )
    return changed > 0


def notification(tx: Transaction, hit_type_id: str) -> Row | None:
    """The HIT type's notification settings."""
    return tx.row("SELECT * FROM notifications WHERE hit_type_id = :id", id=hit_type_id)
