"""Copies a whole store from PostgreSQL to an SQLite file, which backups hold, and back."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crowd import fileformat
from crowd.localplatform.store import postgresql
from crowd.localplatform.store.migrations import MIGRATIONS
from crowd.localplatform.store.places import database_url, schema_of
from crowd.localplatform.store.sqlite import schema
from crowd.sqlite_file import open_file
from crowd.studydir import StudyDirectory

if TYPE_CHECKING:
    import psycopg

_OWN = ("checksums", "written_by")
"""Tables of the file that hold nothing of the study."""


def copy_to_file(study_dir: str | Path, path: Path) -> None:
    """Write a study's store in PostgreSQL, as it is at one moment, into a new SQLite file.

    Raises:
        OSError: the database cannot be reached, or the file cannot be written.
    """
    url, name = database_url(study_dir), schema_of(study_dir)
    assert url is not None  # noqa: S101  the caller has asked
    with (
        postgresql.explained(postgresql.shown(url)),
        closing(postgresql.connect(url)) as source,
        closing(open_file(path, schema(), MIGRATIONS)) as target,
    ):
        source.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        target.execute("BEGIN IMMEDIATE")
        with _without_triggers(target):
            for table, columns in _tables(target):
                names, marks = ", ".join(columns), ", ".join("?" * len(columns))
                with source.cursor(name=table) as rows:  # fetched in parts
                    rows.execute(f"SELECT {names} FROM {name}.{table}")  # noqa: S608  names of the schema
                    target.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608
        target.execute("COMMIT")
        target.execute("PRAGMA journal_mode = DELETE")


def move_to_postgresql(study_dir: str | Path, url: str) -> None:
    """Bring a study's store from its SQLite file into a PostgreSQL database, which keeps it from now on.

    Raises:
        OSError: the database cannot be reached.
        ValueError: it holds this study already, or something that PostgreSQL does not take.
    """
    files, name = StudyDirectory(study_dir), schema_of(study_dir)
    if postgresql.exists(url, name):
        raise ValueError(f"{postgresql.shown(url)}: holds this study already, in the schema {name}")
    with postgresql.explained(postgresql.shown(url)), closing(postgresql.connect(url)) as target:
        with closing(open_file(files.store, schema(), MIGRATIONS)) as source, target.transaction():
            postgresql.prepare(target, name, place=postgresql.shown(url))
            _fill(target, source, name)
        target.execute(f"ANALYZE {name}.hits, {name}.assignments")
    fileformat.save(files.database, {"url": url}, mode=0o600)
    for left in files.root.glob(f"{files.store.name}*"):
        left.unlink()


def _fill(target: "psycopg.Connection[Any]", source: sqlite3.Connection, name: str) -> None:
    import psycopg

    for table, columns in _tables(source):
        names = ", ".join(columns)
        target.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        try:
            with target.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in source.execute(f"SELECT {names} FROM {table}"):  # noqa: S608  names of the schema
                    copy.write_row(row)
        except psycopg.DataError as error:
            raise ValueError(f"the table {table} holds what PostgreSQL does not take ({error})") from error
        target.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        if "seq" in columns:
            target.execute(
                f"SELECT setval(pg_get_serial_sequence('{table}', 'seq'), max(seq)) FROM {table}"  # noqa: S608
            )


def _tables(connection: sqlite3.Connection) -> list[tuple[str, list[str]]]:
    """The tables with their columns, those first to which others refer."""
    found = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT GLOB 'sqlite_*' ORDER BY rowid"
    )
    names = [name for (name,) in found if name not in _OWN]
    return [(name, [row[1] for row in connection.execute(f"PRAGMA table_info({name})")]) for name in names]


@contextmanager
def _without_triggers(connection: sqlite3.Connection) -> Iterator[None]:
    """Keep rows as they are inserted; their checksums are made nevertheless."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger' AND name NOT GLOB 'checksum_*'"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP TRIGGER {name}")
    yield
    for _, sql in found:
        connection.execute(sql)
