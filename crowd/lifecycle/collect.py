"""Fetches submitted assignments, stores them as the platform returned them, and writes the answers table from them.

Collecting again fetches what is new and writes the table anew. What was fetched is kept, even after the platform has
deleted it.
"""

import hashlib
import hmac
import logging
import time
from collections import Counter, defaultdict
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from crowd.credentials import load_or_create
from crowd.design.design import Design
from crowd.ledger.calls import Progress
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.arrivals import Recruitment, at_recruiter, compare, is_opened, left_out, num_to_redo
from crowd.lifecycle.came_from import came_from
from crowd.lifecycle.ended import ended
from crowd.lifecycle.erasures import Erasures
from crowd.lifecycle.exclusions import exclude, excluded_counts
from crowd.lifecycle.hits import hit_ids, published_sizes, replaced
from crowd.lifecycle.lock import locked
from crowd.lifecycle.prepare import load
from crowd.lifecycle.reconcile import catch_up, is_restored
from crowd.lifecycle.replacements import replace_work
from crowd.localplatform.people import fills_a_place, invited
from crowd.platforms import Platform, Reach, Submission, open_platform
from crowd.task.answers import answer_rows, parse_answer_xml
from crowd.task.answers_file import write_answers
from crowd.worker_ids import is_erased, is_simulated

_log = logging.getLogger(__name__)

