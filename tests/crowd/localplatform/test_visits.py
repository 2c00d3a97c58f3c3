"""What holds of visits whatever people, recruiters and the clock do."""

import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from crowd.localplatform import participation, visits
from crowd.localplatform.clock import ManualClock
from crowd.localplatform.hitproperties import canonical
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.participation import RefusedError
from crowd.localplatform.store import Row, Transaction, arrivals, assignments, hits, participants
from crowd.recruiters import Outcome, Visit
from tests.crowd.localplatform.market import HTML_QUESTION, TYPE

PEOPLE, NUM_TASKS, NUM_HITS, PLACES, HOLD_S = "abcd", 2, 3, 2, 600
PERSON = st.sampled_from(PEOPLE)


def add_hits(tx: Transaction) -> list[str]:
    """Tasks with few places."""
    more = {"AutoApprovalDelayInSeconds": 36_000, "QualificationRequirements": []}
    hit_type = hits.find_type(tx, hits.create_type(tx, canonical(TYPE | more)))
    assert hit_type is not None
    made = {"max_assignments": PLACES, "lifetime_s": 360_000, "question": HTML_QUESTION, "annotation": None}
    return [hits.create(tx, hit_type, **made) for _ in range(NUM_HITS)]


class Visits(RuleBasedStateMachine):
    """People of one panel come by any visit, work, return, leave and run out of time, in any order."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock()
        self.platform = Marketplace(Path(self.folder.name), clock=self.clock)
        self.hits = self.platform.transact(add_hits)
        self.tokens: dict[str, str] = {}
        self.ended: dict[str, str] = {}
        self.answers: set[str] = set()

    def teardown(self) -> None:
        """Close the store."""
        self.platform.close()
        self.folder.cleanup()

    @rule(person=PERSON, number=st.integers(0, 2))
    def arrive(self, person: str, number: int) -> None:
        """By a new visit, one that goes on, or one that has ended."""
        visit = Visit(session_id=f"{person}{number}", person_id=person)
        arrived, reason = self._try(
            lambda tx: visits.arrive(tx, "panel", visit, comes_again=False, num_tasks=NUM_TASKS, hold_s=HOLD_S)
        )
        if reason:
            assert reason == "came-before"
            assert "complete" in {self.ended.get(f"{person}{each}") for each in range(3)}
            return
        row, found = arrived
        assert self.tokens.setdefault(person, row["token"]) == row["token"], "a person is one participant"
        assert found["session_id"] == visit.session_id

    @rule(person=PERSON, place=st.integers(0, NUM_HITS - 1))
    def accept(self, person: str, place: int) -> None:
        """Whatever they are offered or not."""
        if person in self.tokens:
            _, reason = self._try(participation.accept, self.tokens[person], self.hits[place], 10)
            assert reason in (None, "gone", "done-before", "enough")

    @rule(person=PERSON)
    def submit(self, person: str) -> None:
        """What they have begun; answers that were taken are remembered here."""
        for row in self._in_hand(person):
            form = [("assignmentId", row["assignment_id"]), ("a", "b")]
            self.answers.add(self.platform.transact(participation.submit, self.tokens[person], form))

    @rule(person=PERSON)
    def give_back(self, person: str) -> None:
        """One of their tasks."""
        for row in self._in_hand(person)[:1]:
            self.platform.transact(participation.give_back, self.tokens[person], row["assignment_id"])

    @rule(person=PERSON, outcome=st.sampled_from(visits.LEAVES))
    def leave(self, person: str, outcome: Outcome) -> None:
        """In any way that they can name."""
        if person in self.tokens:
            _, reason = self._try(lambda tx: visits.leave(tx, self.tokens[person], outcome))
            assert reason in (None, "malformed")

    @rule(person=PERSON)
    def look(self, person: str) -> None:
        """At their page, which names no more than they may do."""
        if person in self.tokens:
            home = self.platform.transact(participation.home, self.tokens[person])
            assert home.num_left is not None
            assert all(task.alike <= home.num_left for task in home.tasks if task.state == "available")

    @rule(seconds=st.sampled_from([30, 400, 601]))
    def wait(self, seconds: int) -> None:
        """Tasks and held places run out."""
        self.clock.advance(seconds)

    @rule(person=PERSON, number=st.integers(0, 2))
    def hear_of_a_return(self, person: str, number: int) -> None:
        """The recruiter says that somebody has gone."""
        found = self.platform.transact(arrivals.find, "panel", f"{person}{number}")
        if found is not None:
            self.platform.transact(visits.end, found, Outcome.RETURNED)

    def _try(self, action: Callable[..., Any], *given: object) -> tuple[Any, str | None]:
        """What came of it, or why it was refused."""
        try:
            return self.platform.transact(action, *given), None
        except RefusedError as error:
            return None, error.reason

    def _in_hand(self, person: str) -> list[Row]:
        """What they have begun."""
        if person not in self.tokens:
            return []
        row = self.platform.transact(participants.find, self.tokens[person])
        assert row is not None
        return self.platform.transact(assignments.own, row["worker_id"], most_finished=0)

    @invariant()
    def places_answers_and_outcomes_are_kept(self) -> None:
        """Nobody has a place too many or a task twice, no answer goes, no outcome changes, complete is who did all."""
        rows = self.platform.transact(lambda tx: [dict(row) for row in tx.rows("SELECT * FROM assignments")])
        live = [row for row in rows if row["state"] not in ("Returned", "Abandoned")]
        assert max(Counter(row["hit_id"] for row in live).values(), default=0) <= PLACES
        assert max(Counter((row["hit_id"], row["worker_id"]) for row in live).values(), default=0) <= 1
        assert self.answers == {row["assignment_id"] for row in rows if row["answer"] is not None}
        known = self.platform.transact(arrivals.every)
        assert len({(row["recruiter"], row["session_id"]) for row in known}) == len(known)
        for row in known:
            if row["session_id"] in self.ended:
                assert row["outcome"] == self.ended[row["session_id"]]
            elif row["outcome"] is not None:
                self.ended[row["session_id"]] = row["outcome"]
            assert 0 <= row["sent"] <= NUM_TASKS
            assert row["outcome"] is not None or row["sent"] < NUM_TASKS
            assert row["outcome"] != "complete" or row["sent"] >= 1
        open_visits = Counter(row["worker_id"] for row in known if row["outcome"] is None)
        assert max(open_visits.values(), default=0) <= 1
        begun = {row["worker_id"] for row in live if row["state"] == "Accepted"}
        assert begun <= open_visits.keys(), "whoever has left holds no place"


@pytest.mark.parametrize("histories", [8, pytest.param(200, marks=pytest.mark.slow)])
def test_visits_hold_in_any_history(histories: int) -> None:
    """Whatever comes after what, places, answers and outcomes are kept."""
    run_state_machine_as_test(Visits, settings=settings(max_examples=histories, stateful_step_count=25, deadline=None))
