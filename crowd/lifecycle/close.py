"""The end of a study on its platform: no more answers, then no more HITs; what was collected stays."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from crowd.ledger.calls import Call, Progress, Tally, carry_out
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.collect import fetch
from crowd.lifecycle.hits import hit_ids
from crowd.lifecycle.lock import deciding
from crowd.lifecycle.prepare import load
from crowd.media.places import remembered
from crowd.platforms import Ids, NoSuchHitError, Platform, RequestRefusedError

#: An end beyond this is taken for a mistake.
_LONGEST = timedelta(days=36_500)


def close(study_dir: str | Path, *, progress: Progress | None = None) -> Tally:
    """Close the study to new participants; those who have begun may finish. Unused money returns to the account.

    Args:
        study_dir: a published study; `keep_open` opens it again.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        How many HITs were closed; those that were closed before are not counted under `made`.

    Raises:
        ValueError: nothing was published from there, or the study may be a copy.
        OSError: the platform does not answer.

    Example:
        >>> crowd.close("my-study").made
        1
    """
    with deciding(study_dir) as (platform, ledger):
        return _set_end(platform, ledger, None, progress)


def keep_open(study_dir: str | Path, until: datetime, *, progress: Progress | None = None) -> Tally:
    """Keep all HITs open until that moment, also those that have expired.

    Args:
        study_dir: a published study.
        until: with its time zone.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        How many HITs were changed.

    Raises:
        ValueError: the moment has no time zone, is past or more than 100 years ahead, or is before the end that the
            HITs have now, which platforms do not bring forward; or the videos' links end before.
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
    """Delete the study's HITs from the platform, after all answers were fetched. The study directory keeps its files.

    Args:
        study_dir: a published study.
        confirm: asked with the number of HITs before anything is deleted.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        How many HITs were deleted, and what the platform refused, e.g. because a HIT is still open.

    Raises:
        ValueError: work awaits review, or it was not confirmed.
        OSError: the platform does not answer.

    Example:
        >>> crowd.delete("my-study", confirm=lambda num_hits: True).made
        1
    """
    with deciding(study_dir) as (platform, ledger):
        fetch(platform, ledger, thorough=True)
        waiting = sum(number for (_, _, status), number in ledger.work().items() if status == "Submitted")
        if waiting:
            raise ValueError(f"{waiting} assignments await review: run approve-answers first")
        calls = [_deletion(platform, hit_id) for hit_id in hit_ids(ledger).values()]
        if not confirm(len(calls)):
            raise ValueError(
                "not confirmed, so nothing was deleted: run the command again and type the number, or say --yes"
            )
        return carry_out(platform, ledger, calls, progress)


def _check_extends(ends: list[datetime], until: datetime) -> None:
    latest = max(ends, default=until).astimezone(UTC)
    if until < latest:
        raise ValueError(
            f"until {until.isoformat()}: the tasks are open until {latest:%Y-%m-%dT%H:%M:%S} already, and an end is "
            "not brought forward: run expire-study when the study is to end"
        )


def _check_links(created: list[datetime], ledger: Ledger, until: datetime, duration_s: int) -> None:
    """Refuse to keep HITs open for longer than the links in their pages last, which nothing renews."""
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
    """Keep every HIT open until that moment, or close it where there is none."""
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
    """The number of this change among all changes of the end; a repeated one continues the last."""
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
