"""What participants do: view, accept, return and submit tasks. Each function runs in a transaction for one link."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Literal

from crowd.localplatform import allowance, consenting, eligibility
from crowd.localplatform.answerxml import ASSIGNMENT_FIELD, Fields, answer_xml, form_answer_xml
from crowd.localplatform.errors import ApiError
from crowd.localplatform.fees import format_usd
from crowd.localplatform.operations.questions import parse_question
from crowd.localplatform.questionform import parse_form
from crowd.localplatform.store import (
    Row,
    Transaction,
    account,
    arrivals,
    assignments,
    hits,
    offers,
    participants,
    qualifications,
)
from crowd.task.answers import JSON_FIELDS, is_bounded

Reason = Literal[
    "no-link",
    "unknown-link",
    "revoked",
    "no-such-task",
    "blocked",
    "not-qualified",
    "gone",
    "done-before",
    "too-many",
    "late",
    "too-fast",
    "cross-site",
    "malformed",
    "bad-arrival",
    "came-before",
    "enough",
]


class RefusedError(Exception):
    """The participant cannot do this; `reason` selects the text of the page, and `detail` completes it."""

    def __init__(self, reason: Reason, detail: str = ""):
        super().__init__(reason)
        self.reason: Reason = reason
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Unmet:
    """A qualification requirement that a participant does not meet."""

    type_id: str
    name: str
    requestable: bool
    """Whether the participant may ask for the qualification."""


@dataclass(frozen=True, slots=True)
class Task:
    """A HIT as one participant sees it."""

    hit: Row
    """Its id, title, description, reward and time; more of it where the task is open or looked at."""
    state: Literal["available", "accepted", "submitted", "approved", "rejected", "gone"]
    assignment: Row | None
    unmet: list[Unmet]
    """The requirements that keep the participant from accepting it."""
    ran_out: bool = False
    """Whether the participant's last assignment of it ended without answers in time."""
    alike: int = 1
    """How many such tasks there are; `offers.COUNTED` + 1 means more than `offers.COUNTED`."""


#: Most finished tasks, and most kinds of open tasks, on a participant's page.
MOST_FINISHED, MOST_KINDS = 50, 50


@dataclass(frozen=True, slots=True)
class Home:
    """What the page of a participant's link shows; its size does not grow with the study."""

    participant: Row
    tasks: list[Task]
    """The accepted tasks, the last finished ones (latest first), and one open task of each kind."""
    num_finished: int
    messages: list[Row]
    over: bool
    """Whether nothing is open to them and nothing will be, since all HITs have ended."""
    visit: Row | None = None
    """The last visit of somebody whom a recruiter sent."""
    num_left: int | None = None
    """How many more tasks they may finish; None: as many as are open."""
    waits: bool = False
    """Whether somebody whom a recruiter sent finds no place yet."""
    num_done: int = 0
    """How many they have finished, of a visit or in all."""


def participant_of(tx: Transaction, token: str) -> Row:
    """The participant whose link this is.

    Raises:
        RefusedError: nobody has this link, or it was revoked.
    """
    return _unrevoked(participants.find(tx, token))


def _unrevoked(row: Row | None) -> Row:
    if row is None:
        raise RefusedError("unknown-link")
    if row["revoked"] is not None:
        raise RefusedError("revoked")
    return row


def home(tx: Transaction, token: str, most_tasks: int = 0) -> Home:
    """The participant, their open and finished tasks, and their messages; a visit with nothing to do ends.

    `most_tasks` is how many tasks people with a link of their own do; 0: as many as are open.

    Raises:
        RefusedError: nobody has this link, or it was revoked.
    """
    return _home(tx, participant_of(tx, token), most_tasks)


def _home(tx: Transaction, participant: Row, most_tasks: int) -> Home:
    worker_id = participant["worker_id"]
    mine = assignments.own(tx, worker_id, MOST_FINISHED) if participant["num_begun"] else []
    own = [Task(row, row["state"].lower(), row, []) for row in mine]
    visit = allowance.visit_of(tx, participant)
    left = allowance.num_left(participant, visit, most_tasks)
    offers_any = not participant["blocked"] and left != 0
    offered = [_at_most(task, left) for task in islice(_offers(tx, participant), MOST_KINDS)] if offers_any else []
    has_more = bool(participant["blocked"] or offered or any(task.state == "accepted" for task in own))
    visit = allowance.settle(tx, participant, visit, has_more=has_more)
    return Home(
        participant,
        [*own, *offered],
        participant["num_finished"],
        account.messages(tx, worker_id) if participant["num_messages"] else [],
        over=not offered and hits.are_over(tx),
        visit=visit,
        num_left=left,
        waits=visit is not None and visit["outcome"] is None and not has_more,
        num_done=allowance.num_done(participant, visit),
    )


