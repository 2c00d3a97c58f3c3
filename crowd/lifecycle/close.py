"""Closes a study on its platform, opens it again, and deletes its HITs; what was collected is kept."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crowd.ledger.calls import Call, Progress, Tally, carry_out
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.arrivals import left_out
from crowd.lifecycle.collect import fetch
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.lock import deciding
from crowd.lifecycle.prepare import load
from crowd.lifecycle.review import reject_unpaid
from crowd.media.places import remembered
from crowd.platforms import Ids, NoSuchHitError, Platform, RequestRefusedError

#: A later end than this is refused as a mistake.
_LONGEST = timedelta(days=36_500)


def close(study_dir: str | Path, *, progress: Progress | None = None) -> Tally:
    """Close the study to new participants; those who have begun may finish. Unused money returns to the account.

    Args:
        study_dir: a published study; `keep_open` opens it again.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        How many HITs were closed; `made` does not count those closed before.

    Raises:
        ValueError: the study is not published, or may be a copy.
        OSError: the platform does not answer.

    Example:
        >>> crowd.close("my-study").made
        1
    """
    with deciding(study_dir) as (platform, ledger):
        return _set_end(platform, ledger, None, progress)


def keep_open(study_dir: str | Path, until: datetime, *, progress: Progress | None = None) -> Tally:
    """Keep all HITs open until `until`; HITs that have expired are opened again.

    Args:
        study_dir: a published study.
        until: the new end, with a time zone.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        How many HITs were changed.

    Raises:
        ValueError: `until` has no time zone, is past or more than 100 years ahead, or is before the HITs' present end,
            which platforms do not bring forward; or the videos' links expire before it.
        OSError: the platform does not answer.

    Example:
        >>> from datetime import UTC, datetime
        >>> crowd.keep_open("my-study", datetime(2099, 1, 1, tzinfo=UTC)).made
        1
    """
    with deciding(study_dir) as (platform, ledger):
        _check_until(Path(study_dir), platform, ledger, until)
        return _set_end(platform, ledger, until, progress)


def _check_until(study_dir: Path, platform: Platform, ledger: Ledger, until: datetime) -> None:
    now = datetime.now(UTC)
    if until.tzinfo is None or not now < until <= now + _LONGEST:
        raise ValueError(f"until {until.isoformat()}: must be to come, within 100 years (UTC), and with its time zone")
    study, _ = load(study_dir, unchanged=True)
    hits = platform.find(ledger.study_id).values()
    _check_extends([hit.ends_at for hit in hits], until)
    _check_links([hit.created_at for hit in hits], ledger, until, study.assignment_duration_s)


def delete(study_dir: str | Path, *, confirm: Callable[[int], bool], progress: Progress | None = None) -> Tally:
    """Fetch all answers, then delete the study's HITs from the platform. The study directory keeps its files.

    Args:
        study_dir: a published study.
        confirm: called with the number of HITs before anything is deleted; nothing is deleted if it returns false.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        How many HITs were deleted, and what the platform refused, e.g. because a HIT is still open.

    Raises:
        ValueError: work awaits review, or the deletion was not confirmed.
        OSError: the platform does not answer.

    Example:
        >>> crowd.delete("my-study", confirm=lambda num_hits: True).made
        1
    """
    with deciding(study_dir) as (platform, ledger):
        fetch(platform, ledger, thorough=True)
        unpaid = left_out(Path(study_dir), load(Path(study_dir))[0])
        submitted = (work.assignment_id for work in ledger.each_assignment() if work.status == "Submitted")
        waiting = sum(assignment_id not in unpaid for assignment_id in submitted)
        if waiting:
            raise ValueError(f"{waiting} assignments await review: run approve-answers first")
        calls = [_deletion(platform, hit_id) for hit_id in hit_ids(ledger).values()]
        if not confirm(len(calls)):
            raise ValueError(
                "not confirmed, so nothing was deleted: run the command again and type the number, or say --yes"
            )
        reject_unpaid(platform, ledger, unpaid)
        return carry_out(platform, ledger, calls, progress)


def _check_extends(ends: list[datetime], until: datetime) -> None:
    latest = max(ends, default=until).astimezone(UTC)
    if until < latest:
        raise ValueError(
            f"until {until.isoformat()}: the tasks are open until {latest:%Y-%m-%dT%H:%M:%S} already, and an end is "
            "not brought forward: run expire-study when the study is to end"
        )


def _check_links(created: list[datetime], ledger: Ledger, until: datetime, duration_s: int) -> None:
    """Refuse to keep HITs open after the videos' links in their pages expire, since pages cannot be changed."""
    lasting_s = remembered(ledger).links_last_s()
    if lasting_s is None or not created:
        return
    latest = min(created) + timedelta(seconds=lasting_s - duration_s)
    if until > latest:
        raise ValueError(
            f"until {until.isoformat()}: the videos' links are presigned and end before; possible is "
            f"{latest.astimezone(UTC):%Y-%m-%dT%H:%M}, and for longer a new study directory (--links public lasts)"
        )


def _set_end(platform: Platform, ledger: Ledger, end: datetime | None, progress: Progress | None) -> Tally:
    """Keep every HIT open until `end`, or close it if `end` is None."""
    fetch(platform, ledger)
    gone = {entry.key.removeprefix("delete/") for entry in ledger.entries("delete/") if entry.state == "done"}
    verb, until = ("keep_open", {"until": end.isoformat()}) if end else ("close", {})
    change = _change(ledger, until.get("until"))
    calls = [
        Call(key=f"end/{change}/{hit_id}", verb=verb, arguments={"hit_id": hit_id, **until})
        for hit_id in hit_ids(ledger).values()
        if hit_id not in gone
    ]
    return carry_out(platform, ledger, calls, progress)


def _change(ledger: Ledger, until: str | None) -> int:
    """The number of this change of the end; repeating the last change gives its number again."""
    before = ledger.entries("end/")
    if not before:
        return 0
    number = int(before[-1].key.split("/")[1])
    return number if before[-1].details.get("until") == until else number + 1


def _deletion(platform: Platform, hit_id: str) -> Call:
    def find(refusal: RequestRefusedError | None) -> Ids | None:
        if refusal is None:
            return None
        try:
            is_deleted = platform.inspect(hit_id).is_deleted
        except RequestRefusedError as second:
            is_deleted = isinstance(second, NoSuchHitError)
        return {"hit_id": hit_id} if is_deleted else None

    return Call(key=f"delete/{hit_id}", verb="delete", arguments={"hit_id": hit_id}, find=find)
