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

#: SQLite's codes for writing that failed for want of room, in the file, its log, or the log's index.
_NO_SPACE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP}


@dataclass(frozen=True, slots=True)
class Transaction:
    """Everything in it happens at one moment, and all of it or nothing."""

    connection: sqlite3.Connection
    now: float
    new_hit_delay_s: float = 0.0
    notifies: bool = False
    """Whether notifications to SQS and SNS can be sent."""

    def execute(self, sql: str, **values: Any) -> int:
        """Run one statement with ``:name`` values (and ``:now``); the number of changed rows."""
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
        """Add a row; table and columns are ours, never a caller's."""
        columns = ", ".join(values)
        marks = ", ".join(f":{name}" for name in values)
        self.connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", dict(values))  # noqa: S608


class Database:
    """One connection; use it from one thread at a time.

    The write-ahead log is flushed at every commit, so neither a killed process nor a power cut loses what was
    acknowledged. Other processes (``invite``) may write to the same file. Where it may not be written it can be read.

    Raises:
        OSError: the file cannot be opened, or is no such store.
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
        """Commit at the end of the block, undo everything if it raises.

        Raises:
            OSError: the disk is full; nothing was changed.
        """
        with self.together(), self.part(now, new_hit_delay_s, notifies=notifies) as tx:
            yield tx

    @contextmanager
    def together(self) -> Iterator[None]:
        """Commit all the parts in the block at its end, with one flush, or, if it raises, none of them.

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
        """Inside `together`: undo what the block did, and nothing else, if it raises.

        After some errors (a full disk) SQLite undoes the whole transaction; `is_open` then tells so.

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
        """Whether a transaction is under way."""
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
        """Close the file; SQLite folds the log into it."""
        self._connection.close()


@cache
def _schema() -> str:
    return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")


_ID_LETTERS = string.ascii_uppercase + string.digits


def new_id(prefix: str = "3", length: int = 30) -> str:
    """An unguessable identifier of capital letters and digits, as Mechanical Turk's are."""
    return prefix + _unguessable(_ID_LETTERS, length - len(prefix))


def derived_id(of: str) -> str:
    """Another identifier of the same kind that is always the same for `of`."""
    digest = hashlib.sha256(of.encode()).digest()
    return "3" + "".join(_ID_LETTERS[byte % len(_ID_LETTERS)] for byte in digest[:29])


#: Without letters and digits that are taken for one another, since people type codes.
_CODE_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ2346789"


def new_code(length: int = 8) -> str:
    """An unguessable completion code."""
    return _unguessable(_CODE_LETTERS, length)


def _unguessable(letters: str, length: int) -> str:
    """So many random letters, from one random number: a call for each would take most of an id's time."""
    number, base = secrets.randbelow(len(letters) ** length), len(letters)
    return "".join(letters[number // base**place % base] for place in range(length))
