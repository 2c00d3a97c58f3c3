"""What tests of every part share."""

import os
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from selenium import webdriver

from tests import browsers
from tests import postgresql as servers

# How long an example takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure() -> None:
    """A process a core is enough: threads of several that wait for each other take twice as long."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run what asks for `browser` in those that the mark names, else in all; the quick suite has the first named."""
    if "browser" in metafunc.fixturenames:
        named = [name for mark in metafunc.definition.iter_markers("browser") for name in mark.args]
        later = [name for name in named or browsers.MODULES if name not in named[:1]]
        every = [*named[:1], *(pytest.param(name, marks=pytest.mark.thorough) for name in later)]
        metafunc.parametrize("browser", every, indirect=True)


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip a test of pages where there is no such browser, with the reason; one that names none needs Chromium."""
    mark = item.get_closest_marker("browser")
    if mark or {"browser", "chromium"} & set(getattr(item, "fixturenames", ())):
        parameters = item.callspec.params if hasattr(item, "callspec") else {}
        needed = [parameters["browser"]] if "browser" in parameters else (mark and mark.args) or ["chromium"]
        for reason in filter(None, map(browsers.why_not, needed)):
            pytest.skip(reason)
    if item.get_closest_marker("postgresql") and (reason := servers.why_not()):
        pytest.skip(reason)


def pytest_runtest_teardown(item: pytest.Item) -> None:
    """Fail a test that leaves its worker with a real-time priority: programs started later would inherit it.

    SVT-AV1 takes it where root runs it. Two busy threads that have it stop everything else on a machine of two cores.
    """
    if sys.platform == "linux" and os.sched_getscheduler(0) != os.SCHED_OTHER:
        os.sched_setscheduler(0, os.SCHED_OTHER, os.sched_param(0))
        pytest.fail(f"{item.nodeid} left its worker with a real-time priority")


@pytest.fixture(scope="session")
def _drivers() -> Iterator[browsers.Drivers]:
    with closing(browsers.Drivers()) as drivers:
        yield drivers


@pytest.fixture
def browser(request: pytest.FixtureRequest, _drivers: browsers.Drivers) -> webdriver.Remote:
    """Chromium, then Firefox, each in its first state; `tests.browsers` has what can be done with both."""
    driver = _drivers.fresh(request.param)
    if not browsers.plays_clips(driver):
        pytest.skip(f"{request.param} plays no H.264 on this machine: install Debian's package ffmpeg")
    return driver


@pytest.fixture
def chromium(_drivers: browsers.Drivers) -> webdriver.Remote:
    """Chromium alone, in its first state, for what Firefox has no protocol for; see `tests.chromium`."""
    return _drivers.fresh("chromium")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[servers.Server]:
    """A PostgreSQL server for the tests marked `postgresql`; each study has a schema of its own in its database."""
    with closing(servers.Server()) as server:
        yield server


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints as `vidgen train` writes it; its networks are untrained and very small."""
    from tests.tinyweights import write_tiny_weights

    return write_tiny_weights(tmp_path_factory.mktemp("weights"))
