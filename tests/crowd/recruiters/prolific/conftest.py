"""A simulated Prolific per test, and the recruiter of a study on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from crowd.localplatform.clock import ManualClock
from crowd.recruiters import describe, settings_of
from crowd.recruiters.prolific import open_recruiter
from crowd.recruiters.prolific.recruiter import ProlificRecruiter
from crowd.recruiters.prolific.settings import Prolific
from crowd.simulated.prolific import Oddities, RunningProlific, SimulatedProlific, running


@pytest.fixture
def service() -> Iterator[RunningProlific]:
    """An account with 10,000.00 in its wallet, whose bonuses appear at once."""
    prolific = SimulatedProlific(clock=ManualClock(), oddities=Oddities(bonus_delay_s=0))
    with running(prolific, hooks=False) as started:
        yield started


@pytest.fixture
def recruiter(service: RunningProlific, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProlificRecruiter]:
    """The recruiter of a study that is not at Prolific yet."""
    monkeypatch.setenv("PROLIFIC_TOKEN", service.token)
    monkeypatch.setenv("PROLIFIC_URL", service.url)
    settings = settings_of("prolific", {"currency": "GBP"})
    assert isinstance(settings, Prolific)
    with open_recruiter(describe("prolific"), settings, tmp_path) as opened:
        yield opened
