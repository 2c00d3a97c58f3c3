"""How far a study is: counts over everything."""

import statistics
from typing import Any

from crowd.localplatform.store.database import Transaction


def summary(tx: Transaction) -> dict[str, Any]:
    """Counts of HITs, assignments and workers, and the median time for an assignment in seconds (None without any)."""
    hits = tx.row(
        """SELECT count(*) AS hits, coalesce(sum(max_assignments), 0) AS wanted,
          coalesce(sum(pending), 0) AS pending, coalesce(sum(submitted), 0) AS submitted,
          coalesce(sum(approved), 0) AS approved, coalesce(sum(rejected), 0) AS rejected
        FROM hits WHERE disposed IS NULL"""
    )
    people = tx.row(
        """SELECT count(*) AS invited, coalesce(sum(simulated), 0) AS simulated,
          (SELECT count(DISTINCT worker_id) FROM previews) AS seen,
          (SELECT count(DISTINCT worker_id) FROM assignments) AS accepted,
          (SELECT count(DISTINCT worker_id) FROM assignments WHERE submitted IS NOT NULL) AS answered
        FROM participants"""
    )
    ended = tx.row(
        "SELECT coalesce(sum(state = 'Returned'), 0) AS returned, coalesce(sum(state = 'Abandoned'), 0) AS abandoned "
        "FROM assignments"
    )
    assert hits is not None and people is not None and ended is not None  # noqa: S101, PT018  aggregates have a row
    times = [row[0] for row in tx.rows("SELECT submitted - accepted FROM assignments WHERE submitted IS NOT NULL")]
    return {
        "now": tx.now,
        **dict(hits),
        "people": dict(people),
        **dict(ended),
        "median_s": statistics.median(times) if times else None,
    }
