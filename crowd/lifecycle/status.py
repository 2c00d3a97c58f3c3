"""The state of a study from its ledger, without calling its platform."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from crowd.credentials import load_or_create
from crowd.ledger.ledger import Entry, Ledger
from crowd.lifecycle.came_from import CameFrom, came_from
from crowd.lifecycle.ended import PAUSED
from crowd.lifecycle.prepare import load
from crowd.localplatform import people
from crowd.localplatform.discovery import announced
from crowd.localplatform.requesterpage import requester_path
from crowd.localplatform.store import has_store
from crowd.localplatform.store.progress import Activity
from crowd.recruiters import describe
from crowd.worker_ids import is_simulated

#: The states of a call, in order, with their meanings.
STATES = {
    "planned": "not sent yet",
    "sent": "outcome not known yet",
    "done": "confirmed by the platform",
    "refused": "refused by the platform",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Status:
    """The state of a study in its ledger."""

    platform: str
    """Where it was published."""
    study_id: str
    currency: str
    """Of all amounts: dollars, or the currency of the account at the recruiter."""
    recruiter_pays: str
    """The recruiter whose account pays; empty where the platform does."""
    cap_usd: Decimal | None
    """The most that it may ever cost; None without a limit."""
    held_usd: Decimal
    """What the study has cost and may still cost, fees included."""
    calls: dict[str, Counter[str]]
    """The number of calls in each state, for each verb of the platform."""
    unfinished: list[Entry]
    """Calls without a known outcome, and calls that were refused."""
    assignments: Counter[str]
    """The number of fetched assignments with each status; only people's, if people are invited."""
    simulated: int
    """How many assignments programs did."""
    wanted: int
    """Assignments that the design asks for."""
    is_paused: bool
    """Whether `crowd.pause_study` has paused it."""
    came_from: tuple[CameFrom, ...]
    """Where participants came from; nothing on other platforms than the local one."""
    progress_url: str | None
    """The requester's live page, to be kept secret; None while no local platform serves the study."""
    activity: Activity | None
    """Open places and how long nobody has answered, on the local platform; None elsewhere."""


def status(study_dir: str | Path) -> Status:
    """Return the study's state from its ledger: calls to the platform, money and answers. Calls no platform.

    Args:
        study_dir: a published study.

    Returns:
        The state at the last command.

    Raises:
        ValueError: nothing was published from there.
        OSError: a file cannot be read.

    Example:
        >>> now = crowd.status("my-study")
        >>> now.platform, now.simulated, now.wanted
        ('local', 4, 9)
    """
    study, planned = load(Path(study_dir))
    with Ledger(study_dir, create=False) as ledger:
        entries = ledger.entries()
        calls: dict[str, Counter[str]] = {}
        for entry in entries:
            calls.setdefault(entry.operation, Counter())[entry.state] += 1
        work, fills = ledger.work(), people.fills_a_place(Path(study_dir))
        assignments: Counter[str] = Counter()
        for (_, worker_id, condition), number in work.items():
            if fills(worker_id):
                assignments[condition] += number
        return Status(
            platform=ledger.platform,
            study_id=ledger.study_id,
            currency=ledger.currency,
            recruiter_pays=study.recruiter if describe(study.recruiter).pays else "",
            cap_usd=ledger.cap(),
            held_usd=ledger.held(),
            calls=calls,
            unfinished=[entry for entry in entries if entry.state in {"sent", "refused"}],
            assignments=assignments,
            simulated=sum(number for (_, worker_id, _), number in work.items() if is_simulated(worker_id)),
            wanted=sum(hit.num_assignments for hit in planned.hits),
            is_paused=ledger.fact(PAUSED) is not None,
            came_from=came_from(Path(study_dir)),
            progress_url=_progress_url(Path(study_dir)),
            activity=people.activity(study_dir) if has_store(study_dir) else None,
        )


def _progress_url(study_dir: Path) -> str | None:
    found = announced(study_dir)
    if found is None:
        return None
    return (found.participants_url or found.endpoint_url) + requester_path(load_or_create(study_dir))
