"""The store in PostgreSQL: its schema, its transactions, and what happens when the server goes away."""

import re
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crowd.fileformat import NewerFileError
from crowd.localplatform.store import ReadsOnlyError, account
from crowd.localplatform.store.migrations import MIGRATIONS
from crowd.localplatform.store.postgresql import PostgresqlDatabase, connect, exists, shown, translated
from crowd.localplatform.store.sqlite import schema
from crowd.sqlite_file import open_file
from tests import postgresql as servers

pytestmark = pytest.mark.postgresql

#: What a column is in SQLite, and in PostgreSQL.
KINDS = {"TEXT": {"text"}, "INTEGER": {"bigint", "numeric"}, "REAL": {"double precision"}}


@pytest.fixture
def name(tmp_path: Path) -> str:
    """Of a schema that nothing else has."""
    return "test_" + re.sub(r"\W", "_", str(tmp_path)).lower()[-50:]


@pytest.fixture
def store(postgresql: servers.Server, name: str) -> Iterator[PostgresqlDatabase]:
    """A new store."""
    with closing(PostgresqlDatabase(postgresql.url, name)) as made:
        yield made


def test_both_schemas_have_the_same_tables(store: PostgresqlDatabase, name: str, tmp_path: Path) -> None:
    """Tables, columns in their order, kinds, and which may be empty are the same in SQLite and PostgreSQL."""
    with closing(open_file(tmp_path / "a.sqlite", schema(), MIGRATIONS)) as file:
        tables = file.execute(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN ('checksums', 'written_by') "
            "AND name NOT GLOB 'sqlite_*'"
        )
        wanted = {
            (table, row[1]): (row[2], bool(row[3] or row[5]))
            for (table,) in tables.fetchall()
            for row in file.execute(f"PRAGMA table_info({table})")
        }
    with store.transaction(0, reads_only=True) as tx:
        rows = tx.rows(
            "SELECT table_name, column_name, data_type, is_nullable FROM information_schema.columns "
            "JOIN information_schema.tables USING (table_schema, table_name) "
            "WHERE table_schema = :schema AND table_type = 'BASE TABLE' AND table_name <> 'schema_version' "
            "ORDER BY table_name, ordinal_position",
            schema=name,
        )
    found = {(row[0], row[1]): (row[2], row[3] == "NO") for row in rows}
    assert found.keys() == wanted.keys()
    for column, (kind, needed) in found.items():
        assert kind in KINDS[wanted[column][0]], column
        assert needed == wanted[column][1], column


def test_both_schemas_have_the_same_indexes(store: PostgresqlDatabase, name: str, tmp_path: Path) -> None:
    """Every index that one schema names is in the other."""
    with closing(open_file(tmp_path / "a.sqlite", schema(), MIGRATIONS)) as file:
        wanted = {row[0] for row in file.execute("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql NOTNULL")}
    with store.transaction(0, reads_only=True) as tx:
        rows = tx.rows("SELECT indexname FROM pg_indexes WHERE schemaname = :schema", schema=name)
    assert wanted <= {row["indexname"] for row in rows}


def test_statements_are_translated() -> None:
    """Values, percent signs and choices of an index; casts are left alone."""
    assert translated("SELECT a FROM t INDEXED BY i WHERE a LIKE 'x%' AND b = :now AND c::int = :b_2") == (
        "SELECT a FROM t WHERE a LIKE 'x%%' AND b = %(now)s AND c::int = %(b_2)s"
    )


def test_numbers_come_back_as_python_s(store: PostgresqlDatabase) -> None:
    """Sums of money are whole numbers of any size, and times are not rounded."""
    with store.transaction(0.1) as tx:
        row = tx.row("SELECT CAST(:cost AS NUMERIC) * 3 AS cost, :now AS at, count(*) AS n FROM hits", cost=2**62)
        assert row is not None
        assert (row["cost"], row[1], row["n"]) == (3 * 2**62, 0.1, 0)
        assert type(row["cost"]) is int
        assert list(row.keys()) == ["cost", "at", "n"]


def test_a_character_that_postgresql_refuses_is_replaced(store: PostgresqlDatabase) -> None:
    """NUL, which anybody may send, is no error; nothing is found by it."""
    with store.transaction(0) as tx:
        account.remember_setting(tx, "a", "b\0c")
        assert account.setting(tx, "a") == "b\ufffdc"
        assert account.setting(tx, "a\0") is None


