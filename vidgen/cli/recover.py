"""`vidgen recover`."""

from decimal import Decimal
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import cap_option, study_option
from vidgen.cli.types import PLATFORM


@declare("recover", "vidgen recover --study my-study --cap 40")
@study_option
@click.option(
    "--platform",
    type=PLATFORM,
    help="Where the study was published, if its ledger is lost.  [default: as the ledger says, else local]",
)
@cap_option
def command(study_dir: Path, platform: str | None, cap: Decimal | None) -> None:
    """Rebuild a lost or outdated ledger from what the platform shows: HITs, answers, bonuses.

    Nothing is created, paid or changed on the platform. What the platform cannot tell is printed.
    """
    import crowd
    from crowd.pricing import shown
    from crowd.texts import counted

    found = crowd.recover(study_dir, platform=platform, cap_usd=cap)
    click.echo(
        f"entered: {counted(found.hits, 'HIT')}, {counted(found.bonuses, 'bonus', 'bonuses')}; the ledger has "
        f"{counted(found.assignments, 'submitted assignment')}"
    )
    click.echo(f"money: {shown(found.held_usd)} spent or promised")
    for sentence in found.unknown:
        click.echo(f"not known: {sentence}")
