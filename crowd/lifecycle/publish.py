"""Publishes a study: creates its HITs on a platform, each exactly once.

A first publication, a rerun after a crash and the next round work in the same way: the design is applied to the
platform (`crowd.lifecycle.apply`), which may have some of its HITs already.
"""

import logging
from collections.abc import Callable
from pathlib import Path

from crowd import recruiters
from crowd.design.design import Design
from crowd.design.planning import check_contact
from crowd.design.study import Study
from crowd.ledger.budget import Consent, check_real_money
from crowd.ledger.calls import Progress
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.apply import Published, apply_design, check_same_platform
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.lock import deciding, locked
from crowd.lifecycle.place import settle as settle_place
from crowd.lifecycle.prepare import LeftDesign, anything_sent, load, prepare
from crowd.lifecycle.reconcile import RESTORED, is_restored, reconcile
from crowd.lifecycle.rollback import unchanged_on_failure
from crowd.lifecycle.video_folder import same_videos
from crowd.media.places import Media, check_reachable, remembered
from crowd.platforms import DEFAULT, Description, Platform, describe, open_platform
from crowd.studydir import StudyDirectory

_log = logging.getLogger(__name__)


def publish(
    study_dir: str | Path,
    videos_dir: str | Path,
    *,
    platform: str = DEFAULT,
    media: Media | None = None,
    consent: Consent | None = None,
    progress: Progress | None = None,
    upload_progress: Progress | None = None,
    check: Callable[[Study, Design], None] | None = None,
) -> Published:
    """Publish a study of the videos. Running it again creates what is missing and nothing twice.

    A failure before anything was sent leaves no new files.

    Args:
        study_dir: the study directory; `study.toml` is written with defaults if there is none.
        videos_dir: holds the videos and a `metadata.csv` with at least file_name, method and label.
        platform: "local", "mturk-sandbox" or "mturk".
        media: the place that serves the videos, e.g. `S3Media`; by default the one used before, or the platform.
        consent: the most that the study may cost, and who confirms it; by default the study's budget, without asking.
        progress: called after each HIT with the number of finished ones and of all.
        upload_progress: the same for each file that is uploaded.
        check: called with the settings and the design before the first publication; it may refuse with a ValueError.

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
        study, planned = prepare(root, videos_dir, describe(platform).fees)
        _check_recruiter(describe(platform), study)
        with Ledger(root) as ledger, open_platform(platform, root) as where:
            settle_place(root)
            place, consent = media or remembered(ledger), consent or Consent()
            check_same_platform(where, ledger.fact("platform"))
            check_reachable(where, place)
            check_real_money(where, ledger, consent)
            _check_experience(where, ledger, study)
            if not anything_sent(root, "create/") or is_restored(ledger):  # new, or its ledger was lost or is outdated
                left = LeftDesign.of(root)
                _, _, found = reconcile(where, ledger, left.with_plan_of(planned))
                is_published = bool(hit_ids(ledger))
                planned = same_videos(root, found, planned) if is_published else planned
                planned = left.settled(root, study, planned, is_published=is_published)
            if check and not hit_ids(ledger):
                check(study, planned)
            study_file = StudyDirectory(root).study_file
            is_new, is_first = not study_file.exists(), not hit_ids(ledger)
            if is_new:
                study.save(study_file)
            if not anything_sent(root, "create/"):  # an earlier run may have planned other HITs
                ledger.forget_unsent("create/", but={f"create/{hit.key}" for hit in planned.hits})
            done = apply_design(where, ledger, study, planned, place, consent, progress, upload_progress)
            ledger.forget_fact(RESTORED)
            if is_new:
                _log.info("%s: was not there, and is made with the defaults", study_file)
            for text in check_contact(study) * is_first:
                _log.warning("%s", text)
            return done


def open_due_rounds(study_dir: str | Path, *, progress: Progress | None = None) -> Published:
    """Open the rounds of a published study that are due; their money was confirmed at publication.

    Raises:
        ValueError, OSError: the study is not published, or the platform does not answer.
    """
    root = Path(study_dir)
    with deciding(root) as (platform, ledger):
        study, planned = load(root, unchanged=True)
        consent = Consent(real_money=True)
        return apply_design(platform, ledger, study, planned, remembered(ledger), consent, progress)


def _check_recruiter(platform: Description, study: Study) -> None:
    """Refuse what a recruiter that sends people to this study's own server cannot do."""
    if not recruiters.describe(study.recruiter).sends:
        return
    if study.countries:
        raise ValueError(
            f"countries: the server does not know where people are whom {study.recruiter} sends, so none of them could "
            "take a task: choose the countries there, and leave them out of study.toml"
        )
    if not platform.in_study_dir:
        raise ValueError(
            f"recruiter: {study.recruiter} sends people to the local platform, and the study is to be published on "
            f"{platform.name}: leave the recruiter out of study.toml, or publish with --platform local"
        )


def _check_experience(platform: Platform, ledger: Ledger, study: Study) -> None:
    """Refuse to require earlier work on a platform whose participants have none, before anything is published."""
    if study.min_approved_hits and not platform.about.pays and not hit_ids(ledger):
        raise ValueError(
            f"min_approved_hits: is {study.min_approved_hits}, and participants of {platform.name} have no earlier "
            "work, so nobody could take a task; set it to 0 in study.toml"
        )
