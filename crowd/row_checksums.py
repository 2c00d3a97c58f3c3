"""A checksum for each row of an SQLite file, which tells damage on the disk from what was written.

Triggers keep the checksums in a table of their own: whoever changes a row by SQL changes its checksum as well. The
triggers call a function that a connection must have (`enable_checksums`): programs without it cannot write to the file.
"""

import hashlib
import sqlite3
import struct
from collections.abc import Iterator
from typing import Any

_CHECKSUMS = """CREATE TABLE checksums (
  name TEXT NOT NULL, place INTEGER NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (name, place)
) STRICT, WITHOUT ROWID"""
#: Under this name stands the checksum of the schema itself.
_SCHEMA = "schema"


def enable_checksums(connection: sqlite3.Connection) -> None:
    """Let the connection compute checksums, and so write rows that have them."""
    connection.create_function("row_checksum", -1, row_checksum, deterministic=True)
    connection.execute("PRAGMA recursive_triggers = ON")  # a row that is replaced is deleted, for triggers as well


def row_checksum(*values: Any) -> int:
    """64 bits of a hash of the row's values and their types."""
    digest = hashlib.blake2b(digest_size=8)
    for value in values:
        if value is None:
            digest.update(b"n")
        elif isinstance(value, int):
            digest.update(b"i%d;" % value)
        elif isinstance(value, float):
            digest.update(b"f" + struct.pack("<d", value))
        else:
            content = value.encode() if isinstance(value, str) else value
            digest.update(b"t%d;" % len(content) + content)
    return int.from_bytes(digest.digest(), "big", signed=True)


def add_checksums(connection: sqlite3.Connection) -> None:
    """Keep a checksum of the schema and of each row from now on."""
    connection.execute(_CHECKSUMS)
    for table in _tables(connection):
        columns = _columns(connection, table)
        new = f"row_checksum({', '.join(f'new.{column}' for column in columns)})"
        for event, action in (
            ("INSERT", f"INSERT OR REPLACE INTO checksums VALUES ('{table}', new.rowid, {new})"),  # noqa: S608
            ("UPDATE", f"UPDATE checksums SET checksum = {new} WHERE name = '{table}' AND place = new.rowid"),  # noqa: S608
            ("DELETE", f"DELETE FROM checksums WHERE name = '{table}' AND place = old.rowid"),  # noqa: S608
        ):
            connection.execute(f"CREATE TRIGGER checksum_{table}_{event} AFTER {event} ON {table} BEGIN {action}; END")
        connection.execute(
            f"INSERT INTO checksums SELECT '{table}', rowid, row_checksum({', '.join(columns)}) FROM {table}"  # noqa: S608
        )
    connection.execute("INSERT INTO checksums VALUES (?, 0, ?)", (_SCHEMA, _schema_checksum(connection)))


def drop_checksums(connection: sqlite3.Connection) -> None:
    """Keep checksums no longer, so that tables can be changed."""
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE name GLOB 'checksum_*_*'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DROP TABLE IF EXISTS checksums")


def wrong_rows(connection: sqlite3.Connection) -> Iterator[str]:
    """What differs from its checksum, in words; nothing where the file has no checksums.

    Texts must come from the connection as bytes, since damaged ones need not be UTF-8.
    """
    if not connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'checksums'").fetchone():
        return
    kept = {row[1]: row[2] for row in connection.execute("SELECT * FROM checksums WHERE name = ?", (_SCHEMA,))}
    if kept != {0: _schema_checksum(connection)}:
        yield "its schema is not the one that was made"
    tables = _tables(connection)
    for (name,) in connection.execute("SELECT DISTINCT name FROM checksums").fetchall():
        if name.decode(errors="replace") not in (*tables, _SCHEMA):
            yield f"the table {name.decode(errors='replace')} is gone"
    for table in tables:
        kept = dict(connection.execute("SELECT place, checksum FROM checksums WHERE name = ?", (table,)).fetchall())
        for place, *values in connection.execute(f"SELECT rowid, * FROM {table}"):  # noqa: S608  from the schema
            if kept.pop(place, None) != row_checksum(*values):
                yield f"row {place} of {table} is not what was written"
        for place in kept:
            yield f"row {place} of {table} is gone"


def _tables(connection: sqlite3.Connection) -> list[str]:
    """The tables whose rows have checksums: all but SQLite's own and those without row ids."""
    found = connection.execute(
        "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND NOT wr "
        "AND name NOT GLOB 'sqlite_*' ORDER BY name"
    )
    return [_text(name) for (name,) in found]


def _columns(connection: sqlite3.Connection, table: str) -> list[str]:
    return [_text(row[1]) for row in connection.execute(f"PRAGMA table_info({table})")]


def _schema_checksum(connection: sqlite3.Connection) -> int:
    rows = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' ORDER BY type, name"
    )
    return row_checksum(*(value for row in rows for value in row))


def _text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
