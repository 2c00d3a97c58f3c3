"""The store in a schema of its own in a PostgreSQL database, which several server processes can use at once.

psycopg and sqlite3 run the same statements behind `Transaction`. A layer that writes SQL, such as SQLAlchemy Core,
would make them harder to tune and cost time in each of the many small statements of a page.
"""

import errno
import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from crowd.fileformat import check
from crowd.localplatform.store.database import Cursor, Database, Row, Session
from crowd.release import RELEASE

if TYPE_CHECKING:
    import psycopg

#: Statements that bring a schema of an earlier release up to date, once and in this order. Each change of
#: `schema_postgresql.sql` needs an entry.
MIGRATIONS: list[str] = []

_INSTALL = "PostgreSQL needs psycopg: `pip install 'crowd-video-evaluation[postgres]'`"
#: Seconds to wait for a connection, and for others that write.
_CONNECT_S, _LOCK_S = 5, 30
#: Seconds to wait for a lock of a process that has just ended.
_TAKEOVER_S = 2.0
#: So many times a statement runs before the server keeps its plan.
_PREPARE_AFTER = 2
#: Plans use the indexes and are made once: a page costs the same with many HITs as with few, from the first one on.
_SESSION = f"""SET search_path TO {{schema}}; SET synchronous_commit = on; SET lock_timeout = '{_LOCK_S}s';
  SET idle_in_transaction_session_timeout = '60s'; SET jit = off; SET random_page_cost = 1.1;
  SET enable_seqscan = off; SET plan_cache_mode = force_generic_plan"""
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_NAMED_VALUE, _INDEX_HINT = re.compile(r"(?<!:):(?=[a-z])(\w+)"), re.compile(r"\s+INDEXED BY \w+")


class PostgresqlDatabase(Database):
    """One connection to the study's schema, made anew after the server was away.

    Transactions that write hold the study's advisory lock, as SQLite's do its only lock: a place is not given twice,
    nor money spent twice, and answers are numbered in the order in which others see them. Those that read see one
    moment and wait for nobody.

    Args:
        url: ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``.
        schema: the schema's name, made of small letters, digits and underscores.

    Raises:
        OSError: the server cannot be reached, or refuses the connection.
        NewerFileError: a newer release wrote the schema.
        ValueError: `url` is no address of PostgreSQL, or psycopg is not installed.
    """

    reads_apart = True

    def __init__(self, url: str, schema: str):
        self._url, self._schema = url, schema
        self._write = f"BEGIN; SELECT pg_advisory_xact_lock({_lock_key(schema, 'write')})"
        self._connection: psycopg.Connection[Any] | None = None
        self._cursor: psycopg.Cursor[Any] | None = None  # a new one for each statement takes twice the time
        self._held: list[str] = []
        self._columns: dict[str, dict[str, int]] = {}
        try:
            with self._explained():
                prepare(self._connected(), schema, place=self.place)
        except BaseException:
            self.close()
            raise

    @property
    def place(self) -> str:
        """The database's address without user and password, and the schema, for messages."""
        return f"{shown(self._url)}, schema {self._schema}"

    @property
    def is_open(self) -> bool:
        """Whether a transaction is open."""
        from psycopg.pq import TransactionStatus

        status = self._connection.info.transaction_status if self._connection else TransactionStatus.UNKNOWN
        return status in (TransactionStatus.INTRANS, TransactionStatus.INERROR)

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def another(self) -> Database:
        """Another connection to the schema."""
        return PostgresqlDatabase(self._url, self._schema)

    def hold(self, purpose: str) -> bool:
        """Take a lock, which is taken again with each new connection; False where another process has it."""
        with self._explained():
            if not self._locked(self._connected(), purpose):
                return False
            self._held.append(purpose)
            return True

    def _locked(self, connection: "psycopg.Connection[Any]", purpose: str) -> bool:
        """Whether the lock is free now or soon: the server may not have seen yet that its last owner was killed."""
        until = time.monotonic() + _TAKEOVER_S
        while True:
            row = connection.execute("SELECT pg_try_advisory_lock(%s)", (_lock_key(self._schema, purpose),)).fetchone()
            if (row and row[0]) or time.monotonic() > until:
                return bool(row and row[0])
            time.sleep(0.1)

    def execute(self, sql: str, values: Mapping[str, Any] | None = None, /) -> Cursor:
        """Run a statement with ``:name`` values in the open transaction."""
        cursor = self._executed(translated(sql), values)
        if sql not in self._columns:  # describing the columns takes as long as the statement
            names = [column.name for column in cursor.description or ()]
            self._columns[sql] = {name: place for place, name in reversed(list(enumerate(names)))}
        columns = self._columns[sql]
        return _Rows(cursor.rowcount, cursor.fetchall() if columns else [], columns)

    def _executed(self, sql: str, values: Mapping[str, Any] | None) -> "psycopg.Cursor[Any]":
        import psycopg

        assert self._cursor is not None  # noqa: S101
        try:
            return self._cursor.execute(sql, values)
        except psycopg.DataError:
            clean = {name: _without_nul(value) for name, value in (values or {}).items()}
            if clean == values:
                raise
            return self._cursor.execute(sql, clean)  # the first was not sent

    def _begin(self, *, reads_only: bool) -> Session:
        import psycopg

        statement = _READ if reads_only else self._write
        try:
            self._ready().execute(statement, prepare=False)
        except psycopg.OperationalError:
            if not self._connection or not self._connection.closed:
                raise
            self._ready().execute(statement, prepare=False)  # the server was restarted meanwhile
        return self

    def _ready(self) -> "psycopg.Cursor[Any]":
        self._connected()
        assert self._cursor is not None  # noqa: S101
        return self._cursor

    def _connected(self) -> "psycopg.Connection[Any]":
        if self._connection is None or self._connection.closed:
            self._connection = connect(self._url)
            self._connection.execute(_SESSION.format(schema=self._schema))
            self._cursor = self._connection.cursor()
            if not all(self._locked(self._connection, purpose) for purpose in self._held):
                self.close()
                raise ConnectionError(errno.ENOTCONN, "another process serves the study now", self.place)
        return self._connection

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self.place)


