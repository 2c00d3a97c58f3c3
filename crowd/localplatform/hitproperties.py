"""A HIT type's properties in the canonical form that is stored, compared and sent back."""

import json
from typing import Any

from crowd.localplatform.fees import format_usd, parse_usd


def canonical(properties: dict[str, Any]) -> dict[str, Any]:
    """The same properties with the reward in dollars and cents and with complete requirements."""
    return properties | {
        "Reward": format_usd(parse_usd(properties["Reward"])),
        "QualificationRequirements": [_complete(one) for one in properties["QualificationRequirements"]],
    }


def as_key(properties: dict[str, Any]) -> str:
    """JSON text that is equal for equal canonical properties."""
    return json.dumps(properties, sort_keys=True, ensure_ascii=False)


def _complete(requirement: dict[str, Any]) -> dict[str, Any]:
    """The requirement with all optional members; the deprecated RequiredToPreview implies ActionsGuarded."""
    given = {name: value for name, value in requirement.items() if value is not None}
    previewed = given.get("RequiredToPreview", False)
    return {"RequiredToPreview": False, "ActionsGuarded": "PreviewAndAccept" if previewed else "Accept"} | given
