"""Applying a design to a platform: what is missing there is created, and what has grown is extended.

What the platform has already is found and left alone, so that applying a design again changes nothing.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from crowd.design.design import Design, HitDesign
from crowd.design.study import Study
from crowd.design.terms import with_pages
from crowd.hit_annotation import annotation
from crowd.ledger.budget import Consent, settle
from crowd.ledger.calls import AT_ONCE, Call, Finder, Progress, carry_out, plan
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.hits import Existing, hit_ids, published_sizes
from crowd.lifecycle.rounds import due, keep_apart
from crowd.lifecycle.video_folder import check as check_videos
from crowd.localplatform.people import fills_a_place
from crowd.media.places import Media, check_reachable, remember
from crowd.platforms import HitType, Ids, Platform, RequestRefusedError
from crowd.pricing import Cost, Fees, cost_of_hits, dollars, hit_cost
from crowd.task.page import check_pages, html_question, pay_shown, render_page

_PAY = "pay"


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    """What a run of publishing came to."""

    platform: str
    created: int
    """HITs that this run created."""
    found: int
    """HITs of earlier runs that it found on the platform."""
    before: int
    """HITs that the ledger had already."""
    extended: int
    """HITs that it gave more assignments."""
    waiting: int
    """HITs of later rounds, which open when the round before them is full."""
    cost: Cost
    """What this run added to what the study may cost."""
    held_usd: Decimal
    """What the whole study may cost so far."""


def apply_design(
    platform: Platform,
    ledger: Ledger,
    study: Study,
    planned: Design,
    media: Media,
    consent: Consent,
    progress: Progress | None = None,
    upload_progress: Progress | None = None,
) -> Published:
    """Create and extend HITs until the platform has those of the design, as far as their rounds are due.

    Raises:
        ValueError, OSError: as `crowd.lifecycle.publish.publish`.
    """
    check_same_platform(platform, ledger.fact("platform"))
    check_reachable(platform, media)
    held = ledger.held()
    pay = _pay(platform, ledger, study)
    creations = _creations(platform, ledger, study, planned, media, pay)
    extensions = _extensions(platform, ledger, planned)
    cost = _new_cost(ledger, study, [*creations.values(), *extensions], platform.about.fees)
    settle(platform, ledger, cost, consent, budget_usd=study.budget_usd, held=held)
    media.prepare(
        planned.videos,
        needed_s=study.lifetime_s + study.assignment_duration_s,
        origin=platform.link_origin,
        progress=upload_progress,
    )
    ids = hit_ids(ledger)
    if any(hit.key not in ids for hit in planned.hits):
        check_pages(study, planned, media.url, pay=pay)  # before any of them is published
    check_same_platform(platform, ledger.settle_fact("platform", platform.name))
    ledger.set_fact(_PAY, pay)
    plan(ledger, [*creations.values(), *extensions])
    remember(ledger, media)
    planned.save(ledger.path.parent)
    ready, seen = due(platform, planned, ids, fills_a_place(ledger.path.parent))
    if any(hit.key not in ids for hit in ready):
        check_videos(planned, ledger.path.parent)
        pages = with_pages(planned.pages)
        if pages != planned.pages:
            planned = replace(planned, pages=pages)
            planned.save(ledger.path.parent)
    later = [hit for hit in ready if hit.round > 1]
    qualification = keep_apart(platform, ledger, sorted(seen)) if later else None
    types = {
        repeats: _hit_type_id(platform, ledger, study, qualification if repeats else None)
        for repeats in {hit.round > 1 for hit in ready}
    }
    calls = [_with_type(creations[hit.key], types[hit.round > 1]) for hit in ready]
    made = carry_out(platform, ledger, calls, progress, at_once=AT_ONCE)
    more = carry_out(platform, ledger, extensions, at_once=AT_ONCE)
    return Published(
        platform=platform.name,
        created=made.made,
        found=made.found,
        before=made.before,
        extended=more.made + more.found,
        waiting=len(planned.hits) - len(ready),
        cost=cost,
        held_usd=ledger.held(),
    )


def published_reward(platform: Platform, ledger: Ledger, hit_key: str) -> Decimal:
    """The pay for one assignment of a published HIT, in dollars: as it was published, whatever study.toml says now.

    The ledger knows it by the HIT's type; where it doesn't, the platform does.
    """
    created = ledger.entry(f"create/{hit_key}")
    assert created is not None  # noqa: S101  only published HITs are asked for
    outcome = created.outcome or {}
    for entry in ledger.entries("type/"):
        if entry.outcome and entry.outcome.get("hit_type_id") == outcome.get("hit_type_id"):
            return dollars(entry.details["reward_usd"], "reward_usd")
    return platform.inspect(outcome["hit_id"]).reward_usd


def _pay(platform: Platform, ledger: Ledger, study: Study) -> str:
    """What every page of the study says of pay: what its first ones said."""
    if not hit_ids(ledger):
        return pay_shown(study, platform_pays=platform.about.pays)
    told = ledger.fact(_PAY)  # earlier releases showed the reward everywhere
    return pay_shown(study, platform_pays=True) if told is None else told


def _creations(
    platform: Platform, ledger: Ledger, study: Study, planned: Design, media: Media, pay: str
) -> dict[str, Call]:
    """The call that creates each HIT."""
    existing = Existing(platform, ledger.study_id)
    reward, fees = dollars(study.reward_usd, "reward_usd"), platform.about.fees
    entries = {entry.key: entry for entry in ledger.entries("create/")}

    def creation(hit: HitDesign) -> Call:
        entry = entries.get(f"create/{hit.key}")
        # What may have gone out with a token goes out unchanged with it; growth is an extension.
        sent = entry is not None and entry.state in {"sent", "done"}
        size = int(entry.details["num_assignments"]) if entry and sent else hit.num_assignments
        return Call(
            key=f"create/{hit.key}",
            verb="create",
            arguments={
                "num_assignments": size,
                "lifetime_s": study.lifetime_s,
                "annotation": annotation(ledger.study_id, hit.key),
            },
            bulk=lambda: {"question": html_question(render_page(study, planned, hit, media.url, pay=pay))},
            cost=hit_cost(reward, size, fees=fees),
            with_token=True,
            find=existing.finder(hit.key),
        )

    return {hit.key: creation(hit) for hit in planned.hits}


def _extensions(platform: Platform, ledger: Ledger, planned: Design) -> list[Call]:
    """The calls that give published HITs the assignments that the design has added since, at the pay they have."""
    fees = platform.about.fees
    ids, sizes = hit_ids(ledger), published_sizes(ledger)
    calls = []
    for hit in planned.hits:
        size = sizes.get(hit.key)
        if size is None or hit.key not in ids or size >= hit.num_assignments:
            continue
        reward = published_reward(platform, ledger, hit.key)
        calls.append(
            Call(
                key=f"extend/{hit.key}/{hit.num_assignments}",
                verb="extend",
                arguments={"hit_id": ids[hit.key], "num_additional": hit.num_assignments - size},
                cost=hit_cost(reward, hit.num_assignments, fees=fees) - hit_cost(reward, size, fees=fees),
                with_token=True,
                find=_grown(platform, ids[hit.key], hit.num_assignments),
            )
        )
    return calls


def _grown(platform: Platform, hit_id: str, num_assignments: int) -> Finder:
    """Finds out whether the HIT has that many assignments already."""

    def find(refusal: RequestRefusedError | None) -> Ids | None:
        return {"hit_id": hit_id} if platform.inspect(hit_id).num_assignments >= num_assignments else None

    return find


def _hit_type_id(platform: Platform, ledger: Ledger, study: Study, qualification: str | None) -> str:
    """The platform's id of the study's HIT type; the same properties have the same id there."""
    wanted = hit_type(study, without_qualification=qualification)
    call = Call(key=_type_key(ledger, wanted), verb="register", arguments=wanted)
    carry_out(platform, ledger, [call])
    entry = ledger.entry(call.key)
    assert entry is not None  # noqa: S101  it was carried out
    assert entry.outcome is not None  # noqa: S101
    return str(entry.outcome["hit_type_id"])


def _type_key(ledger: Ledger, wanted: HitType) -> str:
    """The ledger's key of that HIT type; earlier releases derived it otherwise, so that the type is looked for."""
    known = (entry.key for entry in ledger.entries("type/") if entry.details == wanted)
    fingerprint = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:12]
    return next(known, f"type/{fingerprint}")


