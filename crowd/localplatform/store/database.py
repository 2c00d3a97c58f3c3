"""The SQLite file, its transactions, and ids."""

import errno
import hashlib
import secrets
import sqlite3
import string
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from crowd.localplatform.store.migrations import MIGRATIONS
from crowd.sqlite_file import open_file, reads_only

Row = sqlite3.Row

#: SQLite's error codes for a full disk, in writing the file, its log or the log's index.
_NO_SPACE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP}


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction at one moment (`now`); all of its changes are made, or none."""

    connection: sqlite3.Connection
    now: float
    new_hit_delay_s: float = 0.0
    notifies: bool = False
    """Whether notifications to SQS and SNS can be sent."""

    def execute(self, sql: str, **values: Any) -> int:
        """Run a statement with ``:name`` values (and ``:now``); return the number of changed rows."""
        return self.connection.execute(sql, values | {"now": self.now}).rowcount

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """The rows of a query."""
        return self.connection.execute(sql, values | {"now": self.now}).fetchall()

    def row(self, sql: str, **values: Any) -> Row | None:
        """The first row of a query."""
        row: Row | None = self.connection.execute(sql, values | {"now": self.now}).fetchone()
        return row

    def value(self, sql: str, **values: Any) -> Any:
        """The first column of a query's first row; None without rows."""
        row = self.row(sql, **values)
        return None if row is None else row[0]

    def insert(self, table: str, values: Mapping[str, Any]) -> None:
        """Add a row. The names of table and columns must not come from a client."""
        columns = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self.connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", dict(values))  # noqa: S608


class Database:
    """One connection to the store; use it from one thread at a time.

    The write-ahead log is flushed at every commit, so a killed process or a power failure does not lose what was
    acknowledged. Other processes (``invite``) may write to the same file. Without write permission it can be read.

    Raises:
        OSError: the file cannot be opened, or is not a platform's store.
        NewerFileError: it was written by a newer release.
    """

    def __init__(self, path: Path):
        self._path = path
        self._begin = "BEGIN" if reads_only(path) else "BEGIN IMMEDIATE"
        try:
            self._connection = open_file(path, _schema(), MIGRATIONS, check_same_thread=False, timeout=30)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            hint = (
                "; restore it from a copy" if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB else ""
            )
            raise OSError(f"{path}: {error}{hint}") from error

    @contextmanager
    def transaction(self, now: float, new_hit_delay_s: float = 0.0, *, notifies: bool = False) -> Iterator[Transaction]:
        """Commit at the end of the block; undo everything if it raises.

        Raises:
            OSError: the disk is full; nothing was changed.
        """
        with self.together(), self.part(now, new_hit_delay_s, notifies=notifies) as tx:
            yield tx

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit all parts at the end of the block, with one flush; undo all of them if it raises.

        Raises:
            OSError: the disk is full; nothing was changed.
        """
        with self._explained():
            try:
                self._connection.execute(self._begin)
                yield
                self._connection.execute("COMMIT")
            except BaseException:
                if self.is_open:
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def part(self, now: float, new_hit_delay_s: float = 0.0, *, notifies: bool = False) -> Iterator[Transaction]:
        """A part of the transaction of `together`: if the block raises, only its own changes are undone.

        After some errors (a full disk) SQLite undoes the whole transaction; `is_open` is then false.

        Raises:
            OSError: the disk is full.
        """
        with self._explained():
            self._connection.execute("SAVEPOINT part")
            try:
                yield Transaction(self._connection, now, new_hit_delay_s, notifies)
            except BaseException:
                if self.is_open:
                    self._connection.execute("ROLLBACK TO part")
                    self._connection.execute("RELEASE part")
                raise
            self._connection.execute("RELEASE part")

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in _NO_SPACE:
                raise OSError(errno.ENOSPC, str(error), str(self._path)) from error
            raise

    def close(self) -> None:
        """Close the file; SQLite merges the log into it."""
        self._connection.close()


@cache
def _schema() -> str:
    return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")


_ID_LETTERS = string.ascii_uppercase + string.digits


def new_id(prefix: str = "3", length: int = 30) -> str:
    """An unguessable identifier of capital letters and digits, as Mechanical Turk's are."""
    return prefix + _unguessable(_ID_LETTERS, length - len(prefix))


def derived_id(of: str) -> str:
    """An identifier of the same form as `new_id`'s that is always the same for `of`."""
    digest = hashlib.sha256(of.encode()).digest()
    return "3" + "".join(_ID_LETTERS[byte % len(_ID_LETTERS)] for byte in digest[:29])


#: Without letters and digits that look alike, since people type the codes.
_CODE_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ2346789"


def new_code(length: int = 8) -> str:
    """An unguessable completion code."""
    return _unguessable(_CODE_LETTERS, length)


def _unguessable(letters: str, length: int) -> str:
    """`length` random letters, from one random number, since one call for each letter is slow."""
    number, base = secrets.randbelow(len(letters) ** length), len(letters)
    return "".join(letters[number // base**place % base] for place in range(length))