_FINAL = frozenset({"Approved", "Rejected"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Collected:
    """The study's answers after collecting."""

    new: int
    """Assignments fetched for the first time."""
    assignments: int
    """Assignments in all, to compare with `wanted`; only people's, if people are invited."""
    wanted: int
    rows: int
    """Rows of the answers table."""
    unreadable: tuple[str, ...]
    """Assignments whose answers the study's page did not send, and why; they are kept, but not in the table."""
    submitted: int
    """Assignments of people and programs together."""
    programs: int
    """Assignments that programs did."""
    recruitment: Recruitment | None = None
    """The study at its recruiter, if it is asked by programs and answers."""

    @property
    def simulated(self) -> bool:
        """Whether any assignment came from a program."""
        return self.programs > 0


def collect(study_dir: str | Path, *, progress: Progress | None = None) -> Collected:
    """Fetch what is new from the study's platform and write answers.parquet, answers.csv and funnel.json.

    Args:
        study_dir: a published study.
        progress: called after each HIT with how many are through, and of how many.

    Returns:
        Numbers of assignments and answers.

    Raises:
        ValueError: nothing was published from there.
        OSError: the platform does not answer, or a file cannot be written.

    Example:
        >>> got = crowd.collect("my-study")
        >>> got.assignments, got.wanted, got.simulated
        (4, 9, True)
    """
    root = Path(study_dir)
    load(root)
    with Ledger(root, create=False) as ledger:
        before = ledger.work().total()
        with open_platform(ledger.platform, root) as platform:
            if is_restored(ledger):
                with locked(root):
                    catch_up(platform, ledger)
            fetch(platform, ledger, progress)
            recruitment = compare_visits(platform, ledger)
            reach = platform.reach()
        return tabulate(root, ledger, Design.load(root), reach, before, recruitment)


def compare_visits(platform: Platform, ledger: Ledger) -> Recruitment | None:
    """Compare visits with the recruiter's record, and have the tasks of those done anew that do not count.

    A recruiter that does not answer keeps no answers from being collected: a warning says so.
    """
    root = ledger.path.parent
    study, _ = load(root)
    if not is_opened(study, ledger):
        return None
    try:
        with at_recruiter(root) as (study, planned, recruiter, ledger_now):
            found = compare(root, study, planned, recruiter, ledger_now)
            replace_work(platform, ledger_now, left_out(root, study).keys())
            found = replace(found, to_redo=num_to_redo(root, study, ledger_now))
    except (OSError, ValueError) as error:
        _log.warning("visits are as they were compared last, since %s could not be asked: %s", study.recruiter, error)
        return None
    return found


def fetch(platform: Platform, ledger: Ledger, progress: Progress | None = None, *, thorough: bool = False) -> None:
    """Store every submitted assignment, and update the status of those stored before.

    A HIT's assignments are fetched if the counts in the platform's list of HITs differ from those stored; with
    `thorough`, they are fetched for every HIT that is not settled.
    """
    adopt(platform, ledger)
    stored = _stored_counts(ledger)
    hits = hit_ids(ledger)
    mixed = all(invited(ledger.path.parent))  # programs then have places of their own
    sizes, more = published_sizes(ledger), replaced(ledger)
    awaited = {
        key: hit_id
        for key, hit_id in hits.items()
        if mixed or not _is_settled(stored[hit_id], sizes.get(key, 0) + more[hit_id])
    }
    there = platform.find(ledger.study_id) if awaited and not (mixed or thorough) else {}
    for number, (key, hit_id) in enumerate(awaited.items(), len(hits) - len(awaited) + 1):
        hit = there.get(key)
        if hit is None or hit.hit_id != hit_id or (hit.num_submitted, hit.num_reviewed) != stored[hit_id]:
            for page in platform.submissions(hit_id):
                # Read for each page, since somebody may be erased meanwhile.
                ledger.store_assignments(map(Erasures.load(ledger.path.parent).applied_to, page))
        if progress:
            progress(number, len(hits))


def adopt(platform: Platform, ledger: Ledger) -> None:
    """Enter HITs that a killed run may have created, so that their answers are fetched."""
    open_calls = [key for key, state in ledger.states("create/").items() if state == "sent"]
    if not open_calls:
        return
    existing = platform.find(ledger.study_id)
    for call in open_calls:
        hit = existing.get(call.removeprefix("create/"))
        if hit:
            ledger.mark_done(call, {"hit_id": hit.hit_id, "hit_type_id": hit.hit_type_id})


def answers_of(study_dir: Path, ledger: Ledger, planned: Design) -> tuple[list[dict[str, Any]], list[str]]:
    """The rows of the answers table from the stored work, and why some assignments are not in it."""
    keys = {hit_id: key for key, hit_id in hit_ids(ledger).items()}
    pseudonym_key = load_or_create(study_dir).pseudonym_key
    rows: list[dict[str, Any]] = []
    unreadable: list[str] = []
    for assignment in ledger.each_assignment():
        if is_erased(assignment.worker_id):
            continue
        try:
            rows += rows_of(planned, keys[assignment.hit_id], assignment, pseudonym_key)
        except ValueError as error:
            unreadable.append(str(error))
    exclude(rows, planned.plan, left_out(study_dir, load(study_dir)[0]))
    return rows, unreadable


def tabulate(
    study_dir: Path,
    ledger: Ledger,
    planned: Design,
    reach: Reach,
    before: int = 0,
    recruitment: Recruitment | None = None,
) -> Collected:
    """Write the answers table and funnel.json from the stored work."""
    work = ledger.work()
    rows, unreadable = answers_of(study_dir, ledger, planned)
    wanted = sum(hit.num_assignments for hit in planned.hits)
    submitted, fills = work.total(), fills_a_place(study_dir)
    programs = sum(number for (_, worker, _), number in work.items() if is_simulated(worker))
    filled = sum(number for (_, worker, _), number in work.items() if fills(worker))
    funnel = {
        "simulated": programs > 0,
        "platform": ledger.platform,
        **asdict(reach),
        **dict(zip(("first_day", "last_day"), map(_day, ledger.submitted_between()), strict=True)),
        "wanted": wanted,
        "submitted": submitted,
        "filled": filled,
        "ended": ended(ledger, planned, time.time()),
        **{
            status.lower(): sum(number for (_, _, seen), number in work.items() if seen == status)
            for status in ("Approved", "Rejected")
        },
        "workers": len({worker for _, worker, _ in work}),
        "unreadable": len(unreadable),
        "erased": _erased(work),
        "rows": len(rows),
        "excluded": excluded_counts(rows),
        "came_from": [asdict(came) for came in came_from(study_dir)],
    }
    write_answers(study_dir, rows, funnel)
    return Collected(
        new=submitted - before,
        assignments=filled,
        wanted=wanted,
        rows=len(rows),
        unreadable=tuple(unreadable),
        submitted=submitted,
        programs=programs,
        recruitment=recruitment,
    )


def _day(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).date().isoformat()


def _erased(work: Counter[tuple[str, str, str]]) -> dict[str, int]:
    """How many assignments, of how many people, were submitted and their answers erased."""
    erased = [(worker, number) for (_, worker, _), number in work.items() if is_erased(worker)]
    return {"assignments": sum(number for _, number in erased), "workers": len({worker for worker, _ in erased})}


def pseudonym(key: str, worker_id: str) -> str:
    """The worker's name in the answers table: a keyed hash, which differs between studies."""
    return "w" + hmac.new(key.encode(), worker_id.encode(), hashlib.sha256).hexdigest()[:16]


def rows_of(planned: Design, hit_key: str, assignment: Submission, pseudonym_key: str) -> list[dict[str, Any]]:
    """The rows of the answers table for one assignment.

    Raises:
        ValueError: its answers are not what the study's page sends.
    """
    return answer_rows(
        planned,
        hit_key,
        assignment.assignment_id,
        assignment.hit_id,
        pseudonym(pseudonym_key, assignment.worker_id),
        datetime.fromtimestamp(assignment.submitted_at, UTC).isoformat(timespec="seconds"),
        is_simulated(assignment.worker_id),
        parse_answer_xml(assignment.answer),
    )


def _stored_counts(ledger: Ledger) -> dict[str, tuple[int, int]]:
    """For each HIT, by its id, how many assignments are stored, and how many of them are reviewed."""
    stored: dict[str, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for (hit_id, _, status), number in ledger.work().items():
        submitted, reviewed = stored[hit_id]
        stored[hit_id] = submitted + number, reviewed + number * (status in _FINAL)
    return stored


def _is_settled(stored: tuple[int, int], size: int) -> bool:
    """Whether all assignments of the HIT are stored and reviewed."""
    submitted, reviewed = stored
    return submitted >= size and reviewed == submitted
