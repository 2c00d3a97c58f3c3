"""Erases participants' data on request, and what identifies them when the time for keeping it is over.

An erased participant is first entered in a list (`crowd.lifecycle.erasures`), and everybody on the list is then erased
wherever they still stand. So a run that was killed is completed by the next one.
"""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from crowd.commandline import to_paste
from crowd.credentials import load_or_create
from crowd.design.study import Study
from crowd.ledger.ledger import Ledger
from crowd.lifecycle import handouts
from crowd.lifecycle.backups_made import backups_made
from crowd.lifecycle.collect import pseudonym
from crowd.lifecycle.erasing import Person, carry_out, known_people
from crowd.lifecycle.erasures import (
    EXPIRED,
    KINDS,
    PLACEHOLDER,
    SESSION,
    TOKEN,
    Erasures,
)
from crowd.lifecycle.lock import locked
from crowd.lifecycle.place import settle
from crowd.lifecycle.visit_bonuses import open_payments
from crowd.localplatform import people
from crowd.localplatform.store import has_store
from crowd.studydir import StudyDirectory, existing_study
from crowd.texts import counted, each_of
from crowd.worker_ids import is_erased

#: Larger files, e.g. videos, are not searched for names.
_MOST_BYTES = 64 << 20
_DAY_S = 86_400


@dataclass(frozen=True, kw_only=True, slots=True)
class Erased:
    """What was erased, and where something may be left."""

    people: int
    """Participants whom this call erased."""
    before: tuple[tuple[str, datetime], ...]
    """Names of those who had been erased before, and when."""
    assignments: int
    """Assignments whose answers are erased now, of all participants ever erased."""
    left_in: tuple[Path, ...]
    """Files of the study directory in which an erased name still stands, e.g. reports; to be made again or deleted."""
    backups: tuple[Path, ...]
    """Backups made before that are still where they were written; they hold what was erased until you delete them."""


def erase(study_dir: str | Path, names: str | Sequence[str], *, confirm: Callable[[str], bool]) -> Erased:
    """Erase participants: their answers, ids, link and quiz, in the store, the ledger, the tables and later backups.

    Their assignments, payments and the states of both remain without them. The study may be served meanwhile.

    Args:
        study_dir: the study.
        names: for each participant their number on the sheet, worker id or link, or the recruiter's id of the person
            or of a visit; one can stand alone.
        confirm: called with a sentence on who would be erased; nothing is erased if it returns false.

    Returns:
        How many were erased, who had been before, and where something may be left.

    Raises:
        ValueError: nobody has one of the names, it was not confirmed, or the study may be a copy.
        OSError: a file cannot be written, or is damaged; running this again completes what was begun.

    Example:
        >>> crowd.erase("my-study", ["1"], confirm=lambda sentence: True).people
        1
    """
    root = existing_study(Path(study_dir))
    with locked(root):
        settle(root)
        erasures, known = Erasures.load(root), list(known_people(root))
        found, before = _resolved(root, each_of(names), known, erasures)
        _check_settled(root, found)
        if found and not confirm(_sentence(found)):
            raise ValueError("not confirmed, so nothing was erased: run the command again and type erase")
        if found:
            every = [name for person in found for name in person.names]
            every += [(PLACEHOLDER, erasures.placeholder(person.worker_id)) for person in found]
            erasures = erasures.with_names(every, max(time.time(), _last_sent(root)))
            erasures.save(root)
        assignments = carry_out(root, erasures)
        return Erased(
            people=len(found),
            before=tuple(before.items()),
            assignments=assignments,
            left_in=tuple(_left_in(root, found, load_or_create(root).pseudonym_key)),
            backups=backups_made(root),
        )


def erase_expired(study_dir: str | Path, *, now: float | None = None) -> int:
    """Delete links, recruiters' ids, and times of participants whose work is over for `keep_days` of the study file.

    Answers stay under their pseudonyms. Participants with work in progress or under review stay known.

    Args:
        study_dir: a study on the local platform.
        now: Unix time; by default the present.

    Returns:
        Of how many participants something was deleted.

    Raises:
        ValueError: the study file has no `keep_days`, or the study may be a copy.
        OSError: a file cannot be written.

    Example:
        >>> crowd.erase_expired("my-study")
        Traceback (most recent call last):
        ValueError: my-study/study.toml: keep_days in [privacy] is 0, so nothing expires; ...
    """
    root = existing_study(Path(study_dir))
    files = StudyDirectory(root)
    days = Study.load(files.study_file).keep_days
    if not days:
        raise ValueError(f"{files.study_file}: keep_days in [privacy] is 0, so nothing expires; set a number of days")
    with locked(root):
        settle(root)
        if not has_store(root):
            raise ValueError(f"{root}: has no local platform, which alone keeps links and recruiters' ids")
        before = (time.time() if now is None else now) - days * _DAY_S
        _list_sessions(root, people.over(root, before))
        number = people.forget_before(root, before)
        handouts.write_again(root)  # also if there is nothing new, since an earlier run may have been stopped
        people.scrub(root)
    return number


