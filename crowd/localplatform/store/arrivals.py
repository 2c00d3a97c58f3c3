"""The people whom recruiters send, and the visits on which they come."""

from typing import Any

from crowd.localplatform.store.database import Row, Transaction

#: Whether the ids of a visit were deleted, so that it is no longer the one of which its recruiter knows.
_FORGOTTEN = "EXISTS (SELECT 1 FROM forgotten WHERE forgotten.worker_id = arrivals.worker_id) AS forgotten"
_VISIT = "SELECT arrivals.*, person_id FROM arrivals JOIN recruits USING (worker_id)"


def know(tx: Transaction, recruiter: str, person_id: str, worker_id: str) -> tuple[str, bool]:
    """The worker id of a recruiter's person, and whether it is the one given here because they are new."""
    new = tx.execute(
        "INSERT INTO recruits (recruiter, person_id, worker_id) VALUES (:recruiter, :person_id, :worker_id) "
        "ON CONFLICT DO NOTHING",
        recruiter=recruiter,
        person_id=person_id,
        worker_id=worker_id,
    )
    known = tx.value(
        "SELECT worker_id FROM recruits WHERE recruiter = :recruiter AND person_id = :person_id",
        recruiter=recruiter,
        person_id=person_id,
    )
    return str(known), new > 0


def add(tx: Transaction, recruiter: str, session_id: str, worker_id: str, num_tasks: int, patience_s: float) -> bool:
    """Add a visit, unless it is there; return whether it was added."""
    added = tx.execute(
        """INSERT INTO arrivals (recruiter, session_id, worker_id, num_tasks, num_before, arrived, waits_until)
        VALUES (:recruiter, :session_id, :worker_id, :num_tasks,
          (SELECT count(*) FROM assignments WHERE worker_id = :worker_id AND submit_seq IS NOT NULL),
          :now, :now + :patience)
        ON CONFLICT DO NOTHING""",
        recruiter=recruiter,
        session_id=session_id,
        worker_id=worker_id,
        num_tasks=num_tasks,
        patience=patience_s,
    )
    return added > 0


def find(tx: Transaction, recruiter: str, session_id: str) -> Row | None:
    """The visit that the recruiter names so, with the person's id."""
    return tx.row(
        f"{_VISIT} WHERE arrivals.recruiter = :recruiter AND session_id = :session_id",
        recruiter=recruiter,
        session_id=session_id,
    )


def last(tx: Transaction, worker_id: str) -> Row | None:
    """The worker's last visit, with the person's id; None for participants with a link of their own."""
    return tx.row(f"{_VISIT} WHERE worker_id = :worker_id ORDER BY arrivals.seq DESC LIMIT 1", worker_id=worker_id)


def outcomes(tx: Transaction, worker_id: str) -> set[str]:
    """How the worker's visits ended."""
    rows = tx.rows(
        "SELECT outcome FROM arrivals WHERE worker_id = :worker_id AND outcome IS NOT NULL", worker_id=worker_id
    )
    return {row["outcome"] for row in rows}


def end(tx: Transaction, seq: int, outcome: str) -> bool:
    """Store how a visit ended, unless it has ended before; return whether it had not."""
    ended = tx.execute(
        "UPDATE arrivals SET outcome = :outcome, ended = :now WHERE seq = :seq AND outcome IS NULL",
        seq=seq,
        outcome=outcome,
    )
    return ended > 0


def end_earlier(tx: Transaction, worker_id: str, seq: int, outcome: str) -> None:
    """End the worker's visits before that one."""
    tx.execute(
        "UPDATE arrivals SET outcome = :outcome, ended = :now "
        "WHERE worker_id = :worker_id AND seq < :seq AND outcome IS NULL",
        worker_id=worker_id,
        seq=seq,
        outcome=outcome,
    )


def num_waiting(tx: Transaction, since: float) -> int:
    """How many people have arrived since that time and hold a place without having accepted a task."""
    return int(
        tx.value(
            """SELECT count(*) FROM arrivals WHERE outcome IS NULL AND arrived > :since AND NOT EXISTS
              (SELECT 1 FROM assignments WHERE assignments.worker_id = arrivals.worker_id AND accepted >= arrived)""",
            since=since,
        )
    )


