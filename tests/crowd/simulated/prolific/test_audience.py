"""Participants who come by themselves."""

import threading
from collections import Counter
from itertools import islice, repeat

import httpx
import pytest

from crowd.simulated.prolific import RunningProlific
from crowd.simulated.prolific.audience import USUAL, attend, drawn, invited
from crowd.simulated.prolific.visits import Conduct, SimulatedVisit
from tests.crowd.simulated.prolific.researcher import DONE, create, enter, finish, move, publish, someone


def test_every_place_is_filled(service: RunningProlific, api: httpx.Client) -> None:
    """Whoever returns is replaced, nobody comes twice, and it ends when nothing is open and it is told to."""
    study_id, stop, seen = publish(api, total_available_places=5), threading.Event(), []
    conducts = iter([Conduct.RETURN, Conduct.FINISH, Conduct.RETURN, *repeat(Conduct.FINISH, 20)])

    def shown(visit: SimulatedVisit) -> None:
        seen.append(visit)
        if service.prolific.status(service.prolific.study(study_id)) != "ACTIVE":
            stop.set()

    attend(service, lambda browser, place: DONE, conducts, stop, at_once=2, shown=shown)
    assert Counter(one.conduct for one in seen) == {Conduct.FINISH: 5, Conduct.RETURN: 2}
    assert len({one.participant_id for one in seen}) == 7


def test_who_is_invited(service: RunningProlific, api: httpx.Client) -> None:
    """Studies that are open, with no more people than free places, who are eligible and have not been there."""
    create(api)
    young = {"filter_id": "age", "selected_range": {"upper": 40}}
    open_, paused = publish(api, filters=[young]), publish(api)
    move(api, paused, "PAUSE")
    finish(service, open_, 0)
    enter(service, open_, 1)
    ((study_id, people),) = invited(service.prolific, 4)
    ages = [service.prolific.participants[one].traits["age"] for one in people]
    assert (study_id, len(people)) == (open_, 1)
    assert people[0] not in (someone(service, 0), someone(service, 1))
    assert max(ages) <= 40


def test_conducts_are_drawn_by_their_shares() -> None:
    """Shares add up to one, the same seed gives the same conducts, and all of them come."""
    assert sum(USUAL.values()) == pytest.approx(1)
    first, second = (list(islice(drawn(USUAL, seed=3), 2000)) for _ in range(2))
    assert first == second
    assert set(first) == set(USUAL)
    assert first.count(Conduct.FINISH) / 2000 == pytest.approx(USUAL[Conduct.FINISH], abs=0.05)
