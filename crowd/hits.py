"""A study's HITs on a platform, recognised by their annotation."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from crowd.annotations import annotation, key_in
from crowd.ledger import Ledger
from crowd.platforms import Platform, RequestRefusedError


def listed(platform: Platform, study_id: str) -> dict[str, dict[str, Any]]:
    """The study's HITs that the platform lists, by key; where one was somehow made twice, the older one."""
    found: dict[str, dict[str, Any]] = {}
    for page in platform.pages("ListHITs", {}):
        for hit in page["HITs"]:
            key = key_in(hit.get("RequesterAnnotation"))
            if key is None or hit["RequesterAnnotation"] != annotation(study_id, key):
                continue
            if key not in found or hit["CreationTime"] < found[key]["CreationTime"]:
                found[key] = hit
    return found


def hit_ids(ledger: Ledger) -> dict[str, str]:
    """The ids of the study's HITs by key, from the ledger, deleted ones included."""
    return {
        entry.key.removeprefix("create/"): entry.outcome["HITId"]
        for entry in ledger.entries("create/")
        if entry.state == "done" and entry.outcome
    }


def published_size(ledger: Ledger, hit_key: str) -> int | None:
    """The number of assignments that the HIT was given, or is about to be given; None where it was never sent."""
    created = ledger.entry(f"create/{hit_key}")
    if created is None or created.state not in {"sent", "done"}:
        return None
    extensions = [entry for entry in ledger.entries(f"extend/{hit_key}/") if entry.state == "done"]
    return int(created.details["MaxAssignments"]) + sum(
        int(entry.details["NumberOfAdditionalAssignments"]) for entry in extensions
    )


Finder = Callable[[RequestRefusedError | None], Mapping[str, Any] | None]


class Existing:
    """Finds HITs of earlier runs: in the platform's list, or in its refusal to make them again."""

    def __init__(self, platform: Platform, study_id: str) -> None:
        self._listed = listed(platform, study_id)

    def finder(self, hit_key: str) -> Finder:
        """Finds the HIT of that key."""

        def find(refusal: RequestRefusedError | None) -> Mapping[str, Any] | None:
            if refusal is None:
                hit = self._listed.get(hit_key)
                return {"HITId": hit["HITId"], "HITTypeId": hit["HITTypeId"]} if hit else None
            return _named_in(refusal)

        return find


def _named_in(refusal: RequestRefusedError) -> Mapping[str, Any] | None:
    """The HIT that the platform names when it has seen a token before."""
    named = re.search(r'"([A-Z0-9]+)"', refusal.message)
    return {"HITId": named[1]} if named and refusal.code in {"HITAlreadyExists", "HitAlreadyExists"} else None
