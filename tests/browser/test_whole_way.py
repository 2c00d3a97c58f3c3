"""From a folder of videos to the table, through the real platform and real browsers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from crowd.beliefs import by_accuracy
from crowd.collecting import collect
from crowd.localplatform import Running, invite, running
from crowd.localplatform.clock import ManualClock
from crowd.participants import simulate_study
from crowd.publishing import publish
from crowd.study import Study
from tests.browser.conftest import SMALL
from tests.browser.participant import Participant
from tests.crowd.clips import LABELS, write_videos

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def videos_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four real clips: one will be practice."""
    return write_videos(tmp_path_factory.mktemp("videos"), methods=("real",), labels=LABELS[:2], per_label=2)


@pytest.fixture
def study_dir(tmp_path: Path, videos_dir: Path) -> Path:
    """A study of one small task, not yet published."""
    Study.from_videos(videos_dir, **SMALL).save(tmp_path / "study.toml")
    return tmp_path


@contextmanager
def published(study_dir: Path, videos_dir: Path, clock: Callable[[], float]) -> Iterator[Running]:
    """The study, served and published."""
    with running(study_dir, clock=clock) as server:
        publish(study_dir, videos_dir)
        yield server


def start(participant: Participant, server: Running, study_dir: Path) -> None:
    """Invite somebody, open the link, take the task and go into its frame."""
    (link,) = invite(study_dir, 1)
    participant.driver.get(server.endpoint_url + link)
    participant.see(".card button").click()
    participant.wait(lambda: participant.driver.find_elements("id", "task"))
    participant.driver.switch_to.frame("task")
    participant.see("h1")


def test_a_person_answers_and_it_arrives(study_dir: Path, videos_dir: Path, participant: Participant) -> None:
    """Accept, work in the frame, reload, send: there is a completion code, and the table has the answers as given."""
    with published(study_dir, videos_dir, ManualClock()) as server:
        start(participant, server, study_dir)
        participant.begin()
        participant.choose("Unclear")
        participant.driver.switch_to.default_content()
        participant.driver.refresh()
        participant.driver.switch_to.frame("task")
        participant.wait(lambda: participant.heading.startswith("Practice"))
        participant.go_on()
        keys = participant.answer_everything(lambda key: "Other")
        participant.see("#comment").send_keys("a real <b>browser</b>")
        participant.see(".bar .primary").click()
        participant.driver.switch_to.default_content()
        assert participant.see("#code").text
        collected = collect(study_dir)
    assert (collected.assignments, collected.rows, collected.simulated) == (1, 1 + len(keys), False)
    table = pd.read_parquet(study_dir / "answers.parquet").set_index("position").sort_index()
    assert list(table.index) == list(range(5))
    assert table["answer"].tolist() == ["Unclear"] + ["Other"] * 4
    assert set(table["comment"]) == {"a real <b>browser</b>"}
    assert not table["simulated"].any()
    assert table[table["kind"] == "evaluation"]["watched_fraction"].eq(1).all()
    funnel = json.loads((study_dir / "funnel.json").read_text())
    assert (funnel["seen"], funnel["accepted"], funnel["submitted"]) == (1, 1, 1)
    assert funnel["excluded"]["max_attention_failures"]["assignments"] == 1


@pytest.mark.browser("chromium")
def test_a_task_whose_time_is_over(study_dir: Path, videos_dir: Path, participant: Participant) -> None:
    """What is sent after the deadline is refused in words, nothing is stored, and the task is open again."""
    clock = ManualClock()
    with published(study_dir, videos_dir, clock) as server:
        start(participant, server, study_dir)
        participant.begin()
        participant.answer_everything(lambda key: "Unclear")
        clock.advance(1801)
        participant.see(".bar .primary").click()
        participant.wait(lambda: "/mturk/externalSubmit" in participant.address)
        participant.wait(lambda: "time" in participant.text)
        assert collect(study_dir).assignments == 0
        participant.driver.switch_to.default_content()
        participant.driver.get(participant.driver.current_url.partition("/hits/")[0])
        assert participant.see(".card button").is_enabled()


def test_a_simulated_participant_in_chromium(study_dir: Path, videos_dir: Path) -> None:
    """A program that drives Chromium answers what it believes, and every row of it says that it is simulated."""
    with published(study_dir, videos_dir, ManualClock()):
        beliefs = by_accuracy(1, Study.from_videos(videos_dir).all_options)
        done = simulate_study(study_dir, 1, beliefs, browser=True)
        assert len(done) == 1
        assert collect(study_dir).simulated
    table = pd.read_parquet(study_dir / "answers.parquet")
    assert len(table) == 5
    assert table["simulated"].all()
    assert (table["answer"] == table["label"]).all()
    assert table[table["kind"] == "evaluation"]["watched_fraction"].eq(1).all()
