"""What all HITs of a study have in common on the platform."""

from typing import Any

from crowd.design.study import Study
from crowd.pricing import dollars

PERCENT_APPROVED = "000000000000000000L0"
NUMBER_APPROVED = "00000000000000000040"
LOCALE = "00000000000000000071"


def hit_type(study: Study, *, without_qualification: str | None = None) -> dict[str, Any]:
    """The parameters of `CreateHITType`; workers who hold that qualification neither see nor do such HITs."""
    return {
        "Title": study.title,
        "Description": study.description,
        "Keywords": study.keywords,
        "Reward": str(dollars(study.reward_usd, "reward_usd")),
        "AssignmentDurationInSeconds": study.assignment_duration_s,
        "AutoApprovalDelayInSeconds": study.auto_approval_s,
        "QualificationRequirements": _requirements(study, without_qualification),
    }


def _requirements(study: Study, without_qualification: str | None) -> list[dict[str, Any]]:
    requirements: list[dict[str, Any]] = []
    if study.min_approved_percent:
        requirements.append(_at_least(PERCENT_APPROVED, study.min_approved_percent))
    if study.min_approved_hits:
        requirements.append(_at_least(NUMBER_APPROVED, study.min_approved_hits))
    if study.countries:
        requirements.append(
            {
                "QualificationTypeId": LOCALE,
                "Comparator": "In",
                "LocaleValues": [{"Country": country} for country in study.countries],
                "ActionsGuarded": "Accept",
            }
        )
    if without_qualification:
        requirements.append(
            {
                "QualificationTypeId": without_qualification,
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
