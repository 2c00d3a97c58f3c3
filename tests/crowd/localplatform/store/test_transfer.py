"""A store goes from PostgreSQL to a file and back without a change."""

import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from crowd.lifecycle.backup import back_up, restore
from crowd.lifecycle.check import check
from crowd.localplatform import participation
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.store import assignments, open_store, participants
from crowd.localplatform.store.places import keep_in, schema_of
from crowd.localplatform.store.postgresql import connect
from crowd.localplatform.store.transfer import copy_to_file, move_to_postgresql
from crowd.sqlite_file import faults
from tests import postgresql as servers
from tests.crowd.localplatform.test_offers import add_hits, work

pytestmark = pytest.mark.postgresql


def _rows(study: Path) -> dict[str, list[tuple[Any, ...]]]:
    """What the store holds that matters here."""
    with closing(open_store(study)) as store, store.transaction(0, reads_only=True) as tx:
        return {
            table: [tuple(row) for row in tx.rows(f"SELECT * FROM {table} ORDER BY {key}")]  # noqa: S608
            for table, key in (("hits", "seq"), ("assignments", "assignment_id"), ("payments", "seq"))
        }


def test_a_store_goes_to_a_file_and_back(tmp_path: Path, postgresql: servers.Server) -> None:
    """Rows, counts and money are the same, the file is sound, and numbers go on where they were."""
    study, other = tmp_path / "study", tmp_path / "other"
    for directory in (study, other):
        directory.mkdir()
    keep_in(study, postgresql.url)
    platform = Marketplace(study, clock=ManualClock())
    token = platform.transact(participants.invite, simulated=False)
    hit_ids = platform.transact(add_hits, 5)
    for hit_id in hit_ids[:3]:
        work(platform, token, hit_id)
    platform.transact(participation.accept, token, hit_ids[3], 5)
    (done, _, _), *_ = platform.transact(assignments.answers)
    platform.transact(assignments.approve, done, at=1.0, feedback=None)
    platform.close()

    copy_to_file(study, other / "platform.sqlite")
    assert list(faults(other / "platform.sqlite")) == []
    shutil.copytree(study / "private", other / "private", ignore=lambda *_: ["database.json"])
    wanted = _rows(study)
    assert _rows(other) == wanted
    with pytest.raises(ValueError, match="holds this study already"):
        move_to_postgresql(other, postgresql.url)
    with closing(connect(postgresql.url)) as connection:
        connection.execute(f"DROP SCHEMA {schema_of(study)} CASCADE")

    move_to_postgresql(other, postgresql.url)
    assert not (other / "platform.sqlite").exists()
    assert _rows(other) == wanted
    platform = Marketplace(other, clock=ManualClock())
    assert len(platform.transact(add_hits, 1)) == 1
    work(platform, token, hit_ids[4])
    platform.close()
    assert len(_rows(other)["assignments"]) == len(wanted["assignments"]) + 1


def test_a_backup_holds_the_store(tmp_path: Path, postgresql: servers.Server) -> None:
    """It is restored to a file, and to a database only where the study is not there already."""
    study, again = tmp_path / "study", tmp_path / "again"
    study.mkdir()
    keep_in(study, postgresql.url)
    platform = Marketplace(study, clock=ManualClock())
    platform.transact(add_hits, 2)
    platform.close()
    back_up(study, tmp_path / "study.zip")
    restore(tmp_path / "study.zip", again)
    assert (again / "platform.sqlite").is_file()
    assert not (again / "private" / "database.json").exists()
    assert _rows(again) == _rows(study)
    assert not check(study)
    with pytest.raises(ValueError, match="holds this study already"):
        restore(tmp_path / "study.zip", tmp_path / "third", database=postgresql.url)
    assert not (tmp_path / "third").exists()
