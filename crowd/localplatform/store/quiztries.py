"""Tries of the quiz about a study's instructions."""

import json
from collections.abc import Sequence

from crowd.localplatform.store.database import Transaction


def made(tx: Transaction, worker_id: str, study: str) -> list[list[str]]:
    """The answers of each of the worker's tries, in order."""
    rows = tx.rows(
        "SELECT answers FROM quiz_tries WHERE worker_id = :worker_id AND study = :study ORDER BY seq",
        worker_id=worker_id,
        study=study,
    )
    return [json.loads(row["answers"]) for row in rows]


def add(tx: Transaction, worker_id: str, study: str, answers: Sequence[str]) -> None:
    """Store a try."""
    text = json.dumps(answers, ensure_ascii=False)
    tx.insert("quiz_tries", {"worker_id": worker_id, "study": study, "answers": text, "tried": tx.now})
