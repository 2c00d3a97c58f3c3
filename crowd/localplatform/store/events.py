"""What requesters asked to be told of: events of HIT types with notification settings, until they are delivered.

Triggers of the schema add what happens to assignments, new HITs and extensions; `find` adds what follows from a HIT's
status and the time.
"""

import json
from typing import Any

from crowd.localplatform.store.database import Row, Transaction
from crowd.localplatform.store.hits import WITH_STATUS

#: Waits after failed attempts, in seconds; after the last one an event is given up.
WAITS_S = (1, 2, 5, 15, 60, 300, 1800)

#: What is so of HITs whose requesters asked for it.
_TRUE_NOW = f"""SELECT specification, event_type, hit_type_id, hit_id FROM (
    SELECT hit_id, hit_type_id, 'HITExpired' AS event_type FROM hits WHERE expiration <= :now
    UNION ALL
    SELECT hit_id, hit_type_id, CASE status WHEN 'Disposed' THEN 'HITDisposed' ELSE 'HITReviewable' END
    FROM ({WITH_STATUS} WHERE hit_type_id IN (SELECT hit_type_id FROM wanted_events))
    WHERE status IN ('Reviewable', 'Reviewing', 'Disposed')
  ) JOIN wanted_events USING (hit_type_id, event_type)"""  # noqa: S608  constants of this package


def add(tx: Transaction, specification: dict[str, Any], event_type: str, **ids: str) -> None:
    """Add an event that happens now."""
    values = {"specification": json.dumps(specification), "event_type": event_type, "happened": tx.now}
    tx.insert("events", values | ids)


def find(tx: Transaction) -> None:
    """Add, once each, that HITs have expired, become reviewable or been disposed of since the last look."""
    if tx.value("SELECT 1 FROM wanted_events LIMIT 1") is None:
        return
    tx.execute("UPDATE events SET happened = :now WHERE happened IS NULL")
    tx.execute(
        f"DELETE FROM hit_events WHERE (hit_id, event_type) NOT IN (SELECT hit_id, event_type FROM ({_TRUE_NOW}))"  # noqa: S608
    )
    tx.execute(
        f"""INSERT INTO events (specification, event_type, happened, hit_type_id, hit_id)
        SELECT specification, event_type, :now, hit_type_id, hit_id FROM ({_TRUE_NOW})
        WHERE (hit_id, event_type) NOT IN (SELECT hit_id, event_type FROM hit_events)"""  # noqa: S608
    )
    remember(tx)


def remember(tx: Transaction) -> None:
    """Take what is so of HITs now as seen, so that `find` does not add it."""
    tx.execute(
        f"INSERT OR IGNORE INTO hit_events (hit_id, event_type) SELECT hit_id, event_type FROM ({_TRUE_NOW})"  # noqa: S608
    )


def due(tx: Transaction, at: float, limit: int) -> list[Row]:
    """The next events to deliver by the wall clock, oldest first, with those that `find` finds."""
    find(tx)
    return tx.rows("SELECT * FROM events WHERE due <= :at ORDER BY seq LIMIT :limit", at=at, limit=limit)


def delivered(tx: Transaction, seq: int) -> None:
    """Forget an event that has arrived."""
    tx.execute("DELETE FROM events WHERE seq = :seq", seq=seq)


def failed(tx: Transaction, event: Row, at: float) -> bool:
    """Put an event off that did not arrive; False where it is given up."""
    if event["attempts"] >= len(WAITS_S):
        delivered(tx, event["seq"])
        return False
    tx.execute(
        "UPDATE events SET attempts = attempts + 1, due = :due WHERE seq = :seq",
        due=at + WAITS_S[event["attempts"]],
        seq=event["seq"],
    )
    return True
