"""A study's HITs: those in the ledger, and those of earlier runs, found on the platform."""

from collections import Counter
from functools import cached_property

from crowd.ledger.calls import Finder
from crowd.ledger.ledger import Ledger
from crowd.platforms import AlreadyCreatedError, Ids, Platform, PublishedHit, RequestRefusedError


def hit_ids(ledger: Ledger) -> dict[str, str]:
    """The ids of the study's HITs by key, from the ledger, including deleted ones."""
    return {
        entry.key.removeprefix("create/"): entry.outcome["hit_id"]
        for entry in ledger.entries("create/")
        if entry.state == "done" and entry.outcome
    }


def published_size(ledger: Ledger, hit_key: str) -> int | None:
    """The HIT's number of assignments, including those about to be added; None if the HIT was never sent."""
    return published_sizes(ledger, hit_key).get(hit_key)


def published_sizes(ledger: Ledger, hit_key: str = "") -> dict[str, int]:
    """The number of assignments, as `published_size`, of each HIT that was sent, or of one, by key."""
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


def replaced(ledger: Ledger) -> Counter[str]:
    """How many assignments of each HIT, by its id, were added in place of work that does not count."""
    entries = (entry for entry in ledger.entries("replace/") if entry.state == "done")
    return Counter(str(entry.details["hit_id"]) for entry in entries)


class Existing:
    """Finds HITs of earlier runs in the platform's list, or in its refusal to create them again.

    The list is read when the first HIT is looked for, since a run that creates nothing does not need it.
    """

    def __init__(self, platform: Platform, study_id: str) -> None:
        self._platform, self._study_id = platform, study_id

    @cached_property
    def _listed(self) -> dict[str, PublishedHit]:
        return self._platform.find(self._study_id)

    def finder(self, hit_key: str) -> Finder:
        """A finder of the HIT with that key."""

        def find(refusal: RequestRefusedError | None) -> Ids | None:
            if isinstance(refusal, AlreadyCreatedError):
                return {"hit_id": refusal.hit_id}
            hit = self._listed.get(hit_key) if refusal is None else None
            return {"hit_id": hit.hit_id, "hit_type_id": hit.hit_type_id} if hit else None

        return find
