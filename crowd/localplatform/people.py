"""The participants of a study's platform, people and programs: invites them, lists their links and their work.

These functions work whether or not the server runs. Only the server's clock ends tasks.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crowd.commandline import to_paste
from crowd.credentials import load_or_create
from crowd.localplatform import visits
from crowd.localplatform.clock import wall_clock
from crowd.localplatform.store import (
    Transaction,
    arrivals,
    assignments,
    consents,
    erasing,
    has_store,
    open_store,
    participants,
    pauses,
    progress,
)
from crowd.localplatform.studyfile import StudyFile
from crowd.recruiters import UNPAID, Outcome
from crowd.worker_ids import is_simulated

#: The states of a participant's task, in words for the requester.
STATES = {
    "Invited": "not begun",
    "Accepted": "in progress",
    "Returned": "returned",
    "Abandoned": "ran out of time",
    "Submitted": "finished, waiting for review",
    "Approved": "finished, approved",
    "Rejected": "finished, rejected",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Invited:
    """A participant and their link."""

    number: int | None
    """Their number on the sheet of links; None for programs."""
    worker_id: str
    path: str
    country: str | None
    num_open: int
    """Tasks begun and not finished."""
    num_sent: int
    revoked: bool
    """Whether the link was taken back."""
    recruiter: str | None = None
    """Who sent them; None if they have a link of their own."""
    consent: tuple[int, float] | None = None
    """Which version of the text of consent they agreed to last, and when; None: to none yet."""


_COUNTRY = re.compile("[A-Z]{2}(-[A-Z0-9]{1,3})?")


def invite(study_dir: str | Path, count: int, *, simulated: bool = False, country: str | None = None) -> list[str]:
    """Add participants; return the paths of their links (``/p/…``), to be appended to the server's address.

    The worker ids of simulated participants, and only theirs, begin with ``ASIMULATED``. `country` (``"JP"``, or
    ``"US-CA"`` with a subdivision) is where they are, for HITs that ask for a country.

    Raises:
        ValueError: `count` is below 1, `country` is not a valid code, or there is no such directory.
    """
    if count < 1:
        raise ValueError(f"count is {count}; at least one participant is needed")
    check_country(country)
    with _store(study_dir) as tx:
        return [_path(participants.invite(tx, simulated=simulated, country=country)) for _ in range(count)]


def invite_up_to(study_dir: str | Path, count: int, *, country: str | None = None) -> int:
    """Add people until `count` of them (of that country, if given) have links; return how many were added.

    Raises:
        ValueError: `country` is not a valid code, or there is no such directory.
    """
    check_country(country)
    with _store(study_dir) as tx:
        people = [row for row in participants.people(tx) if row["revoked"] is None and row["recruiter"] is None]
        there = [row for row in people if country is None or row["country"] == country]
        missing = max(0, count - len(there))
        for _ in range(missing):
            participants.invite(tx, simulated=False, country=country)
    return missing


def links(study_dir: str | Path) -> list[str]:
    """The paths of people's links that were not revoked, in the order of invitation; of those sent by nobody."""
    return [link.path for link in everybody(study_dir) if link.number and not link.revoked and not link.recruiter]


def everybody(study_dir: str | Path) -> list[Invited]:
    """All people and programs ever invited, in the order of invitation.

    Raises:
        ValueError: there is no such directory.
    """
    with _store(study_dir) as tx:
        agreed = consents.last(tx)
        return [
            Invited(
                number=row["number"],
                worker_id=row["worker_id"],
                path=_path(row["token"]),
                country=row["country"],
                num_open=row["open"],
                num_sent=row["sent"],
                revoked=row["revoked"] is not None,
                recruiter=row["recruiter"],
                consent=agreed.get(row["worker_id"]),
            )
            for row in participants.everybody(tx)
        ]


