"""SQLite files of a study: their version, their checksums, and files that may only be read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crowd.fileformat import NewerFileError
from crowd.sqlite_file import SqliteFile, back_up, connect, faults, open_file

_SCHEMA = "CREATE TABLE IF NOT EXISTS t (a TEXT) STRICT;"


def _nothing(connection: sqlite3.Connection) -> None:
    """A migration that only adds checksums."""


def test_a_file_is_made_with_its_tables_and_its_owner_s_mode(tmp_path: Path) -> None:
    """It is readable by its owner only, and its version counts the migrations."""
    path = tmp_path / "a.sqlite"
    with closing(open_file(path, _SCHEMA, [_nothing])) as connection:
        connection.execute("INSERT INTO t VALUES ('x')")
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    assert path.stat().st_mode & 0o077 == 0
    assert list(faults(path)) == []


def test_an_older_file_is_migrated_once(tmp_path: Path) -> None:
    """Only the migrations that it lacks are done."""
    path, done = tmp_path / "a.sqlite", []
    open_file(path, _SCHEMA, [lambda connection: done.append(1)]).close()
    open_file(path, _SCHEMA, [lambda connection: done.append(1), lambda connection: done.append(2)]).close()
    assert done == [1, 2]


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    """The line names the release that wrote it."""
    path = tmp_path / "a.sqlite"
    open_file(path, _SCHEMA, [_nothing, _nothing]).close()
    with pytest.raises(NewerFileError, match=r"a\.sqlite: was written by vidgen .*, with version 2 of its schema"):
        open_file(path, _SCHEMA, [_nothing])


def test_a_file_that_may_only_be_read_is_not_migrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One of this release is read; one of an earlier release is refused with what helps."""
    path = tmp_path / "a.sqlite"
    open_file(path, _SCHEMA, [_nothing]).close()
    monkeypatch.setattr("crowd.sqlite_file.reads_only", lambda path: True)
    file = SqliteFile(path, _SCHEMA, [_nothing])
    assert file.execute("SELECT * FROM t") == []
    with pytest.raises(OSError, match=r"a\.sqlite: attempt to write a readonly database"), file.writing():
        file.execute("INSERT INTO t VALUES ('x')")
    file.close()
    with pytest.raises(ValueError, match=r"a\.sqlite: was written by an earlier release .* copy the study to where"):
        SqliteFile(path, _SCHEMA, [_nothing, _nothing])


def test_damage_is_found_and_a_copy_has_it_too(tmp_path: Path) -> None:
    """A row that was changed without its checksum is named, in the file and in its copy."""
    path, copy = tmp_path / "a.sqlite", tmp_path / "b.sqlite"
    with closing(open_file(path, _SCHEMA, [_nothing])) as connection:
        connection.execute("INSERT INTO t VALUES ('x')")
    with closing(connect(path)) as connection:
        connection.execute("UPDATE checksums SET checksum = 0 WHERE name = 't'")
    back_up(path, copy)
    assert list(faults(path)) == list(faults(copy)) == ["row 1 of t is not what was written"]
