"""A small study in a browser."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from crowd.design.blocks import design
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.publish import publish as publish_study
from crowd.localplatform import Running, invite, running
from crowd.localplatform.clock import ManualClock
from crowd.task.page import render_page
from crowd.videos.metadata import read_videos
from tests.browser.participant import Participant
from tests.browser.taskserver import TaskServer, serving
from tests.crowd.clips import LABELS, write_videos

#: Three clips to a task, a practice clip before them, and an attention item.
SMALL: dict[str, Any] = {"training_items": 1, "attention_items": 1, "videos_per_hit": 3, "answers_per_video": 1}


@pytest.fixture(scope="session")
def videos_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eighteen clips: two of each label by "new", by "old" and real."""
    return write_videos(tmp_path_factory.mktemp("videos"), per_label=2)


@pytest.fixture(scope="session")
def four_clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four real clips: one will be practice."""
    return write_videos(tmp_path_factory.mktemp("four"), methods=("real",), labels=LABELS[:2], per_label=2)


@pytest.fixture(scope="session")
def _tasks(videos_dir: Path) -> Iterator[TaskServer]:
    with serving(videos_dir) as tasks:
        yield tasks


@pytest.fixture
def tasks(_tasks: TaskServer, videos_dir: Path) -> TaskServer:
    """The server of one task page, in its first state."""
    _tasks.media, _tasks.missing, _tasks.refuse_answers, _tasks.sent = videos_dir, set(), False, []
    _tasks.away, _tasks.attempts, _tasks.lose = False, 0, 0
    _tasks.delivering.set()
    return _tasks


@pytest.fixture
def publish(tasks: TaskServer) -> Callable[..., Design]:
    """Puts the first HIT of a small study on the server; keywords change the study."""

    def publish(**values: Any) -> Design:
        study = replace(Study.from_videos(tasks.media, **SMALL), **values)
        planned = design(study, read_videos(tasks.media))
        fresh = secrets.token_hex(4)  # browsers keep clips in memory whatever the headers say
        tasks.page = render_page(study, planned, planned.hits[0], lambda name: f"{tasks.base}/media/{name}?{fresh}")
        return planned

    return publish


@dataclass(frozen=True)
class Served:
    """A published study on a server whose clock stands still until it is moved."""

    server: Running
    study_dir: Path
    clock: ManualClock

    def invite(self) -> str:
        """A new participant's link."""
        return self.server.endpoint_url + invite(self.study_dir, 1)[0]


@pytest.fixture
def serve(tmp_path: Path, four_clips: Path) -> Iterator[Callable[..., Served]]:
    """Serves and publishes a study of one small task on the local platform; keywords change the study."""
    with ExitStack() as stack:

        def serve(videos: Path = four_clips, **values: Any) -> Served:
            Study.from_videos(videos, **(SMALL | values)).save(tmp_path / "study.toml")
            clock = ManualClock()
            server = stack.enter_context(running(tmp_path, clock=clock))
            publish_study(tmp_path, videos)
            return Served(server, tmp_path, clock)

        yield serve


@pytest.fixture
def participant(browser: webdriver.Remote) -> Participant:
    """Somebody before an empty tab."""
    return Participant(browser)