def _list_sessions(root: Path, workers: set[str]) -> None:
    """Enter the ids of these workers' visits in the list, by which the recruiter's visits are no longer strangers'."""
    sessions = [row[SESSION] for row in people.names(root) if row["worker_id"] in workers and row[SESSION]]
    if sessions:
        Erasures.load(root).with_names([(EXPIRED, one) for one in sessions], time.time()).save(root)


def _resolved(
    root: Path, asked: Iterable[str], known: Sequence[Person], erasures: Erasures
) -> tuple[list[Person], dict[str, datetime]]:
    """Who is meant by the names, and when those were erased who are not there anymore.

    Raises:
        ValueError: nobody has, or had, one of the names.
    """
    found: dict[str, Person] = {}
    before: dict[str, datetime] = {}
    for name in map(str.strip, asked):
        persons = [person for person in known if person.is_called(name)]
        if len(persons) > 1:
            raise ValueError(f"{name!r}: is a name of {len(persons)} participants; name their worker ids")
        is_there = persons and not is_erased(persons[0].worker_id)
        until = None if is_there else _erased_at(erasures, name, persons)
        if is_there:
            found[persons[0].worker_id] = persons[0]
        elif until is not None:
            before[name] = datetime.fromtimestamp(until, UTC)
        else:
            raise ValueError(
                f"{name!r}: nobody has this number, worker id, link or recruiter's id; "
                f"`{to_paste('invite', '--study', root, '--list')}` shows the first three"
            )
    return list(found.values()), before


def _check_settled(root: Path, found: Sequence[Person]) -> None:
    """Refuse to erase somebody whom a call without an outcome names, since it could then not be found again."""
    if not StudyDirectory(root).ledger.exists():
        return
    with Ledger(root) as ledger:
        payments = list(open_payments(ledger))
        for person in found:
            names = person.long_names
            open_calls = [key for name in names for key in ledger.open_calls_naming(name)]
            for key in [*open_calls, *(key for key, paid in payments if paid & names)]:
                raise ValueError(
                    f"{person.worker_id}: the call {key} has no outcome yet; run its command again, then erase"
                )


def _erased_at(erasures: Erasures, name: str, persons: Sequence[Person]) -> float | None:
    """When the person was erased who had that name, or whose placeholder has it."""
    if persons:
        return erasures.erased_at(PLACEHOLDER, persons[0].worker_id)
    times = (erasures.erased_at(kind, name.rpartition("/p/")[2] if kind == TOKEN else name) for kind in KINDS)
    return next((time for time in times if time is not None), None)


def _sentence(found: Sequence[Person]) -> str:
    named = ", ".join(
        person.worker_id if person.number is None else f"{person.number} ({person.worker_id})" for person in found
    )
    return (
        f"The answers of {counted(len(found), 'participant')}, {named}, and all that identifies them, will be deleted "
        "for good."
    )


def _last_sent(root: Path) -> float:
    """When the last answers were sent, by the platform's clock; 0 without any."""
    if not StudyDirectory(root).ledger.exists():
        return 0.0
    with Ledger(root) as ledger:
        return max((work.submitted_at for work in ledger.each_assignment()), default=0.0)


def _left_in(root: Path, found: Sequence[Person], pseudonym_key: str) -> Iterator[Path]:
    """The files of the study directory that still hold a name of these people."""
    names = {name for person in found for name in person.long_names}
    names |= {pseudonym(pseudonym_key, person.worker_id) for person in found}
    sought = [name.encode() for name in sorted(names)]
    for path in sorted(root.rglob("*")) if sought else ():
        if path.is_file() and path.stat().st_size <= _MOST_BYTES:
            content = path.read_bytes()
            if any(name in content for name in sought):
                yield path
