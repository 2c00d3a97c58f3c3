"""The verbs of a recruiter as calls of Prolific's API."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any

from crowd.recruiters.prolific.client import REAL_URL, Client
from crowd.recruiters.prolific.codes import codes_of, declared, known, remember
from crowd.recruiters.prolific.door import QUERY
from crowd.recruiters.prolific.hooks import subscribe
from crowd.recruiters.prolific.settings import APPROVALS, Prolific
from crowd.recruiters.prolific.statuses import plain, state_of
from crowd.recruiters.protocol import (
    Arrival,
    ArrivalState,
    Money,
    Opening,
    OpeningState,
    Outcome,
    RecruiterDescription,
    RecruiterIds,
    RecruiterRefusedError,
)

#: The fewest characters of a message with which Prolific lets work be rejected.
SHORTEST_REASON = 100
CATEGORIES = (
    "TOO_QUICKLY", "TOO_SLOWLY", "FAILED_INSTRUCTIONS", "INCOMP_LONGITUDINAL", "FAILED_CHECK", "LOW_EFFORT",
    "MALINGERING", "NO_CODE", "BAD_CODE", "NO_DATA", "UNSUPP_DEVICE", "OTHER",
)  # fmt: skip
_APPROVED_AT_ONCE = 500
#: Answers for an id that nobody has, or that can be none.
_NO_SUCH = {"400", "404"}
_OPENINGS = {
    "UNPUBLISHED": OpeningState.DRAFT,
    "SCHEDULED": OpeningState.DRAFT,
    "PUBLISHING": OpeningState.OPEN,
    "ACTIVE": OpeningState.OPEN,
    "PAUSED": OpeningState.PAUSED,
    "AWAITING REVIEW": OpeningState.FULL,
    "COMPLETED": OpeningState.CLOSED,
}
_GOING_ON = (OpeningState.OPEN, OpeningState.PAUSED, OpeningState.FULL)


@dataclass(frozen=True, kw_only=True)
class ProlificRecruiter:
    """One study at Prolific; satisfies `crowd.recruiters.Recruiter`, where the verbs are explained."""

    about: RecruiterDescription
    client: Client
    settings: Prolific
    study_dir: Path
    token: str
    """The study's own id, by which its draft is found again (`internal_name`)."""

    @property
    def real_money(self) -> bool:
        """Whether its money is money."""
        return self.client.url == REAL_URL

    # What is there.

    @cached_property
    def workspace(self) -> str:
        """The id of the workspace that pays.

        Raises:
            ValueError: the account has several, and study.toml names none.
        """
        if self.settings.workspace:
            return self.settings.workspace
        found = list(self.client.sliced("workspaces/"))
        if len(found) != 1:
            names = ", ".join(f"{one['id']} ({one.get('title', '')})" for one in found) or "none"
            raise ValueError(f"recruit.prolific.workspace: name the one that pays; the account has {names}")
        return str(found[0]["id"])

    def code_of(self, outcome: Outcome) -> str | None:
        """The code that the study made for it."""
        return codes_of(self.study_dir).get(outcome)

    def balance(self) -> Money:
        """GET workspaces/{id}/balance."""
        told = self.client.get(f"workspaces/{self.workspace}/balance/")
        return Money(amount=_main(told["available_balance"]), currency=str(told["currency_code"]))

    def cost(self, *, num_places: int, reward: str) -> Money:
        """POST study-cost-calculator."""
        told = self.client.post(
            "study-cost-calculator/", {"reward": _units(reward), "total_available_places": num_places}
        )
        return Money(amount=_main(told["total_cost"]), currency=self.settings.currency)

    def fair_hourly_pay(self) -> tuple[Money, Money] | None:
        """GET reward-recommendations: the least and the recommended pay for an hour; None if it says nothing."""
        told = self.client.get("reward-recommendations/", workspace_id=self.workspace, currency=self.settings.currency)
        rows = told.get("results", [told]) if isinstance(told, dict) else told
        for row in rows:
            if row.get("currency") == self.settings.currency:
                least, advised = row["min_reward_per_hour"], row["recommended_reward_per_hour"]
                currency = self.settings.currency
                return Money(amount=_main(least), currency=currency), Money(amount=_main(advised), currency=currency)
        return None

    def num_eligible(self) -> int:
        """POST eligibility-count: how many people fit the filters; 0 means fewer than 25."""
        told = self.client.post("eligibility-count/", {"filters": list(self.settings.filters)})
        return int(told["count"] if isinstance(told, dict) else told)

    def opening(self) -> Opening | None:
        """GET studies: the study's draft or publication, found by its `internal_name`; None before the draft."""
        study = self._study()
        return None if study is None else _opening(study)

    def arrivals(self) -> Iterator[Arrival]:
        """GET submissions, of this study alone."""
        opening = self.opening()
        if opening is None or opening.state is OpeningState.DRAFT:
            return
        for one in self.client.numbered("submissions/", study=opening.opening_id):
            yield _arrival(one)

    def arrival(self, session_id: str) -> Arrival | None:
        """GET submissions/{id}: one visit; None if the service or the study has none of that id."""
        one = self._submission(session_id)
        return None if one is None else _arrival(one)

    def bonuses(self, session_ids: Sequence[str]) -> dict[str, tuple[Decimal, ...]]:
        """GET submissions/{id}: the bonuses paid to each of those visits, in the order of payment."""
        found = {name: self._submission(name) or {} for name in session_ids}
        return {
            name: tuple(_main(_amount(paid)) for paid in one.get("bonus_payments") or ()) for name, one in found.items()
        }

    # What changes something.

    def draft(
        self, *, title: str, description: str, join_url: str, num_places: int, reward: str, minutes: int
    ) -> RecruiterIds:
        """POST studies, unless the draft is there already."""
        study = self._study()
        if study is None:
            settings = self.settings
            body: dict[str, Any] = {
                "name": title,
                "internal_name": self.token,
                "description": description,
                "external_study_url": f"{join_url}?{QUERY}",
                "prolific_id_option": "url_parameters",
                "completion_codes": declared(codes_of(self.study_dir), approve=APPROVALS[settings.approve]),
                "total_available_places": num_places,
                "estimated_completion_time": minutes,
                "reward": _units(reward),
                "filters": list(settings.filters),
                "study_labels": list(settings.labels),
                "project": settings.project or None,
                "device_compatibility": list(settings.devices),
                "maximum_allowed_time": settings.longest_minutes or None,
                "is_external_study_url_secure": settings.signed or None,
            }
            study = self.client.post(
                "studies/", {name: value for name, value in body.items() if value not in (None, [])}
            )
        there = str(study.get("external_study_url") or join_url)
        remember(self.study_dir, study_id=str(study["id"]), url=self.client.url, join_url=there)
        return {"opening_id": str(study["id"])}

    def open(self) -> RecruiterIds:
        """POST studies/{id}/transition: PUBLISH a draft, START a paused study; nothing if it is open."""
        study = self._required()
        action = {OpeningState.DRAFT: "PUBLISH", OpeningState.PAUSED: "START"}.get(_opening(study).state)
        return self._move(study, action)

    def add_places(self, *, num_places: int) -> RecruiterIds:
        """PATCH studies/{id}: set the number of places, which only grows."""
        study = self._required()
        if num_places > int(study["total_available_places"]):
            self.client.patch(f"studies/{study['id']}/", {"total_available_places": num_places})
        return {"opening_id": str(study["id"])}

    def pause(self) -> RecruiterIds:
        """POST studies/{id}/transition: PAUSE."""
        study = self._required()
        return self._move(study, "PAUSE" if _opening(study).state is OpeningState.OPEN else None)

    def close(self) -> RecruiterIds:
        """POST studies/{id}/transition: STOP."""
        study = self._required()
        state = _opening(study).state
        try:
            return self._move(study, "STOP" if state in _GOING_ON else None)
        except RecruiterRefusedError:
            if state is not OpeningState.FULL:  # a study that was stopped before reads like one that is full
                raise
            return {"opening_id": str(study["id"])}

    def discard(self) -> RecruiterIds:
        """DELETE studies/{id}, of a draft."""
        study = self._required()
        self.client.delete(f"studies/{study['id']}/")
        return {"opening_id": str(study["id"])}

    def approve(self, *, session_ids: Sequence[str]) -> RecruiterIds:
        """POST submissions/bulk-approve, of those that wait for it; the service keeps other states as they are."""
        waiting = {one.session_id for one in self.arrivals() if one.state is ArrivalState.WAITING}
        chosen = [name for name in session_ids if name in waiting]
        for start in range(0, len(chosen), _APPROVED_AT_ONCE):
            self.client.post("submissions/bulk-approve/", {"submission_ids": chosen[start : start + _APPROVED_AT_ONCE]})
        return {}

    def check_rejection(self, *, category: str, reason: str) -> None:
        """Prolific asks for one of its categories and for a long reason."""
        if category not in CATEGORIES:
            raise ValueError(f"category: must be among {', '.join(CATEGORIES)}, is {category!r}")
        if len(reason.strip()) < SHORTEST_REASON:
            raise ValueError(
                f"reason: Prolific asks for {SHORTEST_REASON} characters or more, which the person reads; this has "
                f"{len(reason.strip())}"
            )

    def reject(self, *, session_id: str, category: str, reason: str) -> RecruiterIds:
        """POST submissions/{id}/transition: REJECT."""
        self.check_rejection(category=category, reason=reason)
        body = {"action": "REJECT", "message": reason.strip(), "rejection_category": category}
        self.client.post(f"submissions/{session_id}/transition/", body)
        return {"session_id": session_id}

    def ask_to_return(self, *, session_id: str, reason: str) -> RecruiterIds:
        """POST submissions/{id}/request-return."""
        self.client.post(f"submissions/{session_id}/request-return/", {"request_return_reasons": [reason]})
        return {"session_id": session_id}

    def prepare_bonuses(self, *, amounts: Sequence[tuple[str, str]]) -> RecruiterIds:
        """POST submissions/bonus-payments: nothing is paid yet."""
        lines = "\n".join(f"{session_id},{Decimal(amount):.2f}" for session_id, amount in amounts)
        study = self._required()
        told = self.client.post("submissions/bonus-payments/", {"study_id": study["id"], "csv_bonuses": lines})
        return {"bonus_id": str(told["id"]), "total": str(_main(told["total_amount"]))}

    def pay_bonuses(self, *, bonus_id: str) -> RecruiterIds:
        """POST bulk-bonus-payments/{id}/pay, which pays again each time: its outcome is read back, see `bonuses`."""
        self.client.post(f"bulk-bonus-payments/{bonus_id}/pay/", {})
        return {"bonus_id": bonus_id}

    def notify(self, *, hook_url: str) -> RecruiterIds:
        """POST hooks/secrets and hooks/subscriptions, unless they are there."""
        secret = subscribe(self.client, self.workspace, hook_url)
        remember(self.study_dir, hook_secret=secret)
        return {}

    def _move(self, study: dict[str, Any], action: str | None) -> RecruiterIds:
        if action:
            self.client.post(f"studies/{study['id']}/transition/", {"action": action})
        return {"opening_id": str(study["id"])}

    def _study(self) -> dict[str, Any] | None:
        """The study, whole; found by its id where it is known, else by its internal name."""
        study_id = known(self.study_dir).get("study_id")
        if study_id is None:
            own = [one for one in self.client.sliced("studies/") if one.get("internal_name") == self.token]
            study_id = own[0]["id"] if own else None
        if study_id is None:
            return None
        found: dict[str, Any] = self.client.get(f"studies/{study_id}/")
        return found

    def _required(self) -> dict[str, Any]:
        study = self._study()
        if study is None:
            raise ValueError("the study is not at Prolific yet")
        return study

    def _submission(self, session_id: str) -> dict[str, Any] | None:
        try:
            found = self.client.get(f"submissions/{session_id}/")
        except RecruiterRefusedError as error:
            if error.code not in _NO_SUCH:
                raise
            return None
        own = known(self.study_dir).get("study_id")
        return found if found.get("study_id", own) == own else None


def _opening(study: dict[str, Any]) -> Opening:
    return Opening(
        opening_id=str(study["id"]),
        state=_OPENINGS.get(plain(study["status"]), OpeningState.UNKNOWN),
        num_places=int(study["total_available_places"]),
        reward=_main(study["reward"]),
    )


def _arrival(one: dict[str, Any]) -> Arrival:
    """A visit, from an item of a list or from the submission alone, whose fields have other names."""
    return Arrival(
        session_id=str(one["id"]),
        person_id=str(one.get("participant_id") or one["participant"]),
        state=state_of(str(one["status"])),
        code=one.get("study_code") or one.get("entered_code"),
        started_at=_moment(one.get("started_at")),
        completed_at=_moment(one.get("completed_at")),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else None


def _units(amount: str) -> int:
    """An amount in the smallest unit of its currency."""
    units = Decimal(amount) * 100
    if units != units.to_integral_value():
        raise ValueError(f"reward: Prolific takes whole cents or pence, is {amount}")
    return int(units)


def _main(units: int | str) -> Decimal:
    return Decimal(units) / 100


def _amount(paid: Any) -> Any:
    return paid["amount"] if isinstance(paid, dict) else paid
