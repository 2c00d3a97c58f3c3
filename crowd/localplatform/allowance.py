"""How many tasks a participant may do, and when the visit of somebody whom a recruiter sent is complete."""

from crowd.localplatform.store import Row, Transaction, arrivals, assignments
from crowd.recruiters import Outcome


def num_left(tx: Transaction, participant: Row, most_tasks: int) -> int | None:
    """How many more tasks the participant may finish; None: as many as are open to them.

    People whom a recruiter sent do what they were asked for when they came, and nothing once their visit has ended.
    People with a link of their own do `most_tasks` in all (0: no limit), and programs do all.
    """
    worker_id = participant["worker_id"]
    visit = arrivals.last(tx, worker_id)
    if visit is not None and visit["outcome"] is not None:
        return 0
    most = visit["num_tasks"] if visit is not None else 0 if participant["simulated"] else most_tasks
    return max(0, most - num_done(tx, worker_id, visit)) if most else None


def num_done(tx: Transaction, worker_id: str, visit: Row | None) -> int:
    """How many tasks the participant has finished, in their last visit if a recruiter sent them."""
    return assignments.num_finished(tx, worker_id) - (visit["num_before"] if visit is not None else 0)


def settle(tx: Transaction, worker_id: str, *, has_more: bool) -> Row | None:
    """End the participant's visit if there is nothing more for them to do; return it, or None without one.

    It is complete once a task is finished. Otherwise their time was over, or there was no place for them.
    """
    visit = arrivals.last(tx, worker_id)
    if visit is None or visit["outcome"] is not None or has_more:
        return visit
    if num_done(tx, worker_id, visit):
        outcome = Outcome.COMPLETE
    elif assignments.num_abandoned(tx, worker_id, since=visit["arrived"]):
        outcome = Outcome.TIMED_OUT
    else:
        outcome = Outcome.FULL
    arrivals.end(tx, visit["seq"], outcome)
    return arrivals.last(tx, worker_id)
