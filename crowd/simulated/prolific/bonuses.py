"""Bonuses: set up from lines of CSV, then paid. Paying the same batch again pays everybody again."""

from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from crowd.simulated.prolific.drafts import Body
from crowd.simulated.prolific.errors import ProlificError, invalid, not_found
from crowd.simulated.prolific.records import BonusBatch, ProlificStudy
from crowd.simulated.prolific.state import SimulatedProlific


def create(prolific: SimulatedProlific, body: Body) -> dict[str, Any]:
    """Set bonuses up, as lines ``ID,AMOUNT``; 30 is 30.00 in main currency, and ids are participants' or submissions'.

    Raises:
        ProlificError: a line is malformed, or names somebody who has not taken part in the study.
    """
    study = prolific.study(str(body.get("study_id")))
    rows = list(_rows(prolific, study, str(body.get("csv_bonuses") or "")))
    charges = [prolific.prices.charge(amount) for _, amount in rows]
    batch = BonusBatch(
        id=prolific.new_id(),
        study_id=study.id,
        rows=rows,
        amount=sum(one.amount for one in charges),
        fees=sum(one.fees for one in charges),
        tax=sum(one.tax for one in charges),
    )
    prolific.batches[batch.id] = batch
    return {
        "id": batch.id,
        "study": study.id,
        "amount": batch.amount,
        "fees": batch.fees,
        "vat": batch.tax,
        "total_amount": batch.amount + batch.fees + batch.tax,
    }


def _rows(prolific: SimulatedProlific, study: ProlificStudy, text: str) -> Iterator[tuple[str, int]]:
    """Submission and amount in sub-currency units, line by line."""
    own = prolific.of(study)
    names = {one.participant_id: one.id for one in own} | {one.id: one.id for one in own}
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        raise invalid("csv_bonuses", "At least one line is required.")
    unknown = [name for name in (line.split(",")[0].strip() for line in lines) if name not in names]
    if unknown:
        raise ProlificError(400, [f"{name} has not taken part in the study" for name in unknown])
    for line in lines:
        name, _, amount = line.partition(",")
        yield names[name.strip()], _units(amount)


def _units(text: str) -> int:
    try:
        units = Decimal(text.strip()) * 100
    except InvalidOperation as error:
        raise invalid("csv_bonuses", f"{text!r} is no amount.") from error
    if not units.is_finite() or units <= 0 or units != units.to_integral_value():
        raise invalid("csv_bonuses", f"{text!r} is no amount in whole units.")
    return int(units)


def pay(prolific: SimulatedProlific, batch_id: str) -> str:
    """Pay a batch, as often as this is called.

    The balance falls at once. The submissions show the bonuses after `Oddities.bonus_delay_s`.

    Raises:
        ProlificError: there is no such batch, or the balance does not cover it.
    """
    if batch_id not in prolific.batches:
        raise not_found("bulk bonus payment", batch_id)
    batch = prolific.batches[batch_id]
    prolific.wallet.spend(batch.amount + batch.fees + batch.tax, now := prolific.clock())
    batch.times_paid += 1
    prolific.pending_bonuses += [
        (now + prolific.oddities.bonus_delay_s, submission, amount) for submission, amount in batch.rows
    ]
    prolific.settle(now)
    return "The bonuses are being paid."