def hit_type(study: Study, *, without_qualification: str | None = None) -> HitType:
    """What the study's HITs have in common; workers who hold that qualification neither see nor do them."""
    return {
        "title": study.title,
        "description": study.description,
        "keywords": study.keywords,
        "reward_usd": str(dollars(study.reward_usd, "reward_usd")),
        "assignment_duration_s": study.assignment_duration_s,
        "auto_approval_s": study.auto_approval_s,
        "min_approved_percent": study.min_approved_percent,
        "min_approved_hits": study.min_approved_hits,
        "countries": list(study.countries),
        "without_qualification": without_qualification,
    }


def _with_type(call: Call, hit_type_id: str) -> Call:
    return replace(call, bulk=lambda: {**call.bulk(), "hit_type_id": hit_type_id})


def _new_cost(ledger: Ledger, study: Study, calls: Iterable[Call], fees: Fees) -> Cost:
    """What those calls cost that no earlier run has accounted for."""
    held = {key for key, state in ledger.states().items() if state != "refused"}
    new = [call for call in calls if call.key not in held]
    sizes = [int(call.arguments["num_assignments"]) for call in new if call.verb == "create"]
    cost = cost_of_hits(dollars(study.reward_usd, "reward_usd"), sizes, fees=fees)
    more = [call for call in new if call.verb == "extend"]
    if not more:
        return cost
    count = sum(int(call.arguments["num_additional"]) for call in more)
    line = (
        f"further assignments in {len(more):,} HITs, with fees",
        count,
        sum((call.cost for call in more), Decimal(0)),
    )
    return Cost(lines=(*(cost.lines if sizes else ()), line))


def check_same_platform(platform: Platform, settled: str | None) -> None:
    """See that a study stays on its platform.

    Raises:
        ValueError: it was published on another.
    """
    if settled not in {None, platform.name}:
        raise ValueError(
            f"this study was published on {settled}; for {platform.name} copy its study.toml to a new study directory"
        )
