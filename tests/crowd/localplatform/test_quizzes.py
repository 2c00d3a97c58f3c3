"""The quiz about the instructions: the platform counts the tries, whatever pages say of them."""

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish
from crowd.localplatform import endpoint_of, invite, running
from crowd.simulated.http import simulate
from tests.crowd.localplatform.forger import Person

QUIZ = (
    {"text": "What do you watch?", "options": ["clips", "books"], "right": "clips"},
    {"text": "May you guess?", "options": ["yes", "no"], "right": "no"},
)
RIGHT, WRONG = ["clips", "no"], ["clips", "yes"]


@pytest.fixture
def begin(tmp_path: Path, videos: Path) -> Iterator[Callable[..., Person]]:
    """Publishes a study of three tasks with a quiz, and gives somebody who was invited."""
    with ExitStack() as stack:

        def begin(**values: Any) -> Person:
            settings = {"videos_per_hit": 3, "answers_per_video": 2, "training_items": 0, "quiz": QUIZ, **values}
            Study.from_videos(videos, **settings).save(tmp_path / "study.toml")
            server = stack.enter_context(running(tmp_path))
            publish(tmp_path, videos)
            client = stack.enter_context(httpx.Client(trust_env=False, timeout=60))
            return Person(client, server.endpoint_url + invite(tmp_path, 1)[0], tmp_path)

        yield begin


def quizzes(study_dir: Path) -> set[tuple[str, str]]:
    """How the quiz ended in the rows of the answers table, and which rule leaves them out."""
    collect(study_dir)
    table = pd.read_parquet(study_dir / "answers.parquet")
    return set(table[["quiz", "excluded"]].itertuples(index=False, name=None))


def test_two_tries_are_all_whatever_is_returned(begin: Callable[..., Person], tmp_path: Path) -> None:
    """Who fails twice has no more tries after returning the task, or in another one; a claim to have passed is void."""
    person = begin()
    task = person.accept()
    assert person.attempt(task).json() == {"passed": False, "answers": []}
    assert person.attempt(task, WRONG).json() == {"passed": False, "answers": [WRONG]}
    person.post(f"assignments/{task['assignment_id']}/return")
    again = person.accept()
    assert again["assignment_id"] != task["assignment_id"]
    assert person.attempt(again, WRONG).json() == {"passed": False, "answers": [WRONG, WRONG]}
    assert person.attempt(again, RIGHT).json() == {"passed": False, "answers": [WRONG, WRONG]}
    claim = json.dumps({"passed": True, "answers": [RIGHT]})
    assert person.send(again, quiz=claim).status_code == 303
    other = person.accept()
    assert person.attempt(other, RIGHT).json()["passed"] is False
    assert quizzes(tmp_path) == {("failed", "quiz_failed")}


def test_a_quiz_is_passed_for_all_tasks(begin: Callable[..., Person], tmp_path: Path) -> None:
    """Who passes at the second try has passed for the other tasks too, even where a page forgets to say so."""
    person = begin()
    first = person.accept()
    person.attempt(first, WRONG)
    assert person.attempt(first, RIGHT).json() == {"passed": True, "answers": [WRONG, RIGHT]}
    assert person.send(first, quiz="").status_code == 303
    second = person.accept()
    assert person.attempt(second).json()["passed"] is True
    assert person.send(second).status_code == 303
    assert quizzes(tmp_path) == {("passed", "")}


@pytest.mark.parametrize(("failed", "status"), [("end", 403), ("exclude", 303), ("record", 303)])
def test_a_quiz_that_nobody_took_is_not_passed(
    failed: str, status: int, begin: Callable[..., Person], tmp_path: Path
) -> None:
    """A form that claims a pass without a try is refused where the study ends, left out, or recorded as failed."""
    person = begin(quiz_failed=failed)
    claim = json.dumps({"passed": True, "answers": [RIGHT]})
    assert person.send(person.accept(), quiz=claim).status_code == status
    if status == 303:
        assert quizzes(tmp_path) == {("failed", "quiz_failed" if failed == "exclude" else "")}


@pytest.mark.parametrize("answers", [[], ["clips"], ["clips", "maybe"], {"0": "clips"}, "clips", [["clips"], "no"]])
def test_what_answers_no_quiz_is_no_try(answers: object, begin: Callable[..., Person]) -> None:
    """It is refused, and both tries are left."""
    person = begin()
    task = person.accept()
    assert person.attempt(task, answers).json()["error"] == "malformed"
    assert person.attempt(task).json()["answers"] == []


def test_a_try_needs_a_task_in_hand(begin: Callable[..., Person], tmp_path: Path) -> None:
    """Neither a task of somebody else nor one that was returned has tries."""
    person = begin()
    task = person.accept()
    person.post(f"assignments/{task['assignment_id']}/return")
    assert person.attempt(task, RIGHT).json()["error"] == "late"
    assert person.attempt({"assignment_id": "A" * 30}, RIGHT).json()["error"] == "no-such-task"


def test_simulated_participants_pass(begin: Callable[..., Person], tmp_path: Path) -> None:
    """Programs take the quiz as pages do."""
    begin(quiz_failed="end")
    simulate(tmp_path, 2, among_people=True)
    assert quizzes(tmp_path) == {("passed", "")}


@pytest.mark.parametrize("quiz_failed", ["end", "exclude"])
def test_only_who_failed_is_screened_out(begin: Callable[..., Person], tmp_path: Path, quiz_failed: str) -> None:
    """Whom a recruiter sent is screened out after two wrong tries, not before, and only where these end their part."""
    panel = {"panel": {"id_parameter": "who", "complete": "C0DE", "screened_out": "0UT-0UT"}}
    begin(quiz_failed=quiz_failed, recruiter="panel", recruit=panel)
    address = endpoint_of(tmp_path)
    with httpx.Client(trust_env=False, timeout=60) as client:
        came = client.get(f"{address}/join", params={"who": "ann"}, headers={"Accept": "application/json"}).json()
        person = Person(client, address + came["url"].removeprefix("."), tmp_path)
        task = person.accept()
        for _ in range(2):
            assert person.post("leave", outcome="screened_out").status_code == 400
            person.attempt(task, WRONG)
        left = person.post("leave", outcome="screened_out")
        assert left.status_code == (303 if quiz_failed == "end" else 400)
        home = client.get(address + came["url"].removeprefix("."), headers={"Accept": "application/json"}).json()
    screened_out = {"outcome": "screened_out", "url": None, "code": "0UT-0UT"}
    assert home["end"] == (screened_out if quiz_failed == "end" else None)
