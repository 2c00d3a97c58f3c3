"""Servers for the platform's tests: one per test, in a study of its own, with a clock that the test moves."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crowd.localplatform import Running, running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.faults import Faults
from crowd.localplatform.store.places import keep_in
from tests.crowd.localplatform.market import Market, requester

#: What the quick suite tests on PostgreSQL as well; `make test-thorough` tests everything on it.
_IN_THE_QUICK_SUITE = frozenset({"test_assignments", "test_money"})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for a `study` with its store in SQLite, and in PostgreSQL unless it is marked `sqlite`."""
    if "database" in metafunc.fixturenames:
        core = metafunc.module.__name__.rpartition(".")[2] in _IN_THE_QUICK_SUITE
        marks = [pytest.mark.postgresql, *([] if core else [pytest.mark.thorough])]
        others = [] if list(metafunc.definition.iter_markers("sqlite")) else ["postgresql"]
        metafunc.parametrize(
            "database", ["sqlite", *(pytest.param(name, marks=marks) for name in others)], indirect=True
        )


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str | None:
    """The address of the database that keeps the study's store; None for a file of its own."""
    return None if request.param == "sqlite" else str(request.getfixturevalue("postgresql").url)


@pytest.fixture
def clock() -> ManualClock:
    """The platform's time."""
    return ManualClock()


@pytest.fixture
def faults() -> Faults:
    """What goes wrong; nothing at first."""
    return Faults()


@pytest.fixture
def study(tmp_path: Path, database: str | None) -> Path:
    """The study's directory, which is there once the study's store is in PostgreSQL."""
    directory = tmp_path / "study"
    if database:
        directory.mkdir()
        keep_in(directory, database)
    return directory


@pytest.fixture
def server(study: Path, clock: ManualClock, faults: Faults) -> Iterator[Running]:
    """The platform, running."""
    with running(study, clock=clock, faults=faults) as started:
        yield started


@pytest.fixture
def http() -> Iterator[httpx.Client]:
    """A client that keeps no cookies of consequence and follows no redirects."""
    with httpx.Client(trust_env=False, timeout=60) as client:
        yield client


@pytest.fixture
def market(server: Running, study: Path, http: httpx.Client) -> Iterator[Market]:
    """Requester and people."""
    with requester(server.endpoint_url, study) as client:
        yield Market(server, study, client, http)
