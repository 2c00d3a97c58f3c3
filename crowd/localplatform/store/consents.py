"""What participants have agreed to: each text once, as a version of its own, and who agreed to which when."""

import hashlib

from crowd.localplatform.store.database import Row, Transaction


def agree(tx: Transaction, worker_id: str, text: str, assignment_id: str) -> None:
    """Store that the worker agreed to the text by accepting a task, unless they have agreed to it before."""
    tx.execute(
        """INSERT INTO consents (worker_id, version, assignment_id, agreed)
        VALUES (:worker_id, :version, :assignment_id, :now) ON CONFLICT DO NOTHING""",
        worker_id=worker_id,
        version=_version(tx, text),
        assignment_id=assignment_id,
    )


def _version(tx: Transaction, text: str) -> int:
    """The version of the text, which is a new one if nobody has agreed to it yet."""
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    version = tx.value("SELECT seq FROM consent_texts WHERE sha256 = :sha256", sha256=sha256)
    return int(version or tx.added("consent_texts", {"sha256": sha256, "text": text})["seq"])


def texts(tx: Transaction) -> list[Row]:
    """All texts, by version: `version`, `sha256`, `text`, and when somebody first agreed to it, `since`."""
    return tx.rows(
        """SELECT consent_texts.seq AS version, sha256, text, min(agreed) AS since
        FROM consent_texts LEFT JOIN consents ON version = consent_texts.seq
        GROUP BY consent_texts.seq, sha256, text ORDER BY consent_texts.seq"""
    )


def last(tx: Transaction) -> dict[str, tuple[int, float]]:
    """For each worker, the version that they agreed to last, and when."""
    rows = tx.rows("SELECT worker_id, version, agreed FROM consents ORDER BY seq")
    return {row["worker_id"]: (row["version"], row["agreed"]) for row in rows}
