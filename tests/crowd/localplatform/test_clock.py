"""The computer's clock is set while a study is served, or between: nobody's work ends by it, and no task goes away."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from crowd.localplatform import people, running
from crowd.localplatform.clock import SteadyClock
from tests.crowd.localplatform.market import Market, Person, requester

MINUTES, HOURS, DAYS = 60, 3600, 86_400
JUMPS = [sign * jump for jump in (10 * MINUTES, 2 * HOURS, 2 * DAYS) for sign in (1, -1)]
WEEK = {"LifetimeInSeconds": 7 * DAYS, "MaxAssignments": 3}


class Computer:
    """A clock on the wall, which can be set, and the seconds that pass."""

    def __init__(self) -> None:
        self.elapsed_s, self.set_by = 5000.0, 1_800_000_000.0

    def wall(self) -> float:
        return self.set_by + self.elapsed_s

    def elapsed(self) -> float:
        return self.elapsed_s


@pytest.fixture
def computer() -> Computer:
    return Computer()


@contextmanager
def served(computer: Computer, study: Path, http: httpx.Client) -> Iterator[Market]:
    """A server that starts by the computer's clock."""
    clock = SteadyClock(computer.wall, computer.elapsed)
    with running(study, clock=clock) as server, requester(server.endpoint_url, study) as client:
        yield Market(server, study, client, http)


def left_s(person: Person, hit_id: str) -> float:
    """What is left of the participant's time for the task."""
    task = person.get(f"/hits/{hit_id}").json()
    assert task["state"] == "accepted"
    return float(task["left_s"])


@pytest.mark.parametrize("jump", JUMPS)
def test_setting_the_clock_while_serving_changes_nothing(
    computer: Computer, study: Path, http: httpx.Client, caplog: pytest.LogCaptureFixture, jump: float
) -> None:
    """Work in hand keeps its time, other tasks stay on offer, new ones appear, and the log has one line."""
    with served(computer, study, http) as market:
        hit_id, other, person = market.hit(**WEEK), market.hit(**WEEK), market.person()
        assignment_id = person.accept(hit_id).json()["assignment_id"]
        computer.set_by += jump
        for _ in range(3):
            assert person.offers() == {hit_id: "accepted", other: "available"}
            assert left_s(person, hit_id) == 600
        market.hit(**WEEK)
        assert person.num_offers() == 2
        computer.elapsed_s += 500
        assert left_s(person, hit_id) == 100
        assert person.submit(assignment_id).status_code == 303
        assert market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["AssignmentStatus"] == "Submitted"
    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    side = "ahead of" if jump > 0 else "behind"
    assert re.match(f"The computer's clock was set and is {abs(jump)} s {side} the platform's", line)


@pytest.mark.thorough
@pytest.mark.parametrize("jump", JUMPS)
def test_setting_the_clock_between_two_runs_of_the_server_changes_nothing(
    computer: Computer, study: Path, http: httpx.Client, jump: float
) -> None:
    """The time that was left is left, every task is on offer, and answers are taken."""
    with served(computer, study, http) as market:
        hit_id, other, person = market.hit(**WEEK), market.hit(**WEEK), market.person()
        assignment_id = person.accept(hit_id).json()["assignment_id"]
        computer.elapsed_s += 100
        done = market.work(other)
    computer.set_by += jump
    assert people.counts(study)["pending"] == 1
    with served(computer, study, http) as market:
        again = Person(market, market.server.endpoint_url + f"/p/{person.token}")
        assert again.offers() == {hit_id: "accepted", other: "available"}
        assert left_s(again, hit_id) == 500
        assert market.client.get_assignment(AssignmentId=done)["Assignment"]["AssignmentStatus"] == "Submitted"
        market.hit(**WEEK)
        assert market.person().num_offers() == 3
        computer.elapsed_s += 400
        assert again.submit(assignment_id).status_code == 303
        assert again.get(f"/thanks/{assignment_id}").json()["completion_code"]


def test_time_still_ends_a_task_after_a_restart(computer: Computer, study: Path, http: httpx.Client) -> None:
    """What was over stays over, and what is left after a restart runs out."""
    with served(computer, study, http) as market:
        hit_id, over, person = market.hit(**WEEK), market.hit(**WEEK), market.person()
        late = person.accept(over).json()["assignment_id"]
        computer.elapsed_s += 300
        assignment_id = person.accept(hit_id).json()["assignment_id"]
        computer.elapsed_s += 300
    computer.elapsed_s += 5 * HOURS
    with served(computer, study, http) as market:
        again = Person(market, market.server.endpoint_url + f"/p/{person.token}")
        assert again.submit(late).json()["error"] == "late"
        assert left_s(again, hit_id) == 300
        computer.elapsed_s += 300
        assert again.submit(assignment_id).json()["error"] == "late"


def test_a_wrong_clock_at_one_start_does_no_lasting_harm(computer: Computer, study: Path, http: httpx.Client) -> None:
    """Served once with a clock that is ten years ahead, and then with the right one: tasks are on offer as before."""
    with served(computer, study, http) as market:
        hit_id, person = market.hit(**WEEK), market.person()
        person.accept(hit_id)
        market.hit(**WEEK)
    computer.set_by += 3650 * DAYS
    with served(computer, study, http) as market:
        again = Person(market, market.server.endpoint_url + f"/p/{person.token}")
        assert left_s(again, hit_id) == 600
        market.hit(**WEEK)
    computer.set_by -= 3650 * DAYS
    with served(computer, study, http) as market:
        again = Person(market, market.server.endpoint_url + f"/p/{person.token}")
        assert again.offers()[hit_id] == "accepted"
        assert again.num_offers() == 2, "the one beside it, and the one of meanwhile"


def test_commands_end_no_tasks(computer: Computer, study: Path, http: httpx.Client) -> None:
    """Commands that look at the study beside the server, by the computer's clock, leave everybody's work alone."""
    with served(computer, study, http) as market:
        hit_id, person = market.hit(**WEEK), market.person()
        person.accept(hit_id)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("crowd.localplatform.people.wall_clock", lambda: computer.wall() + 2 * DAYS)
            assert people.counts(study)["pending"] == 1
            assert {row["state"] for row in people.work_of_all(study)} == {"Accepted"}
        assert left_s(person, hit_id) == 600
