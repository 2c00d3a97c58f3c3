"""From a study and its videos to HITs on a platform, each exactly once.

Publishing is declarative: `bring_up` makes the platform hold what `design.json` says, whatever is there already. A
first publication, a rerun after a crash, the next round and an extension are all the same act.
"""

import hashlib
import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from crowd.design.design import Design, HitDesign
from crowd.design.study import Study
from crowd.design.terms import with_pages
from crowd.hit_annotation import annotation
from crowd.ledger.budget import Consent, check_real_money, settle
from crowd.ledger.calls import AT_ONCE, Call, Progress, carry_out, plan
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.hits import Existing, Finder, hit_ids, published_sizes
from crowd.lifecycle.lock import deciding, locked
from crowd.lifecycle.place import settle as settle_place
from crowd.lifecycle.prepare import LeftDesign, anything_sent, load, prepare
from crowd.lifecycle.reconcile import RESTORED, is_restored, reconcile
from crowd.lifecycle.rollback import unchanged_on_failure
from crowd.lifecycle.rounds import due, keep_apart
from crowd.lifecycle.video_folder import check as check_videos
from crowd.lifecycle.video_folder import same_videos
from crowd.localplatform.people import fills_a_place
from crowd.media.places import Media, check_reachable, remember, remembered
from crowd.platforms import Platform, RequestRefusedError, fees_of, open_platform
from crowd.platforms.hittypes import hit_type
from crowd.pricing import Cost, Fees, cost_of_hits, dollars, hit_cost
from crowd.studydir import StudyDirectory
from crowd.task.page import check_pages, html_question, pay_shown, render_page

_PAY = "pay"

_log = logging.getLogger(__name__)


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


def publish(
    study_dir: str | Path,
    videos_dir: str | Path,
    *,
    platform: str = "local",
    media: Media | None = None,
    consent: Consent | None = None,
    progress: Progress | None = None,
    upload_progress: Progress | None = None,
    check: Callable[[Study, Design], None] | None = None,
) -> Published:
    """Publish a study of the videos. Run again, it finishes what is missing and creates nothing twice.

    What fails before anything was sent leaves no new file behind.

    Args:
        study_dir: the study directory; `study.toml` is written with defaults where there is none.
        videos_dir: holds the videos and a `metadata.csv` with at least file_name, method and label.
        platform: "local", "mturk-sandbox" or "mturk".
        media: who serves the videos, e.g. `S3Media`; by default the platform, or what was used before.
        consent: the most that the study may cost, and who confirms it; by default the study's budget, unasked.
        progress: called after each HIT with how many are through, and of how many.
        upload_progress: the same for each file that is uploaded.
        check: called with the settings and the design before anything is published for the first time; may refuse with
            a ValueError.

    Returns:
        Numbers of HITs, and what they cost in dollars.

    Raises:
        ValueError: the study file, the videos or the money are not as they must be, or the platform refuses.
        OSError: a file cannot be read or written, or the platform does not answer.

    Example:
        >>> done = crowd.publish("my-study", "my-videos", consent=crowd.Consent(cap_usd="40"))
        >>> done.created, done.before
        (1, 0)
    """
    root = Path(study_dir)
    with unchanged_on_failure(root, unless=lambda: anything_sent(root)), locked(root):
        study, planned = prepare(root, videos_dir, fees_of(platform))
        with Ledger(root) as ledger, open_platform(platform, root) as where:
            settle_place(root)
            place, consent = media or remembered(ledger), consent or Consent()
            _check_same_platform(where, ledger.fact("platform"))
            check_reachable(where, place)
            check_real_money(where, ledger, consent)
            _check_experience(where, ledger, study)
            if not anything_sent(root, "create/") or is_restored(
                ledger
            ):  # new, or its ledger was lost or is an old one
                left = LeftDesign.of(root)
                _, _, found = reconcile(where, ledger, left.with_plan_of(planned))
                is_published = bool(hit_ids(ledger))
                planned = same_videos(root, found, planned) if is_published else planned
                planned = left.settled(root, study, planned, is_published=is_published)
            if check and not hit_ids(ledger):
                check(study, planned)
            study_file = StudyDirectory(root).study_file
            is_new = not study_file.exists()
            if is_new:
                study.save(study_file)
            if not anything_sent(root, "create/"):  # an earlier run may have meant other HITs
                ledger.forget_unsent("create/", but={f"create/{hit.key}" for hit in planned.hits})
            done = bring_up(where, ledger, study, planned, place, consent, progress, upload_progress)
            ledger.forget_fact(RESTORED)
            if is_new:
                _log.info("%s: was not there, and is made with the defaults", study_file)
            return done


def open_due_rounds(study_dir: str | Path, *, progress: Progress | None = None) -> Published:
    """Open the rounds of a published study that are due by now; their money was settled at publication.

    Raises:
        ValueError, OSError: nothing was published from there, or the platform does not answer.
    """
    root = Path(study_dir)
    with deciding(root) as (platform, ledger):
        study, planned = load(root, unchanged=True)
        consent = Consent(real_money=True)
        return bring_up(platform, ledger, study, planned, remembered(ledger), consent, progress)


