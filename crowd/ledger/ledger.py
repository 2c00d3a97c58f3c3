"""The write-ahead ledger: each call to the platform is entered before it is sent, and its outcome after it.

There is one SQLite file per study. A call is `planned`, then `sent`, then `done` or `refused`. A killed process leaves
calls that are `planned` or `sent`; the next run finds out whether they took effect (`crowd.ledger.calls`). Every call
that is not refused holds its money, so the sum over the file is the most that the study can have cost, and is limited
by the cap. Plans are on the disk before anything is sent. A power failure can only lose the latest outcomes, which the
next run finds again.
"""

import hashlib
import json
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from crowd.commandline import to_paste
from crowd.credentials import load_or_create
from crowd.ledger.migrations import MIGRATIONS, SCHEMA
from crowd.ledger.submissions import SubmittedWork
from crowd.platforms import DEFAULT
from crowd.pricing import USD, shown
from crowd.sqlite_file import SqliteFile
from crowd.studydir import StudyDirectory, existing_study

#: SQL condition that a key begins with a text, as a range of the index; `_range` gives its values.
_BEGINS = "key >= ? AND key < ?"
_COLUMNS = "key, operation, details, micro_usd, state, outcome, planned_at, sent_at, ended_at"

#: The fact that names the currency of all amounts.
CURRENCY = "currency"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One call in the ledger."""

    key: str
    """Identifies the purpose of the call; the same in every run."""
    operation: str
    """The verb of `crowd.platforms.Platform`."""
    details: dict[str, Any]
    """Its arguments, without the page, the token, and those that depend on other calls."""
    cost: Decimal
    """Dollars it may spend."""
    state: str
    outcome: dict[str, Any] | None
    """The ids of what it created (`crowd.platforms.Ids`); if it was refused, `refused` is the platform's message."""
    planned_at: float
    sent_at: float | None
    ended_at: float | None