def revoke(study_dir: str | Path, name: str) -> Invited:
    """Revoke a participant's link: it then leads to a page that says so, and their unfinished tasks become free.

    What they have submitted is kept, collected and paid as usual.

    Args:
        study_dir: the study.
        name: their number on the sheet, their worker id, or their link.

    Raises:
        ValueError: no participant has that number, worker id or link.
    """
    for link in everybody(study_dir):
        if name.strip() in (str(link.number), link.worker_id) or name.strip().endswith(link.path):
            with _store(study_dir) as tx:
                _settle(tx, study_dir)  # tasks whose time is over are abandoned, not returned
                if not link.revoked:
                    participants.revoke(tx, link.worker_id)
            return link
    raise ValueError(
        f"{name!r}: nobody has this number, worker id or link; "
        f"`{to_paste('invite', '--study', Path(study_dir), '--list')}` shows them"
    )


def invited(study_dir: str | Path) -> tuple[int, int]:
    """How many people and how many programs have links to the study; zeros if it has no local platform."""
    if not has_store(study_dir):
        return 0, 0
    with _store(study_dir) as tx:
        return participants.counts(tx)


def fills_a_place(study_dir: str | Path) -> Callable[[str], bool]:
    """Return a function that says, for a worker's id, whether their work counts towards the answers wanted.

    Everybody's work counts, except that of programs once people are invited, and that of people of whose visit a
    recruiter says that it is not one it pays for.
    """
    people, _ = invited(study_dir)
    left_out = {row["worker_id"] for row in arrived(study_dir) if row["state"] in UNPAID}
    return lambda worker_id: worker_id not in left_out and not (people and is_simulated(worker_id))


def counts(study_dir: str | Path) -> dict[str, Any]:
    """The study's progress, see `crowd.localplatform.store.progress.summary`."""
    with _store(study_dir) as tx:
        return progress.summary(tx)


def activity(study_dir: str | Path) -> progress.Activity:
    """What happens in the study now, see `crowd.localplatform.store.progress.activity`."""
    with _store(study_dir) as tx:
        return progress.activity(tx)


def work_of_all(study_dir: str | Path) -> list[dict[str, Any]]:
    """What each participant has begun and finished, see `crowd.localplatform.store.progress.work`.

    Raises:
        ValueError: the study has no local platform.
    """
    if not has_store(study_dir):
        raise ValueError(
            f"{study_dir}: not published on the local platform, whose tasks alone end with a completion code; "
            f"`{to_paste('study-status', '--study', Path(study_dir))}` shows the rest"
        )
    with _store(study_dir) as tx:
        return progress.work(tx)


def end_visit(study_dir: str | Path, recruiter: str, session_id: str, outcome: Outcome) -> bool:
    """End the visit of somebody whom a recruiter sent, as the recruiter says; their unfinished tasks become free.

    What they have submitted is kept. A visit that has ended stays as it is, and False is returned.

    Raises:
        ValueError: the recruiter sent nobody by that visit.
    """
    with _store(study_dir) as tx:
        visit = arrivals.find(tx, recruiter, session_id)
        if visit is None:
            raise ValueError(f"recruiter {recruiter} sent nobody by visit {session_id!r}")
        _settle(tx, study_dir)  # tasks whose time is over are abandoned, not returned
        return visits.end(tx, visit, outcome)


def note_visits(study_dir: str | Path, recruiter: str, told: Mapping[str, tuple[str, str | None]]) -> None:
    """Store the state and the completion code of each visit, by its session id, as the recruiter's record has them."""
    with _store(study_dir) as tx:
        for session_id, (state, code) in told.items():
            arrivals.note(tx, recruiter, session_id, state, code)


def visits_of_work(study_dir: str | Path, recruiter: str) -> list[dict[str, Any]]:
    """Finished tasks of people whom the recruiter sent, see `crowd.localplatform.store.arrivals.work`."""
    if not has_store(study_dir):
        return []
    with _store(study_dir) as tx:
        return arrivals.work(tx, recruiter)


