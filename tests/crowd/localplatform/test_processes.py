"""A study served by several processes on PostgreSQL."""

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from crowd.localplatform import Running, invite, running
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.processes import WorkerProcesses
from crowd.localplatform.store import Transaction, account, assignments, hits
from tests import postgresql as servers
from tests.crowd.localplatform.market import JSON
from tests.crowd.localplatform.test_offers import add_hits

TRIALS, PEOPLE, PLACES = 100, 6, 4


@pytest.mark.sqlite
def test_several_processes_need_postgresql(study: Path) -> None:
    """With a file, which one process has to itself, they are refused in one line."""
    with pytest.raises(ValueError, match="workers is 2: several processes need a store in PostgreSQL"):
        running(study, workers=2).__enter__()


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[WorkerProcesses]:
    """The worker processes of the servers that a test starts."""
    made: list[WorkerProcesses] = []
    start = WorkerProcesses.start

    def noted(self: WorkerProcesses) -> None:
        made.append(self)
        start(self)

    monkeypatch.setattr(WorkerProcesses, "start", noted)
    return made


@pytest.mark.thorough
@pytest.mark.postgresql
def test_a_killed_worker_is_replaced(
    tmp_path: Path, postgresql: servers.Server, started: list[WorkerProcesses]
) -> None:
    """Others answer meanwhile, new links are known to all, and all end with the server that started them."""
    with running(tmp_path, database=postgresql.url, workers=2) as server:
        (workers,) = started
        link = server.endpoint_url + invite(tmp_path, 1)[0]
        before = workers.pids
        for _ in range(5):
            assert httpx.get(link, headers=JSON, trust_env=False, timeout=60).status_code == 200
        os.kill(before[0], signal.SIGKILL)
        _wait(lambda: before[0] not in workers.pids)
        assert httpx.get(link, headers=JSON, trust_env=False, timeout=60).status_code == 200
        after = workers.pids
    assert len(set(before) - set(after)) == 1
    assert not [pid for pid in (*before, *after) if Path(f"/proc/{pid}").exists()]


@pytest.mark.postgresql
@pytest.mark.thorough
def test_a_study_has_one_server_also_on_other_machines(tmp_path: Path, postgresql: servers.Server) -> None:
    """A copy of the study directory, whose lock is another, cannot be served on the same store."""
    with running(tmp_path, database=postgresql.url):
        with pytest.raises(ValueError, match="is being served already, from another directory or machine"):
            Marketplace(tmp_path)
        assert Marketplace(tmp_path, is_worker=True).close() is None


def _wait(condition: Callable[[], bool], patience_s: float = 60) -> None:
    until = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < until
        time.sleep(0.01)


class Crowd:
    """People who want to do the same HIT at once, and try again whatever happens to the server."""

    def __init__(self, links: list[str]):
        self.acknowledged: list[str] = []
        self.statuses: Counter[int | str] = Counter()
        self._links = links

    def work(self, hit_id: str) -> list[threading.Thread]:
        """Begin; the threads end when everybody has answered or found the places taken."""
        threads = [threading.Thread(target=self._one, args=(link, hit_id)) for link in self._links]
        for thread in threads:
            thread.start()
        return threads

    def _one(self, link: str, hit_id: str) -> None:
        with httpx.Client(trust_env=False, timeout=30) as client:
            taken = self._sent(client, f"{link}/hits/{hit_id}/accept", {})
            if taken.status_code != 200:
                return
            assignment_id = taken.json()["assignment_id"]
            self._sent(client, f"{link}/mturk/externalSubmit", {"assignmentId": assignment_id, "a": "b"})
            self.acknowledged.append(assignment_id)

    def _sent(self, client: httpx.Client, url: str, form: dict[str, str]) -> httpx.Response:
        while True:
            try:
                response = client.post(url, data=form, headers=JSON)
                self.statuses[response.status_code] += 1
                if response.status_code < 500:
                    return response
            except httpx.TransportError as error:
                self.statuses[type(error).__name__] += 1
            time.sleep(random.uniform(0.02, 0.1))


@pytest.fixture
def durable() -> Iterator[servers.Server]:
    """A server of this test's own, to be killed."""
    with closing(servers.Server(durable=True)) as server:
        yield server


def _kept(tx: Transaction) -> dict[str, str]:
    return {row[0]: row[1] for row in tx.rows("SELECT assignment_id, state FROM assignments")}


def _until_it_answers(server: Running, action: Callable[[], object]) -> None:
    def answered() -> bool:
        try:
            action()
        except OSError:
            return False
        return True

    _wait(answered)


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.timeout(3000)
def test_no_acknowledged_answer_is_lost(
    tmp_path: Path, durable: servers.Server, started: list[WorkerProcesses]
) -> None:
    """A worker, then the database, is killed in the middle of submissions, a hundred times; no place is given twice."""
    chance, killed = random.Random(20_261_130), Counter[str]()
    with running(tmp_path, database=durable.url, workers=2) as server:
        (workers,) = started
        crowd = Crowd([server.endpoint_url + path for path in invite(tmp_path, PEOPLE)])
        for trial in range(TRIALS):
            (hit_id,) = server.platform.transact(add_hits, 1, places=PLACES)
            threads = crowd.work(hit_id)
            time.sleep(chance.uniform(0, 0.15))
            if trial % 2:
                durable.kill()
                durable.start()
                killed["PostgreSQL"] += 1
            else:
                os.kill(chance.choice(workers.pids), signal.SIGKILL)
                killed["worker"] += 1
            for thread in threads:
                thread.join(120)
            assert not any(thread.is_alive() for thread in threads)
            _until_it_answers(server, lambda: server.platform.transact(account.setting, "a"))
            hit = server.platform.transact(hits.created, hit_id)
            assert hit["pending"] + hit["submitted"] <= PLACES
            assert server.platform.transact(_counted, hit_id) == (hit["pending"], hit["submitted"])
        kept = server.platform.transact(_kept)
        lost = [one for one in crowd.acknowledged if kept.get(one) != "Submitted"]
        answers = {one for one, _, _ in server.platform.transact(assignments.answers)}
        print(f"killed: {dict(killed)}; acknowledged: {len(crowd.acknowledged)}, lost: {len(lost)}; {crowd.statuses}")
        assert not lost
        assert set(crowd.acknowledged) <= answers
        assert len(crowd.acknowledged) >= TRIALS * PLACES // 2


def _counted(tx: Transaction, hit_id: str) -> tuple[int, int]:
    """How many assignments of the HIT are accepted and submitted, counted anew."""
    states = [row[0] for row in tx.rows("SELECT state FROM assignments WHERE hit_id = :hit_id", hit_id=hit_id)]
    return states.count("Accepted"), states.count("Submitted")
