"""The store in an SQLite file of the study directory."""

import errno
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from pathlib import Path

from crowd.localplatform.store.database import Database, Session
from crowd.localplatform.store.migrations import MIGRATIONS
from crowd.sqlite_file import open_file, reads_only, scrub

#: SQLite's error codes for a full disk, in writing the file, its log or the log's index.
_NO_SPACE = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_SHMMAP}


class SqliteDatabase(Database):
    """One connection to the file.

    The write-ahead log is flushed at every commit. Without write permission the file can be read.

    Raises:
        OSError: the file cannot be opened, or is not a platform's store.
        NewerFileError: it was written by a newer release.
    """

    def __init__(self, path: Path):
        self._path = path
        self._begins = "BEGIN" if reads_only(path) else "BEGIN IMMEDIATE"
        try:
            self._connection = open_file(path, schema(), MIGRATIONS, check_same_thread=False, timeout=30)
            self._connection.row_factory = sqlite3.Row
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.execute("PRAGMA foreign_keys = ON")
        except sqlite3.Error as error:
            hint = (
                "; restore it from a copy" if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB else ""
            )
            raise OSError(f"{path}: {error}{hint}") from error

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open."""
        return self._connection.in_transaction

    def close(self) -> None:
        """Close the file; SQLite merges the log into it."""
        self._connection.close()

    def scrub(self, tables: Iterable[str]) -> None:
        """Rewrite the file, whatever tables are named."""
        scrub(self._path)

    def another(self) -> Database:
        """Another connection to the file."""
        return SqliteDatabase(self._path)

    def _begin(self, *, reads_only: bool) -> Session:
        self._connection.execute("BEGIN" if reads_only else self._begins)
        return self._connection

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode in _NO_SPACE:
                raise OSError(errno.ENOSPC, str(error), str(self._path)) from error
            raise


@cache
def schema() -> str:
    """The statements that make the tables."""
    return files(__package__).joinpath("schema.sql").read_text(encoding="utf-8")
