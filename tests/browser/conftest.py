"""A small study in a browser."""

import secrets
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from selenium import webdriver

from crowd.design import Design, design
from crowd.page import render_page
from crowd.study import Study
from crowd.videos import read_videos
from tests.browser.participant import Participant
from tests.browser.taskserver import TaskServer, serving
from tests.crowd.clips import write_videos

#: Four clips, one of them a practice clip, and an attention item.
SMALL: dict[str, Any] = {"training_items": 1, "attention_items": 1, "videos_per_hit": 3, "answers_per_video": 1}


@pytest.fixture(scope="session")
def videos_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four clips: one of "new", one of "old", two real ones."""
    return write_videos(tmp_path_factory.mktemp("videos"), per_label=2)


@pytest.fixture(scope="session")
def _tasks(videos_dir: Path) -> Iterator[TaskServer]:
    with serving(videos_dir) as tasks:
        yield tasks


@pytest.fixture
def tasks(_tasks: TaskServer, videos_dir: Path) -> TaskServer:
    """The server of one task page, in its first state."""
    _tasks.media, _tasks.missing, _tasks.refuse_answers, _tasks.sent = videos_dir, set(), False, []
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


@pytest.fixture
def participant(browser: webdriver.Remote) -> Participant:
    """Somebody before an empty tab."""
    return Participant(browser)
