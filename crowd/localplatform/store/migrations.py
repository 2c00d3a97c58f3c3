"""Changes made, once and in this order, to a store that an earlier release wrote.

Each change of `schema.sql` needs an entry here, even an empty one: `crowd.sqlite_file.open_file` knows by the number of
entries alone whether a file is of this release.
"""

import json
import sqlite3
from collections.abc import Callable

from crowd.localplatform.hitproperties import as_key, canonical
from crowd.worker_ids import SIMULATED_PREFIX


def _canonical_hit_types(connection: sqlite3.Connection) -> None:
    """Write rewards with two decimals and requirements with all members, so that the same values are the same type.

    Of types that become equal, one is found by the values from now on; all keep their HITs.
    """
    for hit_type_id, text in connection.execute("SELECT hit_type_id, properties FROM hit_types").fetchall():
        properties = canonical(json.loads(text))
        requirements = json.dumps(properties["QualificationRequirements"], ensure_ascii=False)
        connection.execute("UPDATE hit_types SET requirements = ? WHERE hit_type_id = ?", (requirements, hit_type_id))
        connection.execute(
            "UPDATE OR IGNORE hit_types SET properties = ? WHERE hit_type_id = ?", (as_key(properties), hit_type_id)
        )


def _programs_of_hits(connection: sqlite3.Connection) -> None:
    """Add to each HIT its number of assignments of simulated participants, who have separate places."""
    if connection.execute("SELECT count(*) FROM pragma_table_info('hits') WHERE name = 'programs'").fetchone()[0]:
        return
    connection.execute("ALTER TABLE hits ADD COLUMN programs INTEGER NOT NULL DEFAULT 0")
    connection.execute(
        f"""UPDATE hits SET programs = (SELECT count(*) FROM assignments WHERE hit_id = hits.hit_id
          AND worker_id GLOB '{SIMULATED_PREFIX}*' AND state NOT IN ('Returned', 'Abandoned'))"""  # noqa: S608
    )


def _revoked_links(connection: sqlite3.Connection) -> None:
    """Add when a participant's link was revoked. From this step on, rows have checksums."""
    columns = connection.execute("SELECT count(*) FROM pragma_table_info('participants') WHERE name = 'revoked'")
    if not columns.fetchone()[0]:
        connection.execute("ALTER TABLE participants ADD COLUMN revoked REAL")


def _free_places(connection: sqlite3.Connection) -> None:
    """Add indexes for participants' pages: HITs with free places, and workers' accepted and finished assignments."""
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
    """Add indexes for upper bounds on what all HITs may cost and on what was paid."""
    connection.execute("CREATE INDEX IF NOT EXISTS hits_by_cost ON hits (cost * (max_assignments + programs))")
    connection.execute("CREATE INDEX IF NOT EXISTS payments_by_cost ON payments (cost)")


def _without_fees(connection: sqlite3.Connection) -> None:
    """Set the cost of vidgen's HITs to their reward without a fee; earlier payments are unchanged."""
    connection.execute(
        """UPDATE hits SET cost = (SELECT reward FROM hit_types WHERE hit_types.hit_type_id = hits.hit_type_id)
        WHERE annotation GLOB 'vidgen/*/*'"""
    )


def _quiz_tries(connection: sqlite3.Connection) -> None:
    """Nothing: `schema.sql` adds the table of tries."""


def _arrivals(connection: sqlite3.Connection) -> None:
    """Add the people whom recruiters send, and their visits: the statements of the schema make the tables."""


def _recruiters_record(connection: sqlite3.Connection) -> None:
    """Add to each visit its state and its completion code by the recruiter's record."""
    there = {row[0] for row in connection.execute("SELECT name FROM pragma_table_info('arrivals')")}
    for column in {"state", "code"} - there:
        connection.execute(f"ALTER TABLE arrivals ADD COLUMN {column} TEXT")


def _consents(connection: sqlite3.Connection) -> None:
    """Nothing: `schema.sql` adds the tables of consent and of whose links and ids were deleted."""


def _notices(connection: sqlite3.Connection) -> None:
    """Nothing: `schema.sql` adds the table of what recruiters told."""


MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = [
    _canonical_hit_types,
    _programs_of_hits,
    _revoked_links,
    _free_places,
    _dearest,
    _without_fees,
    _quiz_tries,
    _arrivals,
    _recruiters_record,
    _consents,
    _notices,
]
