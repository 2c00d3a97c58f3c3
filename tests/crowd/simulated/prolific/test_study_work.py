"""A whole study of ours is answered by participants whom the simulated Prolific sends."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish as publish_tasks
from crowd.localplatform import Running
from crowd.localplatform import running as serving
from crowd.localplatform.people import everybody
from crowd.localplatform.store import arrivals
from crowd.simulated.prolific import RunningProlific
from crowd.simulated.prolific.participation import NO_CODE
from crowd.simulated.prolific.study_work import StudyWork
from crowd.simulated.prolific.visits import Conduct, bring, visit
from crowd.simulated.response_probabilities import choose_probabilities
from crowd.studydir import StudyDirectory
from crowd.task.answers_file import read_parquet
from crowd.worker_ids import is_simulated
from tests.crowd.simulated.prolific.researcher import DONE, publish, someone

NO_PLACE = "N0PLACE1"
PANEL = {
    "id_parameter": "PROLIFIC_PID",
    "session_parameter": "SESSION_ID",
    "complete": f"https://app.prolific.com/submissions/complete?cc={DONE}",
    "full": NO_PLACE,
}
CODES = [
    {"code": DONE, "code_type": "COMPLETED", "actions": [{"action": "MANUALLY_REVIEW"}]},
    {"code": NO_PLACE, "code_type": "OTHER", "actions": [{"action": "MANUALLY_REVIEW"}]},
]


@pytest.fixture
def ours(videos: Path, tmp_path: Path) -> Iterator[Running]:
    """A study of three tasks for two people each, served, that takes its people from a panel."""
    panel = {"recruiter": "panel", "recruit": {"panel": PANEL}}
    Study.from_videos(videos, videos_per_hit=3, answers_per_video=2, training_items=0, **panel).save(
        tmp_path / "study.toml"
    )
    with serving(tmp_path) as server:
        publish_tasks(tmp_path, videos)
        yield server


@pytest.fixture
def work(ours: Running, tmp_path: Path) -> StudyWork:
    """How participants answer."""
    design = Design.load(tmp_path)
    return StudyWork(design=design, probabilities=choose_probabilities(design, accuracy=0.8))


def open_places(service: RunningProlific, api: httpx.Client, ours: Running, places: int) -> str:
    """A study on the simulated Prolific that sends its people to ours."""
    query = "&".join(f"{name}={{{{%{name}%}}}}" for name in ("PROLIFIC_PID", "STUDY_ID", "SESSION_ID"))
    address = f"{ours.endpoint_url}/join?{query}"
    return publish(api, external_study_url=address, total_available_places=places, completion_codes=CODES)


def test_from_prolific_to_the_answers_and_back(
    service: RunningProlific, api: httpx.Client, ours: Running, work: StudyWork, tmp_path: Path
) -> None:
    """Six come and finish; each answers a task once, enters the study's code, and counts as simulated."""
    study_id = open_places(service, api, ours, 6)
    bring(service.url, study_id, [someone(service, n) for n in range(6)], work, [Conduct.FINISH] * 6, at_once=2)
    codes = Counter((one.status, one.entered_code) for one in service.prolific.submissions.values())
    assert codes == {("AWAITING REVIEW", DONE): 6}
    collected = collect(tmp_path)
    assert (collected.assignments, collected.simulated) == (6, True)
    rows = read_parquet(StudyDirectory(tmp_path).answers)
    assert len({(row["worker_id"], row["video_id"]) for row in rows}) == len(rows)
    assert len({row["worker_id"] for row in rows}) == 6
    assert all(is_simulated(link.worker_id) for link in everybody(tmp_path))


def test_those_who_leave_are_replaced(
    service: RunningProlific, api: httpx.Client, ours: Running, work: StudyWork, tmp_path: Path
) -> None:
    """A return frees the place at Prolific; two tabs answer once; who finds no task left is told so by a code."""
    study_id = open_places(service, api, ours, 7)
    conducts = [Conduct.RETURN, Conduct.TWO_TABS, Conduct.NO_CODE, *[Conduct.FINISH] * 4]
    people = [someone(service, number) for number in range(8)]
    bring(service.url, study_id, people[:7], work, conducts, at_once=2)
    assert visit(service.url, study_id, people[7], work).departure == NO_PLACE
    codes = Counter(one.entered_code for one in service.prolific.submissions.values())
    assert codes == {None: 1, DONE: 5, NO_CODE: 1, NO_PLACE: 1}
    assert collect(tmp_path).assignments == 6
    outcomes = Counter(row["outcome"] for row in ours.platform.transact(arrivals.every))
    assert outcomes == {"complete": 6, "full": 1}


def test_a_study_that_lets_nobody_in_is_returned(
    service: RunningProlific, api: httpx.Client, ours: Running, work: StudyWork
) -> None:
    """An address without ids leads nowhere, and the participant gives the place back."""
    study_id = publish(api, external_study_url=f"{ours.endpoint_url}/join")
    visit(service.url, study_id, someone(service), work)
    assert [one.status for one in service.prolific.submissions.values()] == ["RETURNED"]


def test_a_study_that_does_not_answer_is_returned(service: RunningProlific, api: httpx.Client, work: StudyWork) -> None:
    """Where nobody serves the study, participants return."""
    study_id = publish(api, external_study_url="http://127.0.0.1:9/join?a={{%SESSION_ID%}}")
    visit(service.url, study_id, someone(service), work)
    assert [one.status for one in service.prolific.submissions.values()] == ["RETURNED"]
