"""The whole state of a simulated Prolific, and what passes with time: reservations lapse, submissions time out."""

import math
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from crowd.localplatform.clock import Clock, SteadyClock
from crowd.simulated.prolific.errors import ProlificError, not_found
from crowd.simulated.prolific.records import (
    OPEN,
    PAID,
    TAKING,
    BonusBatch,
    Delivery,
    Group,
    ProlificParticipant,
    ProlificStudy,
    ProlificSubmission,
    Subscription,
)
from crowd.simulated.prolific.wallet import Prices, Wallet
from crowd.worker_ids import SIMULATED_PROLIFIC_PREFIX

#: How long a place is held before the participant starts, in seconds.
RESERVATION_S = 600
_DAY_S = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Oddities:
    """What the service does beside its documentation."""

    publishing_reads: int = 1
    """How many readings after PUBLISH show PUBLISHING."""
    processing_reads: int = 1
    """How many readings after a study has become full show PROCESSING."""
    payment_s: float = 0.005
    """How long a call that moves money takes; others are refused meanwhile."""
    approval_delay_s: float = 0.0
    """How long after the answer of a bulk approval the submissions are approved."""
    bonus_delay_s: float = 0.0
    """How long after the answer of a pay call the bonuses appear at the submissions; minutes, on the real service."""
    duplicate_hooks: bool = False
    """Deliver each event twice."""
    disordered_hooks: bool = False
    """Deliver the latest event first."""
    auto_approval_days: float = 21.0
    """After how many days a submission that waits for review is approved."""
    most_published_per_hour: int = 60
    """How many studies may be published in an hour before the next is refused."""


