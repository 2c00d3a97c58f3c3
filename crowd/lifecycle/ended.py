"""Says from a study's ledger alone whether more answers can still arrive."""

from collections import Counter
from datetime import datetime

from crowd.design.design import Design
from crowd.ledger.ledger import Entry, Ledger
from crowd.lifecycle.hits import hit_ids
from crowd.localplatform.people import fills_a_place

#: The fact that a study is paused: since when, and until when its tasks were open.
PAUSED = "paused"


def ended(ledger: Ledger, planned: Design, now: float) -> bool:
    """Whether all wanted assignments are in, or none can be begun since the study was closed or its time is over.

    A pause is no end.

    Args:
        ledger: the study's ledger.
        planned: its design.
        now: seconds since 1970.
    """
    ids, ends = hit_ids(ledger), _ends(ledger)
    fills, paused = fills_a_place(ledger.path.parent), ledger.fact(PAUSED) is not None
    done: Counter[str] = Counter()
    for (hit_id, worker_id, _), number in ledger.work().items():
        done[hit_id] += number * fills(worker_id)
    for keys in planned.rounds.values():
        for hit in map(planned.hit, keys):
            hit_id = ids.get(hit.key, "")
            if done[hit_id] < hit.num_assignments:
                if paused or ends.get(hit_id, _closed(ledger)) > now:
                    return False
                break
    return True


def _ends(ledger: Ledger) -> dict[str, float]:
    """Until when each HIT can be begun, by the last entry that created, changed or deleted it."""
    ends: dict[str, float] = {}
    for entry in ledger.entries():
        if entry.state != "done" or not entry.outcome:
            continue
        if entry.key.startswith("create/"):
            ends[entry.outcome["hit_id"]] = (entry.ended_at or entry.planned_at) + entry.details["lifetime_s"]
    for entry in (*ledger.entries("end/"), *ledger.entries("delete/")):
        if entry.state == "done":
            ends[entry.key.rsplit("/", 1)[1]] = _end(entry)
    return ends


def _closed(ledger: Ledger) -> float:
    """Until when HITs of later rounds may be created: without end, unless the study was closed."""
    changes = ledger.entries("end/")
    return _end(changes[-1]) if changes else float("inf")


def _end(entry: Entry) -> float:
    """Until when the HIT can be begun after this call; 0 if the call closed or deleted it."""
    until = entry.details.get("until")
    return datetime.fromisoformat(until).timestamp() if until else 0.0
