"""Servers for the platform's tests: one per test, in a study of its own, with a clock that the test moves."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crowd.localplatform import Running, running
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.faults import Faults
from tests.crowd.localplatform.market import Market, requester


@pytest.fixture
def clock() -> ManualClock:
    """The platform's time."""
    return ManualClock()


@pytest.fixture
def faults() -> Faults:
    """What goes wrong; nothing at first."""
    return Faults()


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """The study's directory."""
    return tmp_path / "study"


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
