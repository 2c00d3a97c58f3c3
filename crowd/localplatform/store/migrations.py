"""What is done, once and in this order, to a store that an earlier release wrote.

Each change of `schema.sql` has an entry here, if only an empty one: `crowd.sqlite_file.open_file` looks at
nothing but the number of entries to know whether a file is of this release.
"""

import json
import sqlite3
from collections.abc import Callable

from crowd.localplatform.hitproperties import as_key, canonical
from crowd.worker_ids import SIMULATED_PREFIX


def _canonical_hit_types(connection: sqlite3.Connection) -> None:
    """Rewards with two decimals and requirements with all members, so that the same values are still the same type.

    Of types that turn out to be the same, one answers to the values from now on, and all keep their HITs.
    """
    for hit_type_id, text in connection.execute("SELECT hit_type_id, properties FROM hit_types").fetchall():
        properties = canonical(json.loads(text))
        requirements = json.dumps(properties["QualificationRequirements"], ensure_ascii=False)
        connection.execute("UPDATE hit_types SET requirements = ? WHERE hit_type_id = ?", (requirements, hit_type_id))
        connection.execute(
            "UPDATE OR IGNORE hit_types SET properties = ? WHERE hit_type_id = ?", (as_key(properties), hit_type_id)
        )


def _programs_of_hits(connection: sqlite3.Connection) -> None:
    """How many assignments of each HIT are of simulated participants, whose places are their own."""
    if connection.execute("SELECT count(*) FROM pragma_table_info('hits') WHERE name = 'programs'").fetchone()[0]:
        return
    connection.execute("ALTER TABLE hits ADD COLUMN programs INTEGER NOT NULL DEFAULT 0")
    connection.execute(
        f"""UPDATE hits SET programs = (SELECT count(*) FROM assignments WHERE hit_id = hits.hit_id
          AND worker_id GLOB '{SIMULATED_PREFIX}*' AND state NOT IN ('Returned', 'Abandoned'))"""  # noqa: S608
    )


def _revoked_links(connection: sqlite3.Connection) -> None:
    """When a participant's link was taken back; with this step rows have checksums."""
    columns = connection.execute("SELECT count(*) FROM pragma_table_info('participants') WHERE name = 'revoked'")
    if not columns.fetchone()[0]:
        connection.execute("ALTER TABLE participants ADD COLUMN revoked REAL")


def _free_places(connection: sqlite3.Connection) -> None:
    """Indexes for participants' pages: the HITs with free places, and what a worker has in hand and has finished."""
    for who, taken in (("people", "pending + submitted + approved + rejected - programs"), ("programs", "programs")):
        connection.execute(
            f"""CREATE INDEX IF NOT EXISTS hits_free_to_{who} ON hits (hit_type_id, expiration, seq)
            WHERE disposed IS NULL AND max_assignments > {taken}"""
        )
    connection.execute(
        "CREATE INDEX IF NOT EXISTS assignments_in_hand ON assignments (worker_id) WHERE state = 'Accepted'"
    )
    connection.execute(
        """CREATE INDEX IF NOT EXISTS assignments_finished ON assignments (worker_id, submit_seq)
        WHERE submit_seq IS NOT NULL"""
    )


def _dearest(connection: sqlite3.Connection) -> None:
    """Indexes that bound what all HITs may cost and what was paid, without counting."""
    connection.execute("CREATE INDEX IF NOT EXISTS hits_by_cost ON hits (cost * (max_assignments + programs))")
    connection.execute("CREATE INDEX IF NOT EXISTS payments_by_cost ON payments (cost)")


def _without_fees(connection: sqlite3.Connection) -> None:
    """HITs of studies cost their reward alone; what was paid before stays as it was paid."""
    connection.execute(
        """UPDATE hits SET cost = (SELECT reward FROM hit_types WHERE hit_types.hit_type_id = hits.hit_type_id)
        WHERE annotation GLOB 'vidgen/*/*'"""
    )


MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = [
    _canonical_hit_types,
    _programs_of_hits,
    _revoked_links,
    _free_places,
    _dearest,
    _without_fees,
]
