"""`vidgen pay-bonus`."""

from decimal import Decimal
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import cap_option, confirmation, outcome, progress_bar, real_money_option, study_option
from vidgen.cli.types import IN_FILE, USD


@declare(
    "pay-bonus",
    """
vidgen pay-bonus --study my-study --amount 0.20 --reason "Thank you for your remarks" --assignment 3PQM…
vidgen pay-bonus --study my-study --from bonuses.csv
""",
)
@study_option
@click.option("--amount", type=USD, help="Bonus for each assignment, in dollars or the currency of the recruiter.")
@click.option("--reason", help="What the participants read; each assignment gets one bonus for the same reason.")
@click.option("--assignment", "assignments", multiple=True, help="Id of an assignment; may be repeated.")
@click.option("--from", "table", type=IN_FILE, help="A CSV file with assignment_id, amount_usd and reason.")
@click.option(
    "--unpaid",
    is_flag=True,
    help="Say that payments of unknown outcome were not made, after a look at the recruiter's pages.",
)
@cap_option
@real_money_option
def command(
    study_dir: Path,
    amount: Decimal | None,
    reason: str | None,
    assignments: tuple[str, ...],
    table: Path | None,
    unpaid: bool,
    cap: Decimal | None,
    real_money: bool,
) -> None:
    """Pay bonuses. Run again, it pays those that are missing and none twice."""
    import crowd

    if table is not None and (amount or reason or assignments):
        raise click.UsageError("Give --amount, --reason and --assignment, or --from, not both.")
    if table is not None:
        bonuses = crowd.read_bonuses(table)
    elif amount is None or reason is None or not assignments:
        raise click.UsageError("Give --amount, --reason and --assignment, or --from.")
    else:
        bonuses = [crowd.Bonus(assignment_id=name, amount_usd=amount, reason=reason) for name in assignments]
    consent = crowd.Consent(cap_usd=cap, real_money=real_money, confirm=confirmation(real_money))
    with progress_bar("paying", "bonus") as progress:
        paid = crowd.bonus(study_dir, bonuses, consent=consent, progress=progress, unpaid=unpaid)
        outcome(paid, "bonus", "paid", "bonuses")
