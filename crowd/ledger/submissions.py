"""The submitted work in a ledger: kept as the platform returned it, even after the platform has deleted it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import astuple

from crowd.platforms import Submission
from crowd.sqlite_file import SqliteFile
from crowd.worker_ids import is_erased

#: SQL condition that a call holds the first value.
_NAMES = "instr(key, ?1) OR instr(details, ?1) OR instr(coalesce(outcome, ''), ?1)"


class SubmittedWork:
    """The part of a ledger that stores assignments."""

    _db: SqliteFile

    def store_assignments(self, assignments: Iterable[Submission]) -> None:
        """Store submitted work in one transaction. Of work stored before, only the status changes, never the answer."""
        with self._db.writing(durable=True):
            for assignment in assignments:
                self._db.execute(
                    "INSERT INTO assignments VALUES (?, ?, ?, ?, ?, ?) "
                    "ON CONFLICT (assignment_id) DO UPDATE SET status = excluded.status",
                    astuple(assignment),
                )

    def erase_worker(self, worker_id: str, placeholder: str, until: float) -> None:
        """Delete the answers that the worker sent until then; that work and its payments remain, as `placeholder`'s."""
        with self._db.writing(durable=True):
            self._db.execute(
                "UPDATE assignments SET worker_id = ?, answer = '' WHERE worker_id = ? AND submitted_at <= ?",
                (placeholder, worker_id, until),
            )
        self.replace_name(worker_id, placeholder, until)

    def replace_name(self, name: str, placeholder: str, until: float) -> None:
        """Replace a name in all calls that were planned until then."""
        changes = ", ".join(f"{column} = replace({column}, ?1, ?2)" for column in ("key", "details", "outcome"))
        statement = f"UPDATE OR REPLACE calls SET {changes} WHERE planned_at <= ?3 AND ({_NAMES})"  # noqa: S608
        with self._db.writing(durable=True):
            self._db.execute(statement, (name, placeholder, until))

    def open_calls_naming(self, name: str) -> list[str]:
        """The keys of the calls without an outcome that hold the name."""
        condition = f"state IN ('planned', 'sent') AND ({_NAMES})"
        rows = self._db.execute(f"SELECT key FROM calls WHERE {condition}", (name,))  # noqa: S608  this module's
        return [key for (key,) in rows]

    def num_erased(self) -> int:
        """How many assignments are stored without their answers, since their workers were erased."""
        return sum(number for (_, worker_id, _), number in self.work().items() if is_erased(worker_id))

    def workers(self) -> set[str]:
        """Everybody who has sent work, or is named in a call."""
        named = self._db.execute(
            "SELECT worker_id FROM assignments UNION SELECT json_extract(details, '$.worker_id') FROM calls "
            "WHERE operation IN ('bonus', 'exclude')"
        )
        return {worker_id for (worker_id,) in named if worker_id is not None}

    def assignments(self, hit_id: str | None = None) -> list[Submission]:
        """The stored work of a HIT, or of all HITs, in order of submission."""
        return list(self._assignments("?1 IS NULL OR hit_id = ?1", hit_id))

    def each_assignment(self) -> Iterator[Submission]:
        """Iterate over all stored work in order of submission; nothing may be stored during the iteration."""
        return self._assignments("?1 IS NULL", None)

    def submitted_between(self) -> tuple[float | None, float | None]:
        """When the first and the last work was submitted, in seconds since 1970; None without any."""
        ((first, last),) = self._db.execute("SELECT min(submitted_at), max(submitted_at) FROM assignments")
        return first, last

    def work(self) -> Counter[tuple[str, str, str]]:
        """How many assignments are stored for each HIT, worker and status."""
        rows = self._db.execute("SELECT hit_id, worker_id, status, count(*) FROM assignments GROUP BY 1, 2, 3")
        return Counter({(hit_id, worker_id, status): number for hit_id, worker_id, status, number in rows})

    def assignment(self, assignment_id: str) -> Submission:
        """The study's assignment with that id.

        Raises:
            ValueError: there is none.
        """
        for assignment in self._assignments("assignment_id = ?1", assignment_id):
            return assignment
        raise ValueError(
            f"assignment {assignment_id!r} is none of this study's submitted assignments; "
            "answers.csv names those that were collected"
        )

    def _assignments(self, condition: str, value: str | None) -> Iterator[Submission]:
        columns = ", ".join(Submission.__dataclass_fields__)
        rows = self._db.rows(
            f"SELECT {columns} FROM assignments WHERE {condition} "  # noqa: S608  both are this class's own
            "ORDER BY submitted_at, assignment_id",
            (value,),
        )
        return (Submission(**dict(zip(columns.split(", "), row, strict=True))) for row in rows)
