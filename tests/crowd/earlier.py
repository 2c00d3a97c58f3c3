"""Studies as earlier releases wrote them."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


def forget_terms(study_dir: Path) -> None:
    """Make the design one of the releases that kept nothing of what participants see and are paid."""
    table = json.loads((study_dir / "design.json").read_text(encoding="utf-8"))
    for name in ("shown", "shown_sha256", "pages"):
        del table[name]
    (study_dir / "design.json").write_text(json.dumps(table), encoding="utf-8")


@contextmanager
def without_checksums(path: Path) -> Iterator[sqlite3.Connection]:
    """The SQLite file as releases wrote it that kept no checksums and no versions, to be changed further."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE name GLOB 'checksum_*'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("DROP TABLE checksums")
        connection.execute("DROP TABLE written_by")
        connection.execute("PRAGMA user_version = 0")
        yield connection
