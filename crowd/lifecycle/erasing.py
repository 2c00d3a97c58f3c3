"""Erases those on the list of the erased wherever they still stand, also in a study restored from an older backup."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from crowd import fileformat
from crowd.design.design import Design
from crowd.ledger.ledger import Ledger
from crowd.lifecycle import handouts
from crowd.lifecycle.collect import tabulate
from crowd.lifecycle.erasures import PERSON, SESSION, SHORTEST, TOKEN, WORKER, Erasures, erase_in_ledger, read
from crowd.lifecycle.place import noted_place
from crowd.localplatform import people
from crowd.localplatform.store import has_store
from crowd.platforms import Reach
from crowd.sqlite_file import scrub
from crowd.studydir import StudyDirectory


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who can be erased."""

    worker_id: str
    names: frozenset[tuple[str, str]]
    """All names that they are known by, each with its kind."""
    number: int | None = None

    @property
    def long_names(self) -> set[str]:
        """The names that can be looked for in files."""
        return {name for _, name in self.names if len(name) >= SHORTEST}

    def is_called(self, name: str) -> bool:
        """Whether that is their number, link, or another name of theirs."""
        return name == str(self.number) or any(
            name == own or (kind == TOKEN and name.endswith(f"/p/{own}")) for kind, own in self.names
        )


def carry_out(root: Path, erasures: Erasures) -> int:
    """Erase everybody on the list wherever they still stand; return how many assignments have no answers now."""
    if not erasures.times:
        return 0
    there = {person.worker_id: person for person in known_people(root) if erasures.covers(person.worker_id)}
    number = _erase_in_ledger(root, erasures, there)  # before the store, which knows all names
    _erase_in_store(root, erasures)
    return number


def _erase_in_ledger(root: Path, erasures: Erasures, there: Mapping[str, Person]) -> int:
    files = StudyDirectory(root)
    if not files.ledger.exists():
        return 0
    with Ledger(root) as ledger:
        erase_in_ledger(ledger, erasures, {worker: person.long_names for worker, person in there.items()})
        number = _tabulate_again(root, ledger)
    scrub(files.ledger)
    return number


def _erase_in_store(root: Path, erasures: Erasures) -> None:
    if not has_store(root):
        return
    there = {row["worker_id"] for row in people.names(root)}
    people.erase(root, {one: erasures.placeholder(one) for one in sorted(there) if erasures.covers(one)})
    handouts.write_again(root)
    people.scrub(root)


def _tabulate_again(root: Path, ledger: Ledger) -> int:
    """Write the answers tables again, if they are there; return how many assignments are erased."""
    files = StudyDirectory(root)
    if files.answer_tables():
        funnel = fileformat.load(files.funnel) if files.funnel.exists() else {}
        reach = Reach(**{item.name: funnel.get(item.name) for item in fields(Reach)})
        tabulate(root, ledger, Design.load(root), reach, ledger.work().total())
    return ledger.num_erased()


def known_people(root: Path) -> Iterator[Person]:
    """Everybody who can be named: the participants of the local platform, and those in the ledger."""
    names: dict[str, set[tuple[str, str]]] = defaultdict(set)
    numbers: dict[str, int | None] = {}
    for row in people.names(root):
        worker_id = row["worker_id"]
        numbers[worker_id] = row["number"]
        names[worker_id] |= {(kind, row[kind]) for kind in (TOKEN, PERSON, SESSION) if row[kind] is not None}
    if StudyDirectory(root).ledger.exists():
        with Ledger(root) as ledger:
            for worker_id in ledger.workers():
                names[worker_id] |= set()
    for worker_id, own in names.items():
        yield Person(worker_id=worker_id, names=frozenset(own | {(WORKER, worker_id)}), number=numbers.get(worker_id))


def erase_again(draft: Path, source: Path, further: Path | None) -> None:
    """Erase in a study restored from the archive `source` those who were erased since.

    They are on the list beside the archive, that of the study that was backed up, and `further`.

    Raises:
        ValueError: `further` is no file, or a list is damaged.
        OSError: a file cannot be written.
    """
    if further is not None and not further.is_file():
        raise ValueError(f"{further}: there is no such file; name a copy of {StudyDirectory.erased.name}")
    former = noted_place(draft)
    lists = [source.parent / Path(StudyDirectory.erased.name).name, *([further] if further else [])]
    if former is not None:
        lists.append(StudyDirectory(former.path).erased)
    erasures = before = Erasures.load(draft)
    for path in lists:
        erasures = erasures.with_times(read(path))
    if erasures != before:
        erasures.save(draft)
    carry_out(draft, erasures)
