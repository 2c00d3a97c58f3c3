"""A study with four questions that was published and answered, as tests of releases need it."""

from pathlib import Path

import pytest

import crowd
from crowd.design.study import Study
from crowd.localplatform import running
from crowd.simulated import browser
from crowd.simulated.workers import ResponseStyle
from crowd.sqlite_file import connect
from tests.crowd.answering import answer
from tests.crowd.clips import write_videos
from tests.crowd.copies import copy_study

#: What an author writes that may name somebody; the second line looks like a comment in the file.
CONTACT, CONSENT = "team@lab.example", "Complaints:\n# ethics@lab.example, +81 3 1234 5678"
#: Settings that only the study's owner uses.
HOOK, RETURN = "https://hooks.example/secret", "https://panel.example/done?code=SECRETCODE&who={id}"
QUESTIONS = (
    {"id": "what", "kind": "naming", "text": "What does it show?"},
    {"id": "smooth", "kind": "rating", "text": "How smoothly does it move?"},
    {"id": "age", "kind": "choice", "text": "How old are you?", "options": ["below 40", "40 or more"]},
    {"id": "remark", "kind": "text", "text": "What struck you?"},
)


@pytest.fixture(autouse=True)
def _no_browser(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Pictures of pages take many seconds, so that only tests of pages take them."""

    def missing() -> None:
        raise ValueError("browser: there is none in this test")

    if not request.node.get_closest_marker("browser"):
        monkeypatch.setattr(browser, "find_programs", missing)


@pytest.fixture(scope="session")
def answered_study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The study after its answers were collected; its videos are beside it."""
    root = tmp_path_factory.mktemp("answered")
    videos, study = write_videos(root / "videos"), root / "study"
    study.mkdir()
    Study.from_videos(
        videos,
        questions=QUESTIONS,
        videos_per_hit=5,
        answers_per_video=4,
        training_items=0,
        contact=CONTACT,
        consent=CONSENT,
        notifications=HOOK,
        recruit={"panel": {"id_parameter": "pid", "complete": RETURN}},
    ).save(study / "study.toml")
    crowd.publish(study, videos)
    with running(study) as server:
        answer(server, study, 4, style=ResponseStyle(carelessness=0.4))
        recruited(study)
        crowd.collect(study)
    return study


@pytest.fixture
def study(answered_study: Path, tmp_path: Path) -> Path:
    """A copy of the study."""
    copied = copy_study(answered_study, tmp_path / "study")
    crowd.locate_videos(copied, answered_study.parent / "videos")
    return copied


def recruited(study: Path) -> None:
    """Enter a recruiter's ids for the first participant, as a visit would."""
    from contextlib import closing

    with closing(connect(study / "platform.sqlite")) as store:
        (worker,) = store.execute("SELECT worker_id FROM participants LIMIT 1").fetchone()
        store.execute("INSERT INTO recruits VALUES (NULL, 'panel', 'person of ann', ?)", (worker,))
        store.execute(
            "INSERT INTO arrivals VALUES "
            "(NULL, 'panel', 'visit_of_ann', ?, 1, 0, 0, 0, 'complete', 1, NULL, 'CODE-OF-ANN')",
            (worker,),
        )
        store.commit()
