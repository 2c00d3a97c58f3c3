"""SQLite files: opened, migrated, checked and copied, with errors that name the file."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from crowd.fileformat import check
from crowd.release import RELEASE
from crowd.row_checksums import add_checksums, drop_checksums, enable_checksums, wrong_rows

Migration = Callable[[sqlite3.Connection], None]


def connect(path: Path | str, **options: Any) -> sqlite3.Connection:
    """A connection outside of transactions that can write rows with checksums."""
    connection: sqlite3.Connection = sqlite3.connect(path, isolation_level=None, **options)
    enable_checksums(connection)
    return connection


def open_file(path: Path, schema: str, migrations: Sequence[Migration], **options: Any) -> sqlite3.Connection:
    """A connection to a file with these tables, which is made or migrated first, readable by its owner only.

    Where the file is there and may not be written, the connection only reads.

    Args:
        path: the file.
        schema: the statements that make the tables, which may be there already.
        migrations: what is done, once and in this order, to a file of an earlier release.
        **options: of `sqlite3.connect`.

    Raises:
        NewerFileError: a newer release has migrated it.
        ValueError: an earlier release wrote it, and it may not be written, so that it cannot be migrated.
        sqlite3.Error: it is no such file, or cannot be opened.
        OSError: it cannot be made.
    """
    if not reads_only(path):
        path.touch(mode=0o600)  # the write-ahead log takes over the mode
    connection = _connected(path, **options)
    try:
        if not reads_only(path):
            connection.execute("PRAGMA journal_mode = WAL")
        _prepare(connection, path, schema, migrations)
    except BaseException:
        connection.close()
        raise
    return connection


def _connected(path: Path, **options: Any) -> sqlite3.Connection:
    """A connection that writes where that is possible."""
    return connect(_read_only(path), uri=True, **options) if reads_only(path) else connect(path, **options)


def reads_only(path: Path) -> bool:
    """Whether the file is there and may only be read: SQLite writes into its folder as well."""
    return path.exists() and not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK))


def _prepare(connection: sqlite3.Connection, path: Path, schema: str, migrations: Sequence[Migration]) -> None:
    """Make the tables of a new file, and bring those of an earlier release up to date.

    The file's ``user_version`` counts the migrations done. A change of the schema is a migration, too: only then are
    the statements of `schema` run again, and the checksums made for the columns that there are.
    """
    if _version(connection) == len(migrations):
        return
    check(path, _version(connection), _written_by(connection), known=len(migrations))
    if reads_only(path):
        raise ValueError(
            f"{path}: was written by an earlier release and may not be written, so it cannot be migrated: copy the "
            "study to where it may be, and run the command there"
        )
    connection.executescript(f"BEGIN IMMEDIATE;{schema}COMMIT")
    connection.execute("BEGIN IMMEDIATE")
    try:
        done = _version(connection)  # another process may have been faster
        if done < len(migrations):
            drop_checksums(connection)
            for migration in migrations[done:]:
                migration(connection)
            _note_release(connection)
            add_checksums(connection)
            connection.execute(f"PRAGMA user_version = {len(migrations)}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def faults(path: Path) -> Iterator[str]:
    """What is wrong with a file, in words: its structure, its references, and rows that differ from their checksum.

    The file is only read, at one moment, also while others write to it. Files of releases that kept no checksums are
    not checked against any.
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
            yield from wrong_rows(connection)
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
        with closing(_connected(path, timeout=60)) as source, closing(connect(to)) as target:
            source.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")
        with to.open("rb") as file:
            os.fsync(file.fileno())
    except sqlite3.Error as error:
        hint = "" if isinstance(error, sqlite3.OperationalError) else "; `vidgen check` says more"  # a full disk
        raise OSError(f"{path}: {error}{hint}") from error


def scrub(path: Path) -> None:
    """Rewrite the file, so that what was deleted can be read neither in it nor in its log; others may use it meanwhile.

    Raises:
        OSError: the file is damaged or cannot be written, or another program does not stop reading it.
    """
    for fault in faults(path):  # checksums are made anew below, which must not hide damage
        raise OSError(f"{path}: is damaged ({fault}); `vidgen check` says more")
    try:
        with closing(connect(path, timeout=60)) as connection:
            connection.execute("PRAGMA secure_delete = ON")
            connection.execute("VACUUM")
            _renew_checksums(connection)
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as error:
        raise OSError(f"{path}: {error}") from error
    if busy:
        raise OSError(
            f"{path}: another program is reading it, so its log keeps what was deleted; run the command again"
        )


def _renew_checksums(connection: sqlite3.Connection) -> None:
    """Make the checksums anew, since VACUUM may change row ids."""
    connection.execute("BEGIN IMMEDIATE")
    drop_checksums(connection)
    add_checksums(connection)
    connection.execute("COMMIT")


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _written_by(connection: sqlite3.Connection) -> str | None:
    try:
        row = connection.execute("SELECT release FROM written_by").fetchone()
    except sqlite3.OperationalError:  # no such table yet
        return None
    return None if row is None else str(row[0])


def _note_release(connection: sqlite3.Connection) -> None:
    connection.execute("DROP TABLE IF EXISTS written_by")
    connection.execute("CREATE TABLE written_by (release TEXT NOT NULL) STRICT")
    connection.execute("INSERT INTO written_by VALUES (?)", (f"vidgen {RELEASE}",))


class SqliteFile:
    """One connection to the file, see `open_file`, whose errors name it."""

    def __init__(self, path: Path, schema: str, migrations: Sequence[Migration]) -> None:
        self.path = path
        self._synchronous = ""
        with self._explained():
            self._connection = open_file(path, schema, migrations, timeout=60)

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
