"""Events of HIT types with notification settings, kept until they are delivered.

Triggers of the schema add the events of assignments, new HITs and extensions; `find` adds those that follow from a
HIT's status and the time.
"""

import json
from typing import Any

from crowd.localplatform.store.database import Row, Transaction
from crowd.localplatform.store.hits import WITH_STATUS

#: Pauses after failed attempts, in seconds; an event that fails after the last pause is dropped.
WAITS_S = (1, 2, 5, 15, 60, 300, 1800)

#: The events that follow from the present status of HITs, for HIT types with notification settings.
_TRUE_NOW = f"""SELECT specification, event_type, hit_type_id, hit_id FROM (
    SELECT hit_id, hit_type_id, 'HITExpired' AS event_type FROM hits WHERE expiration <= :now
    UNION ALL
    SELECT hit_id, hit_type_id, CASE status WHEN 'Disposed' THEN 'HITDisposed' ELSE 'HITReviewable' END
    FROM ({WITH_STATUS} WHERE hit_type_id IN (SELECT hit_type_id FROM wanted_events)) AS wanted
    WHERE status IN ('Reviewable', 'Reviewing', 'Disposed')
  ) AS found JOIN wanted_events USING (hit_type_id, event_type)"""  # noqa: S608  constants of this package


def add(tx: Transaction, specification: dict[str, Any], event_type: str, **ids: str) -> None:
    """Add an event that happens at the transaction's time."""
    values = {"specification": json.dumps(specification), "event_type": event_type, "happened": tx.now}
    tx.insert("events", values | ids)


def find(tx: Transaction) -> None:
    """Add one event for each HIT that has expired, become reviewable or been disposed of since the last call."""
    if tx.value("SELECT 1 FROM wanted_events LIMIT 1") is None:
        return
    tx.execute("UPDATE events SET happened = :now WHERE happened IS NULL")
    tx.execute(
        f"""DELETE FROM hit_events WHERE (hit_id, event_type) NOT IN (
          SELECT hit_id, event_type FROM ({_TRUE_NOW}) AS present)"""  # noqa: S608
    )
    tx.execute(
        f"""INSERT INTO events (specification, event_type, happened, hit_type_id, hit_id)
        SELECT specification, event_type, :now, hit_type_id, hit_id FROM ({_TRUE_NOW}) AS present
        WHERE (hit_id, event_type) NOT IN (SELECT hit_id, event_type FROM hit_events)"""  # noqa: S608
    )
    remember(tx)


def remember(tx: Transaction) -> None:
    """Record the present status of HITs, so that `find` adds no events for it."""
    tx.execute(
        f"""INSERT INTO hit_events (hit_id, event_type)
        SELECT hit_id, event_type FROM ({_TRUE_NOW}) AS present WHERE true ON CONFLICT DO NOTHING"""  # noqa: S608
    )


def due(tx: Transaction, at: float, limit: int) -> list[Row]:
    """Call `find`, and return the events to deliver at `at` (wall clock), oldest first."""
    find(tx)
    return tx.rows("SELECT * FROM events WHERE due <= :at ORDER BY seq LIMIT :limit", at=at, limit=limit)


def delivered(tx: Transaction, seq: int) -> None:
    """Delete an event that was delivered."""
    tx.execute("DELETE FROM events WHERE seq = :seq", seq=seq)


def failed(tx: Transaction, event: Row, at: float) -> bool:
    """Postpone an event that was not delivered; False if it is dropped."""
    if event["attempts"] >= len(WAITS_S):
        delivered(tx, event["seq"])
        return False
    tx.execute(
        "UPDATE events SET attempts = attempts + 1, due = :due WHERE seq = :seq",
        due=at + WAITS_S[event["attempts"]],
        seq=event["seq"],
    )
    return True
