"""An SQLite file whose errors are told with its name and whose transactions exclude other writers."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any


class Database:
    """One connection to the file, made with its tables when it is not there, readable by its owner only."""

    def __init__(self, path: Path, schema: str) -> None:
        self.path = path
        with self._explained():
            path.touch(mode=0o600)  # the write-ahead log takes over the mode
            self._connection = sqlite3.connect(path, isolation_level=None, timeout=60)
            try:
                self.execute("PRAGMA journal_mode = WAL")
                self._connection.executescript(schema)
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

    @contextmanager
    def writing(self, *, durable: bool = False) -> Iterator[None]:
        """A transaction that excludes other writers; a durable one is on the disk when it ends, and all before it."""
        self.execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.execute("COMMIT")
        except BaseException:
            with self._explained():
                self._connection.rollback()
            raise

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
