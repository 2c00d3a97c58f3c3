"""The list of those whose data were erased, `private/erased.json`: keyed hashes of the names that they were known by.

With it their data are erased again where they come back: by restoring an older backup, or from a platform that keeps
them. The hashes are made with the key of the study's pseudonyms, so that only its owner can find somebody on the list,
and only by a name that they know.
"""

import hashlib
import hmac
import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from crowd import fileformat
from crowd.credentials import load_or_create
from crowd.ledger.ledger import Ledger
from crowd.platforms import Submission
from crowd.studydir import StudyDirectory
from crowd.worker_ids import erased_id

#: What a name can be: the worker id, the token of a link, and a recruiter's ids of a person and of a visit.
WORKER, TOKEN, PERSON, SESSION = "worker", "token", "person", "session"
#: What stands for an erased worker.
PLACEHOLDER = "placeholder"
#: A recruiter's id of a visit that was deleted since its time was over; what was sent in the visit is kept.
EXPIRED = "expired"
KINDS = (WORKER, TOKEN, PERSON, SESSION)
#: Shorter names, e.g. "7", are not looked for in texts and files, since they stand everywhere.
SHORTEST = 6


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasures:
    """Whose data were erased."""

    key: str
    """Key of the study's pseudonyms."""
    times: Mapping[str, float]
    """By the hash of each name, until when what its owner sent is erased (Unix time)."""

    @classmethod
    def load(cls, study_dir: Path) -> Self:
        """The study's list; empty if nobody was erased.

        Raises:
            ValueError: the file is damaged, or of a newer release.
        """
        return cls(key=load_or_create(study_dir).pseudonym_key, times=read(StudyDirectory(study_dir).erased))

    def save(self, study_dir: Path) -> None:
        """Write the list."""
        files = StudyDirectory(study_dir)
        files.private.mkdir(mode=0o700, exist_ok=True)
        fileformat.save(files.erased, {"erased": dict(self.times)}, mode=0o600)

    def with_names(self, names: Iterable[tuple[str, str]], until: float) -> Self:
        """The list with these names, each with its kind."""
        return replace(self, times={**self.times, **{self._hash(kind, name): until for kind, name in names}})

    def with_times(self, times: Mapping[str, float]) -> Self:
        """The list with the entries of another one of the same study."""
        return replace(self, times={**times, **self.times})

    def erased_at(self, kind: str, name: str) -> float | None:
        """When the owner of that name was erased; None if they were not."""
        return self.times.get(self._hash(kind, name))

    def has_deleted(self, session_id: str) -> bool:
        """Whether a recruiter's id of a visit was deleted here, with its person's answers or alone."""
        return any(self.erased_at(kind, session_id) is not None for kind in (SESSION, EXPIRED))

    def covers(self, worker_id: str, sent_at: float | None = None) -> bool:
        """Whether the worker was erased, and with them what they sent at that time."""
        until = self.erased_at(WORKER, worker_id) if self.times else None
        return until is not None and (sent_at is None or sent_at <= until)

    def placeholder(self, worker_id: str) -> str:
        """The id that stands for the worker where payments and states remain."""
        return erased_id(worker_id, self._hash("stands for", worker_id))

    def applied_to(self, submission: Submission) -> Submission:
        """The submission, without its worker and answer if these are erased."""
        if not self.covers(submission.worker_id, submission.submitted_at):
            return submission
        return replace(submission, worker_id=self.placeholder(submission.worker_id), answer="")

    def _hash(self, kind: str, name: str) -> str:
        return hmac.new(self.key.encode(), f"erased/{kind}/{name}".encode(), hashlib.sha256).hexdigest()[:32]


def read(path: Path) -> dict[str, float]:
    """The entries of a list; none if there is no file.

    Raises:
        ValueError: it is no such list, or of a newer release.
    """
    try:
        times = fileformat.load(path)["erased"]
        return {str(name): float(until) for name, until in times.items()}
    except FileNotFoundError:
        return {}
    except (json.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path}: is no list of erased participants ({error}); put it back from a backup") from error


def erase_in_ledger(ledger: Ledger, erasures: Erasures, names: Mapping[str, Collection[str]] | None = None) -> None:
    """Erase everybody on the list in the ledger; their assignments, payments and states remain.

    `names` are further names of workers, by worker id, that calls may hold: ids of a recruiter.
    """
    names = names or {}
    for worker in sorted(filter(erasures.covers, ledger.workers() | names.keys())):
        until, placeholder = erasures.erased_at(WORKER, worker) or 0.0, erasures.placeholder(worker)
        ledger.erase_worker(worker, placeholder, until)
        for number, name in enumerate(sorted(names.get(worker, ()))):
            ledger.replace_name(name, f"{placeholder}N{number}", until)
