"""Finds, for each HIT type, a HIT that a worker can accept; an index keeps this fast with many HITs.

Two partial indexes hold the HITs with free places, one for people and one for programs, by type and expiration
(`store/migrations.py`).
"""

import hashlib
import math
from collections.abc import Iterator

from crowd.localplatform.store.database import Row, Transaction

#: Where to search, in this order: after the starting HIT with the same expiration, at later expirations, from the first
#: HIT on. Each is one range of the index, in its order.
_PLACES = (
    "expiration = :expiration AND seq > :seq {} ORDER BY seq",
    "expiration > :expiration {} ORDER BY expiration",
    "expiration > :now {} ORDER BY expiration",
)
#: Number of HITs of a type above which pages say "many".
COUNTED = 20
#: How many times a starting HIT is drawn, if those drawn before have expired.
_DRAWS = 4
_FREE_TO_PEOPLE = """hits INDEXED BY hits_free_to_people
  WHERE disposed IS NULL AND max_assignments > pending + submitted + approved + rejected - programs"""
_FREE_TO_PROGRAMS = """hits INDEXED BY hits_free_to_programs
  WHERE disposed IS NULL AND max_assignments > programs"""
_OFFERED = """AND hit_type_id = :type AND visible_from <= :now
  AND NOT EXISTS (SELECT 1 FROM assignments WHERE worker_id = :worker_id AND assignments.hit_id = hits.hit_id
    AND state NOT IN ('Returned', 'Abandoned'))"""


def types(tx: Transaction, *, simulated: bool) -> Iterator[Row]:
    """HIT types with a HIT that has free places for people, or for programs, expired or not."""
    free, last = _free(simulated), ""
    while last := tx.value(f"SELECT min(hit_type_id) FROM {free} AND hit_type_id > :last", last=last) or "":  # noqa: S608
        row = tx.row("SELECT * FROM hit_types WHERE hit_type_id = :id", id=last)
        assert row is not None  # noqa: S101  the HIT refers to it
        yield row


def one(tx: Transaction, hit_type_id: str, worker_id: str, *, simulated: bool) -> str | None:
    """The id of a HIT of this type that the worker can accept now and has not done; None if there is none.

    The worker gets the same HIT until they accept one. For other workers the search starts elsewhere, so that many who
    start at once do not all get the same HIT.
    """
    expiration, seq = _start(tx, hit_type_id, worker_id)
    for place in _PLACES:
        found = tx.value(
            f"SELECT hit_id FROM {_free(simulated)} AND {place.format(_OFFERED)} LIMIT 1",  # noqa: S608
            type=hit_type_id,
            worker_id=worker_id,
            expiration=expiration,
            seq=seq,
        )
        if found is not None:
            return str(found)
    return None


def count(tx: Transaction, hit_type_id: str, worker_id: str, *, simulated: bool) -> int:
    """The number of HITs that `one` chooses from, counted up to `COUNTED` + 1."""
    some = f"SELECT 1 FROM {_free(simulated)} AND expiration > :now {_OFFERED} LIMIT {COUNTED + 1}"  # noqa: S608
    return int(tx.value(f"SELECT count(*) FROM ({some}) AS some", type=hit_type_id, worker_id=worker_id))  # noqa: S608


def _free(simulated: bool) -> str:
    return _FREE_TO_PROGRAMS if simulated else _FREE_TO_PEOPLE


def _start(tx: Transaction, hit_type_id: str, worker_id: str) -> tuple[float, int]:
    """The index position (expiration and sequence number) just before a HIT of this type drawn at random.

    The draw depends on the worker and on how many assignments they have had.
    """
    ends = tx.row(  # a query in parentheses for each end, which then is one index lookup
        """SELECT (SELECT count(*) FROM assignments WHERE worker_id = :worker_id),
          (SELECT min(seq) FROM hits WHERE hit_type_id = :type),
          (SELECT max(seq) FROM hits WHERE hit_type_id = :type)""",
        worker_id=worker_id,
        type=hit_type_id,
    )
    assert ends is not None  # noqa: S101  it always has a row
    begun, first, last = ends[0], ends[1], ends[2]
    for draw in range(_DRAWS):
        chance = int.from_bytes(hashlib.sha256(f"{worker_id}/{begun}/{draw}".encode()).digest()[:8], "big")
        drawn = tx.row(
            "SELECT expiration, seq - 1 FROM hits WHERE hit_type_id = :type AND seq >= :seq ORDER BY seq LIMIT 1",
            type=hit_type_id,
            seq=first + chance % (last - first + 1),
        )
        if drawn is not None and drawn[0] > tx.now:
            return drawn[0], drawn[1]
    return math.inf, 0
