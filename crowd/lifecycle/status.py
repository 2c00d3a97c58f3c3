"""The state of a study from its ledger, without calling its platform."""

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from crowd.ledger.ledger import Entry, Ledger
from crowd.lifecycle.came_from import CameFrom, came_from
from crowd.lifecycle.prepare import load
from crowd.localplatform.people import fills_a_place
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
    came_from: tuple[CameFrom, ...]
    """Where participants came from; nothing on other platforms than the local one."""


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
        work, fills = ledger.work(), fills_a_place(Path(study_dir))
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
            came_from=came_from(Path(study_dir)),
        )
