"""The keys of `[recruit.prolific]` in study.toml."""

import re
from dataclasses import dataclass
from typing import Any

from crowd.recruiters.settings import Settings, setting

DEVICES = ("desktop", "tablet", "mobile")
APPROVALS = {"by hand": "MANUALLY_REVIEW", "at once": "AUTOMATICALLY_APPROVE"}
_ID = re.compile(r"[0-9a-f]{24}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prolific(Settings):
    """How the study is put on Prolific."""

    workspace: str = setting("", "The id of the workspace that pays; empty: the account's only one.")
    project: str = setting("", "The id of the project that holds the study; empty: the workspace's first one.")
    currency: str = setting("USD", "The workspace's currency; the study's amounts are amounts in it.")
    approve: str = setting("by hand", 'When finished work is approved: "by hand" or "at once".')
    devices: tuple[str, ...] = setting((), 'Devices that can take part: "desktop", "tablet", "mobile"; empty: all.')
    labels: tuple[str, ...] = setting(("ai_evaluation",), "Labels of the study at Prolific.")
    longest_minutes: int = setting(0, "Minutes after which a place is lost; 0: the shortest that Prolific allows.")
    signed: bool = setting(
        False, "Whether Prolific signs each arrival, which some workspaces have; others are refused."
    )
    filters: tuple[dict[str, Any], ...] = setting((), "Who may take part, as Prolific's API has it; empty: everyone.")

    def __post_init__(self) -> None:
        """Check every value; messages begin with the key."""
        for name in ("workspace", "project"):
            value = getattr(self, name)
            if value and not _ID.fullmatch(value):
                raise ValueError(f"{name}: must be an id of 24 hexadecimal digits, is {value!r}")
        if not re.fullmatch("[A-Z]{3}", self.currency):
            raise ValueError(f'currency: must be a code of three letters, e.g. "GBP", is {self.currency!r}')
        if self.approve not in APPROVALS:
            raise ValueError(f"approve: must be {' or '.join(map(repr, APPROVALS))}, is {self.approve!r}")
        for device in self.devices:
            if device not in DEVICES:
                raise ValueError(f"devices: must be among {', '.join(DEVICES)}, is {device!r}")
        if not 0 <= self.longest_minutes < 24 * 60:
            raise ValueError(f"longest_minutes: must be from 0 to {24 * 60 - 1}, is {self.longest_minutes}")
        for one in self.filters:
            if not isinstance(one.get("filter_id"), str):
                raise ValueError(f"filters: each needs a filter_id, is {one!r}")