def _at_most(task: Task, num_left: int | None) -> Task:
    """The task, as one of no more than the participant may still do."""
    return task if num_left is None else replace(task, alike=min(task.alike, num_left))


def is_offered_any(tx: Transaction, participant: Row) -> bool:
    """Whether a task is open to the participant."""
    return not participant["blocked"] and any(not task.unmet for task in _offers(tx, participant))


def finished(tx: Transaction, token: str, assignment_id: str, most_tasks: int) -> tuple[Row, list[Row], Home]:
    """A submitted assignment of the participant's, the bonuses for it, and their home, as it names the next task.

    Raises:
        RefusedError: the assignment is somebody else's, was not submitted, or there is none.
    """
    row = own_assignment(tx, token, assignment_id)
    if row["completion_code"] is None:
        raise RefusedError("no-such-task")
    return row, assignments.bonuses_of(tx, assignment_id), _home(tx, participant_of(tx, token), most_tasks)


def _offers(tx: Transaction, participant: Row) -> Iterator[Task]:
    """One open HIT of each HIT type that the participant may see."""
    for hit_type in offers.types(tx, simulated=bool(participant["simulated"])):
        if eligibility.unmet(tx, participant, hit_type, "Discover"):
            continue
        hit = offers.one(tx, hit_type["hit_type_id"], participant)
        if hit is not None:
            yield Task(hit, "available", None, _unmet(tx, participant, hit_type, "Accept"), alike=hit["alike"])


def look(tx: Transaction, token: str, hit_id: str) -> tuple[Row, Task, Row | None]:
    """The participant, one task (their own assignment of it, or its preview), and their last visit.

    Raises:
        RefusedError: the task is unknown, not for this participant, or over.
    """
    participant = participant_of(tx, token)
    task = _find(tx, participant, hit_id)
    if task.assignment is None:
        _demand(tx, participant, task.hit, "Preview")
        participants.saw(tx, hit_id, participant["worker_id"])
    return participant, task, allowance.visit_of(tx, participant)


def _find(tx: Transaction, participant: Row, hit_id: str) -> Task:
    hit = hits.find(tx, hit_id)
    if hit is None or hit["status"] == "Disposed":
        raise RefusedError("no-such-task")
    return _task(tx, participant, hit, assignments.latest(tx, participant["worker_id"], hit_id))


def _task(tx: Transaction, participant: Row, hit: Row, own: Row | None) -> Task:
    if own is None or own["state"] in ("Returned", "Abandoned"):
        unmet = _unmet(tx, participant, hit, "Accept")
        is_open = hits.is_open(hit, simulated=bool(participant["simulated"]))
        ran_out = own is not None and own["state"] == "Abandoned"
        return Task(hit, "available" if is_open else "gone", None, unmet, ran_out)
    return Task(hit, own["state"].lower(), own, [])


def _demand(tx: Transaction, participant: Row, hit: Row, action: eligibility.Action) -> None:
    if participant["blocked"]:
        raise RefusedError("blocked")
    if unmet := _unmet(tx, participant, hit, action):
        raise RefusedError("not-qualified", ", ".join(one.name for one in unmet))


def _unmet(tx: Transaction, participant: Row, hit: Row, action: eligibility.Action) -> list[Unmet]:
    found = []
    for requirement in eligibility.unmet(tx, participant, hit, action):
        type_id = requirement["QualificationTypeId"]
        own = qualifications.find_type(tx, type_id)
        name = str(own["Name"]) if own else eligibility.SYSTEM_TYPES.get(type_id, type_id)
        askable = own is not None and own["QualificationTypeStatus"] == "Active"
        found.append(Unmet(type_id, name, askable and requirement["Comparator"] != "DoesNotExist"))
    return found


def accept(tx: Transaction, token: str, hit_id: str, most_open: int, most_tasks: int = 0) -> tuple[Row, Row]:
    """Accept a task; return the participant and the assignment. Accepting it twice changes nothing.

    Args:
        tx: the transaction.
        token: the participant's.
        hit_id: the task.
        most_open: how many tasks a participant may have in hand.
        most_tasks: how many tasks people with a link of their own do in all; 0: as many as are open.

    Raises:
        RefusedError: its places are taken, the participant did it before or has done enough, or it is not for this
            participant.
    """
    participant = participant_of(tx, token)
    task = _find(tx, participant, hit_id)
    if task.state == "accepted" and task.assignment is not None:
        return participant, task.assignment
    if task.assignment is not None:
        raise RefusedError("done-before")
    _demand(tx, participant, task.hit, "Accept")
    if task.state == "gone":
        raise RefusedError("gone")
    left = allowance.num_left(participant, allowance.visit_of(tx, participant), most_tasks)
    if left is not None and participant["num_in_hand"] >= left:
        raise RefusedError("enough")
    if participant["num_in_hand"] >= most_open:
        raise RefusedError("too-many", str(most_open))
    participants.saw(tx, hit_id, participant["worker_id"])
    assignment = assignments.accept(tx, task.hit, participant["worker_id"])
    consenting.agree(tx, participant["worker_id"], hit_id, assignment["assignment_id"])
    return participant, assignment


