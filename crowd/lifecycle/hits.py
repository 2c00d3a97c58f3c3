"""A study's HITs: which there are, by what the ledger says, and how HITs of earlier runs are found again."""

from functools import cached_property

from crowd.ledger.calls import Finder
from crowd.ledger.ledger import Ledger
from crowd.platforms import AlreadyCreatedError, Ids, Platform, PublishedHit, RequestRefusedError


def hit_ids(ledger: Ledger) -> dict[str, str]:
    """The ids of the study's HITs by key, from the ledger, deleted ones included."""
    return {
        entry.key.removeprefix("create/"): entry.outcome["hit_id"]
        for entry in ledger.entries("create/")
        if entry.state == "done" and entry.outcome
    }


def published_size(ledger: Ledger, hit_key: str) -> int | None:
    """The number of assignments that the HIT was given, or is about to be given; None where it was never sent."""
    return published_sizes(ledger, hit_key).get(hit_key)


def published_sizes(ledger: Ledger, hit_key: str = "") -> dict[str, int]:
    """The same for each HIT that was sent, or for one."""
    sizes = {
        entry.key.removeprefix("create/"): int(entry.details["num_assignments"])
        for entry in ledger.entries(f"create/{hit_key}")
        if entry.state in {"sent", "done"}
    }
    for entry in ledger.entries(f"extend/{hit_key}"):
        key = entry.key.split("/")[1]
        if entry.state == "done" and key in sizes:
            sizes[key] += int(entry.details["num_additional"])
    return sizes


class Existing:
    """Finds HITs of earlier runs: in the platform's list, or in its refusal to make them again.

    The list is read when a HIT is first looked for: a run that has nothing to create needs none.
    """

    def __init__(self, platform: Platform, study_id: str) -> None:
        self._platform, self._study_id = platform, study_id

    @cached_property
    def _listed(self) -> dict[str, PublishedHit]:
        return self._platform.find(self._study_id)

    def finder(self, hit_key: str) -> Finder:
        """Finds the HIT of that key."""

        def find(refusal: RequestRefusedError | None) -> Ids | None:
            if isinstance(refusal, AlreadyCreatedError):
                return {"hit_id": refusal.hit_id}
            hit = self._listed.get(hit_key) if refusal is None else None
            return {"hit_id": hit.hit_id, "hit_type_id": hit.hit_type_id} if hit else None

        return find
