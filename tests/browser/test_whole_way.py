"""From a folder of videos to the table, through the real platform and real browsers."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish
from crowd.localplatform import Running, invite, running
from crowd.localplatform.clock import ManualClock
from crowd.simulated.http import simulate_study
from crowd.simulated.response_probabilities import by_accuracy
from tests.browser.conftest import SMALL
from tests.browser.participant import Participant

pytestmark = pytest.mark.browser


@pytest.fixture
def study_dir(tmp_path: Path, four_clips: Path) -> Path:
    """A study of one small task, not yet published."""
    Study.from_videos(four_clips, **SMALL).save(tmp_path / "study.toml")
    return tmp_path


@contextmanager
def published(study_dir: Path, four_clips: Path, clock: Callable[[], float]) -> Iterator[Running]:
    """The study, served and published."""
    with running(study_dir, clock=clock) as server:
        publish(study_dir, four_clips)
        yield server


def start(participant: Participant, server: Running, study_dir: Path) -> str:
    """Invite somebody, open the link, agree, take the task and see its first item; the link."""
    (link,) = invite(study_dir, 1)
    participant.take(server.endpoint_url + link)
    participant.go_on()
    return server.endpoint_url + link


@pytest.mark.browser("chromium", "firefox")
def test_a_person_answers_and_it_arrives(study_dir: Path, four_clips: Path, participant: Participant) -> None:
    """Accept, work in the frame, reload, send: there is a completion code, and the table has the answers as given."""
    with published(study_dir, four_clips, ManualClock()) as server:
        start(participant, server, study_dir)
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


@pytest.mark.thorough
def test_a_simulated_participant_in_chromium(study_dir: Path, four_clips: Path) -> None:
    """A program that drives Chromium answers what it believes, and every row of it says that it is simulated."""
    with published(study_dir, four_clips, ManualClock()):
        probabilities = by_accuracy(1, Study.from_videos(four_clips).all_options)
        done = simulate_study(study_dir, 1, probabilities, browser=True)
        assert len(done) == 1
        assert collect(study_dir).simulated
    table = pd.read_parquet(study_dir / "answers.parquet")
    assert len(table) == 5
    assert table["simulated"].all()
    assert (table["answer"] == table["label"]).all()
    assert table[table["kind"] == "evaluation"]["watched_fraction"].eq(1).all()
