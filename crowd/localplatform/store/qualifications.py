"""Qualification types, their holders, requests and tests."""

import json
from typing import Any

from crowd.localplatform.store.database import Row, Transaction, new_id


def create_type(tx: Transaction, properties: dict[str, Any]) -> str:
    """Add a qualification type; return its id."""
    type_id = new_id()
    stored = properties | {"QualificationTypeId": type_id, "CreationTime": tx.now}
    tx.insert(
        "qualification_types",
        {
            "qualification_type_id": type_id,
            "name": properties["Name"],
            "created": tx.now,
            "properties": json.dumps(stored, ensure_ascii=False),
        },
    )
    return type_id


def find_type(tx: Transaction, type_id: str) -> dict[str, Any] | None:
    """The members of the model's QualificationType; None when unknown or deleted."""
    text = tx.value(
        "SELECT properties FROM qualification_types WHERE qualification_type_id = :id AND deleted IS NULL", id=type_id
    )
    return None if text is None else dict(json.loads(text))


def type_named(tx: Transaction, name: str) -> str | None:
    """The id of the type with this name."""
    value = tx.value(
        "SELECT qualification_type_id FROM qualification_types WHERE name = :n AND deleted IS NULL", n=name
    )
    return None if value is None else str(value)


def update_type(tx: Transaction, type_id: str, properties: dict[str, Any]) -> None:
    """Replace a type's members."""
    tx.execute(
        "UPDATE qualification_types SET properties = :text WHERE qualification_type_id = :id",
        id=type_id,
        text=json.dumps(properties, ensure_ascii=False),
    )


def delete_type(tx: Transaction, type_id: str) -> None:
    """Delete a type: requests for it are rejected, and granted qualifications are kept."""
    tx.execute("UPDATE qualification_types SET deleted = :now WHERE qualification_type_id = :id", id=type_id)
    tx.execute(
        "UPDATE qualification_requests SET state = 'Rejected' WHERE qualification_type_id = :id AND state = 'Pending'",
        id=type_id,
    )


def types(tx: Transaction) -> list[dict[str, Any]]:
    """All types in order of creation, each as the model's QualificationType."""
    rows = tx.rows("SELECT properties FROM qualification_types WHERE deleted IS NULL ORDER BY seq")
    return [json.loads(row["properties"]) for row in rows]


def grant(tx: Transaction, type_id: str, worker_id: str, value: int | None) -> None:
    """Grant the worker the qualification, or change its value."""
    tx.execute(
        """INSERT INTO qualifications (qualification_type_id, worker_id, value, granted)
        VALUES (:type, :worker, :value, :now)
        ON CONFLICT (qualification_type_id, worker_id) DO UPDATE
        SET value = excluded.value, granted = excluded.granted, revoked = NULL, reason = NULL""",
        type=type_id,
        worker=worker_id,
        value=value,
    )


def revoke(tx: Transaction, type_id: str, worker_id: str, reason: str | None) -> None:
    """Revoke the worker's qualification."""
    tx.execute(
        "UPDATE qualifications SET revoked = :now, reason = :reason "
        "WHERE qualification_type_id = :type AND worker_id = :worker",
        type=type_id,
        worker=worker_id,
        reason=reason,
    )


def find(tx: Transaction, type_id: str, worker_id: str) -> Row | None:
    """The worker's qualification, granted or revoked."""
    return tx.row(
        "SELECT * FROM qualifications WHERE qualification_type_id = :type AND worker_id = :worker",
        type=type_id,
        worker=worker_id,
    )


def holders(tx: Transaction, type_id: str, *, revoked: bool, after: int, limit: int) -> list[Row]:
    """The workers who have the qualification, or with `revoked` those who had it."""
    return tx.rows(
        """SELECT * FROM qualifications WHERE qualification_type_id = :type AND (revoked IS NOT NULL) = :revoked
          AND seq > :after ORDER BY seq LIMIT :limit""",
        type=type_id,
        revoked=revoked,
        after=after,
        limit=limit,
    )


def request(tx: Transaction, type_id: str, worker_id: str) -> str:
    """Add a worker's request for the qualification; return the request's id."""
    request_id = new_id()
    tx.insert(
        "qualification_requests",
        {
            "request_id": request_id,
            "qualification_type_id": type_id,
            "worker_id": worker_id,
            "submitted": tx.now,
            "state": "Pending",
        },
    )
    return request_id


def last_request(tx: Transaction, type_id: str, worker_id: str) -> Row | None:
    """The worker's latest request for the type."""
    return tx.row(
        "SELECT * FROM qualification_requests WHERE qualification_type_id = :type AND worker_id = :worker "
        "ORDER BY seq DESC LIMIT 1",
        type=type_id,
        worker=worker_id,
    )


def begin_test(tx: Transaction, members: dict[str, Any], worker_id: str) -> None:
    """Begin the worker's test, with the type's test and duration as they are now."""
    tx.insert(
        "qualification_tests",
        {
            "qualification_type_id": members["QualificationTypeId"],
            "worker_id": worker_id,
            "started": tx.now,
            "deadline": tx.now + members["TestDurationInSeconds"],
            "test": members["Test"],
            "answer_key": members.get("AnswerKey"),
        },
    )


def last_test(tx: Transaction, type_id: str, worker_id: str) -> Row | None:
    """The test that the worker began last, taken or not."""
    return tx.row(
        "SELECT * FROM qualification_tests WHERE qualification_type_id = :type AND worker_id = :worker "
        "ORDER BY seq DESC LIMIT 1",
        type=type_id,
        worker=worker_id,
    )


def finish_test(tx: Transaction, seq: int, request_id: str, answer: str) -> None:
    """Store the answers to a test and the request that they belong to."""
    tx.execute(
        "UPDATE qualification_tests SET request_id = :request_id, answer = :answer WHERE seq = :seq",
        seq=seq,
        request_id=request_id,
        answer=answer,
    )


def find_request(tx: Transaction, request_id: str) -> Row | None:
    """The pending request with this id."""
    return tx.row("SELECT * FROM qualification_requests WHERE request_id = :id AND state = 'Pending'", id=request_id)


def answer_request(tx: Transaction, request_id: str, state: str, reason: str | None = None) -> None:
    """Set a request's state to accepted or rejected."""
    tx.execute(
        "UPDATE qualification_requests SET state = :state, reason = :reason WHERE request_id = :id",
        id=request_id,
        state=state,
        reason=reason,
    )


def requests(tx: Transaction, type_id: str | None, *, after: int, limit: int) -> list[Row]:
    """Pending requests, oldest first; with test and answer where a test was taken."""
    return tx.rows(
        """SELECT asked.*, test, answer FROM qualification_requests AS asked
          LEFT JOIN qualification_tests USING (request_id)
        WHERE state = 'Pending' AND asked.seq > :after
          AND asked.qualification_type_id = coalesce(:type, asked.qualification_type_id)
        ORDER BY asked.seq LIMIT :limit""",
        type=type_id,
        after=after,
        limit=limit,
    )
