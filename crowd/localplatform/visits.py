"""The visits of people whom a recruiter sends: they arrive, and leave with an outcome. Each runs in a transaction."""

from crowd.localplatform import allowance, participation, quizzes
from crowd.localplatform.participation import RefusedError
from crowd.localplatform.store import Row, Transaction, arrivals, assignments, offers, participants
from crowd.recruiters import Outcome, Visit

#: How a participant may end their own visit.
LEAVES = (Outcome.NO_CONSENT, Outcome.INCOMPATIBLE_DEVICE, Outcome.SCREENED_OUT)
#: After these, a person is not asked again.
_FOR_GOOD = {Outcome.COMPLETE, Outcome.SCREENED_OUT}


def arrive(
    tx: Transaction,
    recruiter: str,
    visit: Visit,
    *,
    comes_again: bool,
    num_tasks: int,
    hold_s: float,
    patience_s: float = 0,
) -> tuple[Row, Row]:
    """Let somebody in whom a recruiter sent; return the participant and their visit.

    A visit that is there already is found again. A person who comes by another visit is the participant that they were.
    Where no place is left, the visit ends at once, or goes on without one for a while.

    Args:
        tx: the transaction.
        recruiter: the recruiter's name.
        visit: who came.
        comes_again: whether a person whose visit is complete may come for another one.
        num_tasks: how many tasks they are to do; 0: as many as are open to them.
        hold_s: how long a place is held for somebody who has not begun.
        patience_s: how long they wait for a place.

    Raises:
        RefusedError: the visit is another person's, this person has taken part, or the address is too old.
    """
    new_id = participants.new_worker_id(simulated=visit.simulated)
    worker_id, is_new = arrivals.know(tx, recruiter, visit.person_id, new_id)
    if is_new:
        participants.invite(tx, simulated=visit.simulated, worker_id=worker_id)
    participant = participants.of_worker_id(tx, worker_id)
    if participant is None:
        raise RefusedError("unknown-link")
    found = arrivals.find(tx, recruiter, visit.session_id)
    if found is None:
        if tx.now > visit.fresh_until:
            raise RefusedError("bad-arrival", "the address is too old, or the clock of the study's server is wrong")
        if not comes_again and arrivals.outcomes(tx, worker_id) & _FOR_GOOD:
            raise RefusedError("came-before")
        arrivals.add(tx, recruiter, visit.session_id, worker_id, num_tasks, patience_s)
        found = _begun(tx, recruiter, visit.session_id, participant, hold_s)
    if found["worker_id"] != worker_id:
        raise RefusedError("bad-arrival")
    return participant, found


def _begun(tx: Transaction, recruiter: str, session_id: str, participant: Row, hold_s: float) -> Row:
    """The visit that was added just now, ended if there is no place for it; earlier ones of its person end."""
    visit = arrivals.find(tx, recruiter, session_id)
    assert visit is not None  # noqa: S101  it was there, or was added
    arrivals.end_earlier(tx, participant["worker_id"], visit["seq"], Outcome.RETURNED)
    if not _has_place(tx, participant, hold_s):
        allowance.settle(tx, participant, visit, has_more=False)
    return arrivals.find(tx, recruiter, session_id) or visit


def _has_place(tx: Transaction, participant: Row, hold_s: float) -> bool:
    """Whether the participant has begun a task, or can begin one although others, and they, hold places."""
    if participant["num_in_hand"]:
        return True
    free = offers.num_free(tx, simulated=bool(participant["simulated"]))
    return arrivals.num_waiting(tx, tx.now - hold_s) <= free and participation.is_offered_any(tx, participant)


def leave(tx: Transaction, token: str, outcome: Outcome) -> None:
    """End the participant's own visit; what they have begun becomes free. Leaving twice changes nothing.

    Only who has failed the quiz of a task in hand, where the study ends with it, is screened out.

    Raises:
        RefusedError: nobody has this link, no recruiter sent them, or that cannot be how they leave.
    """
    participant = participation.participant_of(tx, token)
    worker_id = participant["worker_id"]
    visit = allowance.visit_of(tx, participant)
    if visit is None or outcome not in LEAVES:
        raise RefusedError("malformed")
    if visit["outcome"] is not None:
        return
    in_hand = assignments.own(tx, worker_id, most_finished=0)
    if outcome == Outcome.SCREENED_OUT and not any(quizzes.has_failed(tx, worker_id, row) for row in in_hand):
        raise RefusedError("malformed")
    end(tx, visit, outcome)


def end(tx: Transaction, visit: Row, outcome: Outcome) -> bool:
    """End a visit, and return what its person has begun; finished tasks are kept. False if it has ended before."""
    assignments.give_back_all(tx, visit["worker_id"])
    return arrivals.end(tx, visit["seq"], outcome)


def shown(tx: Transaction, token: str) -> tuple[Row, Row | None, int]:
    """The participant, their last visit, and how many tasks they have finished in it.

    Raises:
        RefusedError: nobody has this link, or it was revoked.
    """
    participant = participation.participant_of(tx, token)
    visit = allowance.visit_of(tx, participant)
    return participant, visit, allowance.num_done(participant, visit)
