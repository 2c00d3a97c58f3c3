"""What a study must declare: the fields that Prolific requires, and the rules between them."""

import math
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from crowd.simulated.prolific.errors import ProlificError, invalid, needs_feature

Body = Mapping[str, Any]

_TEXTS = ("name", "description")
_COUNTS = ("total_available_places", "estimated_completion_time", "reward")
_SOURCES = ("external_study_url", "access_details", "data_collection_method")
DEVICES = ("desktop", "tablet", "mobile")
CODE_TYPES = (
    "COMPLETED",
    "FAILED_ATTENTION_CHECK",
    "FOLLOW_UP_STUDY",
    "GIVE_BONUS",
    "INCOMPATIBLE_DEVICE",
    "NO_CONSENT",
    "OTHER",
    "FIXED_SCREENOUT",
    "SCREENED_IN",
    "SCREENED_OUT",
)
#: What each action of a completion code needs besides its name.
_ACTIONS: dict[str, tuple[str, ...]] = {
    "AUTOMATICALLY_APPROVE": (),
    "MANUALLY_REVIEW": (),
    "ADD_TO_PARTICIPANT_GROUP": ("participant_group",),
    "REMOVE_FROM_PARTICIPANT_GROUP": ("participant_group",),
    "REQUEST_RETURN": ("return_reason",),
    "FIXED_SCREEN_OUT_PAYMENT": ("fixed_screen_out_reward", "slots"),
    "DYNAMIC_PAYMENT": (),
}
_FEATURES = {"FIXED_SCREEN_OUT_PAYMENT": "screen-out", "DYNAMIC_PAYMENT": "partial-payment"}
#: What may be changed once the study is published.
AFTER_PUBLISHING = ("internal_name", "total_available_places", "access_details", "submissions_config")
#: A submission always ends within a day, in minutes.
_LONGEST = 24 * 60 - 1


def checked(body: Body, features: frozenset[str]) -> dict[str, Any]:
    """The study's document with defaults filled in.

    Raises:
        ProlificError: a field is missing or breaks a rule; in the unwrapped shape, as studies are refused.
    """
    problems = dict(_problems(body))
    if problems:
        raise ProlificError(400, problems, shape="unwrapped")
    if body.get("is_external_study_url_secure") and "signed-arrivals" not in features:
        raise needs_feature("is_external_study_url_secure")
    for code in body["completion_codes"]:
        _check_code(code, int(body["reward"]), features)
    shortest = shortest_maximum(int(body["estimated_completion_time"]))
    document = {
        "internal_name": body["name"],
        "device_compatibility": list(DEVICES),
        "peripheral_requirements": [],
        "filters": [],
        "submissions_config": {"max_submissions_per_participant": 1, "max_concurrent_submissions": -1},
        "study_type": "SINGLE",
        **body,
    }
    if document.get("maximum_allowed_time") is None:
        document["maximum_allowed_time"] = shortest
    return document


def shortest_maximum(estimated: int) -> int:
    """The shortest time limit for a study of that estimated duration, both in minutes."""
    return min(_LONGEST, math.ceil(2 + 2 * estimated + 2 * math.sqrt(estimated)))


def _problems(body: Body) -> Iterator[tuple[str, list[str]]]:
    for name in _TEXTS:
        if not isinstance(body.get(name), str) or not body[name].strip():
            yield name, ["This field is required."]
    for name in _COUNTS:
        value = body.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            yield name, ["A whole number of at least 1 is required."]
    if sum(bool(body.get(name)) for name in _SOURCES) != 1:
        yield "external_study_url", [f"Exactly one of {', '.join(_SOURCES)} is required."]
    address = body.get("external_study_url")
    if address and (not isinstance(address, str) or urlsplit(address).scheme not in ("http", "https")):
        yield "external_study_url", ["Enter a valid URL."]
    if body.get("prolific_id_option") not in ("question", "url_parameters", "not_required"):
        yield "prolific_id_option", ["This field is required."]
    if "eligibility_requirements" in body:
        yield "eligibility_requirements", ["This field was removed; use filters."]
    yield from _problems_of_codes(body.get("completion_codes"))
    yield from _problems_between(body)


def _problems_of_codes(codes: Any) -> Iterator[tuple[str, list[str]]]:
    if not isinstance(codes, list) or not codes or not all(isinstance(code, dict) for code in codes):
        yield "completion_codes", ["At least one completion code is required."]
        return
    names = [code.get("code") for code in codes if code.get("actor", "participant") == "participant"]
    if len(set(names)) < len(names):
        yield "completion_codes", ["Completion codes must differ within a study."]
    if None in names and (len(names) > 1 or any(code.get("actions") for code in codes)):
        yield "completion_codes", ["A code of null must be the only one, without actions."]
    for code in codes:
        actions = [action.get("action") for action in code.get("actions") or ()]
        if not code.get("code_type"):
            yield "completion_codes", ["A completion code needs a code_type."]
        if {"AUTOMATICALLY_APPROVE", "MANUALLY_REVIEW"} <= set(actions):
            yield "completion_codes", ["AUTOMATICALLY_APPROVE and MANUALLY_REVIEW exclude each other."]


def _problems_between(body: Body) -> Iterator[tuple[str, list[str]]]:
    estimated, longest = body.get("estimated_completion_time"), body.get("maximum_allowed_time")
    if isinstance(estimated, int) and longest is not None and not shortest_maximum(estimated) <= longest <= _LONGEST:
        yield "maximum_allowed_time", [f"Must be from {shortest_maximum(estimated)} to {_LONGEST} minutes."]
    if set(body.get("device_compatibility") or DEVICES) - set(DEVICES):
        yield "device_compatibility", [f"Must be among {', '.join(DEVICES)}."]
    weighted = any(one.get("weightings") for one in body.get("filters") or ())
    if weighted and body.get("study_type") != "QUOTA":
        yield "study_type", ["Weighted filters need the study type QUOTA."]


def _check_code(code: Body, reward: int, features: frozenset[str]) -> None:
    for action in code.get("actions") or ():
        name = action.get("action")
        if name not in _ACTIONS or any(field not in action for field in _ACTIONS[name]):
            raise invalid("completion_codes", f"{name} is no action, or lacks a field.", shape="unwrapped")
        if name in _FEATURES and _FEATURES[name] not in features:
            raise needs_feature(name)
        if name == "FIXED_SCREEN_OUT_PAYMENT" and action["fixed_screen_out_reward"] >= reward:
            raise invalid("fixed_screen_out_reward", "Must be below the reward.", shape="unwrapped")


def per_hour(document: Body) -> float:
    """What the study pays an hour, in sub-currency units."""
    return float(document["reward"]) * 60 / float(document["estimated_completion_time"])
