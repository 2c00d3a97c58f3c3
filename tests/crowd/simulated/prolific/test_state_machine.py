"""Random actions of a researcher, of participants and of time: money is conserved, and places are accounted for."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from crowd.localplatform.clock import ManualClock
from crowd.simulated.prolific import SimulatedProlific, participation
from crowd.simulated.prolific.errors import ProlificError
from crowd.simulated.prolific.operations import OPERATIONS
from crowd.simulated.prolific.wire import Answer, ApiCall
from tests.crowd.simulated.prolific.researcher import DECLINED, DONE, MESSAGE, draft

pytestmark = pytest.mark.thorough

PAID_IN = 3000
#: The statuses that may follow each other.
FOLLOW = {
    "RESERVED": {"ACTIVE", "RETURNED", "TIMED-OUT"},
    "ACTIVE": {"AWAITING REVIEW", "RETURNED", "TIMED-OUT", "SCREENED OUT"},
    "AWAITING REVIEW": {"APPROVED", "REJECTED", "RETURNED"},
    "REJECTED": {"AWAITING REVIEW"},
    "RETURNED": {"AWAITING REVIEW"},
    "TIMED-OUT": set(),
    "APPROVED": set(),
    "SCREENED OUT": set(),
}
SCREENED = "SCREEN12"
CODES = [
    *draft()["completion_codes"],
    {"code": "APPROVE1", "code_type": "OTHER", "actions": [{"action": "AUTOMATICALLY_APPROVE"}]},
    {
        "code": SCREENED,
        "code_type": "SCREENED_OUT",
        "actions": [{"action": "FIXED_SCREEN_OUT_PAYMENT", "fixed_screen_out_reward": 30, "slots": 2}],
    },
]
people = st.integers(0, 5)


class ProlificMachine(RuleBasedStateMachine):
    """One account; refused actions are part of it, and must change nothing."""

    studies = Bundle("studies")
    visits = Bundle("visits")
    batches = Bundle("batches")

    def __init__(self) -> None:
        super().__init__()
        self.clock = ManualClock()
        features = frozenset({"screen-out"})
        self.prolific = SimulatedProlific(clock=self.clock, paid_in=PAID_IN, features=features, num_participants=6)
        self.people = list(self.prolific.participants)

    def _call(self, name: str, id_: str = "", /, **body: Any) -> Any:
        """What the call answers; None where it is refused, which must leave the money as it was."""
        call = ApiCall(names={"id": id_}, query={}, body=body, url="http://host/")
        with self.prolific.acting():
            before = self._money()
            status, found = self._outcome(lambda: OPERATIONS[name].function(self.prolific, call))
        assert status in (200, 400, 403)
        assert status == 200 or self._money() == before
        return found.content if isinstance(found, Answer) else found

    def _money(self) -> tuple[int, dict[str, int]]:
        return self.prolific.wallet.spent, dict(self.prolific.wallet.locked)

    def _outcome(self, action: Callable[[], Any]) -> tuple[int, Any]:
        """The status of an action, 200 where it is not refused, and what came of it."""
        try:
            return 200, action()
        except ProlificError as error:
            return error.status, None

    # The researcher

    @initialize(target=studies, places=st.integers(1, 3), reward=st.sampled_from([150, 151, 199]))
    def begin(self, places: int, reward: int) -> str:
        return self.create(places, reward, True)

    @precondition(lambda self: len(self.prolific.studies) < 3)
    @rule(target=studies, places=st.integers(1, 4), reward=st.sampled_from([150, 151, 199]), at_once=st.booleans())
    def create(self, places: int, reward: int, at_once: bool) -> str:
        body = draft(total_available_places=places, reward=reward, completion_codes=CODES)
        study = str(self._call("POST studies", **body)["id"])
        if at_once:
            self.move(study, "PUBLISH")
        return study

    @rule(study=studies, action=st.sampled_from(["PUBLISH", "PUBLISH", "PAUSE", "START", "STOP"]))
    def move(self, study: str, action: str) -> None:
        self._call("POST studies/{id}/transition", study, action=action)

    @rule(study=studies, more=st.integers(1, 2))
    def add_places(self, study: str, more: int) -> None:
        places = self.prolific.studies[study].places
        self._call("PATCH studies/{id}", study, total_available_places=places + more)

    @rule(visit=visits, action=st.sampled_from(["APPROVE", "REJECT", "RETURN", "UNREJECT", "UNRETURN"]))
    def review(self, visit: str | None, action: str) -> None:
        if visit is not None:
            about = {"message": MESSAGE, "rejection_category": "OTHER"}
            self._call("POST submissions/{id}/transition", visit, action=action, **about)

    @rule(target=batches, visit=visits, amount=st.sampled_from(["0.01", "0.50", "9.99"]))
    def set_up(self, visit: str | None, amount: str) -> str | None:
        if visit is None:
            return None
        study = self.prolific.submissions[visit].study_id
        made = self._call("POST submissions/bonus-payments", study_id=study, csv_bonuses=f"{visit},{amount}")
        return str(made["id"])

    @rule(batch=batches)
    def pay(self, batch: str | None) -> None:
        if batch is not None:
            self._call("POST bulk-bonus-payments/{id}/pay", batch)

    # Participants

    @rule(target=visits, study=studies, person=people, code=st.sampled_from([DONE, "APPROVE1", SCREENED, None]))
    def come_and_finish(self, study: str, person: int, code: str | None) -> str | None:
        visit = self.arrive(study, person)
        self.start(visit)
        self.complete(visit, code)
        return visit

    @rule(target=visits, study=studies, person=people)
    def arrive(self, study: str, person: int) -> str | None:
        with self.prolific.acting():
            one = self.prolific.study(study)
            _, made = self._outcome(lambda: participation.reserve(self.prolific, one, self.people[person]))
        return made.id if made else None

    @rule(visit=visits)
    def start(self, visit: str | None) -> None:
        self._act(visit, participation.start)

    @rule(visit=visits, code=st.sampled_from([DONE, DECLINED, "APPROVE1", SCREENED, "GUESSED", None]))
    def complete(self, visit: str | None, code: str | None) -> None:
        self._act(visit, lambda prolific, one: participation.complete(prolific, one, code))

    @rule(visit=visits)
    def give_back(self, visit: str | None) -> None:
        self._act(visit, participation.give_back)

    def _act(self, visit: str | None, action: Any) -> None:
        if visit is not None:
            with self.prolific.acting():
                status, _ = self._outcome(lambda: action(self.prolific, self.prolific.submissions[visit]))
            assert status in (200, 403)

    # Time

    @rule(seconds=st.sampled_from([60, 600, 3600, 22 * 86_400]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)

    # What holds at every instant

    @invariant()
    def no_money_appears_or_vanishes(self) -> None:
        """What was spent is what participants got, with fees and tax; nothing else ever leaves the wallet."""
        with self.prolific.acting():
            charge = self.prolific.prices.charge
            rewards = sum(charge(one.paid).total for one in self.prolific.submissions.values() if one.paid)
            batches = self.prolific.batches.values()
            bonuses = sum(one.times_paid * (one.amount + one.fees + one.tax) for one in batches)
            assert self.prolific.wallet.spent == rewards + bonuses
            received = sum(sum(one.bonuses) for one in self.prolific.submissions.values())
            assert received == sum(one.times_paid * one.amount for one in batches)

    @invariant()
    def the_wallet_is_never_negative(self) -> None:
        """Whatever is locked and spent was paid in, at every moment so far."""
        assert all(one.locked + one.spent <= PAID_IN and one.locked >= 0 for one in self.prolific.wallet.history)
        assert all(amount >= 0 for amount in self.prolific.wallet.locked.values())

    @invariant()
    def what_may_still_be_paid_is_locked(self) -> None:
        """For every place that is open or in use, its price is locked; nothing is for a study that is over."""
        with self.prolific.acting():
            for study in self.prolific.studies.values():
                place = self.prolific.prices.charge(study.reward).total
                used = study.slots_used.get(SCREENED, 0)
                slots = (2 - used) * self.prolific.prices.charge(30).total
                paid = len(self.prolific.of(study, "APPROVED"))
                inside = len(self.prolific.of(study, "RESERVED", "ACTIVE", "AWAITING REVIEW"))
                expected = {
                    "UNPUBLISHED": 0,
                    "STOPPED": inside * place,
                    "ACTIVE": (study.places - paid) * place + slots * (paid < study.places),
                    "PAUSED": (study.places - paid) * place + slots * (paid < study.places),
                }[study.state]
                assert self.prolific.wallet.locked.get(study.id, 0) == expected

    @invariant()
    def places_are_accounted_for(self) -> None:
        """No study has more inside, waiting and approved than places, and it is open just where one is free."""
        with self.prolific.acting():
            for study in self.prolific.studies.values():
                taken = len(self.prolific.of(study, "RESERVED", "ACTIVE", "AWAITING REVIEW", "APPROVED"))
                assert taken <= study.places
                is_open = study.state == "ACTIVE" and taken < study.places
                assert (self.prolific.status(study) == "ACTIVE") == is_open

    @invariant()
    def submissions_go_their_way(self) -> None:
        """Statuses follow each other as documented, a participant comes once, and pay follows work or screening."""
        found = list(self.prolific.submissions.values())
        assert len({(one.study_id, one.participant_id) for one in found}) == len(found)
        for one in found:
            assert all(after in FOLLOW[before] for before, after in pairwise(one.seen))
            assert (one.paid > 0) == (one.status in ("APPROVED", "SCREENED OUT"))
            if one.status == "APPROVED":
                assert one.seen[-2] == "AWAITING REVIEW"


def test_random_actions() -> None:
    """Whatever happens in whatever order, the invariants hold."""
    checks = [HealthCheck.too_slow, HealthCheck.filter_too_much]
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        ProlificMachine,
        settings=settings(max_examples=40, stateful_step_count=40, deadline=None, suppress_health_check=checks),
    )
