"""Who is brought to a study."""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.close import close
from crowd.lifecycle.collect import collect
from crowd.lifecycle.invite import invite_people
from crowd.lifecycle.publish import publish
from crowd.lifecycle.review import approve
from crowd.lifecycle.status import status
from crowd.localplatform import Running, running
from crowd.localplatform.people import invited
from crowd.localplatform.store import participants, progress
from crowd.simulated.http import simulate_study
from crowd.simulated.response_probabilities import choose_probabilities
from crowd.simulated.workers import simulate
from tests.crowd.earlier import without_checksums

STUDY_FILE = "study.toml"


def test_a_study_of_some_countries_can_be_taken_by_their_people(videos: Path, tmp_path: Path) -> None:
    """People are invited with a country that the study takes, or not at all; programs rehearse as such people."""
    Study.from_videos(videos, countries=["US", "JP"], answers_per_video=2).save(tmp_path / STUDY_FILE)
    with running(tmp_path) as server:
        publish(tmp_path, videos)
        for country in (None, "DE"):
            with pytest.raises(ValueError, match=r"the study takes people from US, JP only .* --country"):
                invite_people(tmp_path, 1, country=country)
        design = Design.load(tmp_path)
        assert len(simulate_study(tmp_path, 2, choose_probabilities(design, accuracy=0.5))) == 2
        (link,) = invite_people(tmp_path, 1, country="US-CA")
        home = httpx.get(
            urljoin(server.endpoint_url, link), headers={"Accept": "application/json"}, trust_env=False, timeout=60
        )
        assert [hit["qualified"] for hit in home.json()["hits"]] == [True]


def test_everybody_is_welcome_where_no_country_is_asked_for(tmp_path: Path) -> None:
    """Before there is a study file, and where it names none, people need no country."""
    assert len(invite_people(tmp_path, 2)) == 2


@pytest.fixture
def published(videos: Path, tmp_path: Path) -> Iterator[Running]:
    """A study of one task for two people, served."""
    Study.from_videos(videos, videos_per_hit=9, answers_per_video=2, training_items=0).save(tmp_path / STUDY_FILE)
    with running(tmp_path) as server:
        publish(tmp_path, videos)
        yield server


def programs(study_dir: Path, count: int, **options: bool) -> int:
    """Let programs in; how many tasks they did."""
    return len(simulate_study(study_dir, count, choose_probabilities(Design.load(study_dir), accuracy=0.5), **options))


def work_as_people(server: Running, links: list[str]) -> int:
    """Let people do what they are offered; how many tasks they did."""
    design = Design.load(server.platform.study_dir)
    return len(
        simulate([server.endpoint_url + link for link in links], design, choose_probabilities(design, accuracy=0.5))
    )


def test_programs_answer_in_a_notebook(tmp_path: Path, published: Running) -> None:
    """A study can be rehearsed where an event loop runs already."""

    async def notebook() -> list[str]:
        return simulate_study(tmp_path, 1, choose_probabilities(Design.load(tmp_path), accuracy=0.5))

    assert asyncio.run(notebook())


def test_programs_do_not_answer_where_people_are_invited(tmp_path: Path, published: Running) -> None:
    """Once anybody is invited, programs are refused before anything is written, unless that is asked for."""
    invite_people(tmp_path, 1)
    before = {
        path: path.read_bytes()
        for path in tmp_path.rglob("*")
        if path.is_file() and not path.name.startswith("platform.")
    }
    with pytest.raises(ValueError, match=r"1 person is invited .* rehearse in a copy .* or say --among-people"):
        programs(tmp_path, 2)
    assert {path: path.read_bytes() for path in before} == before
    assert not (tmp_path / "simulation.json").exists()
    assert published.platform.transact(participants.counts) == (1, 0)


@pytest.mark.parametrize("order", ["programs first", "people invited first", "people work first"])
def test_no_person_finds_a_task_taken_by_a_program(tmp_path: Path, published: Running, order: str) -> None:
    """Programs have as many places as people, beside theirs, whoever comes first; both are collected."""
    people: list[str] = []
    done = 0
    if order != "programs first":
        people = invite_people(tmp_path, 2)
    if order == "people work first":
        done = work_as_people(published, people)
    assert programs(tmp_path, 3, among_people=bool(people)) == 2, "as many as there are places"
    people = people or invite_people(tmp_path, 2)
    if not done:
        assert collect(tmp_path).assignments == 0, "the places are people's"
        assert not json.loads((tmp_path / "funnel.json").read_text())["ended"]
        done = work_as_people(published, people)
    assert done == 2
    assert work_as_people(published, invite_people(tmp_path, 1)) == 0, "and no more than that"
    got = collect(tmp_path)
    assert (got.assignments, got.wanted, got.simulated) == (2, 2, True)
    funnel = json.loads((tmp_path / "funnel.json").read_text())
    assert (funnel["submitted"], funnel["ended"]) == (4, True)
    assert status(tmp_path).simulated == 2
    assert status(tmp_path).assignments.total() == 2
    counts = published.platform.transact(progress.summary)
    assert (counts["submitted"], counts["wanted"]) == (2, 2)


def test_people_are_fetched_after_a_rehearsal_that_was_paid(tmp_path: Path, published: Running) -> None:
    """A study that programs filled, collected and approved, takes people's answers all the same."""
    assert programs(tmp_path, 2) == 2
    assert collect(tmp_path).assignments == 2
    approve(tmp_path)
    assert work_as_people(published, invite_people(tmp_path, 2)) == 2
    got = collect(tmp_path)
    assert (got.new, got.assignments) == (2, 2)


def test_a_rehearsal_of_later_rounds_is_no_study_for_people(tmp_path: Path, videos: Path) -> None:
    """Where programs have opened a second round, people could see its videos twice: they are not invited."""
    study = Study.from_videos(videos, videos_per_hit=9, answers_per_video=2, assignments_per_hit=1, training_items=0)
    study.save(tmp_path / STUDY_FILE)
    with running(tmp_path):
        publish(tmp_path, videos)
        assert programs(tmp_path, 1) == 1
        assert publish(tmp_path, videos).created == 1
        with pytest.raises(ValueError, match=r"rehearsed later rounds .* new study directory"):
            invite_people(tmp_path, 1)


def test_a_store_of_an_earlier_release_learns_of_its_programs(tmp_path: Path, published: Running) -> None:
    """Programs' work in a store without their count is counted when it is opened."""
    assert programs(tmp_path, 1) == 1
    invite_people(tmp_path, 1)
    with without_checksums(tmp_path / "platform.sqlite") as store:
        for trigger in ("program_accepted", "program_left"):
            store.execute(f"DROP TRIGGER {trigger}")
        for index in ("hits_free_to_people", "hits_free_to_programs", "hits_by_cost"):
            store.execute(f"DROP INDEX {index}")
        store.execute("ALTER TABLE hits DROP COLUMN programs")
    assert invited(tmp_path) == (1, 1)
    assert programs(tmp_path, 3, among_people=True) == 1


def test_programs_are_not_brought_to_tasks_that_are_over(tmp_path: Path, published: Running) -> None:
    """After the end the line says what opens the tasks again, and nobody was invited."""
    close(tmp_path)
    with pytest.raises(ValueError, match=r"the time of all tasks is over: `.*extend-study .* opens them again"):
        programs(tmp_path, 2)
    assert published.platform.transact(participants.counts) == (0, 0)
    assert not (tmp_path / "simulation.json").exists()
