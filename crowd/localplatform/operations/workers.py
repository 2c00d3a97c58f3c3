"""Workers: blocks and messages."""

from typing import Any

from crowd.localplatform.errors import invalid_parameter
from crowd.localplatform.operations.paging import last, page, page_size, position
from crowd.localplatform.store import Transaction, account, assignments, participants


def check_worker(tx: Transaction, worker_id: str) -> None:
    """Check the id of a participant.

    Raises:
        ApiError: nobody has this id.
    """
    if participants.of_worker_id(tx, worker_id) is None:
        raise invalid_parameter("WorkerId", worker_id)


def create_block(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """CreateWorkerBlock."""
    check_worker(tx, request["WorkerId"])
    account.block(tx, request["WorkerId"], request["Reason"])
    return {}


def delete_block(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """DeleteWorkerBlock: succeeds also if the worker is not blocked."""
    check_worker(tx, request["WorkerId"])
    account.unblock(tx, request["WorkerId"])
    return {}


def list_blocks(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """ListWorkerBlocks."""
    limit = page_size(request)
    rows = account.blocks(tx, after=position(request), limit=limit)
    results = [{"WorkerId": row["worker_id"], "Reason": row["reason"]} for row in rows]
    return page("WorkerBlocks", results, last(rows))


def notify(tx: Transaction, request: dict[str, Any]) -> dict[str, Any]:
    """NotifyWorkers: only workers whose work was approved or rejected before; the others are listed as failures."""
    failures = []
    for worker_id in request["WorkerIds"]:
        if participants.of_worker_id(tx, worker_id) is None:
            failures.append(_failure(worker_id, "The worker does not exist."))
        elif sum(assignments.review_counts(tx, worker_id)) == 0:
            failures.append(_failure(worker_id, "You have neither approved nor rejected work of this worker."))
        else:
            account.send_message(tx, worker_id, request["Subject"], request["MessageText"])
    return {"NotifyWorkersFailureStatuses": failures}


def _failure(worker_id: str, message: str) -> dict[str, str]:
    return {
        "NotifyWorkersFailureCode": "HardFailure",
        "NotifyWorkersFailureMessage": message,
        "WorkerId": worker_id,
    }


OPERATIONS = {
    "CreateWorkerBlock": create_block,
    "DeleteWorkerBlock": delete_block,
    "ListWorkerBlocks": list_blocks,
    "NotifyWorkers": notify,
}