@contextmanager
def explained(place: str) -> Iterator[None]:
    """Turn errors of a database that is away or full into an OSError that names it."""
    try:
        import psycopg
    except ImportError as error:
        raise ValueError(_INSTALL) from error
    try:
        yield
    except psycopg.errors.DiskFull as error:
        raise OSError(errno.ENOSPC, _in_a_line(error), place) from error
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise ConnectionError(errno.ENOTCONN, _in_a_line(error), place) from error


class _Rows:
    """What a statement gave, with rows by the names of their columns as well."""

    def __init__(self, rowcount: int, rows: list[tuple[Any, ...]], places: dict[str, int]):
        self.rowcount = rowcount
        self._rows, self._places = rows, places

    def fetchone(self) -> Row | None:
        return NamedRow(self._rows[0], self._places) if self._rows else None

    def fetchall(self) -> list[Row]:
        return [NamedRow(row, self._places) for row in self._rows]


class NamedRow:
    """A row; its columns by name and by position."""

    __slots__ = ("_places", "_values")

    def __init__(self, values: tuple[Any, ...], places: dict[str, int]):
        self._values, self._places = values, places

    def __getitem__(self, key: str | int, /) -> Any:
        return self._values[key if isinstance(key, int) else self._places[key]]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._values)

    def keys(self) -> list[str]:
        """The columns' names."""
        return sorted(self._places, key=self._places.__getitem__)


def connect(url: str) -> "psycopg.Connection[Any]":
    """A connection outside of transactions, with numbers as SQLite has them.

    Raises:
        psycopg.OperationalError: the server cannot be reached.
    """
    import psycopg
    from psycopg.types.numeric import Int8Dumper

    connection = psycopg.connect(
        url,
        autocommit=True,
        connect_timeout=_CONNECT_S,
        prepare_threshold=_PREPARE_AFTER,
        application_name="vidgen",
    )
    connection.prepared_max = 1000
    connection.adapters.register_dumper(int, Int8Dumper)  # by default each size of number is another statement
    connection.adapters.register_loader("numeric", _whole_number_loader())
    return connection


@cache
def _whole_number_loader() -> Any:
    from psycopg.adapt import Loader

    class WholeNumberLoader(Loader):
        """Sums and products of whole numbers, which are of any size."""

        def load(self, data: Any) -> int:
            return int(bytes(data))

    return WholeNumberLoader


def prepare(connection: "psycopg.Connection[Any]", schema: str, *, place: str) -> None:
    """Make the tables of a new schema, and bring those of an earlier release up to date."""
    if (found := _version(connection, schema)) is not None:
        version, release = found
        if version == len(MIGRATIONS):
            return
        check(place, version, release, known=len(MIGRATIONS))
    with connection.transaction():  # psycopg's, which may be part of another
        connection.execute(f"SELECT pg_advisory_xact_lock({_lock_key(schema, 'write')})")
        if (found := _version(connection, schema)) is None:  # another process may have been faster
            connection.execute(f"CREATE SCHEMA IF NOT EXISTS {schema}; SET LOCAL search_path TO {schema}")
            connection.execute(_tables())
        else:
            connection.execute(f"SET LOCAL search_path TO {schema}")
            for migration in MIGRATIONS[found[0] :]:
                connection.execute(migration)
        connection.execute("DELETE FROM schema_version")
        connection.execute("INSERT INTO schema_version VALUES (%s, %s)", (len(MIGRATIONS), f"vidgen {RELEASE}"))


def exists(url: str, schema: str) -> bool:
    """Whether the database has that schema.

    Raises:
        OSError: the server cannot be reached.
        ValueError: psycopg is not installed.
    """
    with explained(shown(url)), connect(url) as connection:
        return _version(connection, schema) is not None


def shown(url: str) -> str:
    """The address without user and password."""
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.rpartition('@')[2].partition('?')[0]}"


@lru_cache(maxsize=2048)
def translated(sql: str) -> str:
    """The statement for psycopg: ``:name`` as ``%(name)s``, without SQLite's choice of an index."""
    return _NAMED_VALUE.sub(r"%(\1)s", _INDEX_HINT.sub("", sql.replace("%", "%%")))


def _version(connection: "psycopg.Connection[Any]", schema: str) -> tuple[int, str] | None:
    """The version of the schema and the release that wrote it; None if there is none."""
    there = connection.execute("SELECT to_regclass(%s)", (f"{schema}.schema_version",)).fetchone()
    if there is None or there[0] is None:
        return None
    row = connection.execute(f"SELECT version, release FROM {schema}.schema_version").fetchone()  # noqa: S608
    return None if row is None else (row[0], row[1])


def _without_nul(value: Any) -> Any:
    """The value without the character that SQLite keeps in texts and PostgreSQL refuses."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value


def _lock_key(schema: str, purpose: str) -> int:
    return int.from_bytes(hashlib.sha256(f"{schema}/{purpose}".encode()).digest()[:8], "big", signed=True)


def _in_a_line(error: Exception) -> str:
    return " ".join(str(error).split())


@cache
def _tables() -> str:
    return files(__package__).joinpath("schema_postgresql.sql").read_text(encoding="utf-8")
