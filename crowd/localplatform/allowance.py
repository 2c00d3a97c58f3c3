"""How many tasks a participant may do, and when the visit of somebody whom a recruiter sent is complete."""

from crowd.localplatform.store import Row, Transaction, arrivals, assignments
from crowd.recruiters import Outcome


def visit_of(tx: Transaction, participant: Row) -> Row | None:
    """The last visit of somebody whom a recruiter sent; None for participants with a link of their own."""
    return arrivals.last(tx, participant["worker_id"]) if participant["recruited"] else None


def num_left(participant: Row, visit: Row | None, most_tasks: int) -> int | None:
    """How many more tasks the participant may finish; None: as many as are open to them.

    People whom a recruiter sent do what they were asked for when they came, and nothing once their visit has ended.
    People with a link of their own do `most_tasks` in all (0: no limit), and programs do all.
    """
    if visit is not None and visit["outcome"] is not None:
        return 0
    most = visit["num_tasks"] if visit is not None else 0 if participant["simulated"] else most_tasks
    return max(0, most - num_done(participant, visit)) if most else None


def num_done(participant: Row, visit: Row | None) -> int:
    """How many tasks the participant has finished, in their last visit if a recruiter sent them."""
    return int(participant["num_finished"]) - (visit["num_before"] if visit is not None else 0)


def settle(tx: Transaction, participant: Row, visit: Row | None, *, has_more: bool) -> Row | None:
    """End the participant's last visit if there is nothing more for them to do; return it, or None without one.

    It is complete once a task is finished. Otherwise their time was over, or there was no place for them, if they need
    not wait for one.
    """
    worker_id = participant["worker_id"]
    if visit is None or visit["outcome"] is not None or has_more:
        return visit
    if num_done(participant, visit):
        outcome = Outcome.COMPLETE
    elif assignments.num_abandoned(tx, worker_id, since=visit["arrived"]):
        outcome = Outcome.TIMED_OUT
    elif tx.now < visit["waits_until"]:
        return visit
    else:
        outcome = Outcome.FULL
    arrivals.end(tx, visit["seq"], outcome)
    return arrivals.last(tx, worker_id)
