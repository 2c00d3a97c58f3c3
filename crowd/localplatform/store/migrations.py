"""What is done, once and in this order, to a store that an earlier release wrote."""

import json
import sqlite3
from collections.abc import Callable

from crowd.localplatform.hitproperties import as_key, canonical


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


MIGRATIONS: list[Callable[[sqlite3.Connection], None]] = [_canonical_hit_types]
