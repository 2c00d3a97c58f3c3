"""Participant groups, whose members can be changed while studies that name them run."""

from collections.abc import Iterable
from typing import Any

from crowd.simulated.prolific.drafts import Body
from crowd.simulated.prolific.errors import invalid, not_found
from crowd.simulated.prolific.records import Group
from crowd.simulated.prolific.state import SimulatedProlific
from crowd.simulated.prolific.studies import timestamp


def create(prolific: SimulatedProlific, body: Body) -> dict[str, Any]:
    """Make a group.

    Raises:
        ApiError: it has no name, or no workspace.
    """
    for name in ("workspace_id", "name"):
        if not body.get(name):
            raise invalid(name, "This field is required.")
    group = Group(
        id=prolific.new_id(),
        workspace_id=body["workspace_id"],
        name=body["name"],
        description=body.get("description") or "",
    )
    prolific.groups[group.id] = group
    add(prolific, group, body.get("participant_ids") or ())
    return shown(group)


def find(prolific: SimulatedProlific, group_id: str) -> Group:
    """The group with that id.

    Raises:
        ApiError: there is none.
    """
    if group_id not in prolific.groups:
        raise not_found("participant group", group_id)
    return prolific.groups[group_id]


def shown(group: Group) -> dict[str, Any]:
    """The group as JSON."""
    return {
        "id": group.id,
        "name": group.name,
        "description": group.description,
        "workspace_id": group.workspace_id,
        "participant_count": len(group.members),
        "is_deleted": False,
    }


def add(prolific: SimulatedProlific, group: Group, participant_ids: Iterable[str]) -> dict[str, Any]:
    """Add participants; those who are members already stay as they are."""
    for participant_id in participant_ids:
        group.members.setdefault(participant_id, prolific.clock())
    return members(group)


def remove(group: Group, participant_ids: Iterable[str]) -> dict[str, Any]:
    """Remove participants; those who are no members are ignored."""
    for participant_id in participant_ids:
        group.members.pop(participant_id, None)
    return members(group)


def members(group: Group) -> dict[str, Any]:
    """The group's members as JSON."""
    return {
        "results": [{"participant_id": name, "datetime_created": timestamp(at)} for name, at in group.members.items()]
    }
