"""A simulated Prolific per test, with a clock that the test moves."""

from collections.abc import Iterator

import httpx
import pytest

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import RunningProlific, SimulatedProlific, running


@pytest.fixture
def clock() -> ManualClock:
    """The service's time."""
    return ManualClock()


@pytest.fixture
def prolific(clock: ManualClock) -> SimulatedProlific:
    """An account with 10,000.00 in its wallet, all features and no public address for webhooks."""
    features = frozenset({"screen-out", "partial-payment", "test-study"})
    return SimulatedProlific(clock=clock, features=features, local_hooks=True)


@pytest.fixture
def service(prolific: SimulatedProlific) -> Iterator[RunningProlific]:
    """The account, answering over HTTP."""
    with running(prolific, hooks=False) as started:
        yield started


@pytest.fixture
def api(service: RunningProlific) -> Iterator[httpx.Client]:
    """A client with the token."""
    with service.client() as client:
        yield client
