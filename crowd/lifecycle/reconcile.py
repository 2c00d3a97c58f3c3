"""Brings a ledger up to date: enters what its platform lists and the ledger does not have."""

from collections.abc import Mapping
from dataclasses import asdict, replace
from decimal import Decimal

from crowd.design.design import Design, HitDesign
from crowd.hit_annotation import annotation, bonus_key
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.hits import published_size
from crowd.platforms import Platform, PublishedHit
from crowd.pricing import bonus_cost, hit_cost
from crowd.studydir import StudyDirectory

#: Fact of a ledger restored from a backup, until what has happened on the platform since is entered.
RESTORED = "restored_from"


def is_restored(ledger: Ledger) -> bool:
    """Whether the ledger was restored from a backup and may lack what happened after it."""
    return ledger.fact(RESTORED) is not None


def catch_up(platform: Platform, ledger: Ledger) -> None:
    """If the ledger was restored from a backup, enter what happened on the platform after the backup.

    The study must be locked. Call this before any decision, since what was paid since counts towards the cap.

    Raises:
        ValueError, OSError: as `reconcile`; or `design.json` cannot be read or written.
    """
    if is_restored(ledger):
        root = ledger.path.parent
        _, _, target = reconcile(platform, ledger, Design.load(root))
        target.save(root)
        ledger.forget_fact(RESTORED)


def reconcile(platform: Platform, ledger: Ledger, planned: Design) -> tuple[int, int, Design]:
    """Enter in the ledger what the platform lists.

    Returns:
        How many HITs and how many bonuses the ledger did not have, and the design with the HITs' present sizes.

    Raises:
        ValueError: the platform has HITs of the study that cannot belong to the design.
    """
    there = platform.find(ledger.study_id)
    target = grown_to(planned, {key: hit.num_assignments for key, hit in there.items()})
    hits = sum(_enter_hit(platform, ledger, key, hit) for key, hit in there.items())
    bonuses = sum(_enter_bonuses(platform, ledger, hit.hit_id) for hit in there.values())
    return hits, bonuses, target


def grown_to(planned: Design, sizes: Mapping[str, int]) -> Design:
    """The design with all HITs that exist, each at least as large as on the platform.

    Args:
        planned: the design.
        sizes: the number of assignments of each HIT, by its key.

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


def _enter_hit(platform: Platform, ledger: Ledger, key: str, hit: PublishedHit) -> bool:
    """Enter a HIT that the ledger lacks, or what was added to it; return whether there was anything to enter."""
    size, outcome = hit.num_assignments, {"hit_id": hit.hit_id, "hit_type_id": hit.hit_type_id}
    before, fees = published_size(ledger, key), platform.about.fees
    entry = ledger.entry(f"create/{key}")
    if entry is not None and entry.state == "sent":
        ledger.mark_done(entry.key, outcome)
    if before is not None and before >= size:
        return False
    if before is None:
        details = {
            "num_assignments": size,
            "lifetime_s": round((hit.ends_at - hit.created_at).total_seconds()),
            "annotation": annotation(ledger.study_id, key),
        }
        ledger.record(f"create/{key}", "create", details, hit_cost(hit.reward_usd, size, fees=fees), outcome)
        end = {"hit_id": hit.hit_id, "until": hit.ends_at.isoformat()}
        ledger.record(f"end/0/{hit.hit_id}", "keep_open", end, Decimal(0), {})
        return True
    cost = hit_cost(hit.reward_usd, size, fees=fees) - hit_cost(hit.reward_usd, before, fees=fees)
    growth = {"hit_id": hit.hit_id, "num_additional": size - before}
    ledger.record(f"extend/{key}/{size}", "extend", growth, cost, outcome)
    return True


def _enter_bonuses(platform: Platform, ledger: Ledger, hit_id: str) -> int:
    """Enter the bonuses paid in a HIT; return how many the ledger did not have."""
    news = 0
    for payment in platform.bonuses(hit_id):
        key = bonus_key(payment.assignment_id, payment.reason)
        entry = ledger.entry(key)
        if entry is not None and entry.state == "done":
            continue
        details = asdict(payment) | {"amount_usd": str(payment.amount_usd)}
        cost = bonus_cost(payment.amount_usd, fees=platform.about.fees)
        ledger.record(key, "bonus", details, cost, {"assignment_id": payment.assignment_id})
        news += 1
    return news
