"""Finds what a task page asks participants to agree to, and stores that they agreed by accepting the task."""

import json
import re
from functools import lru_cache

from crowd.localplatform.store import Transaction, consents, hits

#: The text in the data of a task page (`crowd.task.page.page_data`), which stand in the HIT's question as JSON.
_TEXT = re.compile(r'"consent": ?("(?:[^"\\]|\\.)*")')
_ASKS = 'name="task-contract"'


def agree(tx: Transaction, worker_id: str, hit_id: str, assignment_id: str) -> None:
    """Store that the worker agreed to what the HIT's page asks, if it asks for consent."""
    text = consent_in(hits.question(tx, hit_id))
    if text is not None:
        consents.agree(tx, worker_id, text, assignment_id)


@lru_cache(maxsize=64)
def consent_in(question: str) -> str | None:
    """The text of consent in a HIT's question; None if its page asks for none."""
    found = _TEXT.search(question) if _ASKS in question else None
    try:
        text = json.loads(found[1]) if found else None
    except ValueError:  # a page of another program
        return None
    return text or None
