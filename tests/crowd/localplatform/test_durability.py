"""What was acknowledged survives SIGKILL, and a study has one server."""

import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from crowd.credentials import load_or_create
from crowd.localplatform import endpoint_of, invite, running
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.store import Transaction, account
from crowd.localplatform.store.sqlite import SqliteDatabase
from tests.crowd.localplatform.market import JSON, Market, requester


def _serve(study: Path) -> subprocess.Popen[str]:
    """A server of its own process; it has printed its address when it listens."""
    study.mkdir(exist_ok=True)
    (study / "study.toml").touch()
    code = "import sys; from vidgen.cli import main; main(['serve-tasks', '--study', sys.argv[1]])"
    process = subprocess.Popen([sys.executable, "-c", code, str(study)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    process.stdout.readline()
    return process


def test_nothing_acknowledged_is_lost(study: Path, http: httpx.Client) -> None:
    """HITs and answers whose calls were answered are there after SIGKILL, at the same address."""
    server = _serve(study)
    try:
        url = endpoint_of(study)
        with requester(url, study) as client:
            market = Market.__new__(Market)
            market.study, market.client, market.http = study, client, http
            hit_ids = [market.hit(MaxAssignments=2) for _ in range(5)]
            links = [url + path for path in invite(study, 2)]
            acknowledged: list[str] = []

            def work() -> None:
                for link in links:
                    for hit_id in hit_ids:
                        try:
                            taken = http.post(f"{link}/hits/{hit_id}/accept", headers=JSON).json()
                            form = {"assignmentId": taken["assignment_id"], "a": "b"}
                            sent = http.post(f"{link}/mturk/externalSubmit", data=form)
                        except httpx.TransportError:
                            return
                        assert sent.status_code == 303
                        acknowledged.append(taken["assignment_id"])
                        if len(acknowledged) == 4:
                            os.kill(server.pid, signal.SIGKILL)

            worker = threading.Thread(target=work)
            worker.start()
            worker.join()
        server.wait()
        assert len(acknowledged) >= 4
        with running(study) as again, requester(again.endpoint_url, study) as client:
            assert again.endpoint_url == url
            found = {hit["HITId"] for hit in client.list_hits()["HITs"]}
            assert found == set(hit_ids)
            kept = {
                row["AssignmentId"]
                for hit_id in hit_ids
                for row in client.list_assignments_for_hit(HITId=hit_id)["Assignments"]
            }
            assert set(acknowledged) <= kept
    finally:
        server.kill()
        server.wait()
        assert server.stdout is not None
        server.stdout.close()


def test_a_study_has_one_server(study: Path) -> None:
    """A second server of the same study is refused with the address of the first."""
    with running(study) as first:
        assert endpoint_of(study) == first.endpoint_url
        with pytest.raises(ValueError, match=f"is being served already at {first.endpoint_url}"), running(study):
            pass
    assert not (study / "platform.json").exists()
    with pytest.raises(ValueError, match="is not being served"):
        endpoint_of(study)


def test_the_port_is_kept(study: Path) -> None:
    """A study gets its port of last time, so that links stay valid, or another one when that is taken."""
    with running(study) as first:
        port = int(first.endpoint_url.rpartition(":")[2])
    with running(study) as second:
        assert second.endpoint_url == first.endpoint_url
    with socket.create_server(("127.0.0.1", port)), running(study) as third:
        assert third.endpoint_url != first.endpoint_url


def test_a_port_in_use_is_named(study: Path) -> None:
    """Asking for a port that is in use is one clear error, and leaves the study free."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{port}"), running(study, port=port):
            pass
    with running(study):
        assert json.loads((study / "platform.json").read_text())["pid"] == os.getpid()


@pytest.mark.sqlite
def test_the_store_is_private(study: Path) -> None:
    """Answers and links can be read by their owner only, in the store and in its log."""
    with running(study):
        files = list(study.glob("platform.sqlite*"))
        assert len(files) == 3
        assert all(file.stat().st_mode & 0o077 == 0 for file in files)


@pytest.mark.sqlite
def test_a_broken_store_is_named(study: Path) -> None:
    """A file that is no store is an error with its name."""
    load_or_create(study)
    (study / "platform.sqlite").write_bytes(b"not a database" * 100)
    with pytest.raises(OSError, match=r"platform\.sqlite: file is not a database"), running(study):
        pass


def test_a_failed_action_leaves_no_trace(tmp_path: Path) -> None:
    """A transaction that raises undoes everything it did."""
    database = SqliteDatabase(tmp_path / "s.sqlite")

    def fail() -> None:
        with database.transaction(0) as tx:
            tx.insert("settings", {"name": "a", "value": "b"})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with database.transaction(0) as tx:
        assert tx.rows("SELECT * FROM settings") == []
    database.close()


def test_what_a_killed_server_left_is_no_server(tmp_path: Path) -> None:
    """Links are made for a server that runs, not for one whose `platform.json` is still there."""
    with running(tmp_path):
        left = (tmp_path / "platform.json").read_text(encoding="utf-8")
        assert endpoint_of(tmp_path) == json.loads(left)["endpoint_url"]
    (tmp_path / "platform.json").write_text(left, encoding="utf-8")
    with pytest.raises(ValueError, match="is not being served"):
        endpoint_of(tmp_path)


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Marketplace]:
    """A platform without its server."""
    started = Marketplace(tmp_path)
    yield started
    started.close()


def _together(platform: Marketplace, *actions: Callable[[Transaction], object]) -> list[object]:
    """What comes of the actions when they wait for the store at the same time: results, and errors."""
    free, busy = threading.Event(), threading.Event()

    def hold(_: Transaction) -> None:
        busy.set()
        free.wait(30)

    async def run() -> list[object]:
        first = asyncio.ensure_future(platform.atransact(hold))
        await asyncio.to_thread(busy.wait, 30)
        others = [asyncio.ensure_future(platform.atransact(action)) for action in actions]
        await asyncio.sleep(0)  # all of them are waiting now
        free.set()
        await first
        return list(await asyncio.gather(*others, return_exceptions=True))

    return asyncio.run(run())


def _remember(name: str) -> Callable[[Transaction], object]:
    return lambda tx: account.remember_setting(tx, name, "there")


def _settings(platform: Marketplace, *names: str) -> list[str | None]:
    return [platform.transact(account.setting, name) for name in names]


def test_actions_that_share_a_flush_fail_alone(platform: Marketplace) -> None:
    """Of actions in one transaction the one that raises is undone, and only it is told so."""
    statements: list[str] = []
    platform.transact(lambda tx: tx.connection.set_trace_callback(statements.append))

    def fail(tx: Transaction) -> None:
        account.remember_setting(tx, "b", "there")
        raise RuntimeError("mine")

    outcomes = _together(platform, _remember("a"), fail, _remember("c"))
    platform.transact(lambda tx: tx.connection.set_trace_callback(None))
    assert [type(outcome) for outcome in outcomes] == [type(None), RuntimeError, type(None)]
    assert _settings(platform, "a", "b", "c") == ["there", None, "there"]
    transactions = "\n".join(statements).split("\nCOMMIT")
    assert max(transaction.count("SAVEPOINT part") for transaction in transactions) >= 3, "one commit for three"


def test_nobody_is_answered_when_sqlite_undoes_all(platform: Marketplace) -> None:
    """After an error that ends the whole transaction, as a full disk, the actions before it are not acknowledged."""

    def full(tx: Transaction) -> None:
        tx.connection.execute("ROLLBACK")  # what SQLite does then
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error

    outcomes = _together(platform, _remember("a"), full, _remember("c"))
    assert all(isinstance(outcome, OSError) for outcome in outcomes)
    assert _settings(platform, "a", "c") == [None, None]
