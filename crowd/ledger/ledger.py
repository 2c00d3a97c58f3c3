"""The write-ahead ledger: what was meant before each call, what came of it after, and the cap over all of them.

One SQLite file per study. A call is `planned`, then `sent`, then `done` or `refused`. What a killed process leaves
behind is `planned` or `sent`; the next run finds out what became of it (`crowd.ledger.calls`). Every call that is not
refused holds its money, so the sum over the file is what the study can have cost at most. Plans are on the disk before
anything is sent; of outcomes only those of the last moment can be lost, with the machine's power, and they are found
again.
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
from crowd.pricing import shown
from crowd.sqlite_file import SqliteFile
from crowd.studydir import StudyDirectory, existing_study

#: The condition that a key begins with a text, as a range of the index; its values are those of `_range`.
_BEGINS = "key >= ? AND key < ?"
_COLUMNS = "key, operation, details, micro_usd, state, outcome, planned_at, sent_at, ended_at"


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One call in the ledger."""

    key: str
    """Says what the call is for; the same intent has the same key in every run."""
    operation: str
    """The verb of `crowd.platforms.Platform`."""
    details: dict[str, Any]
    """Its arguments, without the page, the token, and what depends on other calls."""
    cost: Decimal
    """Dollars it may spend."""
    state: str
    outcome: dict[str, Any] | None
    """The ids of what it made (`crowd.platforms.Ids`); where it was refused, `refused` has the platform's words."""
    planned_at: float
    sent_at: float | None
    ended_at: float | None


class Ledger(SubmittedWork):
    """A study's ledger, open until its `with` block ends."""

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
        """Refuse the ledger of another study, whose HITs and money are not this one's.

        Ledgers of earlier releases do not say whose they are, and are taken for this study's when they are first read.
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

    # Facts: what holds for the whole study.

    def fact(self, name: str) -> str | None:
        """The study's fact of that name, if it was ever set."""
        rows = self._db.execute("SELECT value FROM facts WHERE name = ?", (name,))
        return rows[0][0] if rows else None

    def set_fact(self, name: str, value: str) -> None:
        """Set or replace a fact."""
        with self._db.writing():
            self._db.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def forget_fact(self, name: str) -> None:
        """Let a fact hold no longer."""
        with self._db.writing():
            self._db.execute("DELETE FROM facts WHERE name = ?", (name,))

    def settle_fact(self, name: str, value: str) -> str:
        """Set a fact unless another run was first; returns the one that holds."""
        with self._db.writing():
            self._db.execute("INSERT OR IGNORE INTO facts VALUES (?, ?)", (name, value))
        return self.fact(name) or value

    @property
    def platform(self) -> str:
        """The name of the platform that the study lives on."""
        return self.fact("platform") or DEFAULT

    # Calls.

    def token(self, key: str) -> str:
        """The call's idempotency token: 64 characters that any run derives from the study and the key."""
        return hashlib.sha256(f"{self.study_id}/{key}".encode()).hexdigest()

    def plan(self, intents: Iterable[tuple[str, str, Mapping[str, Any], Decimal]]) -> None:
        """Write down calls (key, operation, details, dollars) that are new, or never took effect: all of them or none.

        Done under the database's write lock, so that runs at the same time cannot pass the cap together. Calls that
        cost nothing more are never stopped: people are paid, and HITs closed, whatever the cap was lowered to.

        Raises:
            ValueError: with them the study could cost more than its cap.
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
                    f"the study could then cost {shown(held)}, which is over its cap of {shown(cap)}; nothing was sent "
                    "(raise the cap with --cap)"
                )

    def forget_unsent(self, prefix: str, *, but: Collection[str] = ()) -> None:
        """Take back calls whose key begins so, `but` these, and that never went out, or were refused."""
        with self._db.writing():
            self._db.execute(
                "DELETE FROM calls WHERE substr(key, 1, ?) = ? AND state IN ('planned', 'refused') "
                "AND key NOT IN (SELECT value FROM json_each(?))",
                (len(prefix), prefix, json.dumps(sorted(but))),
            )

    def mark_sent(self, key: str) -> None:
        """Note that the call goes out now.

        Raises:
            ValueError: another run has taken the plan back, or was refused the call, which released its money; nothing
                may be sent without an entry that holds its money.
        """
        if self._update(key, "state = 'sent', sent_at = ?", self._clock(), unless=("done", "refused")):
            return
        entry = self.entry(key)
        if entry is None or entry.state == "refused":
            raise ValueError(f"{key}: another run has changed the plan of this study meanwhile; run the command again")

    def mark_done(self, key: str, outcome: Mapping[str, Any]) -> None:
        """Note what came of the call."""
        self._update(key, "state = 'done', outcome = ?, ended_at = ?", json.dumps(outcome), self._clock())

    def mark_refused(self, key: str, reason: str) -> None:
        """Note that the platform refused the call, which releases its money."""
        outcome = json.dumps({"refused": reason})
        self._update(key, "state = 'refused', outcome = ?, ended_at = ?", outcome, self._clock())

    def record(
        self, key: str, operation: str, details: Mapping[str, Any], cost: Decimal, outcome: Mapping[str, Any]
    ) -> None:
        """Enter a call that took effect already, whatever the cap; one that is done stays as it is."""
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
        """The call of that key."""
        return next(iter(self._entries("WHERE key = ?", key)), None)

    def entries(self, prefix: str = "") -> list[Entry]:
        """The calls whose key begins so, in the order in which they were planned."""
        return self._entries(f"WHERE {_BEGINS} ORDER BY position", *_range(prefix))

    def states(self, prefix: str = "") -> dict[str, str]:
        """The state of each call whose key begins so, by key."""
        return dict(self._db.execute(f"SELECT key, state FROM calls WHERE {_BEGINS}", _range(prefix)))  # noqa: S608

    # Money.

    def cap(self) -> Decimal | None:
        """The most that the study may cost, in dollars."""
        cap = self.fact("cap_usd")
        return None if cap is None else Decimal(cap)

    def held(self) -> Decimal:
        """Dollars that the study has spent or still may spend on calls it made or is about to make."""
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
        """Change the call; whether there was one to change."""
        # A call that is done stays done, whatever a slower run still says about it.
        changed = self._db.write(
            f"UPDATE calls SET {change} WHERE key = ? AND state NOT IN (SELECT value FROM json_each(?)) "  # noqa: S608
            "RETURNING key",
            (*values, key, json.dumps(unless)),
        )
        return bool(changed)


def _check_published(study_dir: Path, path: Path) -> None:
    """Refuse a folder that is no study, or has no ledger."""
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