def arrived(study_dir: str | Path) -> list[dict[str, Any]]:
    """All visits of people whom recruiters sent, see `crowd.localplatform.store.arrivals.every`."""
    if not has_store(study_dir):
        return []
    with _store(study_dir) as tx:
        return arrivals.every(tx)


def came_from(study_dir: str | Path) -> list[dict[str, Any]]:
    """Where people came from, see `crowd.localplatform.store.arrivals.summary`; empty if there is no local platform."""
    if not has_store(study_dir):
        return []
    with _store(study_dir) as tx:
        return arrivals.summary(tx)


def stored_answers(study_dir: str | Path) -> list[tuple[str, str, str]]:
    """Assignment id, worker id and answer of all submitted work; empty if the study has no local platform."""
    if not has_store(study_dir):
        return []
    with _store(study_dir) as tx:
        return assignments.answers(tx)


def consent_texts(study_dir: str | Path) -> list[dict[str, Any]]:
    """What participants have agreed to, see `crowd.localplatform.store.consents.texts`."""
    if not has_store(study_dir):
        return []
    with _store(study_dir) as tx:
        return [dict(row) for row in consents.texts(tx)]


def names(study_dir: str | Path) -> list[dict[str, Any]]:
    """By which names participants are known, see `crowd.localplatform.store.erasing.names`."""
    if not has_store(study_dir):
        return []
    with _store(study_dir) as tx:
        return erasing.names(tx)


def erase(study_dir: str | Path, placeholders: Mapping[str, str]) -> None:
    """Delete what is known of the participants with these worker ids, each with the id that stands for them then."""
    with _store(study_dir) as tx:
        for worker_id, placeholder in placeholders.items():
            visit = arrivals.last(tx, worker_id)
            if visit is not None:
                visits.end(tx, visit, Outcome.RETURNED)
            erasing.erase(tx, worker_id, placeholder)


def over(study_dir: str | Path, time: float) -> set[str]:
    """The worker ids of those whose work was over before that time, see `crowd.localplatform.store.erasing.over`."""
    with _store(study_dir) as tx:
        return {row["worker_id"] for row in erasing.over(tx, time)}


def forget_before(study_dir: str | Path, time: float) -> int:
    """Delete links, recruiters' ids and times of those whose work was over before that time; return how many."""
    with _store(study_dir) as tx:
        workers = [row["worker_id"] for row in erasing.over(tx, time)]
        for worker_id in workers:
            erasing.forget(tx, worker_id)
    return len(workers)


def scrub(study_dir: str | Path) -> None:
    """Rewrite what `erase` and `forget_before` have changed, so that nothing of it is left in the database's files.

    Raises:
        OSError: as `crowd.localplatform.store.Database.scrub`.
    """
    with closing(open_store(study_dir)) as database:
        database.scrub(erasing.TABLES)


def check_country(country: str | None) -> None:
    """Check the code of a country.

    Raises:
        ValueError: it is not a valid code.
    """
    if country is not None and not _COUNTRY.fullmatch(country):
        raise ValueError(f"country {country!r} is no code like JP or US-CA")


def _path(token: str) -> str:
    return f"/p/{token}"


def _settle(tx: Transaction, study_dir: str | Path) -> None:
    """Apply what was due when the study was last served; this computer's clock may have been set since."""
    served = pauses.last_served(tx)
    if served is not None:
        assignments.settle(replace(tx, now=served), grace_s=StudyFile(Path(study_dir)).grace_s)


@contextmanager
def _store(study_dir: str | Path) -> Iterator[Transaction]:
    directory = Path(study_dir)
    if not directory.is_dir():
        raise ValueError(f"{directory}: there is no such study")
    load_or_create(directory)  # before the store, whose presence means that they exist
    database = open_store(directory)
    try:
        with database.transaction(wall_clock()) as tx:
            yield tx
    finally:
        database.close()
