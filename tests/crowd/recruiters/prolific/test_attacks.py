"""What strangers try at a study on Prolific: made-up sessions, copied addresses, guessed codes."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.drafting import draft
from crowd.lifecycle.publish import publish
from crowd.lifecycle.recruiting import open_at_recruiter, recruitment
from crowd.localplatform import Running, people
from crowd.localplatform import running as serving
from crowd.recruiters import Outcome
from crowd.recruiters.prolific.codes import codes_of
from crowd.simulated.prolific import RunningProlific
from crowd.simulated.prolific.study_work import StudyWork
from crowd.simulated.prolific.visits import Conduct, bring
from crowd.simulated.response_probabilities import choose_probabilities
from crowd.simulated.workers import JSON
from tests.crowd.simulated.prolific.researcher import enter, finish, someone


@pytest.fixture
def ours(service: RunningProlific, videos: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Running]:
    """A study of two tasks for two people each, served, and open at the simulated Prolific."""
    monkeypatch.setenv("PROLIFIC_TOKEN", service.token)
    monkeypatch.setenv("PROLIFIC_URL", service.url)
    values = {"videos_per_hit": 5, "answers_per_video": 2, "training_items": 0, "budget_usd": "500"}
    recruit = {"prolific": {"currency": "GBP"}}
    Study.from_videos(videos, recruiter="prolific", recruit=recruit, **values).save(tmp_path / "study.toml")
    publish(tmp_path, videos)
    with serving(tmp_path) as server:
        draft(tmp_path, server.endpoint_url)
        open_at_recruiter(tmp_path)
        yield server


@pytest.fixture
def study_id(ours: Running, service: RunningProlific) -> str:
    """The study at Prolific."""
    return next(iter(service.prolific.studies))


@pytest.fixture
def work(ours: Running, tmp_path: Path) -> StudyWork:
    """How participants answer."""
    design = Design.load(tmp_path)
    return StudyWork(design=design, probabilities=choose_probabilities(design, accuracy=0.8))


def join(ours: Running, person: str, study: str, session: str) -> httpx.Response:
    """Open the address with those ids."""
    ids = {"PROLIFIC_PID": person, "STUDY_ID": study, "SESSION_ID": session}
    return httpx.get(f"{ours.endpoint_url}/join", params=ids, headers=JSON, trust_env=False)


def test_a_forged_session_is_named_and_never_counts_at_prolific(
    ours: Running, service: RunningProlific, study_id: str, work: StudyWork, tmp_path: Path
) -> None:
    """Ids are made up easily, so whoever they let in is compared with what Prolific knows."""
    made_up = {"PROLIFIC_PID": "facade" + "1" * 18, "STUDY_ID": study_id, "SESSION_ID": "facade" + "2" * 18}
    with httpx.Client(trust_env=False) as browser:
        place = str(httpx.URL(f"{ours.endpoint_url}/join", params=made_up))
        assert work(browser, place) is not None
    found = recruitment(tmp_path)
    assert found.unknown == (made_up["SESSION_ID"],)
    assert not found.cells
    assert not service.prolific.submissions


def test_a_session_of_another_study_or_person_is_refused(
    ours: Running, service: RunningProlific, study_id: str
) -> None:
    """One that Prolific gave for something else opens nothing."""
    ann = enter(service, study_id, 0)
    assert join(ours, ann.participant_id, "f" * 24, ann.id).status_code == 400
    assert join(ours, ann.participant_id, study_id, ann.id).status_code == 200
    assert join(ours, someone(service, 1), study_id, ann.id).status_code == 400


def test_a_replayed_join_is_the_same_visit(
    ours: Running, service: RunningProlific, study_id: str, work: StudyWork, tmp_path: Path
) -> None:
    """Opened again, before or after the work, the address makes no other participant and gives no other task."""
    ann = enter(service, study_id, 0)
    first = join(ours, ann.participant_id, study_id, ann.id).json()
    assert join(ours, ann.participant_id, study_id, ann.id).json() == first
    with httpx.Client(trust_env=False) as browser:
        place = str(join(ours, ann.participant_id, study_id, ann.id).url)
        assert work(browser, place) == work(browser, place)
    assert join(ours, ann.participant_id, study_id, ann.id).json()["end"]["outcome"] == Outcome.COMPLETE
    (visit,) = people.arrived(tmp_path)
    assert (visit["sent"], visit["outcome"]) == (1, Outcome.COMPLETE)


def test_who_has_finished_does_not_come_again_by_another_session(
    ours: Running, service: RunningProlific, study_id: str, work: StudyWork
) -> None:
    """Nobody sees a video twice and is paid twice for it."""
    ann = enter(service, study_id, 0)
    with httpx.Client(trust_env=False) as browser:
        work(browser, str(join(ours, ann.participant_id, study_id, ann.id).url))
    assert join(ours, ann.participant_id, study_id, "facade" + "3" * 18).is_client_error


def test_no_page_holds_a_code_before_the_answers_are_stored(
    ours: Running, service: RunningProlific, study_id: str, tmp_path: Path
) -> None:
    """Whoever reads the pages' source finds none, nor does the address that all have in common."""
    ann = enter(service, study_id, 0)
    arrived = join(ours, ann.participant_id, study_id, ann.id)
    home = urljoin(str(arrived.url), arrived.json()["url"])
    hit_id = httpx.get(home, headers=JSON, trust_env=False).json()["hits"][0]["hit_id"]
    accepted = httpx.post(f"{home}/hits/{hit_id}/accept", headers=JSON, trust_env=False)
    pages = [arrived.text, accepted.text]
    pages += [httpx.get(home + path, trust_env=False).text for path in ("", f"/hits/{hit_id}", f"/frame/{hit_id}")]
    assert not [code for code in codes_of(tmp_path).values() if any(code in page for page in pages)]


def test_codes_cannot_be_guessed(tmp_path: Path) -> None:
    """Each study and outcome has its own, of eight letters and digits at random."""
    drawn = [code for number in range(50) for code in codes_of(tmp_path / str(number)).values()]
    assert len(set(drawn)) == len(drawn) == 50 * 5
    assert all(re.fullmatch("[A-Z2-9]{8}", code) for code in drawn)


def test_who_enters_a_code_without_the_work_is_told_from_who_did_it(
    ours: Running, service: RunningProlific, study_id: str, work: StudyWork, tmp_path: Path
) -> None:
    """A code that was guessed or passed on does not make work whole, and whole work without it stays whole."""
    finish(service, study_id, 0, codes_of(tmp_path)[Outcome.COMPLETE])
    finish(service, study_id, 1, "GUESSED1")
    bring(service.url, study_id, [someone(service, 2)], work, [Conduct.NO_CODE])
    assert recruitment(tmp_path).cells == {(True, False): 1, (False, False): 1, (False, True): 1}