class Ledger(SubmittedWork):
    """A study's ledger; use it in a `with` block, which closes it."""

    def __init__(self, study_dir: str | Path, *, clock: Callable[[], float] = time.time, create: bool = True) -> None:
        self.path = StudyDirectory(study_dir).ledger
        self._clock = clock
        if not create:
            _check_published(Path(study_dir), self.path)
        self.study_id = load_or_create(study_dir).study_id
        """Names the study on the platform; it follows from the secrets, so that a lost ledger can be rebuilt."""
        self._db = SqliteFile(self.path, SCHEMA, MIGRATIONS)
        try:
            self._check_study()
        except BaseException:
            self._db.close()
            raise

    def _check_study(self) -> None:
        """Refuse the ledger of another study.

        A ledger of an earlier release does not name its study; the first study to read it becomes its study.
        """
        known = self.fact("study_id") or self.settle_fact("study_id", self.study_id)
        if known != self.study_id:
            raise ValueError(
                f"{self.path}: is of study {known}, and the secrets beside it are of study {self.study_id}; put the "
                "right one back from a backup"
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._db.close()

    # Facts: values for the whole study.

    def fact(self, name: str) -> str | None:
        """The value of the study's fact of that name; None if it is not set."""
        rows = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def set_fact(self, name: str, value: str) -> None:
        """Set or replace a fact."""
        with self._db.writing():
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def forget_fact(self, name: str) -> None:
        """Delete a fact."""
        with self._db.writing():
            self._db.execute("DELETE FROM facts WHERE name = ?", (name,))

    def settle_fact(self, name: str, value: str) -> str:
        """Set a fact if it is not set yet, also by another run; return its value."""
        with self._db.writing():
            self._db.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, value))
        return self.fact(name) or value

    @property
    def platform(self) -> str:
        """The name of the platform that the study was published on."""
        return self.fact("platform") or DEFAULT

    @property
    def currency(self) -> str:
        """The currency of all amounts: dollars, or that of the account at the study's recruiter."""
        return self.fact(CURRENCY) or USD

    # Calls.

    def token(self, key: str) -> str:
        """The call's idempotency token: 64 characters derived from the study and the key, so the same in every run."""
        return hashlib.sha256(f"{self.study_id}/{key}".encode()).hexdigest()

    def plan(self, intents: Iterable[tuple[str, str, Mapping[str, Any], Decimal]]) -> None:
        """Enter those calls (key, operation, details, dollars) that are new or were refused: all of them or none.

        This happens under the database's write lock, so that concurrent runs cannot exceed the cap together. Calls
        that cost nothing more always pass, so that people can be paid and HITs closed after the cap was lowered.

        Raises:
            ValueError: the study could then cost more than its cap.
        """
        now = self._clock()
        with self._db.writing(durable=True):
            before = self.held()
            for key, operation, details, cost in intents:
                self._db.execute(
                    "INSERT INTO calls (key, operation, details, micro_usd, state, planned_at) "
                    "VALUES (?, ?, ?, ?, 'planned', ?) ON CONFLICT (key) DO UPDATE SET "
                    "details = excluded.details, micro_usd = excluded.micro_usd, state = 'planned', "
                    "planned_at = excluded.planned_at, sent_at = NULL, outcome = NULL, ended_at = NULL "
                    "WHERE state IN ('planned', 'refused')",
                    (key, operation, json.dumps(details, sort_keys=True), _micro(cost), now),
                )
            cap, held = self.cap(), self.held()
            if cap is not None and held > max(cap, before):
                raise ValueError(
                    f"the study could then cost {shown(held, self.currency)}, which is over its cap of "
                    f"{shown(cap, self.currency)}; nothing was sent (raise the cap with --cap)"
                )

    def forget_unsent(self, prefix: str, *, but: Collection[str] = ()) -> None:
        """Delete the planned and refused calls whose key begins with `prefix`, except those in `but`."""
        with self._db.writing():
            self._db.execute(
                "DELETE FROM calls WHERE substr(key, 1, ?) = ? AND state IN ('planned', 'refused') "
                "AND key NOT IN (SELECT value FROM json_each(?))",
                (len(prefix), prefix, json.dumps(sorted(but))),
            )

    def mark_sent(self, key: str) -> None:
        """Mark the call as sent.

        Raises:
            ValueError: another run has deleted the plan, or the call was refused there, which released its money;
                nothing may be sent without an entry that holds its money.
        """
        if self._update(key, "state = 'sent', sent_at = ?", self._clock(), unless=("done", "refused")):
            return
        entry = self.entry(key)
        if entry is None or entry.state == "refused":
            raise ValueError(f"{key}: another run has changed the plan of this study meanwhile; run the command again")

    def mark_done(self, key: str, outcome: Mapping[str, Any]) -> None:
        """Mark the call as done and store its outcome."""
        self._update(key, "state = 'done', outcome = ?, ended_at = ?", json.dumps(outcome), self._clock())

    def mark_refused(self, key: str, reason: str) -> None:
        """Mark the call as refused by the platform, which releases its money."""
        outcome = json.dumps({"refused": reason})
        self._update(key, "state = 'refused', outcome = ?, ended_at = ?", outcome, self._clock())

    def record(
        self, key: str, operation: str, details: Mapping[str, Any], cost: Decimal, outcome: Mapping[str, Any]
    ) -> None:
        """Enter a call that has already taken effect, even above the cap; a call that is done stays as it is."""
        now = self._clock()
        with self._db.writing(durable=True):
            self._db.execute(
                "INSERT INTO calls (key, operation, details, micro_usd, state, outcome, planned_at, ended_at) "
                "VALUES (?, ?, ?, ?, 'done', ?, ?, ?) ON CONFLICT (key) DO UPDATE SET details = excluded.details, "
                "micro_usd = excluded.micro_usd, state = 'done', outcome = excluded.outcome, "
                "ended_at = excluded.ended_at WHERE state <> 'done'",
                (key, operation, json.dumps(details, sort_keys=True), _micro(cost), json.dumps(outcome), now, now),
            )

    def entry(self, key: str) -> Entry | None:
        """The call with that key; None if there is none."""
        return next(iter(self._entries("WHERE key = ?", key)), None)

    def entries(self, prefix: str = "") -> list[Entry]:
        """The calls whose key begins with `prefix`, in the order in which they were planned."""
        return self._entries(f"WHERE {_BEGINS} ORDER BY position", *_range(prefix))

    def states(self, prefix: str = "") -> dict[str, str]:
        """The state of each call whose key begins with `prefix`, by key."""
        return dict(self._db.execute(f"SELECT key, state FROM calls WHERE {_BEGINS}", _range(prefix)))  # noqa: S608

    # Money.

    def lower(self, key: str, cost: Decimal) -> None:
        """Hold less for a call that is done, of which that much is all that it can still cost."""
        micro = _micro(cost)
        self._db.write(
            "UPDATE calls SET micro_usd = ? WHERE key = ? AND state = 'done' AND micro_usd > ? RETURNING key",
            (micro, key, micro),
        )

    def cap(self) -> Decimal | None:
        """The most that the study may cost, in dollars; None if no cap is set."""
        cap = self.fact("cap_usd")
        return None if cap is None else Decimal(cap)

    def held(self) -> Decimal:
        """Dollars that the study has spent or may still spend on the calls in the ledger."""
        ((micro,),) = self._db.execute("SELECT COALESCE(SUM(micro_usd), 0) FROM calls WHERE state <> 'refused'")
        return Decimal(micro) / 1_000_000

    def _entries(self, condition: str, *values: object) -> list[Entry]:
        rows = self._db.execute(f"SELECT {_COLUMNS} FROM calls {condition}", values)  # noqa: S608  both are this module's own
        return [
            Entry(
                key=key,
                operation=operation,
                details=json.loads(details),
                cost=Decimal(micro) / 1_000_000,
                state=state,
                outcome=None if outcome is None else json.loads(outcome),
                planned_at=planned_at,
                sent_at=sent_at,
                ended_at=ended_at,
            )
            for key, operation, details, micro, state, outcome, planned_at, sent_at, ended_at in rows
        ]

    def _update(self, key: str, change: str, *values: object, unless: Collection[str] = ("done",)) -> bool:
        """Change the call, unless its state is one of `unless`; return whether it was changed."""
        # A call that is done stays done, even if a slower run reports another outcome later.
        changed = self._db.write(
            f"UPDATE calls SET {change} WHERE key = ? AND state NOT IN (SELECT value FROM json_each(?)) "  # noqa: S608
            "RETURNING key",
            (*values, key, json.dumps(unless)),
        )
        return bool(changed)


def _check_published(study_dir: Path, path: Path) -> None:
    """Refuse a folder that is not a study, or has no ledger."""
    existing_study(study_dir)
    if not path.exists():
        publish = to_paste("publish-tasks", "VIDEOS_DIR", "--study", study_dir)
        raise ValueError(
            f"{study_dir}: nothing was published from here (it has no {path.name}); `{publish}` does it, and finds "
            "what it published before"
        )


def _range(prefix: str) -> tuple[str, str]:
    return prefix, prefix + "\U0010ffff"


def _micro(cost: Decimal) -> int:
    micro = cost * 1_000_000
    assert micro == int(micro), cost  # noqa: S101  prices have two decimals and fees two more
    return int(micro)
