"""What is hashed when a study is published: its plan, and what participants see and are paid."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def hash_of_plan(plan: Mapping[str, Any]) -> str:
    """SHA-256 of the plan's JSON with sorted keys and no spaces, as UTF-8."""
    return hashlib.sha256(
        json.dumps(plan, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
    ).hexdigest()


def hash_of_shown(table: Mapping[str, Any]) -> str:
    """SHA-256 of what participants see and are paid, by the contents of `design.json`.

    That is all but what an extension or a move may change: how many take part, and where the videos lie.
    """
    blocks = {hit["block"]: hit["items"] for hit in table["hits"]}
    kept = {name: table.get(name) for name in ("shown", "videos", "files", "options", "seed")}
    return hash_of_plan({**kept, "blocks": blocks})