def every(tx: Transaction) -> list[dict[str, Any]]:
    """All visits in the order of arrival, with the person's id and how many tasks were sent in each.

    `forgotten` are those whose ids were deleted; others stand in their place.
    """
    rows = tx.rows(
        f"""SELECT arrivals.recruiter, session_id, person_id, arrivals.worker_id, num_tasks, arrived, outcome, ended,
          state, code, {_FORGOTTEN},
          coalesce(
            lead(num_before) OVER (PARTITION BY arrivals.worker_id ORDER BY arrivals.seq),
            (SELECT count(*) FROM assignments WHERE worker_id = arrivals.worker_id AND submit_seq IS NOT NULL)
          ) - num_before AS sent
        FROM arrivals JOIN recruits USING (worker_id) ORDER BY arrivals.seq"""  # noqa: S608
    )
    return [dict(row) for row in rows]


def note(tx: Transaction, recruiter: str, session_id: str, state: str, code: str | None) -> None:
    """Store what the recruiter's record says of a visit."""
    tx.execute(
        "UPDATE arrivals SET state = :state, code = :code WHERE recruiter = :recruiter AND session_id = :session_id",
        recruiter=recruiter,
        session_id=session_id,
        state=state,
        code=code,
    )


def is_news(tx: Transaction, seq: int, notice_id: str, happened: float) -> bool:
    """Store what the recruiter told of a visit; whether it was not told before, nor anything that happened later."""
    latest = tx.value("SELECT max(happened) FROM notices WHERE visit = :seq", seq=seq)
    added = tx.execute(
        "INSERT INTO notices (visit, notice_id, happened) VALUES (:seq, :notice_id, :happened) ON CONFLICT DO NOTHING",
        seq=seq,
        notice_id=notice_id,
        happened=happened,
    )
    return added > 0 and (latest is None or happened >= latest)


def work(tx: Transaction, recruiter: str) -> list[dict[str, Any]]:
    """The finished tasks of people whom the recruiter sent, each with the visit in which it was sent, as in `every`."""
    rows = tx.rows(
        f"""SELECT assignment_id, sent.worker_id, session_id, state, code, outcome, {_FORGOTTEN} FROM
          (SELECT assignment_id, worker_id, row_number() OVER (PARTITION BY worker_id ORDER BY submit_seq) AS number
           FROM assignments WHERE submit_seq IS NOT NULL) AS sent
        JOIN arrivals ON arrivals.seq = (SELECT max(seq) FROM arrivals AS visit
          WHERE visit.worker_id = sent.worker_id AND visit.num_before < sent.number)
        WHERE recruiter = :recruiter ORDER BY arrivals.seq, number""",  # noqa: S608
        recruiter=recruiter,
    )
    return [dict(row) for row in rows]


def summary(tx: Transaction) -> list[dict[str, Any]]:
    """Where people, or programs, came from: a row for each `recruiter`, None for links of their own, and `simulated`.

    `people` have come, in so many `visits`; of these, `outcomes` ended in each way, and the rest are under way. Of
    those with links of their own `people` have looked at a task, and whoever has sent one is complete.
    """
    sent = tx.rows(
        """SELECT arrivals.recruiter, simulated, outcome, count(*) AS visits
        FROM arrivals JOIN participants USING (worker_id) GROUP BY arrivals.recruiter, simulated, outcome
        ORDER BY outcome"""
    )
    people = tx.rows(
        """SELECT recruits.recruiter, simulated, count(*) AS people
        FROM recruits JOIN participants USING (worker_id) GROUP BY recruits.recruiter, simulated
        ORDER BY recruits.recruiter, simulated"""
    )
    found = [_of_links(tx, simulated) for simulated in (0, 1)] + [dict(row) for row in people]
    for row in found:
        own = [one for one in sent if (one["recruiter"], one["simulated"]) == (row["recruiter"], row["simulated"])]
        row.setdefault("visits", sum(one["visits"] for one in own))
        row.setdefault("outcomes", {one["outcome"]: one["visits"] for one in own if one["outcome"] is not None})
    return [row for row in found if row["people"]]


def _of_links(tx: Transaction, simulated: int) -> dict[str, Any]:
    """The row of participants whom no recruiter sent."""
    own = """FROM participants WHERE simulated = :simulated
      AND NOT EXISTS (SELECT 1 FROM recruits WHERE recruits.worker_id = participants.worker_id)"""
    came = "EXISTS (SELECT 1 FROM previews WHERE previews.worker_id = participants.worker_id)"
    sent = "EXISTS (SELECT 1 FROM assignments WHERE worker_id = participants.worker_id AND submit_seq IS NOT NULL)"
    num_came, num_sent = (
        int(tx.value(f"SELECT count(*) {own} AND {what}", simulated=simulated)) for what in (came, sent)
    )
    outcomes = {"complete": num_sent} if num_sent else {}
    return {
        "recruiter": None,
        "simulated": simulated,
        "people": num_came,
        "visits": num_came,
        "outcomes": outcomes,
    }
