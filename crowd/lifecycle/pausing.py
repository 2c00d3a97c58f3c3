"""Pauses a study on its platform, and goes on with it: nobody can begin a task in between.

A pause is no end: the report stays interim, so that nobody looks at the results, and no later round is opened.
"""

import json
from datetime import UTC, datetime
from pathlib import Path

from crowd.commandline import to_paste
from crowd.ledger.calls import Progress, Tally
from crowd.lifecycle.close import check_until, set_end
from crowd.lifecycle.ended import PAUSED
from crowd.lifecycle.lock import deciding
from crowd.lifecycle.prepare import load
from crowd.recruiters import describe


def pause_study(study_dir: str | Path, *, progress: Progress | None = None) -> Tally:
    """Let nobody begin a task until the study is resumed; those who have begun may finish.

    Args:
        study_dir: a published study whose participants come by links of their own, or from its platform.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        How many HITs were closed; `made` does not count those closed before.

    Raises:
        ValueError: the study is not published, has ended, or a recruiter that can pause it sends the participants.
        OSError: the platform does not answer.

    Example:
        >>> crowd.pause_study("my-study").made
        1
    """
    study, _ = load(Path(study_dir))
    if describe(study.recruiter).pays:
        pause = to_paste("recruit", "--study", study_dir, "--pause")
        raise ValueError(f"{study_dir}: its people come from {study.recruiter}, which would send them on: `{pause}`")
    with deciding(study_dir) as (platform, ledger):
        if ledger.fact(PAUSED) is None:
            now = datetime.now(UTC)
            until = max((hit.ends_at for hit in platform.find(ledger.study_id).values()), default=now)
            if until <= now:
                raise ValueError(f"{study_dir}: the time of all tasks is over, so there is nothing to pause")
            ledger.set_fact(PAUSED, json.dumps({"at": now.isoformat(), "until": until.isoformat()}))
        return set_end(platform, ledger, None, progress)


def resume_study(study_dir: str | Path, *, progress: Progress | None = None) -> Tally:
    """Open a paused study again; its tasks stay open for as long as they would have without the pause.

    Args:
        study_dir: a study that `pause_study` has paused.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        How many HITs were opened.

    Raises:
        ValueError: the study is not paused, or the videos' links expire before its new end.
        OSError: the platform does not answer.

    Example:
        >>> crowd.resume_study("my-study").made
        1
    """
    with deciding(study_dir) as (platform, ledger):
        paused = ledger.fact(PAUSED)
        if paused is None:
            raise ValueError(f"{study_dir}: is not paused")
        at, until = (datetime.fromisoformat(json.loads(paused)[key]) for key in ("at", "until"))
        later = until + (datetime.now(UTC) - at)
        check_until(Path(study_dir), platform, ledger, later)
        done = set_end(platform, ledger, later, progress)
        if not done.refused:
            ledger.forget_fact(PAUSED)
        return done
