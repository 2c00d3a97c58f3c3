"""What tests of every part share."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings
from selenium import webdriver

from tests import chromium as headless

# How long an example takes depends on what else the machine does.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")


def pytest_configure() -> None:
    """A process a core is enough: threads of several that wait for each other take twice as long."""
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip tests marked `browser`, and those that use ours, with the reason why there can be no Chromium."""
    wanted = item.get_closest_marker("browser") or "_chromium" in getattr(item, "fixturenames", ())
    reason = headless.why_not() if wanted else None
    if reason:
        pytest.skip(reason)


@pytest.fixture(scope="session")
def _chromium() -> Iterator[webdriver.Chrome]:
    with headless.chromium() as driver:
        yield driver


@pytest.fixture
def chromium(_chromium: webdriver.Chrome) -> webdriver.Chrome:
    """A real Chromium in its first state; see `tests.chromium` for sizes, colours and axe. Mark the test `browser`."""
    headless.reset(_chromium)
    return _chromium


@pytest.fixture(scope="session")
def tiny_weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of checkpoints as `vidgen train` writes it; its networks are untrained and very small."""
    from tests.tinyweights import write_tiny_weights

    return write_tiny_weights(tmp_path_factory.mktemp("weights"))
