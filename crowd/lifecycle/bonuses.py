"""Pays bonuses, each once for an assignment and a reason."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from decimal import Decimal
from pathlib import Path

from crowd.csvfile import reading
from crowd.hit_annotation import bonus_key
from crowd.ledger.budget import Consent, settle
from crowd.ledger.calls import Call, Progress, Tally, carry_out
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.arrivals import is_opened
from crowd.lifecycle.collect import fetch
from crowd.lifecycle.lock import deciding
from crowd.lifecycle.prepare import load
from crowd.lifecycle.visit_bonuses import pay_visits
from crowd.platforms import Ids, Platform, RequestRefusedError
from crowd.pricing import Cost, Fees, bonus_cost, dollars
from crowd.recruiters import open_recruiter

#: Most characters of a reason that platforms with Mechanical Turk's protocol accept.
_LONGEST_REASON = 4096


@dataclass(frozen=True, kw_only=True, slots=True)
class Bonus:
    """A bonus for one assignment."""

    assignment_id: str
    amount_usd: str | Decimal
    reason: str
    """Shown to the participant. The same reason is never paid twice for an assignment."""

    def __post_init__(self) -> None:
        """Refuse what no platform accepts."""
        if not dollars(self.amount_usd, f"bonus for {self.assignment_id}:"):
            raise ValueError(f"bonus for {self.assignment_id} is nothing; amounts begin at 0.01")
        if not self.reason.strip():
            raise ValueError(f"bonus for {self.assignment_id} has no reason, which the participant must read")
        if len(self.reason) > _LONGEST_REASON:
            raise ValueError(
                f"bonus for {self.assignment_id}: its reason has {len(self.reason)} characters; shorten it to "
                f"{_LONGEST_REASON}"
            )


def read_bonuses(path: str | Path) -> list[Bonus]:
    """The bonuses in a CSV file.

    Args:
        path: a file with the columns assignment_id, amount_usd and reason.

    Returns:
        A bonus for each row.

    Raises:
        ValueError: a column is missing, or a row has no amount or no reason; the message names the line.
        OSError: the file cannot be read.

    Example:
        >>> crowd.read_bonuses("bonuses.csv")
        [Bonus(assignment_id='3PQM', amount_usd='0.20', reason='Thank you for your remarks')]
    """
    columns = [item.name for item in fields(Bonus)]
    with reading(Path(path)) as rows:
        missing = [name for name in columns if name not in (rows.fieldnames or ())]
        if missing:
            raise ValueError(f"{path}: has no column {', '.join(missing)}; needed are {', '.join(columns)}")
        return [_bonus({name: row[name] or "" for name in columns}, f"{path}:{rows.line_num}") for row in rows]


def _bonus(row: dict[str, str], place: str) -> Bonus:
    try:
        return Bonus(**row)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error


def bonus(
    study_dir: str | Path,
    bonuses: Sequence[Bonus],
    *,
    consent: Consent | None = None,
    progress: Progress | None = None,
    unpaid: bool = False,
) -> Tally:
    """Pay bonuses that no earlier run has paid.

    Args:
        study_dir: a published study.
        bonuses: amounts in dollars, or in the currency of the recruiter that pays; an assignment gets one bonus for
            the same reason.
        consent: the most that the study may cost, and who confirms it; by default what was given before.
        progress: called after each bonus with the number of finished ones and of all.
        unpaid: payments at the recruiter whose outcome is not known were not made, as somebody has seen there.

    Returns:
        How many were paid now (`made`), and how many earlier.

    Raises:
        ValueError: an assignment is not the study's, an amount differs from what was paid for the same reason, or
            there is not enough money.
        OSError: the platform does not answer.

    Example:
        >>> thanks = crowd.Bonus(assignment_id=simulated.submitted[0], amount_usd="0.20", reason="Thank you")
        >>> crowd.bonus("my-study", [thanks]).made, crowd.bonus("my-study", [thanks]).made
        (1, 0)
    """
    study, _ = load(Path(study_dir))
    with deciding(study_dir) as (platform, ledger):
        fetch(platform, ledger)
        if is_opened(study, ledger):
            root = Path(study_dir)
            with open_recruiter(study.recruiter, study.recruiter_settings, root) as recruiter:
                return pay_visits(root, study, recruiter, ledger, bonuses, consent or Consent(), unpaid=unpaid)
        paid = _Paid(platform)
        calls = [_payment(paid, ledger, bonus, platform.about.fees) for bonus in bonuses]
        twice = len(calls) - len({call.key for call in calls})
        if twice:
            raise ValueError(
                f"{twice} bonuses are for an assignment and a reason that stand there before: leave them out"
            )
        held = ledger.held()
        new = [call for call in calls if not _is_held(ledger, call)]
        cost = sum((call.cost for call in new), Decimal(0))
        line = ("bonuses, with fees", len(new), cost)
        settle(platform, ledger, Cost(lines=(line,)), consent or Consent(), budget_usd=study.budget_usd, held=held)
        return carry_out(platform, ledger, calls, progress)


def _payment(paid: "_Paid", ledger: Ledger, bonus: Bonus, fees: Fees) -> Call:
    amount = dollars(bonus.amount_usd, "amount_usd")
    assignment = ledger.assignment(bonus.assignment_id)
    reason = bonus.reason.strip()
    key = bonus_key(bonus.assignment_id, reason)
    entry = ledger.entry(key)
    if entry and entry.state in {"sent", "done"} and Decimal(entry.details["amount_usd"]) != amount:
        raise ValueError(
            f"bonus for {bonus.assignment_id}: ${entry.details['amount_usd']} were paid for {reason!r}; another sum "
            "needs another reason"
        )

    def find(refusal: RequestRefusedError | None) -> Ids | None:
        known = paid.of_hit(assignment.hit_id, again=refusal is not None)
        return {"assignment_id": bonus.assignment_id} if (bonus.assignment_id, reason) in known else None

    return Call(
        key=key,
        verb="bonus",
        arguments={
            "assignment_id": bonus.assignment_id,
            "worker_id": assignment.worker_id,
            "amount_usd": str(amount),
            "reason": reason,
        },
        cost=bonus_cost(amount, fees=fees),
        with_token=True,
        find=find,
    )


class _Paid:
    """The bonuses that the platform lists, which it keeps, while it forgets tokens after a day."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._hits: dict[str, set[tuple[str, str]]] = {}

    def of_hit(self, hit_id: str, *, again: bool) -> set[tuple[str, str]]:
        """Assignment and reason of each bonus in that HIT; listed once, and anew with `again`."""
        if again or hit_id not in self._hits:
            self._hits[hit_id] = {(payment.assignment_id, payment.reason) for payment in self._platform.bonuses(hit_id)}
        return self._hits[hit_id]


def _is_held(ledger: Ledger, call: Call) -> bool:
    entry = ledger.entry(call.key)
    return entry is not None and entry.state != "refused"
