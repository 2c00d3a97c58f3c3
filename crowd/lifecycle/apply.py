"""Applies a design to a platform: creates the HITs that are missing there, and extends those that have grown.

HITs that the platform has already are left as they are, so applying a design again changes nothing.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal

from crowd import recruiters
from crowd.design.design import Design, HitDesign
from crowd.design.study import Study
from crowd.design.terms import with_pages
from crowd.hit_annotation import annotation
from crowd.ledger.budget import Consent, settle
from crowd.ledger.calls import AT_ONCE, Call, Finder, Progress, carry_out, plan
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.ended import PAUSED
from crowd.lifecycle.hits import Existing, hit_ids, published_sizes, replaced
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
    """The result of publishing a study."""

    platform: str
    created: int
    """HITs that this run created."""
    found: int
    """HITs of earlier runs that this run found on the platform."""
    before: int
    """HITs that were in the ledger already."""
    extended: int
    """HITs to which this run added assignments."""
    waiting: int
    """HITs of later rounds, which are created when the round before them is full."""
    cost: Cost
    """How much this run added to what the study may cost."""
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
    """Create and extend HITs until the platform has all HITs of the design whose rounds are due.

    Raises:
        ValueError, OSError: as `crowd.lifecycle.publish.publish`.
    """
    check_same_platform(platform, ledger.fact("platform"))
    check_reachable(platform, media)
    held = ledger.held()
    pay = _pay(platform, ledger, study)
    creations = _creations(platform, ledger, study, planned, media, pay)
    extensions = _extensions(platform, ledger, study, planned)
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
    if ledger.fact(PAUSED) is not None:  # what is created now would be open
        ready = [hit for hit in ready if hit.key in ids]
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


def _paid_here(study: Study, reward: Decimal) -> Decimal:
    """What the platform pays of the reward: nothing where the recruiter pays, whose own calls hold the money."""
    return Decimal(0) if recruiters.describe(study.recruiter).pays else reward


def published_reward(platform: Platform, ledger: Ledger, hit_key: str) -> Decimal:
    """The pay for one assignment of a published HIT, in dollars, as published, whatever study.toml says now.

    It is read from the HIT's type in the ledger, or from the platform if the ledger does not have the type.
    """
    created = ledger.entry(f"create/{hit_key}")
    assert created is not None  # noqa: S101  only published HITs are asked for
    outcome = created.outcome or {}
    for entry in ledger.entries("type/"):
        if entry.outcome and entry.outcome.get("hit_type_id") == outcome.get("hit_type_id"):
            return dollars(entry.details["reward_usd"], "reward_usd")
    return platform.inspect(outcome["hit_id"]).reward_usd


def _pay(platform: Platform, ledger: Ledger, study: Study) -> str:
    """The pay shown on every page of the study, which stays as it was on the first pages published."""
    if not hit_ids(ledger):
        return pay_shown(study, platform_pays=platform.about.pays)
    told = ledger.fact(_PAY)  # earlier releases always showed the reward
    return pay_shown(study, platform_pays=True) if told is None else told


def _creations(
    platform: Platform, ledger: Ledger, study: Study, planned: Design, media: Media, pay: str
) -> dict[str, Call]:
    """The calls that create the HITs."""
    existing = Existing(platform, ledger.study_id)
    reward, fees = _paid_here(study, dollars(study.reward_usd, "reward_usd")), platform.about.fees
    entries = {entry.key: entry for entry in ledger.entries("create/")}

    def creation(hit: HitDesign) -> Call:
        entry = entries.get(f"create/{hit.key}")
        # A call that may have been sent is sent unchanged with its token; more assignments are an extension.
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


def _extensions(platform: Platform, ledger: Ledger, study: Study, planned: Design) -> list[Call]:
    """The calls that add to published HITs the assignments that the design has gained, at the HITs' pay."""
    fees = platform.about.fees
    ids, sizes, more = hit_ids(ledger), published_sizes(ledger), replaced(ledger)
    calls = []
    for hit in planned.hits:
        size = sizes.get(hit.key)
        if size is None or hit.key not in ids or size >= hit.num_assignments:
            continue
        reward = _paid_here(study, published_reward(platform, ledger, hit.key))
        calls.append(
            Call(
                key=f"extend/{hit.key}/{hit.num_assignments}",
                verb="extend",
                arguments={"hit_id": ids[hit.key], "num_additional": hit.num_assignments - size},
                cost=hit_cost(reward, hit.num_assignments, fees=fees) - hit_cost(reward, size, fees=fees),
                with_token=True,
                find=grown(platform, ids[hit.key], hit.num_assignments + more[ids[hit.key]]),
            )
        )
    return calls


def grown(platform: Platform, hit_id: str, num_assignments: int) -> Finder:
    """A finder that tells whether the HIT has that many assignments already."""

    def find(refusal: RequestRefusedError | None) -> Ids | None:
        return {"hit_id": hit_id} if platform.inspect(hit_id).num_assignments >= num_assignments else None

    return find


def _hit_type_id(platform: Platform, ledger: Ledger, study: Study, qualification: str | None) -> str:
    """The platform's id of the study's HIT type; the platform gives the same id for the same properties."""
    wanted = hit_type(study, without_qualification=qualification)
    call = Call(key=_type_key(ledger, wanted), verb="register", arguments=wanted)
    carry_out(platform, ledger, [call])
    entry = ledger.entry(call.key)
    assert entry is not None  # noqa: S101  it was carried out
    assert entry.outcome is not None  # noqa: S101
    return str(entry.outcome["hit_type_id"])


def _type_key(ledger: Ledger, wanted: HitType) -> str:
    """The ledger's key of that HIT type, found by its values, since earlier releases derived keys differently."""
    known = (entry.key for entry in ledger.entries("type/") if entry.details == wanted)
    fingerprint = hashlib.sha256(json.dumps(wanted, sort_keys=True).encode()).hexdigest()[:12]
    return next(known, f"type/{fingerprint}")


def hit_type(study: Study, *, without_qualification: str | None = None) -> HitType:
    """The HIT type of the study's HITs; workers who have `without_qualification` cannot see or do them."""
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
    """The cost of the calls that no earlier run has entered in the ledger."""
    held = {key for key, state in ledger.states().items() if state != "refused"}
    new = [call for call in calls if call.key not in held]
    sizes = [int(call.arguments["num_assignments"]) for call in new if call.verb == "create"]
    cost = cost_of_hits(_paid_here(study, dollars(study.reward_usd, "reward_usd")), sizes, fees=fees)
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
    """Check that the study is published on the same platform as before.

    Raises:
        ValueError: it was published on another.
    """
    if settled not in {None, platform.name}:
        raise ValueError(
            f"this study was published on {settled}; for {platform.name} copy its study.toml to a new study directory"
        )
