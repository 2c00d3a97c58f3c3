"""What participants are offered where there are very many HITs: as much, and as soon, as where there are few."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crowd.localplatform import participation, quizzes
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.hitproperties import canonical
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.participation import MOST_FINISHED, Task
from crowd.localplatform.requesterpage import MOST_ROWS
from crowd.localplatform.store import Session, Transaction, hits, participants
from crowd.localplatform.store.database import Cursor
from crowd.localplatform.store.places import keep_in
from tests import postgresql as servers
from tests.crowd.localplatform.market import HTML_QUESTION, JSON, TYPE, Market

FEW, MANY = 30, 3000


def add_hits(tx: Transaction, count: int, *, title: str = "T", places: int = 2) -> list[str]:
    """That many HITs of one type, made in the store."""
    more = {"AutoApprovalDelayInSeconds": 3600, "QualificationRequirements": []}
    hit_type = hits.find_type(tx, hits.create_type(tx, canonical(TYPE | more | {"Title": title})))
    assert hit_type is not None
    made = {"max_assignments": places, "lifetime_s": 3600, "question": HTML_QUESTION, "annotation": None}
    return [hits.create(tx, hit_type, **made) for _ in range(count)]


@pytest.fixture
def platform(study: Path, clock: ManualClock) -> Iterator[Marketplace]:
    """A platform without its server."""
    study.mkdir(exist_ok=True)
    started = Marketplace(study, clock=clock)
    yield started
    started.close()


def person(platform: Marketplace, *, simulated: bool = False) -> str:
    """A new participant's token."""
    return platform.transact(participants.invite, simulated=simulated)


def offered(platform: Marketplace, token: str) -> list[Task]:
    """The open tasks on the participant's page."""
    return [task for task in platform.transact(participation.home, token).tasks if task.state == "available"]


def work(platform: Marketplace, token: str, hit_id: str) -> None:
    """Let the participant do the HIT."""
    _, row = platform.transact(participation.accept, token, hit_id, 5)
    platform.transact(participation.submit, token, [("assignmentId", row["assignment_id"]), ("a", "b")])


@pytest.mark.parametrize("accept", ["application/json", "text/html"])
def test_the_page_is_as_large_with_many_hits_as_with_few(market: Market, accept: str) -> None:
    """The number of HITs does not show in the size of a participant's page."""
    market.server.platform.transact(add_hits, FEW)
    sizes = [len(market.person().get(headers={"Accept": accept}).content)]
    market.server.platform.transact(add_hits, MANY)
    sizes.append(len(market.person().get(headers={"Accept": accept}).content))
    assert abs(sizes[0] - sizes[1]) <= 16, "but for the digits of times"


def _steps(platform: Marketplace, token: str) -> tuple[int, int]:
    """Statements that make the page, and steps of SQLite's virtual machine in hundreds."""

    def counted(tx: Transaction) -> tuple[int, int]:
        statements: list[str] = []
        steps: list[None] = []
        tx.connection.set_trace_callback(statements.append)
        tx.connection.set_progress_handler(lambda: steps.append(None), 100)
        participation.home(tx, token)
        tx.connection.set_trace_callback(None)
        tx.connection.set_progress_handler(None, 0)
        return len(statements), len(steps)

    return platform.transact(counted)


def _fill(tx: Transaction, hit_ids: list[str]) -> None:
    """By people and by programs alike."""
    for hit_id in hit_ids:
        tx.execute(
            "UPDATE hits SET approved = 2 * max_assignments, programs = max_assignments WHERE hit_id = :hit_id",
            hit_id=hit_id,
        )


def _expire(tx: Transaction, hit_ids: list[str]) -> None:
    for hit_id in hit_ids:
        hits.set_expiration(tx, hit_id, tx.now)


#: What happened to all HITs but the last twenty.
FATES = {"nothing": lambda tx, hit_ids: None, "full": _fill, "expired": _expire}


@pytest.mark.thorough
@pytest.mark.sqlite
@pytest.mark.parametrize("fate", FATES)
@pytest.mark.parametrize("simulated", [False, True])
def test_the_page_reads_as_much_with_many_hits_as_with_few(platform: Marketplace, simulated: bool, fate: str) -> None:
    """Statements and work of the database do not grow with the HITs, also where nearly all are full or over."""
    found = []
    for count in (FEW, MANY):
        hit_ids = platform.transact(add_hits, count)
        platform.transact(FATES[fate], hit_ids[:-20])
        token = person(platform, simulated=simulated)
        found.append(_steps(platform, token))
        assert len(offered(platform, token)) == 1
    (_, few), (statements, many) = found
    assert statements <= 25
    assert many <= few + 8, "up to four draws of a HIT to start from"


class _Counted:
    """A session that keeps what it runs."""

    def __init__(self, session: Session):
        self._session = session
        self.ran: list[tuple[str, Mapping[str, Any]]] = []

    def execute(self, sql: str, values: Mapping[str, Any] | None = None, /) -> Cursor:
        """Run a statement."""
        self.ran.append((sql, values or {}))
        return self._session.execute(sql, values or {})


