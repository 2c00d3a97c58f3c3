"""Keeps the state of a simulated Prolific in a file, so that it outlives its process."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from crowd.atomic_write import write_whole
from crowd.simulated.prolific.clock import going_on_from
from crowd.simulated.prolific.records import (
    BonusBatch,
    Delivery,
    Group,
    ProlificParticipant,
    ProlificStudy,
    ProlificSubmission,
    Subscription,
)
from crowd.simulated.prolific.state import SimulatedProlific
from crowd.simulated.prolific.wallet import Balance, Wallet

#: Tables of records by id, with their classes.
_TABLES: dict[str, type] = {
    "studies": ProlificStudy,
    "submissions": ProlificSubmission,
    "batches": BonusBatch,
    "groups": Group,
    "subscriptions": Subscription,
    "deliveries": Delivery,
    "participants": ProlificParticipant,
}
_PENDING = ("pending_approvals", "pending_bonuses")
_VALUES = ("token", "instance", "count", "user_id", "workspace_id", "project_id", "hook_secret", "messages")


def keep(prolific: SimulatedProlific, path: Path) -> None:
    """Take over the state that the file holds, if it is there, and write every change to it.

    Time goes on from the last change: with a clock that runs fast, it is ahead of the computer's.

    Raises:
        OSError: it cannot be read or written.
        ValueError: it holds something else.
    """
    if path.exists():
        try:
            _take_over(prolific, json.loads(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"{path}: is no state of a simulated Prolific ({error!r})") from error
    written = ""

    def write() -> None:
        nonlocal written
        state = _state(prolific)
        text = json.dumps(state)
        if text != written:
            write_whole(path, json.dumps({"time": prolific.clock()} | state, indent=1))
            written = text

    prolific.keep = write


def _state(prolific: SimulatedProlific) -> dict[str, Any]:
    tables = {name: [asdict(row) for row in getattr(prolific, name).values()] for name in _TABLES}
    rest = {"wallet": asdict(prolific.wallet)} | {name: getattr(prolific, name) for name in _PENDING}
    return {name: getattr(prolific, name) for name in _VALUES} | tables | rest


def _take_over(prolific: SimulatedProlific, state: dict[str, Any]) -> None:
    prolific.clock = going_on_from(state["time"], prolific.clock)
    for name in _VALUES:
        setattr(prolific, name, state[name])
    for name, kind in _TABLES.items():
        setattr(prolific, name, {row["id"]: kind(**row) for row in state[name]})
    history = [Balance(**balance) for balance in state["wallet"].pop("history")]
    prolific.wallet = Wallet(**state["wallet"], history=history)
    for name in _PENDING:
        setattr(prolific, name, [tuple(due) for due in state[name]])
    for batch in prolific.batches.values():
        batch.rows = [(submission, amount) for submission, amount in batch.rows]
