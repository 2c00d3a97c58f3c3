"""Transactions on the store, whatever database keeps it, and ids.

Statements are the same for all databases (`crowd.localplatform.store.sqlite`, `crowd.localplatform.store.postgresql`):
standard SQL with ``:name`` values, and 0 and 1 where SQLite knows no booleans.
"""

import hashlib
import secrets
import string
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol


class Row(Protocol):
    """A row; its columns by name and by position."""

    def __getitem__(self, key: Any, /) -> Any: ...

    def keys(self) -> list[str]:
        """The columns' names."""
        ...


class Cursor(Protocol):
    """What a statement gives."""

    @property
    def rowcount(self) -> int:
        """How many rows were changed."""
        ...

    def fetchone(self) -> Any:
        """The next row; None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """The rows not fetched yet."""
        ...


class Session(Protocol):
    """A connection to a database."""

    def execute(self, sql: str, values: Mapping[str, Any] = ..., /) -> Cursor:
        """Run a statement with ``:name`` values."""
        ...


class ReadsOnlyError(Exception):
    """A transaction that was opened to read would write."""


@dataclass(frozen=True, slots=True)
class Transaction:
    """A transaction at one moment (`now`); all of its changes are made, or none."""

    connection: Any
    """A `Session`, whose class depends on the database."""
    now: float
    new_hit_delay_s: float = 0.0
    notifies: bool = False
    """Whether notifications to SQS and SNS can be sent."""
    reads_only: bool = False
    """Whether a statement that writes raises a `ReadsOnlyError`."""

    def execute(self, sql: str, **values: Any) -> int:
        """Run a statement that writes, with ``:name`` values (and ``:now``); return the number of changed rows."""
        return self._write(sql, values | {"now": self.now}).rowcount

    def rows(self, sql: str, **values: Any) -> list[Row]:
        """The rows of a query."""
        rows: list[Row] = self.connection.execute(sql, values | {"now": self.now}).fetchall()
        return rows

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
        self._write(_insertion(table, values), values)

    def added(self, table: str, values: Mapping[str, Any]) -> Row:
        """Like `insert`; returns the row."""
        row: Row = self._write(f"{_insertion(table, values)} RETURNING *", values).fetchone()
        return row

    def _write(self, sql: str, values: Mapping[str, Any]) -> Cursor:
        if self.reads_only:
            raise ReadsOnlyError
        cursor: Cursor = self.connection.execute(sql, values)
        return cursor


def _insertion(table: str, columns: Iterable[str]) -> str:
    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608


class Database(ABC):
    """One connection to the store; use it from one thread at a time.

    What was committed is on the disk, so a killed process or a power failure does not lose what was acknowledged.
    Other processes may write to the same store: transactions that write exclude each other.
    """

    #: Whether transactions that only read go on beside those that write, on a connection of their own.
    reads_apart = False

    @property
    @abstractmethod
    def is_open(self) -> bool:
        """Whether a transaction is open."""

    @abstractmethod
    def close(self) -> None:
        """End the connection."""

    @abstractmethod
    def another(self) -> "Database":
        """Another connection to the same store."""

    @abstractmethod
    def scrub(self, tables: Iterable[str]) -> None:
        """Rewrite these tables, so that what was deleted from them is no longer in the database's files.

        Raises:
            OSError: it is damaged, cannot be written, or others do not stop reading it; run it again then.
        """

    def hold(self, purpose: str) -> bool:
        """Take a lock that lasts as long as the connection; False if another process has it.

        Where the store is a file, locks on files do this (`crowd.localplatform.discovery.only_server`).
        """
        return True

    @abstractmethod
    def _begin(self, *, reads_only: bool) -> Session:
        """Begin a transaction; one that writes excludes others that write."""

    @abstractmethod
    def _explained(self) -> AbstractContextManager[None]:
        """Turn the database's errors in the block into an OSError where it cannot be used for the moment."""

    @contextmanager
    def transaction(self, now: float, *, reads_only: bool = False) -> Iterator[Transaction]:
        """Commit at the end of the block; undo everything if it raises.

        Raises:
            OSError: the disk is full, or the database is away; nothing was changed.
        """
        with self.together(reads_only=reads_only) as connection:
            yield Transaction(connection, now, reads_only=reads_only)

    @contextmanager
    def together(self, *, reads_only: bool = False) -> Iterator[Session]:
        """Commit all parts at the end of the block, with one flush; undo all of them if it raises.

        Raises:
            OSError: the disk is full, or the database is away; nothing was changed, unless it went during the commit.
        """
        with self._explained():
            connection = self._begin(reads_only=reads_only)
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if self.is_open:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def part(self, connection: Session) -> Iterator[None]:
        """One of several parts of the transaction of `together`: if the block raises, only its changes are undone.

        After some errors (a full disk) a database undoes the whole transaction; `is_open` is then false.

        Raises:
            OSError: the disk is full, or the database is away.
        """
        with self._explained():
            connection.execute("SAVEPOINT part")
            try:
                yield
            except BaseException:
                if self.is_open:
                    connection.execute("ROLLBACK TO part")
                    connection.execute("RELEASE part")
                raise
            connection.execute("RELEASE part")


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
