"""A checksum for each row."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowd.row_checksums import add_checksums, drop_checksums, enable_checksums, row_checksum, wrong_rows

VALUES = st.none() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.text() | st.binary()


@pytest.fixture
def table() -> Iterator[sqlite3.Connection]:
    """A table of two rows with checksums, read as bytes."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.text_factory = bytes
        enable_checksums(connection)
        connection.execute("CREATE TABLE t (a TEXT, b REAL)")
        connection.execute("INSERT INTO t VALUES ('x', 1.5), ('y', NULL)")
        add_checksums(connection)
        yield connection


@given(st.lists(VALUES, min_size=1, max_size=4))
def test_a_checksum_is_one_of_values_and_of_their_limits(values: list[object]) -> None:
    """Texts read as bytes have the same one, and text that moves into the next column another."""
    as_bytes = [value.encode() if isinstance(value, str) else value for value in values]
    assert row_checksum(*values) == row_checksum(*as_bytes)
    assert -(2**63) <= row_checksum(*values) < 2**63
    assert row_checksum("ab", "c") != row_checksum("a", "bc")
    assert row_checksum(1) != row_checksum(1.0) != row_checksum("1")


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE t SET a = 'z'",
        "DELETE FROM t",
        "INSERT INTO t VALUES ('z', 2)",
        "INSERT OR REPLACE INTO t (rowid, a, b) VALUES (1, 'z', 2)",
    ],
)
def test_a_change_by_sql_changes_the_checksum(table: sqlite3.Connection, change: str) -> None:
    """Whatever statement it is."""
    assert list(wrong_rows(table)) == []
    table.execute(change)
    assert list(wrong_rows(table)) == []


def test_damage_is_named(table: sqlite3.Connection) -> None:
    """A row that differs, one that is gone, a table that is gone, and another schema."""
    table.execute("UPDATE checksums SET checksum = checksum + 1 WHERE name = 't' AND place = 1")
    table.execute("INSERT INTO checksums VALUES ('t', 9, 0), ('u', 1, 0)")
    assert list(wrong_rows(table)) == [
        "the table u is gone",
        "row 1 of t is not what was written",
        "row 9 of t is gone",
    ]
    table.text_factory = str
    drop_checksums(table)
    assert list(wrong_rows(table)) == []