class SimulatedProlific:
    """One account with one workspace and a pool of simulated participants. Use it within `acting()`."""

    def __init__(
        self,
        *,
        clock: Clock | None = None,
        paid_in: int = 1_000_000,
        prices: Prices | None = None,
        oddities: Oddities | None = None,
        features: frozenset[str] = frozenset(),
        num_participants: int = 300,
        local_hooks: bool = False,
    ):
        """A new account.

        Args:
            clock: the service's time; by default the computer's.
            paid_in: what the wallet holds at first, in sub-currency units.
            prices: fees and lowest pay.
            oddities: undocumented behaviour.
            features: what only enabled workspaces have: "screen-out", "partial-payment", "test-study",
                "signed-arrivals".
            num_participants: the size of the pool.
            local_hooks: accept webhook targets that are not public https addresses, which the real service refuses.
        """
        self.clock = clock or SteadyClock()
        self.prices, self.oddities, self.features = prices or Prices(), oddities or Oddities(), features
        self.local_hooks = local_hooks
        self.keep: Callable[[], None] = lambda: None
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.paying = threading.Lock()
        self.token = secrets.token_urlsafe(32)
        self.instance, self.count = secrets.token_hex(5), 0
        self.signing_key: Any = None
        self.user_id, self.workspace_id, self.project_id = self.new_id(), self.new_id(), self.new_id()
        self.wallet = Wallet(paid_in=paid_in)
        self.hook_secret: str | None = None
        self.studies: dict[str, ProlificStudy] = {}
        self.submissions: dict[str, ProlificSubmission] = {}
        self.batches: dict[str, BonusBatch] = {}
        self.pending_approvals: list[tuple[float, str]] = []
        self.pending_bonuses: list[tuple[float, str, int]] = []
        self.groups: dict[str, Group] = {}
        self.subscriptions: dict[str, Subscription] = {}
        self.deliveries: dict[str, Delivery] = {}
        self.messages: list[dict[str, Any]] = []
        self.participants = {one.id: one for one in (self._participant(n) for n in range(num_participants))}

    def _participant(self, number: int) -> ProlificParticipant:
        traits = {"age": 18 + number * 7 % 60, "current-country-of-residence": str(number % 3), "approval_rate": 100}
        return ProlificParticipant(id=self.new_id(), traits=traits)

    def new_id(self) -> str:
        """A new id of 24 hexadecimal digits, which anybody can tell from one of the real service."""
        self.count += 1
        return f"{SIMULATED_PROLIFIC_PREFIX}{self.instance}{self.count:08x}"

    @contextmanager
    def acting(self) -> Iterator[float]:
        """Hold the state, let pass what is due, and keep what the block changes; gives the time."""
        with self.lock:
            now = self.clock()
            self.settle(now)
            try:
                yield now
            finally:
                for study in self.studies.values():
                    self.note(study)
                self.keep()
                self.changed.notify_all()

    @contextmanager
    def moving_money(self) -> Iterator[None]:
        """Keep other calls that move money out while the block runs.

        Raises:
            ProlificError: one is being carried out; the real service has such calls come one by one, too.
        """
        if not self.paying.acquire(blocking=False):
            raise ProlificError(429, "Another payment of this workspace is being processed.")
        try:
            yield
        finally:
            self.paying.release()

    # Looking things up

    def study(self, study_id: str) -> ProlificStudy:
        """The study with that id.

        Raises:
            ProlificError: there is none.
        """
        if study_id not in self.studies:
            raise not_found("study", study_id)
        return self.studies[study_id]

    def submission(self, submission_id: str) -> ProlificSubmission:
        """The submission with that id.

        Raises:
            ProlificError: there is none.
        """
        if submission_id not in self.submissions:
            raise not_found("submission", submission_id)
        return self.submissions[submission_id]

    def of(self, study: ProlificStudy, *statuses: str) -> list[ProlificSubmission]:
        """The study's submissions, or those in one of these statuses, in the order in which they came."""
        own = (one for one in self.submissions.values() if one.study_id == study.id)
        return [one for one in own if not statuses or one.status in statuses]

    def status(self, study: ProlificStudy) -> str:
        """The status that follows from the study's state and its submissions."""
        if study.published_at is None:
            return study.state
        if study.state != "STOPPED" and len(self.of(study, *TAKING)) < study.places:
            return study.state
        return "AWAITING REVIEW" if self.of(study, *OPEN) else "COMPLETED"

    # What follows from a change

    def note(self, study: ProlificStudy) -> None:
        """Lock what the study still needs, and announce its status where it has changed.

        Raises:
            ProlificError: the balance does not cover it.
        """
        self.wallet.lock(study.id, self.needed(study), self.clock())
        status = self.status(study)
        if status != study.noted:
            if status == "AWAITING REVIEW" and study.noted == "ACTIVE":
                study.passing += ["PROCESSING"] * self.oddities.processing_reads
            study.noted = status
            self.announce("study.status.change", study.id, status=status, metadata={})

    def needed(self, study: ProlificStudy) -> int:
        """What has to be locked for the study: the places and screen-out slots that may still be paid."""
        if study.published_at is None:
            return 0
        ended = study.state == "STOPPED" or self.status(study) == "COMPLETED"
        places = len(self.of(study, *OPEN)) if ended else study.places - len(self.of(study, *PAID))
        amount = places * self.prices.charge(study.reward).total
        return amount if ended else amount + self._screen_outs(study)

    def _screen_outs(self, study: ProlificStudy) -> int:
        amount = 0
        for code in study.document["completion_codes"]:
            for action in code.get("actions") or ():
                if action["action"] == "FIXED_SCREEN_OUT_PAYMENT":
                    left = action["slots"] - study.slots_used.get(code["code"], 0)
                    amount += left * self.prices.charge(action["fixed_screen_out_reward"]).total
        return amount

    def set_status(self, submission: ProlificSubmission, status: str) -> None:
        """Give the submission another status, and announce it."""
        submission.status = status
        submission.seen.append(status)
        about = {"participant_id": submission.participant_id, "status": status}
        self.announce("submission.status.change", submission.id, **about)
        self.announce("study.progress.change", submission.study_id)

    def announce(self, event_type: str, resource_id: str, **about: Any) -> None:
        """Queue an event for every enabled subscription to its type."""
        now = self.clock()
        for subscription in self.subscriptions.values():
            if subscription.is_enabled and subscription.event_type == event_type:
                payload = {"resource_id": resource_id, "event_type": event_type, **about}
                delivery = Delivery(
                    id=self.new_id(),
                    subscription_id=subscription.id,
                    payload=payload,
                    happened_at=now,
                    due_at=now,
                )
                self.deliveries[delivery.id] = delivery

    def pay(self, submission: ProlificSubmission, amount: int, status: str) -> None:
        """Pay a reward from what is locked for its study."""
        now = self.clock()
        self.wallet.spend_locked(submission.study_id, self.prices.charge(amount).total, now)
        submission.paid += amount
        self.set_status(submission, status)
        self.note(self.studies[submission.study_id])

    # What passes with time

    def settle(self, now: float) -> None:
        """Apply what was due by `now`."""
        for study in list(self.studies.values()):
            if study.state == "SCHEDULED" and study.publish_at is not None and study.publish_at <= now:
                self._publish_scheduled(study, study.publish_at)
        for submission in list(self.submissions.values()):
            self._age(submission, now)
        for approval in [due for due in self.pending_approvals if due[0] <= now]:
            self.pending_approvals.remove(approval)
            self._approve(self.submissions[approval[1]])
        for due in [due for due in self.pending_bonuses if due[0] <= now]:
            self.pending_bonuses.remove(due)
            self.submissions[due[1]].bonuses.append(due[2])
        for study in self.studies.values():
            self.note(study)

    def _approve(self, submission: ProlificSubmission) -> None:
        if submission.status == "AWAITING REVIEW":
            self.pay(submission, self.studies[submission.study_id].reward, "APPROVED")

    def _publish_scheduled(self, study: ProlificStudy, at: float) -> None:
        study.state, study.published_at, study.publish_at = "ACTIVE", at, None
        try:
            self.note(study)
        except ProlificError:  # nobody is there to read it: the study is a draft again
            study.state, study.published_at = "UNPUBLISHED", None

    def _age(self, submission: ProlificSubmission, now: float) -> None:
        study = self.studies[submission.study_id]
        limits = {
            "RESERVED": (submission.reserved_at, RESERVATION_S),
            "ACTIVE": (submission.started_at, study.maximum_s),
            "AWAITING REVIEW": (submission.completed_at, self.oddities.auto_approval_days * _DAY_S),
        }
        since, limit_s = limits.get(submission.status, (None, math.inf))
        if since is None or now < since + limit_s:
            return
        if submission.status == "AWAITING REVIEW":
            self._approve(submission)
        else:
            self.set_status(submission, "TIMED-OUT")
