"""A HIT type in Mechanical Turk's terms."""

from typing import Any

from crowd.platforms.protocol import HitType
from crowd.system_qualifications import LOCALE, NUMBER_APPROVED, PERCENT_APPROVED


def as_parameters(hit_type: HitType) -> dict[str, Any]:
    """The parameters of `CreateHITType`."""
    return {
        "Title": hit_type["title"],
        "Description": hit_type["description"],
        "Keywords": hit_type["keywords"],
        "Reward": hit_type["reward_usd"],
        "AssignmentDurationInSeconds": hit_type["assignment_duration_s"],
        "AutoApprovalDelayInSeconds": hit_type["auto_approval_s"],
        "QualificationRequirements": _requirements(hit_type),
    }


def _requirements(hit_type: HitType) -> list[dict[str, Any]]:
    requirements: list[dict[str, Any]] = []
    if hit_type["min_approved_percent"]:
        requirements.append(_at_least(PERCENT_APPROVED, hit_type["min_approved_percent"]))
    if hit_type["min_approved_hits"]:
        requirements.append(_at_least(NUMBER_APPROVED, hit_type["min_approved_hits"]))
    if hit_type["countries"]:
        requirements.append(
            {
                "QualificationTypeId": LOCALE,
                "Comparator": "In",
                "LocaleValues": [{"Country": country} for country in hit_type["countries"]],
                "ActionsGuarded": "Accept",
            }
        )
    if hit_type["without_qualification"]:
        requirements.append(
            {
                "QualificationTypeId": hit_type["without_qualification"],
                "Comparator": "DoesNotExist",
                "ActionsGuarded": "DiscoverPreviewAndAccept",
            }
        )
    return requirements


def _at_least(qualification: str, value: int) -> dict[str, Any]:
    return {
        "QualificationTypeId": qualification,
        "Comparator": "GreaterThanOrEqualTo",
        "IntegerValues": [value],
        "ActionsGuarded": "Accept",
    }
