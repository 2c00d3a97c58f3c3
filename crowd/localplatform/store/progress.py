"""The progress of a study: overall counts, and the answers as they arrive."""

import statistics
from dataclasses import dataclass
from typing import Any

from crowd.localplatform.store.database import Row, Transaction
from crowd.worker_ids import SIMULATED_PREFIX

#: The work of programs counts only until people are invited.
_FILLS_A_PLACE = f"""(worker_id NOT LIKE '{SIMULATED_PREFIX}%'
  OR NOT EXISTS (SELECT 1 FROM participants WHERE simulated = 0))"""  # noqa: S608  a constant


def summary(tx: Transaction) -> dict[str, Any]:
    """Counts of HITs, assignments and people, and the median time per assignment in seconds (None without any)."""
    hits = tx.row(
        """SELECT count(*) AS hits, coalesce(sum(max_assignments), 0) AS wanted,
          count(*) FILTER (WHERE expiration <= :now) AS expired
        FROM hits WHERE disposed IS NULL"""
    )
    states = tx.row(
        f"""SELECT count(*) FILTER (WHERE state = 'Accepted') AS pending,
          count(*) FILTER (WHERE state = 'Submitted') AS submitted,
          count(*) FILTER (WHERE state = 'Approved') AS approved,
          count(*) FILTER (WHERE state = 'Rejected') AS rejected
        FROM assignments JOIN hits USING (hit_id) WHERE disposed IS NULL AND {_FILLS_A_PLACE}"""  # noqa: S608
    )
    people = tx.row(
        """SELECT count(*) AS invited, count(*) FILTER (WHERE simulated = 1) AS simulated,
          (SELECT count(DISTINCT worker_id) FROM previews) AS seen,
          (SELECT count(DISTINCT worker_id) FROM assignments) AS accepted,
          (SELECT count(DISTINCT worker_id) FROM assignments WHERE submitted IS NOT NULL) AS answered
        FROM participants"""
    )
    unfinished = tx.row(
        """SELECT count(*) FILTER (WHERE state = 'Returned') AS returned,
          count(*) FILTER (WHERE state = 'Abandoned') AS abandoned FROM assignments"""
    )
    found = (hits, states, people, unfinished)
    counts = {name: int(row[name]) for row in found if row is not None for name in row.keys()}  # noqa: SIM118
    took = f"SELECT submitted - accepted FROM assignments WHERE submitted IS NOT NULL AND {_FILLS_A_PLACE}"  # noqa: S608
    times = [row[0] for row in tx.rows(took)]
    return counts | {"now": tx.now, "median_s": statistics.median(times) if times else None}


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """What happens in a study at one moment."""

    open_places: int
    """Tasks that somebody could still accept."""
    open_assignments: int
    """Tasks accepted and not yet sent, returned or late."""
    submitted: int
    """Tasks whose answers are stored."""
    quiet_s: float
    """Seconds without an answer since places have been open; 0 where none is open."""


def activity(tx: Transaction) -> Activity:
    """The study's open places, tasks and answers, and how long nobody has answered."""
    people = tx.value("SELECT count(*) FROM participants WHERE simulated = 0")
    taken = f"(pending + submitted + approved + rejected{' - programs' if people else ''})"
    free = tx.row(
        f"""SELECT sum(max_assignments - {taken}) AS places, min(visible_from) AS since
        FROM hits WHERE disposed IS NULL AND expiration > :now AND visible_from <= :now
          AND max_assignments > {taken}"""  # noqa: S608  constants
    )
    last = tx.row("SELECT submitted FROM assignments WHERE submit_seq IS NOT NULL ORDER BY submit_seq DESC LIMIT 1")
    assert free is not None  # noqa: S101  sums give one row
    since = max(free["since"], last["submitted"] if last is not None else 0.0) if free["places"] else tx.now
    return Activity(
        open_places=int(free["places"] or 0),
        open_assignments=int(tx.value("SELECT count(*) FROM assignments WHERE state = 'Accepted'")),
        submitted=int(tx.value("SELECT count(*) FROM assignments WHERE submit_seq IS NOT NULL")),
        quiet_s=max(0.0, tx.now - since),
    )


def answers(tx: Transaction, after: int) -> list[Row]:
    """Submitted answers that count, with their HIT's annotation, in order of submission, starting after `after`."""
    return tx.rows(
        f"""SELECT submit_seq, annotation, answer FROM assignments JOIN hits USING (hit_id)
        WHERE submit_seq > :after AND answer <> '' AND {_FILLS_A_PLACE} ORDER BY submit_seq LIMIT 500""",  # noqa: S608
        after=after,
    )


def work(tx: Transaction) -> list[dict[str, Any]]:
    """Each participant's assignments with completion codes, in the order of invitation.

    Participants without assignments have one row, in the state ``Invited``. `number` counts people, and is None for
    programs.
    """
    rows = tx.rows(
        """SELECT people.number, worker_id, simulated, coalesce(state, 'Invited') AS state, completion_code, annotation,
          hit_id, accepted, assignments.submitted, recruits.recruiter, person_id,
          (SELECT session_id FROM arrivals WHERE arrivals.worker_id = participants.worker_id
            ORDER BY seq DESC LIMIT 1) AS session_id
        FROM participants
        LEFT JOIN recruits USING (worker_id)
        LEFT JOIN (SELECT worker_id, row_number() OVER (ORDER BY seq) AS number FROM participants WHERE simulated = 0)
          AS people USING (worker_id)
        LEFT JOIN assignments USING (worker_id) LEFT JOIN hits USING (hit_id)
        ORDER BY participants.seq, accepted"""
    )
    return [dict(row) for row in rows]


def latest_work(tx: Transaction, limit: int) -> list[dict[str, Any]]:
    """The rows of `work` if there are at most `limit`, else the `limit` assignments submitted last, latest first."""
    number = tx.value("SELECT (SELECT count(*) FROM participants) + (SELECT count(*) FROM assignments)")
    if number <= limit:
        return work(tx)
    rows = tx.rows(
        """SELECT CASE WHEN simulated = 0 THEN
            (SELECT count(*) FROM participants AS other WHERE other.simulated = 0 AND other.seq <= participants.seq)
          END AS number, worker_id, simulated, state, completion_code, annotation, hit_id, accepted,
          assignments.submitted
        FROM (SELECT * FROM assignments WHERE submit_seq IS NOT NULL ORDER BY submit_seq DESC LIMIT :limit)
          AS assignments JOIN participants USING (worker_id) JOIN hits USING (hit_id)
        ORDER BY submit_seq DESC""",
        limit=limit,
    )
    return [dict(row) for row in rows]
