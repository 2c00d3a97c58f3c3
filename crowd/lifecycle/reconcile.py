"""Entering in a ledger what the platform shows and the ledger does not know."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any

from crowd.design.design import Design, HitDesign
from crowd.hit_annotation import annotation, bonus_key
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.hits import listed, published_size
from crowd.platforms import Platform, fees_of
from crowd.pricing import bonus_cost, dollars, hit_cost
from crowd.studydir import StudyDirectory

#: Set in a ledger that came from a backup, until it knows what has happened on the platform since.
RESTORED = "restored_from"


def is_restored(ledger: Ledger) -> bool:
    """Whether the ledger came from a backup and may not know what happened after it."""
    return ledger.fact(RESTORED) is not None


def catch_up(platform: Platform, ledger: Ledger) -> None:
    """Enter what happened on the platform after the backup that the ledger came from, if it came from one.

    The study must be locked, and nothing be decided before: what was paid since counts under the cap.

    Raises:
        ValueError, OSError: as `reconcile`; or `design.json` cannot be read or written.
    """
    if is_restored(ledger):
        root = ledger.path.parent
        _, _, target = reconcile(platform, ledger, Design.load(root))
        target.save(root)
        ledger.forget_fact(RESTORED)


def reconcile(platform: Platform, ledger: Ledger, planned: Design) -> tuple[int, int, Design]:
    """Enter what the platform lists; how many HITs and bonuses were news, and the design grown to what is there.

    Raises:
        ValueError: the platform holds HITs of the study that the design cannot have.
    """
    there = listed(platform, ledger.study_id)
    target = grown_to(planned, {key: int(hit["MaxAssignments"]) for key, hit in there.items()})
    hits = sum(_enter_hit(platform, ledger, key, hit) for key, hit in there.items())
    bonuses = sum(_enter_bonuses(platform, ledger, str(hit["HITId"])) for hit in there.values())
    return hits, bonuses, target


def grown_to(planned: Design, sizes: Mapping[str, int]) -> Design:
    """The design with every HIT that there is, none smaller than it is.

    Args:
        planned: the design.
        sizes: assignments by key of the HIT.

    Raises:
        ValueError: a key belongs to none of its blocks.
    """
    rounds = {block: [planned.hit(key) for key in keys] for block, keys in planned.rounds.items()}
    for key in sorted(sizes, key=lambda key: (len(key), key)):
        block, dash, number = key.rpartition("-r")
        if not (dash and number.isdecimal() and block in rounds):
            name = StudyDirectory.design.name
            raise ValueError(f"{name}: the platform holds HIT {key}, which this design cannot have")
        known = [hit.key for hit in rounds[block]]
        if key not in known:
            rounds[block].append(replace(rounds[block][0], key=key, round=int(number), num_assignments=sizes[key]))
    hits: list[HitDesign] = [
        replace(hit, num_assignments=max(hit.num_assignments, sizes.get(hit.key, 0)))
        for block in rounds.values()
        for hit in sorted(block, key=lambda hit: hit.round)
    ]
    return replace(planned, hits=tuple(hits))


def _enter_hit(platform: Platform, ledger: Ledger, key: str, hit: Mapping[str, Any]) -> bool:
    """Enter a HIT that the ledger has not, or what was added to it; whether there was anything to enter."""
    reward, size = dollars(hit["Reward"], "Reward"), int(hit["MaxAssignments"])
    outcome = {name: str(hit[name]) for name in ("HITId", "HITTypeId", "HITGroupId") if name in hit}
    before, fees = published_size(ledger, key), fees_of(platform.name)
    entry = ledger.entry(f"create/{key}")
    if entry is not None and entry.state == "sent":
        ledger.mark_done(entry.key, outcome)
    if before is not None and before >= size:
        return False
    if before is None:
        details = {
            "MaxAssignments": size,
            "LifetimeInSeconds": round((hit["Expiration"] - hit["CreationTime"]).total_seconds()),
            "RequesterAnnotation": annotation(ledger.study_id, key),
        }
        ledger.record(f"create/{key}", "CreateHITWithHITType", details, hit_cost(reward, size, fees=fees), outcome)
        end = {"HITId": outcome["HITId"], "ExpireAt": hit["Expiration"].isoformat()}
        ledger.record(f"end/0/{outcome['HITId']}", "UpdateExpirationForHIT", end, Decimal(0), {})
        return True
    details = {"HITId": outcome["HITId"], "NumberOfAdditionalAssignments": size - before}
    cost = hit_cost(reward, size, fees=fees) - hit_cost(reward, before, fees=fees)
    ledger.record(f"extend/{key}/{size}", "CreateAdditionalAssignmentsForHIT", details, cost, outcome)
    return True


def _enter_bonuses(platform: Platform, ledger: Ledger, hit_id: str) -> int:
    """Enter the bonuses paid in a HIT; how many the ledger did not have."""
    news = 0
    for page in platform.pages("ListBonusPayments", {"HITId": hit_id}):
        for payment in page["BonusPayments"]:
            key = bonus_key(payment["AssignmentId"], payment["Reason"])
            entry = ledger.entry(key)
            if entry is not None and entry.state == "done":
                continue
            details = {name: payment[name] for name in ("AssignmentId", "WorkerId", "BonusAmount", "Reason")}
            cost = bonus_cost(dollars(payment["BonusAmount"], "BonusAmount"))
            ledger.record(key, "SendBonus", details, cost, {"AssignmentId": payment["AssignmentId"]})
            news += 1
    return news
