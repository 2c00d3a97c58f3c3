"""Deletes what is known of a participant: everything on request, or their ids, link and times after a while."""

import secrets
from typing import Any

from crowd.localplatform.store import assignments
from crowd.localplatform.store.database import Row, Transaction, new_id

#: The tables of which nothing of a participant remains after erasure, in an order that keeps references whole.
_ERASED = (
    *("qualification_tests", "qualification_requests", "qualifications", "consents", "quiz_tries", "previews"),
    *("messages", "blocks", "forgotten"),
)
#: Those whose rows of a participant remain, without what is known of them.
_KEPT = ("assignments", "payments", "recruits", "arrivals", "participants", "forgotten")
#: All tables that `erase` and `forget` change.
TABLES = tuple(dict.fromkeys((*_ERASED, *_KEPT, "notices")))
_DAY_S = 86_400


def erase(tx: Transaction, worker_id: str, placeholder: str) -> None:
    """Delete all that is known of the worker; their assignments and payments remain, as those of `placeholder`.

    What remains has ids of ours, states, amounts and the times of the work, and no answers.
    """
    assignments.give_back_all(tx, worker_id)
    for table in _ERASED:
        tx.execute(f"DELETE FROM {table} WHERE worker_id = :worker_id", worker_id=worker_id)  # noqa: S608
    forget(tx, worker_id)
    tx.execute(
        """UPDATE assignments SET answer = CASE WHEN submitted IS NULL THEN NULL ELSE '' END, feedback = NULL,
          completion_code = NULL WHERE worker_id = :worker_id""",
        worker_id=worker_id,
    )
    for table in _KEPT:
        tx.execute(
            f"UPDATE {table} SET worker_id = :placeholder WHERE worker_id = :worker_id",  # noqa: S608
            placeholder=placeholder,
            worker_id=worker_id,
        )


def forget(tx: Transaction, worker_id: str) -> None:
    """Delete the worker's link, country, recruiter's ids and codes, and times of looking, coming and leaving.

    The day of a visit remains, how it ended, and its state at the recruiter, which says whether it is paid.
    """
    tx.execute("DELETE FROM previews WHERE worker_id = :worker_id", worker_id=worker_id)
    tx.execute(
        """UPDATE participants SET token = :token, country = NULL, revoked = :now
        WHERE worker_id = :worker_id""",
        token=secrets.token_urlsafe(24),
        worker_id=worker_id,
    )
    tx.execute("UPDATE recruits SET person_id = :id WHERE worker_id = :worker_id", id=new_id(), worker_id=worker_id)
    for visit in tx.rows("SELECT seq, arrived, ended FROM arrivals WHERE worker_id = :worker_id", worker_id=worker_id):
        tx.execute(
            """UPDATE arrivals SET session_id = :id, code = NULL, arrived = :arrived, waits_until = :arrived,
              ended = :ended WHERE seq = :seq""",
            id=new_id(),
            arrived=_day(visit["arrived"]),
            ended=_day(visit["ended"]),
            seq=visit["seq"],
        )
    tx.execute(
        "DELETE FROM notices WHERE visit IN (SELECT seq FROM arrivals WHERE worker_id = :worker_id)",
        worker_id=worker_id,
    )
    tx.insert("forgotten", {"worker_id": worker_id, "forgotten": tx.now})


def _day(time: float | None) -> float | None:
    """The beginning of the day (UTC)."""
    return None if time is None else time // _DAY_S * _DAY_S


def names(tx: Transaction) -> list[dict[str, Any]]:
    """Each participant's `worker_id`, `token` and `number` (None for programs), and `person` and `session`.

    A participant has a row for each of their visits, and one if they have made none.
    """
    rows = tx.rows(
        """SELECT participants.worker_id, token, people.number, person_id AS person, session_id AS session
        FROM participants
        LEFT JOIN (SELECT worker_id, row_number() OVER (ORDER BY seq) AS number FROM participants WHERE simulated = 0)
          AS people ON people.worker_id = participants.worker_id
        LEFT JOIN recruits ON recruits.worker_id = participants.worker_id
        LEFT JOIN arrivals ON arrivals.worker_id = participants.worker_id
        ORDER BY participants.seq"""
    )
    return [dict(row) for row in rows]


def over(tx: Transaction, before: float) -> list[Row]:
    """The `worker_id` of everybody whose last work or visit was before that time, and of whom nothing is awaited.

    Work in progress, and work that is not reviewed, keeps a participant known. Those of whom only an invitation is
    known are not among them, and neither are those whose data were deleted.
    """
    return tx.rows(
        """SELECT participants.worker_id FROM participants
        JOIN (SELECT worker_id, coalesce(submitted, ended, accepted) AS seen FROM assignments
          UNION ALL SELECT worker_id, coalesce(ended, arrived) FROM arrivals) AS work
          ON work.worker_id = participants.worker_id
        WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE forgotten.worker_id = participants.worker_id)
          AND NOT EXISTS (SELECT 1 FROM assignments WHERE assignments.worker_id = participants.worker_id
            AND state IN ('Accepted', 'Submitted'))
        GROUP BY participants.worker_id HAVING max(seen) < :before ORDER BY participants.worker_id""",
        before=before,
    )