def bring_up(
    platform: Platform,
    ledger: Ledger,
    study: Study,
    planned: Design,
    media: Media,
    consent: Consent,
    progress: Progress | None = None,
    upload_progress: Progress | None = None,
) -> Published:
    """Make the platform hold the design's HITs, as far as they are due.

    Raises:
        ValueError, OSError: as `publish`.
    """
    _check_same_platform(platform, ledger.fact("platform"))
    check_reachable(platform, media)
    held = ledger.held()
    pay = _pay(platform, ledger, study)
    creations = _creations(platform, ledger, study, planned, media, pay)
    extensions = _extensions(platform, ledger, planned)
    cost = _new_cost(ledger, study, [*creations.values(), *extensions], fees_of(platform.name))
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
    _check_same_platform(platform, ledger.settle_fact("platform", platform.name))
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
        if entry.outcome and entry.outcome.get("HITTypeId") == outcome.get("HITTypeId"):
            return dollars(entry.details["Reward"], "Reward")
    return dollars(platform.call("GetHIT", {"HITId": outcome["HITId"]})["HIT"]["Reward"], "Reward")


def _pay(platform: Platform, ledger: Ledger, study: Study) -> str:
    """What every page of the study says of pay: what its first ones said."""
    if not hit_ids(ledger):
        return pay_shown(study, platform_pays=platform.pays)
    told = ledger.fact(_PAY)  # earlier releases showed the reward everywhere
    return pay_shown(study, platform_pays=True) if told is None else told


def _creations(
    platform: Platform, ledger: Ledger, study: Study, planned: Design, media: Media, pay: str
) -> dict[str, Call]:
    """The call that creates each HIT."""
    existing = Existing(platform, ledger.study_id)
    reward, fees = dollars(study.reward_usd, "reward_usd"), fees_of(platform.name)
    entries = {entry.key: entry for entry in ledger.entries("create/")}

    def creation(hit: HitDesign) -> Call:
        entry = entries.get(f"create/{hit.key}")
        # What may have gone out with a token goes out unchanged with it; growth is an extension.
        sent = entry is not None and entry.state in {"sent", "done"}
        size = int(entry.details["MaxAssignments"]) if entry and sent else hit.num_assignments
        return Call(
            key=f"create/{hit.key}",
            operation="CreateHITWithHITType",
            parameters={
                "MaxAssignments": size,
                "LifetimeInSeconds": study.lifetime_s,
                "RequesterAnnotation": annotation(ledger.study_id, hit.key),
            },
            bulk=lambda: {"Question": html_question(render_page(study, planned, hit, media.url, pay=pay))},
            cost=hit_cost(reward, size, fees=fees),
            with_token=True,
            find=existing.finder(hit.key),
        )

    return {hit.key: creation(hit) for hit in planned.hits}


def _extensions(platform: Platform, ledger: Ledger, planned: Design) -> list[Call]:
    """The calls that give published HITs the assignments that the design has added since, at the pay they have."""
    fees = fees_of(platform.name)
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
                operation="CreateAdditionalAssignmentsForHIT",
                parameters={"HITId": ids[hit.key], "NumberOfAdditionalAssignments": hit.num_assignments - size},
                cost=hit_cost(reward, hit.num_assignments, fees=fees) - hit_cost(reward, size, fees=fees),
                with_token=True,
                find=_grown(platform, ids[hit.key], hit.num_assignments),
            )
        )
    return calls


def _grown(platform: Platform, hit_id: str, num_assignments: int) -> Finder:
    """Finds out whether the HIT has that many assignments already."""

    def find(refusal: RequestRefusedError | None) -> dict[str, str] | None:
        hit = platform.call("GetHIT", {"HITId": hit_id})["HIT"]
        return {"HITId": hit_id} if hit["MaxAssignments"] >= num_assignments else None

    return find


def _hit_type_id(platform: Platform, ledger: Ledger, study: Study, qualification: str | None) -> str:
    """The platform's id of the study's HIT type; the same properties have the same id there."""
    parameters = hit_type(study, without_qualification=qualification)
    fingerprint = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:12]
    call = Call(key=f"type/{fingerprint}", operation="CreateHITType", parameters=parameters)
    carry_out(platform, ledger, [call])
    entry = ledger.entry(call.key)
    assert entry is not None  # noqa: S101  it was carried out
    assert entry.outcome is not None  # noqa: S101
    return str(entry.outcome["HITTypeId"])


def _with_type(call: Call, hit_type_id: str) -> Call:
    return replace(call, bulk=lambda: {**call.bulk(), "HITTypeId": hit_type_id})


def _new_cost(ledger: Ledger, study: Study, calls: Iterable[Call], fees: Fees) -> Cost:
    """What those calls cost that no earlier run has accounted for."""
    held = {key for key, state in ledger.states().items() if state != "refused"}
    new = [call for call in calls if call.key not in held]
    sizes = [int(call.parameters["MaxAssignments"]) for call in new if "MaxAssignments" in call.parameters]
    cost = cost_of_hits(dollars(study.reward_usd, "reward_usd"), sizes, fees=fees)
    more = [call for call in new if "NumberOfAdditionalAssignments" in call.parameters]
    if not more:
        return cost
    count = sum(int(call.parameters["NumberOfAdditionalAssignments"]) for call in more)
    line = (
        f"further assignments in {len(more):,} HITs, with fees",
        count,
        sum((call.cost for call in more), Decimal(0)),
    )
    return Cost(lines=(*(cost.lines if sizes else ()), line))


def _check_experience(platform: Platform, ledger: Ledger, study: Study) -> None:
    """Refuse to ask for earlier work where participants have none, before anything is published."""
    if study.min_approved_hits and not platform.pays and not hit_ids(ledger):
        raise ValueError(
            f"min_approved_hits: is {study.min_approved_hits}, and participants of {platform.name} have no earlier "
            "work, so nobody could take a task; set it to 0 in study.toml"
        )


def _check_same_platform(platform: Platform, settled: str | None) -> None:
    """A study lives on one platform."""
    if settled not in {None, platform.name}:
        raise ValueError(
            f"this study was published on {settled}; for {platform.name} copy its study.toml to a new study directory"
        )
