"""SQLite files: their schema's version, a checksum for each row, and errors that name the file.

Triggers keep the checksums, in a table of their own, so that whoever changes a row changes its checksum, and damage on
the disk does not. What cannot compute them cannot write: a release before these, or another program.
"""

import hashlib
import os
import sqlite3
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from crowd.fileformat import check
from crowd.release import RELEASE

Migration = Callable[[sqlite3.Connection], None]

_CHECKSUMS = """CREATE TABLE checksums (
  name TEXT NOT NULL, place INTEGER NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (name, place)
) STRICT, WITHOUT ROWID"""
#: Under this name stands the checksum of the schema itself.
_SCHEMA = "schema"


def connect(path: Path | str, **options: Any) -> sqlite3.Connection:
    """A connection outside of transactions that can write rows with checksums."""
    connection: sqlite3.Connection = sqlite3.connect(path, isolation_level=None, **options)
    connection.create_function("row_checksum", -1, row_checksum, deterministic=True)
    connection.execute("PRAGMA recursive_triggers = ON")  # a row that is replaced is deleted, for triggers as well
    return connection


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


def prepare(connection: sqlite3.Connection, path: Path, schema: str, migrations: Sequence[Migration]) -> None:
    """Make the tables of a new file, and bring those of an earlier release up to date.

    The file's ``user_version`` counts the migrations done. A change of the schema is a migration, too: only then are
    the statements of `schema` run again, and the checksums made for the columns that there are.

    Raises:
        NewerFileError: a newer release has migrated it.
        sqlite3.Error: it is no such file, or cannot be written.
    """
    if _version(connection) == len(migrations):
        return
    check(path, _version(connection), _written_by(connection), known=len(migrations))
    connection.executescript(f"BEGIN IMMEDIATE;{schema}COMMIT")
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _version(connection)  # another process may have been faster
        if done < len(migrations):
            _unseal(connection)
            for migration in migrations[done:]:
                migration(connection)
            _seal(connection)
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def faults(path: Path) -> Iterator[str]:
    """What is wrong with a file: its structure, its references, and every row that has not its checksum.

    The file is only read, at one moment, also while others write to it. Files of releases without checksums have none
    to be wrong.
    """
    try:
        with closing(connect(_read_only(path), uri=True, timeout=60)) as connection:
            connection.text_factory = bytes
            connection.execute("BEGIN")
            yield from (row[0].decode() for row in connection.execute("PRAGMA integrity_check") if row[0] != b"ok")
            if not connection.execute("SELECT 1 FROM sqlite_schema").fetchone():
                yield "holds nothing"
            for table, *_ in connection.execute("PRAGMA foreign_key_check"):
                yield f"a row of {table.decode()} belongs to one that is gone"
            if connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'checksums'").fetchone():
                yield from _wrong_rows(connection)
    except (sqlite3.Error, UnicodeError) as error:
        yield str(error)


def _read_only(path: Path) -> str:
    """The address by which SQLite reads the file and changes nothing."""
    # In a folder that may not be written, SQLite cannot keep the log's index; without a log nobody is writing either.
    unchanging = not os.access(path.parent, os.W_OK) and not path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if unchanging else ''}"


def back_up(path: Path, to: Path) -> None:
    """Copy the file as it is at one moment, also while others write to it; the copy needs no log beside it.

    Raises:
        OSError: it cannot be read or written, or is damaged.
    """
    to.touch(mode=0o600)
    try:
        with closing(sqlite3.connect(path, timeout=60)) as source, closing(sqlite3.connect(to)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        with to.open("rb") as file:
            os.fsync(file.fileno())
    except sqlite3.Error as error:
        hint = "" if isinstance(error, sqlite3.OperationalError) else "; `vidgen check` says more"  # a full disk
        raise OSError(f"{path}: {error}{hint}") from error


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _written_by(connection: sqlite3.Connection) -> str | None:
    try:
        row = connection.execute("SELECT release FROM written_by").fetchone()
    except sqlite3.OperationalError:  # no such table yet
        return None
    return None if row is None else str(row[0])


def _seal(connection: sqlite3.Connection) -> None:
    """Note the release, and keep a checksum of the schema and of each row from now on."""
    connection.execute("DROP TABLE IF EXISTS written_by")
    connection.execute("CREATE TABLE written_by (release TEXT NOT NULL) STRICT")
    connection.execute("INSERT INTO written_by VALUES (?)", (f"vidgen {RELEASE}",))
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


def _unseal(connection: sqlite3.Connection) -> None:
    for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE name GLOB 'checksum_*_*'").fetchall():
        connection.execute(f"DROP TRIGGER {name}")
    connection.execute("DROP TABLE IF EXISTS checksums")


def _wrong_rows(connection: sqlite3.Connection) -> Iterator[str]:
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


class Database:
    """One connection to the file, made with its tables when it is not there, readable by its owner only."""

    def __init__(self, path: Path, schema: str, migrations: Sequence[Migration]) -> None:
        self.path = path
        with self._explained():
            path.touch(mode=0o600)  # the write-ahead log takes over the mode
            self._connection = connect(path, timeout=60)
            self._synchronous = ""
            try:
                self.execute("PRAGMA journal_mode = WAL")
                prepare(self._connection, path, schema, migrations)
            except BaseException:
                self.close()
                raise

    def close(self) -> None:
        """End the connection."""
        self._connection.close()

    def execute(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run a statement; the rows that it gives.

        Raises:
            OSError: the file cannot be opened or written.
            ValueError: it is no SQLite file, or not the one expected.
        """
        with self._explained():
            return self._connection.execute(statement, values).fetchall()

    def rows(self, statement: str, values: Sequence[object] = ()) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, read as they are asked for; errors as in `execute`."""
        with self._explained():
            yield from self._connection.execute(statement, values)

    def write(self, statement: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement that writes, outside of `writing`, as a transaction of its own; errors as in `execute`."""
        self._synchronise("NORMAL")
        return self.execute(statement, values)

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[None]:
        """A transaction that excludes other writers; a durable one is on the disk when it ends, and all before it."""
        self._synchronise("FULL" if durable else "NORMAL")
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with self._explained():
                self._connection.rollback()
            raise

    def _synchronise(self, level: str) -> None:
        if level != self._synchronous:
            self.execute(f"PRAGMA synchronous = {level}")
            self._synchronous = level

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            raise OSError(f"{self.path}: {error}") from error
        except sqlite3.DatabaseError as error:
            raise ValueError(
                f"{self.path}: not a ledger ({error}); move it away, and `vidgen recover` rebuilds it"
            ) from error
