"""A study's HITs on a platform, recognised by their annotation."""

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any

from crowd.hit_annotation import annotation, key_in
from crowd.ledger.ledger import Ledger
from crowd.platforms import Platform, RequestRefusedError

#: What is kept of a HIT that a platform lists; its question is the longest part by far.
_KEPT = frozenset(
    {
        *("HITId", "HITTypeId", "HITGroupId", "CreationTime", "Expiration", "Reward", "MaxAssignments"),
        *("NumberOfAssignmentsPending", "NumberOfAssignmentsAvailable", "NumberOfAssignmentsCompleted"),
    }
)


def listed(platform: Platform, study_id: str) -> dict[str, dict[str, Any]]:
    """The study's HITs that the platform lists, by key, without questions; of one that was made twice the older."""
    found: dict[str, dict[str, Any]] = {}
    for page in platform.pages("ListHITs", {}):
        for hit in page["HITs"]:
            key = key_in(hit.get("RequesterAnnotation"))
            if key is None or hit["RequesterAnnotation"] != annotation(study_id, key):
                continue
            if key not in found or hit["CreationTime"] < found[key]["CreationTime"]:
                found[key] = {name: value for name, value in hit.items() if name in _KEPT}
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
    return published_sizes(ledger, hit_key).get(hit_key)


def published_sizes(ledger: Ledger, hit_key: str = "") -> dict[str, int]:
    """The same for each HIT that was sent, or for one."""
    sizes = {
        entry.key.removeprefix("create/"): int(entry.details["MaxAssignments"])
        for entry in ledger.entries(f"create/{hit_key}")
        if entry.state in {"sent", "done"}
    }
    for entry in ledger.entries(f"extend/{hit_key}"):
        key = entry.key.split("/")[1]
        if entry.state == "done" and key in sizes:
            sizes[key] += int(entry.details["NumberOfAdditionalAssignments"])
    return sizes


Finder = Callable[[RequestRefusedError | None], Mapping[str, Any] | None]


class Existing:
    """Finds HITs of earlier runs: in the platform's list, or in its refusal to make them again.

    The list is read when a HIT is first looked for: a run that has nothing to create needs none.
    """

    def __init__(self, platform: Platform, study_id: str) -> None:
        self._platform, self._study_id = platform, study_id

    @cached_property
    def _listed(self) -> dict[str, dict[str, Any]]:
        return listed(self._platform, self._study_id)

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
