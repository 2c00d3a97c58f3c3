"""Checks the qualification requirements of a HIT type."""

from typing import Any

from crowd.localplatform.eligibility import SYSTEM_TYPES
from crowd.localplatform.errors import ApiError, invalid_parameter, request_error
from crowd.localplatform.operations.qualifications import find_type_or_fail
from crowd.localplatform.places import COUNTRIES, US_SUBDIVISIONS
from crowd.localplatform.store import Transaction
from crowd.system_qualifications import LOCALE

_MOST_INTEGERS, _MOST_LOCALES = 15, 30


def check_requirements(tx: Transaction, requirements: list[dict[str, Any]]) -> None:
    """Check a HIT's qualification requirements.

    Raises:
        ApiError: a type is unknown or inactive, a comparator and its values do not match, or a place does not exist.
    """
    for requirement in requirements:
        _check_type(tx, requirement["QualificationTypeId"])
        _check_values(requirement)
        for place in requirement.get("LocaleValues") or []:
            _check_place(place)


def _check_type(tx: Transaction, type_id: str) -> None:
    if type_id in SYSTEM_TYPES:
        return
    if find_type_or_fail(tx, type_id)["QualificationTypeStatus"] != "Active":
        raise request_error(
            "InvalidQualificationTypeState",
            f"QualificationType {type_id} is Inactive. This operation can be called with a status of: Active",
        )


def _check_values(requirement: dict[str, Any]) -> None:
    comparator, locale = requirement["Comparator"], requirement["QualificationTypeId"] == LOCALE
    integers, places = requirement.get("IntegerValues") or [], requirement.get("LocaleValues") or []
    values, unused = (places, integers) if locale else (integers, places)
    most = _MOST_LOCALES if locale else _MOST_INTEGERS
    low, high = {"Exists": (0, 0), "DoesNotExist": (0, 0), "In": (1, most), "NotIn": (1, most)}.get(comparator, (1, 1))
    ordered = comparator.startswith(("LessThan", "GreaterThan"))
    if unused or not low <= len(values) <= high or (ordered and locale):
        raise invalid_parameter("QualificationRequirements", requirement)


def _check_place(place: dict[str, str]) -> None:
    country, subdivision = place["Country"], place.get("Subdivision")
    if country not in COUNTRIES:
        raise _no_such_place("Country", country, "an ISO 3166 country code, as US or JP")
    if subdivision is not None and (country != "US" or subdivision not in US_SUBDIVISIONS):
        raise _no_such_place(
            "Subdivision", subdivision, "the code of a state of the US, as CA; other countries have none"
        )


def _no_such_place(member: str, value: str, wanted: str) -> ApiError:
    return invalid_parameter(f"QualificationRequirements.LocaleValues.{member}, which takes {wanted}", value)
