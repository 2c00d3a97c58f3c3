"""What identifies people in texts: the study's own ids, and what looks like an address, a number or a time."""

import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from crowd.credentials import exists, load_or_create
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.collect import pseudonym
from crowd.lifecycle.erasing import known_people
from crowd.lifecycle.erasures import SHORTEST
from crowd.localplatform import people
from crowd.localplatform.store.places import has_store
from crowd.studydir import StudyDirectory

#: What may name or lead to a person, each with the pattern that shows it.
PATTERNS = {
    "e-mail address": r"[\w.+%-]+@[\w-]+(?:\.[\w-]+)+",
    "link": r"\b(?:https?://|www\.)[^\s\"'<>]+",
    "account name": r"(?<![\w.@/])@\w{3,}",
    "phone number": r"(?<![\w.,:-])(?:\+\d[\d ()/-]{6,}\d|\(?0\d{1,4}\)?[ /-]\d[\d /-]{4,}\d"
    r"|\(?\d{3}\)?[ -]\d{3}-\d{4})(?![\w.-]*\d)",
    "network address": r"(?<![\w.])(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?:25[0-5]|2[0-4]\d|1?\d?\d)){3}(?![\w.]*\d)"
    r"|(?<![\w:])(?:[0-9a-fA-F]{1,4}:){3,7}(?::?[0-9a-fA-F]{1,4})(?![\w:])",
    "browser": r"\b\w+/\d+(?:\.\d+)+ \(|\b(?:AppleWebKit|Chrome|Firefox|Safari)/\d[\d.]*",
    "time": r"\b\d{4}-\d\d-\d\d[T ](?!00:00)\d\d:\d\d(?::\d\d)?",
    "folder of a user": r"(?:/home/|/Users/|\\Users\\)[^\s/\\\"']+",
}
_WORD = re.compile(r"[\w-]+")
_COMPILED = {kind: re.compile(pattern) for kind, pattern in PATTERNS.items()}


@dataclass(frozen=True, order=True, kw_only=True, slots=True)
class IdentifyingText:
    """Something that may identify a person, where it would be published."""

    where: str
    """The files of the bundle."""
    kind: str
    """One of `PATTERNS`, or what else it is."""
    text: str
    """What was found."""
    number: int
    """How many times."""

    def __str__(self) -> str:
        times = f" ({self.number} times)" if self.number > 1 else ""
        return f"{self.where}: {self.kind} {self.text!r}{times}"


def looks_identifying(text: str) -> str | None:
    """Which of `PATTERNS` the text shows first; None for none."""
    return next((kind for kind, pattern in _COMPILED.items() if pattern.search(text)), None)


def identifying_texts(files: Mapping[str, str]) -> list[IdentifyingText]:
    """What looks identifying in these files, each text once."""
    found: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    for where, text in files.items():
        for kind, pattern in _COMPILED.items():
            for match in pattern.finditer(text):
                found[kind, match.group()][where] += 1
    return [
        IdentifyingText(where=", ".join(places), kind=kind, text=text, number=places.total())
        for (kind, text), places in sorted(found.items())
    ]


@dataclass(frozen=True, slots=True)
class KnownIds:
    """The ids by which a study knows its participants and their work, in lower case, each with what it is."""

    kinds: Mapping[str, str]

    @classmethod
    def of(cls, study_dir: Path) -> "KnownIds":
        """Those in the study's store, ledger and secrets.

        Ids of fewer than six characters are not among them, since they stand everywhere.

        Raises:
            ValueError: a file of the study is damaged.
        """
        return cls({text.lower(): kind for kind, text in _ids(study_dir) if len(text) >= SHORTEST})

    def within(self, texts: Iterable[str]) -> set[str]:
        """Which ids stand in any of the texts, in whatever case."""
        joined = "\0".join(texts).lower()
        words = "\0".join(set(_WORD.findall(joined)))  # in tables far shorter than all of the text
        return {known for known in self.kinds if known in (words if _WORD.fullmatch(known) else joined)}

    def first_in(self, files: Mapping[str, str]) -> tuple[str, str] | None:
        """The first file with one of the ids, and what kind of id it is; None where no file has one."""
        for where, text in files.items():
            for known in self.within([text]):
                return where, self.kinds[known]
        return None


def holds_any(text: str, ids: Collection[str]) -> bool:
    """Whether one of these ids, in lower case, is in the text."""
    lower = text.lower()
    return any(known in lower for known in ids)


def _ids(study_dir: Path) -> Iterator[tuple[str, str]]:
    """Every id with what it is."""
    if not exists(study_dir):
        return
    secrets = load_or_create(study_dir)
    yield from (("key", text) for text in (*_texts(asdict(secrets)), secrets.study_id))
    for person in known_people(study_dir):
        yield "pseudonym", pseudonym(secrets.pseudonym_key, person.worker_id)
        yield from ((f"{kind} id", text) for kind, text in person.names)
    if has_store(study_dir):
        codes = [row["completion_code"] for row in people.work_of_all(study_dir)]
        codes += [row["code"] for row in people.arrived(study_dir)]
        yield from (("completion code", code) for code in codes if code)
        yield from (("assignment id", assignment) for assignment, _, _ in people.stored_answers(study_dir))
    if StudyDirectory(study_dir).ledger.exists():
        with Ledger(study_dir) as ledger:
            for work in ledger.each_assignment():
                yield "assignment id", work.assignment_id
                yield "HIT id", work.hit_id


def _texts(table: Mapping[str, object]) -> list[str]:
    return [value for value in table.values() if isinstance(value, str)]
