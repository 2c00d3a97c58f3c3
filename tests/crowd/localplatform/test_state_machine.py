"""Random requester and worker actions against the endpoint and a small model of the HIT state machine."""

import tempfile
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, multiple, rule, run_state_machine_as_test

from crowd.localplatform import running
from crowd.localplatform.clock import ManualClock
from tests.crowd.localplatform.market import Market, requester

DAY_S = 86_400
DURATION_S, AUTO_APPROVAL_S = 600, 3600
REWARD_USD, COST_USD = Decimal("0.40"), Decimal("0.48")


@dataclass
class ModelAssignment:
    """An assignment as the documentation describes it."""

    hit: "ModelHit"
    person: int
    accepted: float
    state: str = "Accepted"
    submitted: float = 0.0
    id: str = ""


@dataclass
class ModelHit:
    """A HIT as the documentation describes it."""

    id: str
    maximum: int
    expiration: float
    assignments: list[ModelAssignment] = field(default_factory=list)
    reviewing: bool = False
    disposed: bool = False

    def count(self, *states: str) -> int:
        """How many of its assignments are in these states."""
        return sum(assignment.state in states for assignment in self.assignments)

    def available(self, now: float) -> int:
        """How many more may be accepted."""
        taken = self.count("Accepted", "Submitted", "Approved", "Rejected")
        return max(0, self.maximum - taken) if now < self.expiration else 0

    def status(self, now: float) -> str:
        """Assignable, Unassignable, Reviewable, Reviewing or Disposed."""
        if self.disposed:
            return "Disposed"
        if self.available(now):
            return "Assignable"
        if self.count("Accepted"):
            return "Unassignable"
        return "Reviewing" if self.reviewing else "Reviewable"


