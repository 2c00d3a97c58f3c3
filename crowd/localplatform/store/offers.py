"""Finds, for each HIT type, a HIT that a worker can accept; an index keeps this fast with many HITs.

Two partial indexes hold the HITs with free places, one for people and one for programs, by type and expiration
(`store/migrations.py`).
"""

import hashlib
import math

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
#: Each is one index lookup, as a query in parentheses.
_FIRST, _LAST = (f"(SELECT {end}(seq) FROM hits WHERE hit_type_id = :type)" for end in ("min", "max"))  # noqa: S608
_OFFERED = """AND hit_type_id = :type AND visible_from <= :now
  AND NOT EXISTS (SELECT 1 FROM assignments WHERE worker_id = :worker_id AND assignments.hit_id = hits.hit_id
    AND state NOT IN ('Returned', 'Abandoned'))"""


def types(tx: Transaction, *, simulated: bool) -> list[Row]:
    """HIT types with a HIT that has free places for people, or for programs, expired or not."""
    # One look into the index for each type; with EXISTS, PostgreSQL reads all HITs that have free places.
    return tx.rows(
        f"""SELECT * FROM hit_types WHERE 1 = (
          SELECT 1 FROM {_free(simulated)} AND hits.hit_type_id = hit_types.hit_type_id LIMIT 1)
        ORDER BY hit_type_id"""  # noqa: S608  constants of this module
    )


def one(tx: Transaction, hit_type_id: str, participant: Row) -> Row | None:
    """A HIT of this type that the participant can accept now and has not done; None if there is none.

    It has what pages show of its type. Its `alike` is the number of such HITs, counted up to `COUNTED` + 1. The
    participant gets the same HIT until they accept one. For others the search starts elsewhere, so that many who start
    at once do not all get the same HIT.
    """
    free, (expiration, seq) = _free(bool(participant["simulated"])), _start(tx, hit_type_id, participant)
    alike = f"SELECT 1 FROM {free} AND expiration > :now {_OFFERED} LIMIT {COUNTED + 1}"  # noqa: S608
    for place in _PLACES:
        found = tx.row(
            f"""SELECT hits.*, title, description, reward, duration_s, requirements,
              (SELECT count(*) FROM ({alike}) AS counted) AS alike
            FROM hits JOIN hit_types USING (hit_type_id)
            WHERE hit_id = (SELECT hit_id FROM {free} AND {place.format(_OFFERED)} LIMIT 1)""",  # noqa: S608
            type=hit_type_id,
            worker_id=participant["worker_id"],
            expiration=expiration,
            seq=seq,
        )
        if found is not None:
            return found
    return None


def num_free(tx: Transaction, *, simulated: bool) -> int:
    """The number of places that people, or programs, can take now, in all HITs together."""
    taken = "programs" if simulated else "(pending + submitted + approved + rejected - programs)"
    places = f"SELECT sum(max_assignments - {taken}) FROM {_free(simulated)}"  # noqa: S608  constants
    return int(tx.value(f"{places} AND expiration > :now AND visible_from <= :now") or 0)


def _free(simulated: bool) -> str:
    return _FREE_TO_PROGRAMS if simulated else _FREE_TO_PEOPLE


def _start(tx: Transaction, hit_type_id: str, participant: Row) -> tuple[float, int]:
    """The index position (expiration and sequence number) just before a HIT of this type drawn at random.

    The draw depends on the worker and on how many assignments they have had.
    """
    begun = f"{participant['worker_id']}/{participant['num_begun']}"
    for draw in range(_DRAWS):
        drawn = tx.row(
            f"""SELECT expiration, seq - 1 FROM hits WHERE hit_type_id = :type
              AND seq >= {_FIRST} + :chance % ({_LAST} - {_FIRST} + 1) ORDER BY seq LIMIT 1""",  # noqa: S608
            type=hit_type_id,
            chance=int.from_bytes(hashlib.sha256(f"{begun}/{draw}".encode()).digest()[:7], "big"),
        )
        if drawn is not None and drawn[0] > tx.now:
            return drawn[0], drawn[1]
    return math.inf, 0
