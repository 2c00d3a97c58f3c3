"""The requester API's operations: one function ``(transaction, request) -> response`` each, by name in `OPERATIONS`."""

from collections.abc import Callable
from typing import Any

from crowd.localplatform.operations import accounts, assignments, hits, qualifications, workers
from crowd.localplatform.store import Transaction

Operation = Callable[[Transaction, dict[str, Any]], dict[str, Any]]

OPERATIONS: dict[str, Operation] = {
    **accounts.OPERATIONS,
    **assignments.OPERATIONS,
    **hits.OPERATIONS,
    **qualifications.OPERATIONS,
    **workers.OPERATIONS,
}

#: Variants of operations for clients that prefer a minimal response (RFC 7240).
IN_SHORT: dict[str, Operation] = {**OPERATIONS, **hits.IN_SHORT}
