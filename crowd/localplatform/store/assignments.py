"""Assignments and payments.

An assignment is accepted, then returned, abandoned or submitted; submitted work is then approved or rejected.
"""

import math

from crowd.localplatform.store.database import Row, Transaction, new_code, new_id

#: The states that the requester sees, with the model's names.
LISTED = ("Submitted", "Approved", "Rejected")


def settle(tx: Transaction, *, grace_s: float = 0) -> None:
    """Apply what is due: abandon assignments whose time is over, approve those whose auto-approval is due.

    An assignment can still be submitted for `grace_s` seconds after its deadline.
    """
    if not tx.value(
        """SELECT EXISTS (SELECT 1 FROM assignments WHERE state = 'Accepted' AND deadline <= :now - :grace)
          OR EXISTS (SELECT 1 FROM assignments WHERE state = 'Submitted' AND auto_approval <= :now)""",
        grace=grace_s,
    ):
        return
    tx.execute(
        "UPDATE assignments SET state = 'Abandoned', ended = deadline "
        "WHERE state = 'Accepted' AND deadline <= :now - :grace",
        grace=grace_s,
    )
    for row in tx.rows(
        "SELECT assignment_id, auto_approval FROM assignments WHERE state = 'Submitted' AND auto_approval <= :now "
        "ORDER BY auto_approval"
    ):
        approve(tx, row["assignment_id"], at=row["auto_approval"], feedback=None)


def accept(tx: Transaction, hit: Row, worker_id: str) -> Row:
    """Give the worker one of the HIT's places; return the assignment."""
    return tx.added(
        "assignments",
        {
            "assignment_id": new_id(),
            "hit_id": hit["hit_id"],
            "worker_id": worker_id,
            "state": "Accepted",
            "accepted": tx.now,
            "deadline": tx.now + hit["duration_s"],
        },
    )


def give_back(tx: Transaction, assignment_id: str) -> None:
    """Return an accepted assignment."""
    tx.execute("UPDATE assignments SET state = 'Returned', ended = :now WHERE assignment_id = :id", id=assignment_id)


def give_back_all(tx: Transaction, worker_id: str) -> None:
    """Return everything that the worker has accepted and not finished."""
    tx.execute(
        "UPDATE assignments SET state = 'Returned', ended = :now WHERE worker_id = :worker_id AND state = 'Accepted'",
        worker_id=worker_id,
    )


def submit(tx: Transaction, assignment_id: str, answer: str, auto_approval_s: int) -> None:
    """Store the answer of an accepted assignment."""
    tx.execute(
        """UPDATE assignments SET state = 'Submitted', submitted = :now, auto_approval = :now + :delay,
          answer = :answer, completion_code = :code,
          submit_seq = (SELECT coalesce(max(submit_seq), 0) + 1 FROM assignments)
        WHERE assignment_id = :id""",
        id=assignment_id,
        answer=answer,
        delay=auto_approval_s,
        code=new_code(),
    )


def approve(tx: Transaction, assignment_id: str, *, at: float, feedback: str | None) -> None:
    """Approve the assignment and pay its reward and fee; `at` may be in the past, for automatic approvals."""
    tx.execute(
        """INSERT INTO payments (kind, assignment_id, worker_id, amount, cost, paid)
        SELECT 'assignment', assignment_id, worker_id, reward, cost, :at
        FROM assignments JOIN hits USING (hit_id) JOIN hit_types USING (hit_type_id) WHERE assignment_id = :id""",
        id=assignment_id,
        at=at,
    )
    tx.execute(
        """UPDATE assignments SET state = 'Approved', approved = :at, rejected = NULL,
          feedback = coalesce(:feedback, feedback) WHERE assignment_id = :id""",
        id=assignment_id,
        at=at,
        feedback=feedback,
    )


def reject(tx: Transaction, assignment_id: str, feedback: str) -> None:
    """Reject submitted work; nothing is paid."""
    tx.execute(
        "UPDATE assignments SET state = 'Rejected', rejected = :now, feedback = :feedback WHERE assignment_id = :id",
        id=assignment_id,
        feedback=feedback,
    )


def find(tx: Transaction, assignment_id: str) -> Row | None:
    """The assignment's row, whatever its state."""
    return tx.row("SELECT * FROM assignments WHERE assignment_id = :id", id=assignment_id)


def of_link(tx: Transaction, token: str, assignment_id: str) -> Row | None:
    """The assignment, all empty if it is not of that link, and when that was `revoked`; None without such a link."""
    return tx.row(
        """SELECT revoked, assignments.* FROM participants
        LEFT JOIN assignments ON assignments.worker_id = participants.worker_id AND assignment_id = :id
        WHERE token = :token""",
        id=assignment_id,
        token=token,
    )


def page(tx: Transaction, hit_id: str, *, states: list[str], after: int, limit: int) -> list[Row]:
    """The HIT's submitted assignments in the given states, in order of submission, starting after `after`."""
    wanted = {f"state{position}": state for position, state in enumerate(states)}
    marks = ", ".join(f":{name}" for name in wanted)
    return tx.rows(
        f"""SELECT * FROM assignments WHERE hit_id = :hit_id AND submit_seq > :after AND state IN ({marks})
        ORDER BY submit_seq LIMIT :limit""",  # noqa: S608  placeholders only
        hit_id=hit_id,
        after=after,
        limit=limit,
        **wanted,
    )


