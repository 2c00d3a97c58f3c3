"""A server that is told to stop answers what it has begun, and says that it takes no more."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from crowd.localplatform import Running, invite, running
from crowd.localplatform.limits import ServerLimits
from crowd.localplatform.observing import InFlight
from crowd.localplatform.workerpages import WorkerPages


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> tuple[threading.Event, threading.Event]:
    """A participant's home that is begun, and answered when the test says so: both events."""
    begun, answered = threading.Event(), threading.Event()

    async def home(_: WorkerPages, __: Request) -> Response:
        begun.set()
        await asyncio.to_thread(answered.wait)
        return PlainTextResponse("late, but whole")

    monkeypatch.setattr(WorkerPages, "_home", home)
    return begun, answered


@contextmanager
def stopped_in_between(study: Path, begun: threading.Event, **limits: float) -> Iterator[tuple[Running, "Future[str]"]]:
    """A server that is told to stop while it answers a request; gives the request's outcome."""
    leave, ready = threading.Event(), threading.Event()
    found: list[Running] = []

    def serve() -> None:
        with running(study, limits=ServerLimits(**limits)) as server:  # type: ignore[arg-type]
            found.append(server)
            ready.set()
            leave.wait()

    with ThreadPoolExecutor(2) as threads:
        serving = threads.submit(serve)
        assert ready.wait(60)
        link = found[0].endpoint_url + invite(study, 1)[0]
        asked = threads.submit(lambda: httpx.get(link, trust_env=False, timeout=60).text)
        assert begun.wait(60)
        leave.set()
        try:
            yield found[0], asked
        finally:
            serving.result(60)


def test_requests_in_flight_are_answered_and_new_ones_sent_away(
    study: Path, slow: tuple[threading.Event, threading.Event]
) -> None:
    """While one is being answered the server is alive and not ready, and others are asked to come back."""
    begun, answered = slow
    with stopped_in_between(study, begun, drain_s=60) as (server, asked), httpx.Client(trust_env=False) as http:
        try:
            while (health := http.get(server.endpoint_url + "/readyz")).status_code == 200:
                pass
            assert health.json()["serving"] is False
            assert http.get(server.endpoint_url + "/healthz").status_code == 200
            refused = http.get(server.endpoint_url + "/")
            assert (refused.status_code, refused.headers["retry-after"]) == (503, "5")
            assert not asked.done()
        finally:
            answered.set()
        assert asked.result(60) == "late, but whole"
    with pytest.raises(httpx.ConnectError):
        httpx.get(server.endpoint_url + "/healthz", trust_env=False)


def test_stopping_does_not_wait_for_ever(study: Path, slow: tuple[threading.Event, threading.Event]) -> None:
    """A request that takes longer than the server waits is given up."""
    begun, answered = slow
    with stopped_in_between(study, begun, drain_s=0.05) as (_, asked):
        try:
            assert asked.exception(60) or asked.result() != "late, but whole"
        finally:
            answered.set()


def test_with_nothing_in_flight_there_is_no_wait() -> None:
    """A server at rest stops at once."""

    async def drained() -> None:
        in_flight = InFlight()
        in_flight.begin()
        in_flight.end()
        await asyncio.wait_for(in_flight.drain(3600), 30)
        assert in_flight.stopping

    asyncio.run(drained())