class Marketplace(RuleBasedStateMachine):
    """The endpoint beside its model; every step says what must come of it, then everything is compared."""

    database: ClassVar[str | None] = None
    """The address of the PostgreSQL database that keeps the store; None for a file."""
    hits = Bundle("hits")
    taken = Bundle("taken")

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        study = Path(self.stack.enter_context(tempfile.TemporaryDirectory()))
        self.clock = ManualClock()
        server = self.stack.enter_context(running(study, clock=self.clock, database=self.database))
        client = self.stack.enter_context(requester(server.endpoint_url, study))
        self.market = Market(server, study, client, self.stack.enter_context(httpx.Client(trust_env=False, timeout=60)))
        self.people = [self.market.person(simulated=True) for _ in range(3)]
        self.model: list[ModelHit] = []
        self.paid = Decimal(0)

    def teardown(self) -> None:
        self.stack.close()

    def _call(self, operation: str, expected: str | None, **parameters: Any) -> None:
        """Call; `expected` is the error code that must come, None for success."""
        try:
            getattr(self.market.client, operation)(**parameters)
            code = None
        except ClientError as error:
            code = error.response["TurkErrorCode"].removeprefix("AWS.MechanicalTurk.")
        assert code == expected, f"{operation} gave {code}"

    # What the requester does

    @rule(target=hits, maximum=st.integers(1, 3), lifetime_s=st.sampled_from([300, 5000, DAY_S]))
    def create(self, maximum: int, lifetime_s: int) -> ModelHit:
        hit_id = self.market.hit(
            MaxAssignments=maximum, LifetimeInSeconds=lifetime_s, AutoApprovalDelayInSeconds=AUTO_APPROVAL_S
        )
        self.model.append(ModelHit(hit_id, maximum, self.clock() + lifetime_s))
        return self.model[-1]

    @rule(hit=hits, additional=st.integers(1, 8))
    def extend(self, hit: ModelHit, additional: int) -> None:
        expected = "InvalidHITState" if hit.disposed else None
        if not hit.disposed and hit.maximum + additional >= 10:
            expected = "InvalidMaximumAssignmentsIncrease"
        self._call(
            "create_additional_assignments_for_hit",
            expected,
            HITId=hit.id,
            NumberOfAdditionalAssignments=additional,
        )
        if expected is None:
            hit.maximum += additional
            self._reopen(hit)

    @rule(hit=hits, after_s=st.sampled_from([-DAY_S, 100, DAY_S]))
    def expire(self, hit: ModelHit, after_s: int) -> None:
        at = int(self.clock() + after_s)
        expected = "InvalidHITState" if hit.disposed else None
        if not hit.disposed and self.clock() < at < hit.expiration - 1:
            expected = "InvalidParameterValue"
        self._call("update_expiration_for_hit", expected, HITId=hit.id, ExpireAt=datetime.fromtimestamp(at, UTC))
        if expected is None:
            hit.expiration = max(at, hit.expiration) if at > self.clock() else min(self.clock(), hit.expiration)
            self._reopen(hit)

    def _reopen(self, hit: ModelHit) -> None:
        if hit.available(self.clock()):
            hit.reviewing = False

    @rule(hit=hits, revert=st.booleans())
    def review(self, hit: ModelHit, revert: bool) -> None:
        fits = hit.status(self.clock()) == ("Reviewing" if revert else "Reviewable")
        self._call("update_hit_review_status", None if fits else "InvalidHITState", HITId=hit.id, Revert=revert)
        if fits:
            hit.reviewing = not revert

    @rule(hit=hits)
    def delete(self, hit: ModelHit) -> None:
        fits = hit.status(self.clock()) in ("Reviewable", "Reviewing") and not hit.count("Submitted")
        self._call("delete_hit", None if fits else "InvalidHITState", HITId=hit.id)
        hit.disposed = hit.disposed or fits

    @rule(assignment=taken, override=st.booleans())
    def approve(self, assignment: ModelAssignment, override: bool) -> None:
        fits = assignment.state == "Submitted" or (
            assignment.state == "Rejected" and override and not assignment.hit.disposed
        )
        self._verdict("approve_assignment", assignment, fits, OverrideRejection=override)
        if fits:
            assignment.state = "Approved"
            self.paid += COST_USD

    @rule(assignment=taken)
    def reject(self, assignment: ModelAssignment) -> None:
        fits = assignment.state == "Submitted"
        self._verdict("reject_assignment", assignment, fits, RequesterFeedback="no")
        if fits:
            assignment.state = "Rejected"

    @rule(assignment=taken)
    def bonus(self, assignment: ModelAssignment) -> None:
        fits = assignment.state in ("Submitted", "Approved", "Rejected")
        worker_id = self.people[assignment.person].worker_id
        self._verdict("send_bonus", assignment, fits, WorkerId=worker_id, BonusAmount="1.00", Reason="r")
        if fits:
            self.paid += Decimal("1.20")

    def _verdict(self, operation: str, assignment: ModelAssignment, fits: bool, **parameters: Any) -> None:
        gone = assignment.state in ("Returned", "Abandoned")
        expected = None if fits else "AssignmentDoesNotExist" if gone else "InvalidAssignmentState"
        self._call(operation, expected, AssignmentId=assignment.id, **parameters)

    # What people do

    @rule(target=taken, hit=hits, person=st.integers(0, 2))
    def accept(self, hit: ModelHit, person: int) -> Any:
        response = self.people[person].accept(hit.id)
        mine = [own for own in hit.assignments if own.person == person and own.state not in ("Returned", "Abandoned")]
        if hit.disposed:
            assert response.status_code == 404
        elif mine and mine[0].state == "Accepted":
            assert response.json()["assignment_id"] == mine[0].id
        elif mine:
            assert response.json()["error"] == "done-before"
        elif hit.status(self.clock()) != "Assignable":
            assert response.json()["error"] == "gone"
        else:
            new = ModelAssignment(hit, person, self.clock(), id=response.json()["assignment_id"])
            hit.assignments.append(new)
            return new
        return multiple()

    @rule(assignment=taken, person=st.integers(0, 2))
    def submit(self, assignment: ModelAssignment, person: int) -> None:
        status = self.people[person].submit(assignment.id).status_code
        if person != assignment.person:
            assert status == 404
        elif assignment.state in ("Returned", "Abandoned"):
            assert status == 410
        else:
            assert status == 303
            if assignment.state == "Accepted":
                assignment.state, assignment.submitted = "Submitted", self.clock()

    @rule(assignment=taken)
    def give_back(self, assignment: ModelAssignment) -> None:
        status = self.people[assignment.person].give_back(assignment.id).status_code
        if assignment.state in ("Accepted", "Returned", "Abandoned"):
            assert status == 200
            if assignment.state == "Accepted":
                assignment.state = "Returned"
        else:
            assert status == 409

    # What time does

    @rule(seconds=st.sampled_from([1, 299, 600, 3600]))
    def wait(self, seconds: int) -> None:
        self.clock.advance(seconds)
        now = self.clock()
        for hit in self.model:
            for assignment in hit.assignments:
                if assignment.state == "Accepted" and assignment.accepted + DURATION_S <= now:
                    assignment.state = "Abandoned"
                if assignment.state == "Submitted" and assignment.submitted + AUTO_APPROVAL_S <= now:
                    assignment.state = "Approved"
                    self.paid += COST_USD

    # What must hold after every step

    @invariant()
    def everything_agrees(self) -> None:
        now = self.clock()
        listed = {hit["HITId"]: hit for hit in self.market.client.list_hits(MaxResults=100)["HITs"]}
        assert set(listed) == {hit.id for hit in self.model if not hit.disposed}
        for hit in self.model:
            if not hit.disposed:
                assert _shown(listed[hit.id]) == (
                    hit.status(now),
                    hit.maximum,
                    hit.maximum - hit.count("Accepted", "Submitted", "Approved", "Rejected"),
                    hit.count("Accepted"),
                    hit.count("Approved", "Rejected"),
                )
                found = self.market.client.list_assignments_for_hit(HITId=hit.id, MaxResults=100)["Assignments"]
                assert {(row["AssignmentId"], row["AssignmentStatus"]) for row in found} == {
                    (own.id, own.state) for own in hit.assignments if own.state in ("Submitted", "Approved", "Rejected")
                }
        held = sum(
            (hit.available(now) + hit.count("Accepted", "Submitted")) * COST_USD
            for hit in self.model
            if not hit.disposed
        )
        balance = self.market.client.get_account_balance()
        assert Decimal(balance["OnHoldBalance"]) == held
        assert Decimal(balance["AvailableBalance"]) == Decimal(10_000) - self.paid - held


def _shown(hit: dict[str, Any]) -> tuple[Any, ...]:
    return (
        hit["HITStatus"],
        hit["MaxAssignments"],
        hit["NumberOfAssignmentsAvailable"],
        hit["NumberOfAssignmentsPending"],
        hit["NumberOfAssignmentsCompleted"],
    )


def _explore(examples: int, steps: int, address: str | None) -> None:
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        type("Marketplace", (Marketplace,), {"database": address}),
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_the_endpoint_follows_the_model(database: str | None) -> None:
    """After any short sequence of actions, HITs, assignments, errors and money are what the model says."""
    _explore(8, 20, database)


@pytest.mark.slow
@pytest.mark.timeout(3000)
def test_the_endpoint_follows_the_model_for_long(database: str | None) -> None:
    """The same over many long sequences."""
    _explore(300, 60, database)