def test_transactions_that_write_exclude_each_other(store: PostgresqlDatabase) -> None:
    """Each reads what those before it have written, so no increment is lost."""

    def count_up() -> None:
        with closing(store.another()) as other:
            for _ in range(20):
                with other.transaction(0) as tx:
                    account.remember_setting(tx, "n", str(int(account.setting(tx, "n") or 0) + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction(0, reads_only=True) as tx:
        assert account.setting(tx, "n") == "80"


def test_reading_waits_for_nobody_and_sees_one_moment(store: PostgresqlDatabase) -> None:
    """While one writes, another reads what was there before, also after it was committed."""
    with closing(store.another()) as other, other.transaction(0, reads_only=True) as reading:
        assert account.setting(reading, "a") is None
        with store.transaction(0) as tx:
            account.remember_setting(tx, "a", "new")
            assert account.setting(reading, "a") is None
        assert account.setting(reading, "a") is None


def test_a_reading_transaction_does_not_write(store: PostgresqlDatabase) -> None:
    """It raises before anything is sent."""
    with pytest.raises(ReadsOnlyError), store.transaction(0, reads_only=True) as tx:
        account.remember_setting(tx, "a", "b")


def test_a_failed_part_is_undone_alone(store: PostgresqlDatabase) -> None:
    """The parts before and after it are kept, also after an error of the database."""

    def fail() -> None:
        with store.part(connection):
            connection.execute("INSERT INTO settings (name, value) VALUES (:n, :n)", {"n": "b"})
            connection.execute("SELECT 1 / 0", {})

    with store.together() as connection:
        for name in ("a", "c"):
            with store.part(connection):
                connection.execute("INSERT INTO settings (name, value) VALUES (:n, :n)", {"n": name})
            with pytest.raises(Exception, match="division by zero"):
                fail()
    with store.transaction(0, reads_only=True) as tx:
        assert [row["name"] for row in tx.rows("SELECT name FROM settings ORDER BY name")] == ["a", "c"]


def test_a_newer_schema_is_refused(store: PostgresqlDatabase, name: str, postgresql: servers.Server) -> None:
    """A schema of a release to come is left alone, and the address shown has no password."""
    with closing(connect(postgresql.url)) as connection:
        connection.execute(f"UPDATE {name}.schema_version SET version = 99, release = 'vidgen 9'")  # noqa: S608
    with pytest.raises(NewerFileError, match=rf"schema {name}: was written by vidgen 9, with version 99"):
        store.another()


def test_only_one_process_holds_a_lock(store: PostgresqlDatabase) -> None:
    """Another connection gets it once the first has ended."""
    with closing(store.another()) as first, closing(store.another()) as second:
        assert first.hold("server")
        assert not second.hold("server")
        first.close()
        assert second.hold("server")


def test_a_server_that_was_killed_is_found_again() -> None:
    """While it is away transactions are an OSError that names it; afterwards everything committed is there."""
    with closing(servers.Server()) as server, closing(PostgresqlDatabase(server.url, "a")) as store:
        with store.transaction(0) as tx:
            account.remember_setting(tx, "a", "b")
        server.kill()
        for _ in range(2):
            with pytest.raises(OSError, match="schema a"), store.transaction(0):
                pass
        server.start()
        with store.transaction(0) as tx:
            assert account.setting(tx, "a") == "b"


def test_a_store_of_before_gets_the_tables_that_it_lacks(
    store: PostgresqlDatabase, name: str, postgresql: servers.Server
) -> None:
    """One without the tables of consent and notices gets them, with the same columns, when it is opened, once only."""
    columns = """SELECT table_name, column_name, data_type, is_nullable, column_default, is_identity
      FROM information_schema.columns WHERE table_schema = %s ORDER BY table_name, ordinal_position"""
    with closing(connect(postgresql.url)) as connection:
        wanted = connection.execute(columns, (name,)).fetchall()
        connection.execute(f"DROP TABLE {name}.consents, {name}.consent_texts, {name}.forgotten, {name}.notices")
        connection.execute(f"UPDATE {name}.schema_version SET version = 0")  # noqa: S608
        for _ in range(2):
            store.another().close()
        assert connection.execute(columns, (name,)).fetchall() == wanted


@pytest.mark.parametrize("locks", [True, False])
@pytest.mark.parametrize("shown_to_us", [True, False])
def test_what_was_deleted_is_gone_from_the_files_once_nobody_reads_it(
    shown_to_us: bool,
    locks: bool,
    store: PostgresqlDatabase,
    name: str,
    postgresql: servers.Server,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A rewrite waits for whoever may still see the deleted row; an error says where that takes too long.

    PostgreSQL does not show the server's own processes, which analyse tables, to everybody.
    """
    if not shown_to_us:
        nobody = "SELECT 0 WHERE CAST(%s AS timestamptz) IS NOT NULL"
        monkeypatch.setattr("crowd.localplatform.store.postgresql._READING", nobody)
    with store.transaction(0) as tx:
        account.remember_setting(tx, "a", "deleted-in-a-while")
        tx.execute("SET lock_timeout = '100ms'")
    with closing(store.another()) as other:
        with other.transaction(0, reads_only=True) as reading:
            assert account.setting(reading, "a") if locks else not account.blocks(reading, after=0, limit=1)
            with store.transaction(0) as tx:
                tx.execute("DELETE FROM settings WHERE name = 'a'")
            monkeypatch.setattr("crowd.localplatform.store.postgresql._LOCK_S", 0.1)
            with pytest.raises(OSError, match="keeps deleted rows"):
                store.scrub(["settings"])
            assert _holds(postgresql, f"{name}.settings", b"deleted-in-a-while")
        store.scrub(["settings"])
        assert not _holds(postgresql, f"{name}.settings", b"deleted-in-a-while")


def _holds(postgresql: servers.Server, table: str, text: bytes) -> bool:
    """Whether the table's file has the text, be it deleted or not."""
    with closing(connect(postgresql.url)) as connection:
        connection.execute("CHECKPOINT")
        read = "SELECT pg_read_binary_file(pg_relation_filepath(CAST(%s AS regclass)))"
        return text in bytes((connection.execute(read, (table,)).fetchone() or [b""])[0])


def test_an_address_is_shown_without_its_password() -> None:
    """Nor its user, nor its options, which may hold a password as well."""
    assert shown("postgresql://me:secret@db.example:5433/studies?password=x") == "postgresql://db.example:5433/studies"


def test_a_database_that_cannot_be_reached_is_one_line(tmp_path: Path) -> None:
    """The error says where, and not the password."""
    with pytest.raises(OSError, match="postgresql://") as raised:
        exists(f"postgresql://me:secret@/studies?host={tmp_path}", "a")
    assert "secret" not in str(raised.value)
    assert "\n" not in str(raised.value)
