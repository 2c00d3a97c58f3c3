"""Filters: who in the pool is eligible for a study."""

from collections.abc import Sequence
from typing import Any

from crowd.simulated.prolific.errors import invalid
from crowd.simulated.prolific.records import ProlificParticipant
from crowd.simulated.prolific.state import SimulatedProlific

#: A count of fewer eligible participants is answered as 0.
_FEWEST_TOLD = 25

#: Filters of the simulated pool; ranges over numbers, and selections among choices.
FILTERS: tuple[dict[str, Any], ...] = (
    {"filter_id": "age", "title": "Age", "type": "range", "data_type": "integer", "min": 18, "max": 100},
    {"filter_id": "approval_rate", "title": "Approval rate", "type": "range", "data_type": "integer"},
    {
        "filter_id": "current-country-of-residence",
        "title": "Country of residence",
        "type": "select",
        "data_type": "ChoiceID",
        "choices": {"0": "United Kingdom", "1": "United States", "2": "Japan"},
    },
    {"filter_id": "previous_studies_allowlist", "title": "Earlier studies", "type": "select", "data_type": "StudyID"},
    {"filter_id": "previous_studies_blocklist", "title": "Earlier studies", "type": "select", "data_type": "StudyID"},
    {
        "filter_id": "participant_group_allowlist",
        "title": "Participant groups",
        "type": "select",
        "data_type": "ParticipantGroupID",
    },
    {
        "filter_id": "participant_group_blocklist",
        "title": "Participant groups",
        "type": "select",
        "data_type": "ParticipantGroupID",
    },
    {
        "filter_id": "custom_allowlist",
        "title": "Allow list",
        "type": "select",
        "data_type": "ParticipantID",
    },
)
_KNOWN = {one["filter_id"]: one for one in FILTERS}


def check(chosen: Any) -> None:
    """Check a list of filters.

    Raises:
        ApiError: one is unknown, or has neither values nor a range.
    """
    for one in chosen if isinstance(chosen, list) else [{}]:
        known = _KNOWN.get(one.get("filter_id")) if isinstance(one, dict) else None
        if known is None:
            raise invalid("filters", f"There is no filter {one!r}.", shape="unwrapped")
        wanted = "selected_range" if known["type"] == "range" else "selected_values"
        if not one.get(wanted):
            raise invalid("filters", f"{known['filter_id']} needs {wanted}.", shape="unwrapped")


def is_eligible(
    prolific: SimulatedProlific, participant: ProlificParticipant, chosen: Sequence[dict[str, Any]]
) -> bool:
    """Whether the participant meets all filters."""
    return all(_meets(prolific, participant, one) for one in chosen)


def _meets(prolific: SimulatedProlific, participant: ProlificParticipant, one: dict[str, Any]) -> bool:
    name, values = str(one["filter_id"]), [str(value) for value in one.get("selected_values") or ()]
    if name.startswith("participant_group_"):
        among = any(group in prolific.groups and participant.id in prolific.groups[group].members for group in values)
    elif name.startswith("previous_studies_"):
        among = any(
            one.study_id in values and one.participant_id == participant.id for one in prolific.submissions.values()
        )
    elif name == "custom_allowlist":
        among = participant.id in values
    elif "selected_range" in one:
        limits, value = one["selected_range"], participant.traits.get(name, 0)
        among = bool(limits.get("lower", value) <= value <= limits.get("upper", value))
    else:
        among = participant.traits.get(name) in values
    return among != name.endswith("_blocklist")


def count(prolific: SimulatedProlific, chosen: Sequence[dict[str, Any]]) -> int:
    """How many in the pool are eligible; 0 stands for fewer than 25."""
    found = sum(is_eligible(prolific, one, chosen) for one in prolific.participants.values())
    return found if found >= _FEWEST_TOLD else 0