@pytest.mark.postgresql
def test_postgresql_reads_as_much_with_many_hits_as_with_few(postgresql: servers.Server, tmp_path: Path) -> None:
    """The statements of the page look at as many blocks, also before PostgreSQL has counted the new HITs."""

    def blocks(tx: Transaction) -> int:
        counted = _Counted(tx.connection)
        participation.home(replace(tx, connection=counted), token)
        plans = [tx.value(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}", **values) for sql, values in counted.ran]
        return sum(plan[0]["Plan"]["Shared Hit Blocks"] + plan[0]["Plan"]["Shared Read Blocks"] for plan in plans)

    keep_in(tmp_path, postgresql.url)
    with closing(Marketplace(tmp_path, clock=ManualClock())) as platform:
        platform.transact(add_hits, FEW)
        token = person(platform)
        few = platform.transact(blocks)
        platform.transact(add_hits, 600)
        assert platform.transact(blocks) <= few + 20


#: The statements of each step of somebody's second task.
STATEMENTS = {"home": 5, "accept": 6, "look": 3, "submit": 4, "thanks": 7}


def test_a_task_takes_few_statements(platform: Marketplace) -> None:
    """Each costs a round trip to PostgreSQL; a query in a loop, or the same one twice, is seen here."""
    platform.transact(add_hits, 40)
    token = platform.transact(participants.invite, simulated=False, worker_id="ASTARTSINTHEMIDDLE")
    work(platform, token, offered(platform, token)[0].hit["hit_id"])
    found: dict[str, int] = {}

    def step(name: str, action: Any, *args: Any) -> Any:
        def counted(tx: Transaction) -> Any:
            session = _Counted(tx.connection)
            result = action(replace(tx, connection=session), *args)
            found[name] = len(session.ran)
            return result

        return platform.transact(counted)

    hit_id = step("home", participation.home, token).tasks[-1].hit["hit_id"]
    _, row = step("accept", participation.accept, token, hit_id, 5)
    step("look", participation.look, token, hit_id)
    step("submit", quizzes.submit, token, [("assignmentId", row["assignment_id"]), ("a", "b")])
    step("thanks", participation.finished, token, row["assignment_id"], 0)
    assert found == STATEMENTS


def test_people_who_start_at_once_get_different_tasks(platform: Marketplace) -> None:
    """Of two hundred HITs forty people are offered nearly as many different ones."""
    platform.transact(add_hits, 200)
    first = [offered(platform, person(platform))[0].hit["hit_id"] for _ in range(40)]
    assert len(set(first)) >= 30


def test_the_offer_stays_until_it_is_taken(platform: Marketplace) -> None:
    """Looking at the page again does not change what it offers."""
    platform.transact(add_hits, 200)
    token = person(platform)
    assert len({offered(platform, token)[0].hit["hit_id"] for _ in range(5)}) == 1


HITS = st.lists(st.sampled_from(["open", "open", "full", "expired", "done", "deleted"]), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None)
@given(states=HITS)
@example(states=["expired", "expired"])
def test_somebody_is_offered_every_task_there_is_and_no_other(
    tmp_path_factory: pytest.TempPathFactory, states: list[str]
) -> None:
    """Whatever is full, over, deleted or done: one after the other, exactly the open tasks are offered."""
    platform = Marketplace(tmp_path_factory.mktemp("study"), clock=ManualClock())
    try:
        token = person(platform)
        hit_ids = platform.transact(add_hits, len(states))
        by_state: dict[str, list[str]] = defaultdict(list)
        for hit_id, state in zip(hit_ids, states, strict=True):
            by_state[state].append(hit_id)
        for hit_id in by_state["done"]:
            work(platform, token, hit_id)
        platform.transact(_fill, by_state["full"])
        platform.transact(_expire, by_state["expired"])
        for hit_id in by_state["deleted"]:
            platform.transact(hits.dispose, hit_id)
        got = []
        while tasks := offered(platform, token):
            assert tasks[0].alike == len(by_state["open"]) - len(got)
            got.append(tasks[0].hit["hit_id"])
            work(platform, token, got[-1])
        assert sorted(got) == sorted(by_state["open"])
    finally:
        platform.close()


def test_each_kind_of_task_is_offered(platform: Marketplace) -> None:
    """One HIT of each type is on the page, with how many there are."""
    platform.transact(add_hits, 3, title="A")
    platform.transact(add_hits, 1, title="B")
    assert sorted((task.hit["title"], task.alike) for task in offered(platform, person(platform))) == [
        ("A", 3),
        ("B", 1),
    ]


def test_a_long_list_of_finished_tasks_is_cut(market: Market) -> None:
    """The latest finished tasks are on the page, and how many there were."""
    someone, platform = market.person(), market.server.platform
    for hit_id in platform.transact(add_hits, MOST_FINISHED + 3):
        work(platform, someone.token, hit_id)
    home = someone.get().json()
    assert (len(home["hits"]), home["finished"]) == (MOST_FINISHED, MOST_FINISHED + 3)
    page = someone.get(headers={}).text
    assert page.count('<span class="state') == MOST_FINISHED
    assert f"The latest {MOST_FINISHED} of {MOST_FINISHED + 3} tasks are shown." in page


def test_the_progress_page_is_cut(market: Market, http: httpx.Client) -> None:
    """The requester's page names the latest tasks only; completion-codes has the rest."""
    platform, someone = market.server.platform, market.person()
    for hit_id in platform.transact(add_hits, MOST_ROWS + 5):
        work(platform, someone.token, hit_id)
    url = market.server.endpoint_url + market.server.requester_path
    values: dict[str, Any] = http.get(url, headers=JSON).json()
    assert len(values["work"]) == MOST_ROWS
    assert {(row["number"], row["worker_id"]) for row in values["work"]} == {(1, someone.worker_id)}
    assert f"These are the latest {MOST_ROWS} tasks" in http.get(url).text
