"""How participants get qualifications: they request them, and take the test if there is one.

Each function runs in a transaction for one link.
"""

from typing import Any

from crowd.localplatform.answerkey import check_key, score
from crowd.localplatform.answerxml import Fields, chosen, form_answer_xml
from crowd.localplatform.errors import ApiError
from crowd.localplatform.participation import RefusedError, participant_of
from crowd.localplatform.questionform import parse_form
from crowd.localplatform.store import Row, Transaction, qualifications


def request(tx: Transaction, token: str, type_id: str) -> Row | None:
    """Request a qualification; one that is granted automatically is granted at once.

    Returns:
        The test to take, begun now or earlier; None if there is none to take.

    Raises:
        RefusedError: there is no such type, or it was requested before and may not be requested again yet.
    """
    worker_id = participant_of(tx, token)["worker_id"]
    members = _requestable(tx, type_id)
    begun = qualifications.last_test(tx, type_id, worker_id)
    if begun is not None and _is_open(tx, begun):
        return begun
    _demand_turn(tx, members, worker_id, begun)
    if "Test" in members:
        _demand_test(members)
        qualifications.begin_test(tx, members, worker_id)
        return qualifications.last_test(tx, type_id, worker_id)
    request_id = qualifications.request(tx, type_id, worker_id)
    if members["AutoGranted"]:
        _grant(tx, type_id, worker_id, request_id, members["AutoGrantedValue"])
    return None


def begun_test(tx: Transaction, token: str, type_id: str) -> tuple[Row, Row, str]:
    """The participant, their open test, and the qualification's name.

    Raises:
        RefusedError: no test was begun, it was taken, or its time is over.
    """
    participant = participant_of(tx, token)
    test = qualifications.last_test(tx, type_id, participant["worker_id"])
    members = qualifications.find_type(tx, type_id)
    if test is None or members is None:
        raise RefusedError("no-such-task")
    if test["request_id"] is not None:
        raise RefusedError("done-before")
    if not _is_open(tx, test):
        raise RefusedError("late")
    return participant, test, str(members["Name"])


def take_test(tx: Transaction, token: str, type_id: str, fields: Fields) -> int | None:
    """Store the answers to the test; if it has an answer key, score it and grant the qualification.

    Returns:
        The value that was granted; None if the requester decides.

    Raises:
        RefusedError: the participant has no open test.
    """
    _, test, _ = begun_test(tx, token, type_id)
    form = parse_form(test["test"])
    request_id = qualifications.request(tx, type_id, test["worker_id"])
    qualifications.finish_test(tx, test["seq"], request_id, form_answer_xml(form, fields))
    if test["answer_key"] is None:
        return None
    value = score(test["answer_key"], chosen(form, fields))
    _grant(tx, type_id, test["worker_id"], request_id, value)
    return value


def _requestable(tx: Transaction, type_id: str) -> dict[str, Any]:
    members = qualifications.find_type(tx, type_id)
    if members is None or members["QualificationTypeStatus"] != "Active":
        raise RefusedError("no-such-task")
    return members


def _demand_test(members: dict[str, Any]) -> None:
    """Refuse an invalid test: earlier releases stored tests without checking them against their schema."""
    try:
        form = parse_form(members["Test"])
        if "AnswerKey" in members:
            check_key(members["AnswerKey"], form)
    except ApiError:
        raise RefusedError("no-such-task") from None


def _is_open(tx: Transaction, test: Row) -> bool:
    return test["request_id"] is None and tx.now < test["deadline"]


def _demand_turn(tx: Transaction, members: dict[str, Any], worker_id: str, begun: Row | None) -> None:
    """Refuse a new request while the last one is pending, and until the type's retry delay has passed."""
    earlier = qualifications.last_request(tx, members["QualificationTypeId"], worker_id)
    times = [row[name] for row, name in ((earlier, "submitted"), (begun, "started")) if row is not None]
    if not times:
        return
    delay, pending = members.get("RetryDelayInSeconds"), earlier is not None and earlier["state"] == "Pending"
    if pending or delay is None or tx.now < max(times) + delay:
        raise RefusedError("done-before")


def _grant(tx: Transaction, type_id: str, worker_id: str, request_id: str, value: int) -> None:
    qualifications.answer_request(tx, request_id, "Accepted")
    qualifications.grant(tx, type_id, worker_id, value)