def own_assignment(tx: Transaction, token: str, assignment_id: str) -> Row:
    """An assignment of the participant whose link this is.

    Raises:
        RefusedError: nobody has this link, or it was revoked; or the assignment is somebody else's, or there is none,
            which have the same reason.
    """
    row = _unrevoked(assignments.of_link(tx, token, assignment_id))
    if row["assignment_id"] is None:
        raise RefusedError("no-such-task")
    return row


def give_back(tx: Transaction, token: str, assignment_id: str) -> None:
    """Return an accepted task; returning it twice changes nothing.

    Raises:
        RefusedError: it was submitted, or is not this participant's.
    """
    row = own_assignment(tx, token, assignment_id)
    if row["state"] == "Accepted":
        assignments.give_back(tx, assignment_id)
    elif row["state"] not in ("Returned", "Abandoned"):
        raise RefusedError("done-before")


def submit(tx: Transaction, token: str, fields: Fields) -> str:
    """Store a submitted form; return the assignment's id. Submitting it twice changes nothing.

    Raises:
        RefusedError: it is not this participant's assignment, its time is over, or the form is malformed.
    """
    row = own_assignment(tx, token, named(fields))
    return submit_own(tx, row, fields)


def submit_for(tx: Transaction, assignment_id: str, fields: Fields) -> str:
    """Like `submit`, for a client that has the assignment's key (`crowd.localplatform.security.task_key`)."""
    return submit_own(tx, in_time(tx, assignment_id), fields)


def in_time(tx: Transaction, assignment_id: str) -> Row:
    """The assignment, unless it was returned or its time is over.

    Raises:
        RefusedError: it was returned, its time is over, or there is none.
    """
    row = assignments.find(tx, assignment_id)
    if row is None:
        raise RefusedError("no-such-task")
    if row["state"] in ("Returned", "Abandoned"):
        raise RefusedError("late")
    return row


def named(fields: Fields) -> str:
    """The id of the assignment that a form answers; empty if it has none."""
    return next((value for name, value in fields if name == ASSIGNMENT_FIELD), "")


def submit_own(tx: Transaction, row: Row, fields: Fields, asked: Row | None = None) -> str:
    """Like `submit`, for an assignment that was found to be the participant's; `asked` is its `hits.asked`."""
    if not all(is_bounded(value) for name, value in fields if name.startswith(JSON_FIELDS)):
        raise RefusedError("malformed", "an answer is too long, too deep or has too many digits")
    assignment_id = str(row["assignment_id"])
    if row["state"] in ("Returned", "Abandoned"):
        raise RefusedError("late")
    if row["state"] == "Accepted":
        asked = asked or hits.asked(tx, row["hit_id"])
        assignments.submit(tx, assignment_id, _answer(asked["question"], fields), asked["auto_approval_s"])
        _settle_visit(tx, row["worker_id"])
    return assignment_id


def _settle_visit(tx: Transaction, worker_id: str) -> None:
    """End the visit of somebody who has done all tasks that they were asked for, in the transaction of the last one."""
    visit = arrivals.last(tx, worker_id)
    participant = participants.of_worker_id(tx, worker_id) if visit is not None else None
    if participant is not None and allowance.num_left(participant, visit, 0) == 0:
        allowance.settle(tx, participant, visit, has_more=False)


def _answer(question: str, fields: Fields) -> str:
    try:
        if "QuestionForm" in question and parse_question(question).kind == "form":  # others take long to parse
            return form_answer_xml(parse_form(question), fields)
    except ApiError:  # stored by an earlier release, which did not check questions against their schemas
        pass
    return answer_xml(fields)


def summary(task: Task, home: str, *, now: float, grace_s: float) -> dict[str, Any]:
    """The task as JSON for programs, with its remaining time in seconds by the server's clock.

    `home` is the address of its participant's page, relative to the requested page.
    """
    hit, own = task.hit, task.assignment
    entry: dict[str, Any] = {
        "hit_id": hit["hit_id"],
        "title": hit["title"],
        "description": hit["description"],
        "reward": format_usd(hit["reward"]),
        "duration_s": hit["duration_s"],
        "state": task.state,
        "qualified": not task.unmet,
        "alike": task.alike,
        "url": f"{home}/hits/{hit['hit_id']}",
    }
    if own is not None:
        entry |= {"assignment_id": own["assignment_id"], "deadline": own["deadline"]}
        entry["completion_code"] = own["completion_code"]
        entry["left_s"] = max(0.0, own["deadline"] - now)
        entry["grace_left_s"] = max(0.0, own["deadline"] + grace_s - now)
    return entry
