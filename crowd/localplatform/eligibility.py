"""Who may see, preview and accept a HIT: checks its qualification requirements against a worker's qualifications."""

import json
from functools import lru_cache
from typing import Any, Literal

from crowd.localplatform.store import Row, Transaction, assignments, qualifications
from crowd.system_qualifications import ADULT, LOCALE, MASTERS, NUMBER_APPROVED, PERCENT_APPROVED

Action = Literal["Accept", "Preview", "Discover"]

#: Qualifications that the platform grants by itself, with Mechanical Turk's names.
SYSTEM_TYPES = {
    PERCENT_APPROVED: "Worker_PercentAssignmentsApproved",
    NUMBER_APPROVED: "Worker_NumberHITsApproved",
    LOCALE: "Worker_Locale",
    ADULT: "Worker_Adult",
    **dict.fromkeys(sorted(MASTERS), "Masters"),
}

#: Reviewed assignments from which a worker's approval rate counts; with fewer it is 100 %.
RATE_COUNTS_FROM = 100

_GUARDED: dict[str, set[Action]] = {
    "Accept": {"Accept"},
    "PreviewAndAccept": {"Accept", "Preview"},
    "DiscoverPreviewAndAccept": {"Accept", "Preview", "Discover"},
}


def unmet(tx: Transaction, participant: Row, hit: Row, action: Action) -> list[dict[str, Any]]:
    """The HIT's requirements that keep the participant from the action."""
    return [
        requirement
        for requirement in _requirements(hit["requirements"])
        if action in _GUARDED[requirement["ActionsGuarded"]]
        and not _is_met(requirement, _held(tx, participant, requirement))
    ]


@lru_cache
def _requirements(text: str) -> tuple[dict[str, Any], ...]:
    return tuple(json.loads(text))


def _held(tx: Transaction, participant: Row, requirement: dict[str, Any]) -> int | str | None:
    """The participant's value of the qualification (a country for the locale); None without the qualification."""
    type_id, worker_id = requirement["QualificationTypeId"], participant["worker_id"]
    if type_id in (PERCENT_APPROVED, NUMBER_APPROVED):
        approved, rejected = assignments.review_counts(tx, worker_id)
        if type_id == NUMBER_APPROVED:
            return approved
        reviewed = approved + rejected
        return 100 if reviewed < RATE_COUNTS_FROM else 100 * approved // reviewed
    if type_id == LOCALE:
        country: str | None = participant["country"]
        return country
    row = qualifications.find(tx, type_id, worker_id)
    return None if row is None or row["revoked"] is not None else int(row["value"])


def _is_met(requirement: dict[str, Any], held: int | str | None) -> bool:
    comparator = requirement["Comparator"]
    if held is None or comparator in ("Exists", "DoesNotExist"):
        return bool(comparator == ("DoesNotExist" if held is None else "Exists"))
    if isinstance(held, str):
        wanted: list[Any] = [_place(locale) for locale in requirement["LocaleValues"]]
        among = any(held == place or held.startswith(f"{place}-") for place in wanted)
        return among == (comparator in ("EqualTo", "In"))
    wanted = requirement["IntegerValues"]
    outcomes: dict[str, bool] = {
        "LessThan": held < wanted[0],
        "LessThanOrEqualTo": held <= wanted[0],
        "GreaterThan": held > wanted[0],
        "GreaterThanOrEqualTo": held >= wanted[0],
        "EqualTo": held == wanted[0],
        "NotEqualTo": held != wanted[0],
        "In": held in wanted,
        "NotIn": held not in wanted,
    }
    return outcomes[comparator]


def _place(locale: dict[str, str]) -> str:
    return "-".join(part for part in (locale["Country"], locale.get("Subdivision")) if part)
