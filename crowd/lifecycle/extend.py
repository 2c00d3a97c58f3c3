"""Asks for more answers per video in a published study."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from crowd.design.design import Design, HitDesign
from crowd.ledger.budget import Consent
from crowd.ledger.calls import Progress
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.apply import Published, apply_design
from crowd.lifecycle.hits import hit_ids, published_size
from crowd.lifecycle.lock import deciding
from crowd.lifecycle.prepare import check_plan, load
from crowd.lifecycle.video_folder import check
from crowd.media.places import Media, remembered
from crowd.platforms import Platform
from crowd.pricing import FEES, Fees


def extend(
    study_dir: str | Path,
    answers_per_video: int,
    *,
    media: Media | None = None,
    consent: Consent | None = None,
    progress: Progress | None = None,
) -> Published:
    """Ask for more answers, so that each video gets `answers_per_video` in all. Running it again asks for no more.

    The last round of each block grows up to the limit of one HIT; further answers are asked for in new rounds. On the
    local platform, which has no fee for large HITs, there is no such limit.

    Args:
        study_dir: a published study.
        answers_per_video: how many answers each video is to have in all.
        media: the place that serves the videos; by default the one used before.
        consent: the most that the study may cost, and who confirms it; by default what was given before.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        Numbers of HITs, and what they cost in dollars.

    Raises:
        ValueError: the study asks for more already, its plan was changed, its time is over, or there is not enough
            money.
        OSError: the platform does not answer.

    Example:
        >>> crowd.extend("my-study", 12).extended
        1
    """
    root = Path(study_dir)
    with deciding(root) as (platform, ledger):
        study, planned = load(root, unchanged=True)
        check_plan(root, planned, study)
        check(planned, root)
        target = grown(planned, answers_per_video, most=study.assignments_per_hit, fees=platform.about.fees)
        _check_open(platform, ledger, target)
        return apply_design(
            platform, ledger, study, target, media or remembered(ledger), consent or Consent(), progress
        )


def _check_open(platform: Platform, ledger: Ledger, target: Design) -> None:
    """Refuse to add assignments to HITs that are no longer open.

    Raises:
        ValueError: some HITs have expired or were deleted.
    """
    ids, there, now = hit_ids(ledger), platform.find(ledger.study_id), datetime.now(UTC)
    needed = set()
    for keys in target.rounds.values():
        published = [key for key in keys if key in ids]
        needed |= {key for key in published if (published_size(ledger, key) or 0) < target.hit(key).num_assignments}
        if published and len(published) < len(keys):
            last = there.get(published[-1])
            if last and last.num_available:
                needed.add(published[-1])  # the next round is created when this one is full
    gone = [key for key in needed if key not in there]
    over = [key for key in needed if key in there and there[key].ends_at <= now]
    some = f"of the {len(needed)} HITs that more people are to do"
    if gone:
        raise ValueError(
            f"{ledger.path.parent}: {len(gone)} {some} were deleted from {platform.name}; more answers need a new "
            "study directory"
        )
    if over:
        raise ValueError(
            f"{ledger.path.parent}: the time of {len(over)} {some} is over, so nobody would find the new places; say "
            "how long they are to be open with --until DATE in the same command"
        )


def grown(planned: Design, answers_per_video: int, *, most: int, fees: Fees = FEES) -> Design:
    """The design with `answers_per_video` assignments per block, in rounds of at most `most` assignments.

    If `most` is 0, a round has as many as are possible without the higher fee for large HITs.

    Raises:
        ValueError: a block has more already.
    """
    hits: list[HitDesign] = []
    most = most or fees.most_assignments or answers_per_video
    for keys in planned.rounds.values():
        rounds = [planned.hit(key) for key in keys]
        asked = sum(hit.num_assignments for hit in rounds)
        missing = answers_per_video - asked
        if missing < 0:
            raise ValueError(f"answers {answers_per_video}: {asked} are asked for already; give a larger number")
        last = rounds[-1]
        room = most
        if fees.most_assignments and last.num_assignments < fees.large_hit:
            room = min(most, fees.most_assignments)  # a HIT created below the higher fee cannot grow into it
        more = min(missing, max(0, room - last.num_assignments))
        rounds[-1] = replace(last, num_assignments=last.num_assignments + more)
        missing -= more
        while missing:
            number, size = len(rounds) + 1, min(missing, most)
            rounds.append(replace(last, key=f"{last.block}-r{number}", round=number, num_assignments=size))
            missing -= size
        hits += rounds
    return replace(planned, hits=tuple(hits))
