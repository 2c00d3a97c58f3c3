"""Studies: drafts, publishing, pausing and stopping, and what may change afterwards."""

from datetime import UTC, datetime
from typing import Any

from crowd.simulated.prolific import filters
from crowd.simulated.prolific.drafts import AFTER_PUBLISHING, Body, checked, per_hour
from crowd.simulated.prolific.errors import ProlificError, invalid
from crowd.simulated.prolific.records import PAID, STATUSES, TAKING, ProlificStudy
from crowd.simulated.prolific.state import SimulatedProlific


def timestamp(at: float | None) -> str | None:
    """A time as Prolific writes it: ISO 8601, in UTC."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")


def create(prolific: SimulatedProlific, body: Body) -> dict[str, Any]:
    """Make a draft.

    Raises:
        ProlificError: a field is missing or breaks a rule.
    """
    document = {"project": prolific.project_id, **checked(body, prolific.features)}
    filters.check(document["filters"])
    study = ProlificStudy(id=prolific.new_id(), document=document, created_at=prolific.clock())
    prolific.studies[study.id] = study
    return shown(prolific, study)


def shown(prolific: SimulatedProlific, study: ProlificStudy) -> dict[str, Any]:
    """The study as JSON. A status that passes is shown once."""
    status = study.passing.pop(0) if study.passing else prolific.status(study)
    document = study.document
    return {
        **document,
        "id": study.id,
        "status": status,
        "researcher": {"id": prolific.user_id},
        "date_created": timestamp(study.created_at),
        "published_at": timestamp(study.published_at),
        "publish_at": timestamp(study.publish_at),
        "places_taken": len(prolific.of(study, *TAKING)),
        "number_of_submissions": len(prolific.of(study)),
        "total_participant_pool": len(prolific.participants),
        "eligible_participant_count": filters.count(prolific, document["filters"]),
        "presentment_currency_code": prolific.wallet.currency,
        "average_reward_per_hour": round(per_hour(document)),
        "is_underpaying": per_hour(document) < prolific.prices.min_per_hour,
        "is_ready_to_publish": per_hour(document) >= prolific.prices.min_per_hour,
    }


def summary(prolific: SimulatedProlific, study: ProlificStudy) -> dict[str, Any]:
    """The study as it stands in lists, with fewer fields."""
    names = ("id", "name", "internal_name", "status", "date_created", "published_at", "places_taken", "reward")
    whole = shown(prolific, study)
    return {name: whole[name] for name in (*names, "total_available_places", "number_of_submissions")}


def change(prolific: SimulatedProlific, study: ProlificStudy, body: Body) -> dict[str, Any]:
    """Change a draft, or what may still be changed of a published study.

    Raises:
        ProlificError: the field is fixed by now, places would be taken away, or the balance is too small for new
            ones.
    """
    if study.published_at is None:
        own = {**study.document, **body}
        if "estimated_completion_time" in body and "maximum_allowed_time" not in body:
            del own["maximum_allowed_time"]  # follows from the other
        document = checked(own, prolific.features)
        filters.check(document["filters"])
        study.document = document
        return shown(prolific, study)
    for name in body:
        same_codes = name == "completion_codes" and _without_slots(body) == _without_slots(study.document)
        if name not in AFTER_PUBLISHING and not same_codes:
            raise invalid(name, "Cannot be changed once the study is published.")
    places = body.get("total_available_places", study.places)
    if not isinstance(places, int) or places < study.places:
        raise invalid("total_available_places", "Can only be increased.")
    before, state = study.document, study.state
    study.document = {**before, **body}
    if places > int(before["total_available_places"]) and state == "STOPPED":
        study.state = "ACTIVE"
    try:
        prolific.note(study)
    except ProlificError:
        study.document, study.state = before, state
        raise
    return shown(prolific, study)


def _without_slots(document: Body) -> list[dict[str, Any]]:
    """The completion codes but for the number of participants who may be paid for being screened out."""
    return [
        {**code, "actions": [{**action, "slots": None} for action in code.get("actions") or ()]}
        for code in document["completion_codes"]
    ]


def delete(prolific: SimulatedProlific, study: ProlificStudy) -> None:
    """Delete a draft.

    Raises:
        ProlificError: it was published.
    """
    if study.state != "UNPUBLISHED":
        raise ProlificError(400, "Only drafts can be deleted.")
    del prolific.studies[study.id]


#: The states from which each action leads, and where to.
_MOVES = {
    "PUBLISH": (("UNPUBLISHED", "SCHEDULED"), "ACTIVE"),
    "SCHEDULE_PUBLISH": (("UNPUBLISHED",), "SCHEDULED"),
    "CANCEL_PUBLISH": (("SCHEDULED",), "UNPUBLISHED"),
    "PAUSE": (("ACTIVE",), "PAUSED"),
    "START": (("PAUSED",), "ACTIVE"),
    "STOP": (("ACTIVE", "PAUSED"), "STOPPED"),
}


def transition(prolific: SimulatedProlific, study: ProlificStudy, body: Body) -> dict[str, Any]:
    """Publish, schedule, pause, start or stop a study.

    Publishing locks what all places cost. Stopping releases what nobody inside may still earn; the study is then
    AWAITING REVIEW as long as somebody does, and COMPLETED after that.

    Raises:
        ProlificError: the state does not allow it, the pay is too low, or the balance does not cover it.
    """
    action = str(body.get("action"))
    if action not in _MOVES:
        raise invalid("action", f"{action} is not among {', '.join(_MOVES)}.")
    sources, target = _MOVES[action]
    if study.state not in sources or prolific.status(study) == "COMPLETED":
        raise ProlificError(400, f"{action} is not possible for a study that is {prolific.status(study)}.")
    if target in ("ACTIVE", "SCHEDULED") and study.published_at is None:
        _check_pay(prolific, study)
    if action == "SCHEDULE_PUBLISH":
        study.publish_at = _moment(body.get("publish_at"), prolific.clock())
    before, study.state = study.state, target
    if action == "PUBLISH":
        _publish(prolific, study, before)
    prolific.note(study)
    return shown(prolific, study)


def _check_pay(prolific: SimulatedProlific, study: ProlificStudy) -> None:
    least = prolific.prices.min_per_hour
    if per_hour(study.document) < least:
        raise ProlificError(400, f"The reward is below {least} an hour.")


def _publish(prolific: SimulatedProlific, study: ProlificStudy, before: str) -> None:
    now = prolific.clock()
    lately = [one for one in prolific.studies.values() if (one.published_at or 0) > now - 3600]
    study.published_at, study.publish_at = now, None
    try:
        if len(lately) >= prolific.oddities.most_published_per_hour:
            raise ProlificError(429, "Too many studies were published in a short time.")
        prolific.note(study)
    except ProlificError:
        study.state, study.published_at = before, None
        raise
    study.passing = ["PUBLISHING"] * prolific.oddities.publishing_reads


def _moment(text: Any, now: float) -> float:
    try:
        at = datetime.fromisoformat(str(text)).timestamp()
    except ValueError as error:
        raise invalid("publish_at", "An ISO 8601 time is required.") from error
    if at <= now:
        raise invalid("publish_at", "Must be in the future.")
    return at


def cost(prolific: SimulatedProlific, study: ProlificStudy, *, projected: bool) -> dict[str, Any]:
    """What the study has cost, or will have cost when all places are paid."""
    paid = len(prolific.of(study, *PAID))
    places = prolific.prices.charge(study.reward).times(study.places if projected else paid)
    granted = [amount for one in prolific.of(study) for amount in one.bonuses]
    bonuses = [prolific.prices.charge(amount) for amount in granted]

    def money(amount: int) -> dict[str, Any]:
        return {"amount": amount, "currency": prolific.wallet.currency}

    return {
        "rewards": {"rewards": money(places.amount), "fees": money(places.fees), "tax": money(places.tax)},
        "bonuses": {
            "bonuses": money(sum(one.amount for one in bonuses)),
            "fees": money(sum(one.fees for one in bonuses)),
            "tax": money(sum(one.tax for one in bonuses)),
        },
        "total_cost": money(places.total + sum(one.total for one in bonuses)),
    }


def counts(prolific: SimulatedProlific, study: ProlificStudy) -> dict[str, int]:
    """How many submissions have each status."""
    found = {status: len(prolific.of(study, status)) for status in STATUSES}
    return {**found, "TOTAL": sum(found.values())}