def answers(tx: Transaction) -> list[tuple[str, str, str]]:
    """The id, worker id and answer of each submitted assignment."""
    rows = tx.rows("SELECT assignment_id, worker_id, answer FROM assignments WHERE submitted IS NOT NULL")
    return [(row["assignment_id"], row["worker_id"], row["answer"]) for row in rows]


#: The columns for participants' own assignments: all but the answer.
_OWN = """assignment_id, hit_id, state, accepted, deadline, ended, submitted, approved, rejected, feedback,
  completion_code"""


def own(tx: Transaction, worker_id: str, most_finished: int) -> list[Row]:
    """The worker's accepted assignments, oldest first, then the `most_finished` submitted last, latest first.

    Each has the `title`, `description`, `reward` and `duration_s` of its HIT.
    """
    mine = f"SELECT {_OWN}, submit_seq FROM assignments WHERE worker_id = :worker_id"  # noqa: S608  constants
    rows = tx.rows(
        f"""SELECT own.*, title, description, reward, duration_s FROM (
          {mine} AND state = 'Accepted' UNION ALL
          SELECT * FROM ({mine} AND submit_seq IS NOT NULL ORDER BY submit_seq DESC LIMIT :limit) AS latest) AS own
        JOIN hits USING (hit_id) JOIN hit_types USING (hit_type_id)""",  # noqa: S608
        worker_id=worker_id,
        limit=most_finished,
    )
    return sorted(rows, key=lambda row: (-(row["submit_seq"] or math.inf), row["accepted"], row["assignment_id"]))


def num_abandoned(tx: Transaction, worker_id: str, since: float) -> int:
    """How many assignments that the worker has accepted since that time ended without answers in time."""
    sql = "SELECT count(*) FROM assignments WHERE worker_id = :worker_id AND state = 'Abandoned' AND accepted >= :since"
    return int(tx.value(sql, worker_id=worker_id, since=since))


def latest(tx: Transaction, worker_id: str, hit_id: str) -> Row | None:
    """The worker's latest assignment of a HIT, which may be accepted again after a return."""
    return tx.row(
        f"SELECT {_OWN} FROM assignments WHERE worker_id = :worker_id AND hit_id = :hit_id "  # noqa: S608
        "ORDER BY accepted DESC, ended IS NOT NULL, ended DESC, assignment_id LIMIT 1",
        worker_id=worker_id,
        hit_id=hit_id,
    )


def spent(tx: Transaction) -> int:
    """Units of money paid so far: rewards, bonuses and fees."""
    return int(tx.value("SELECT coalesce(sum(cost), 0) FROM payments"))


def spent_at_most(tx: Transaction) -> int:
    """An upper bound on `spent` from two index lookups: the number of payments times the largest one."""
    number = int(tx.value("SELECT coalesce(max(seq), 0) FROM payments"))
    return number * int(tx.value("SELECT coalesce(max(cost), 0) FROM payments"))


def pay_bonus(tx: Transaction, assignment: Row, *, amount: int, cost: int, reason: str) -> None:
    """Pay a bonus for an assignment."""
    tx.insert(
        "payments",
        {
            "kind": "bonus",
            "assignment_id": assignment["assignment_id"],
            "worker_id": assignment["worker_id"],
            "amount": amount,
            "cost": cost,
            "reason": reason,
            "paid": tx.now,
        },
    )


def bonuses(tx: Transaction, *, hit_id: str | None, assignment_id: str | None, after: int, limit: int) -> list[Row]:
    """Bonuses paid for a HIT or an assignment, oldest first."""
    return tx.rows(
        """SELECT payments.* FROM payments JOIN assignments USING (assignment_id)
        WHERE kind = 'bonus' AND payments.seq > :after
          AND hit_id = coalesce(:hit_id, hit_id) AND assignment_id = coalesce(:assignment_id, assignment_id)
        ORDER BY payments.seq LIMIT :limit""",
        hit_id=hit_id,
        assignment_id=assignment_id,
        after=after,
        limit=limit,
    )


def bonuses_of(tx: Transaction, assignment_id: str) -> list[Row]:
    """All bonuses paid for an assignment, oldest first."""
    return tx.rows(
        "SELECT * FROM payments WHERE kind = 'bonus' AND assignment_id = :assignment_id ORDER BY seq",
        assignment_id=assignment_id,
    )


def review_counts(tx: Transaction, worker_id: str) -> tuple[int, int]:
    """How many of the worker's assignments were approved, and how many rejected."""
    row = tx.row(
        "SELECT count(*) FILTER (WHERE state = 'Approved') AS a, count(*) FILTER (WHERE state = 'Rejected') AS r "
        "FROM assignments WHERE worker_id = :worker_id",
        worker_id=worker_id,
    )
    assert row is not None  # noqa: S101  an aggregate always has a row
    return int(row["a"]), int(row["r"])
