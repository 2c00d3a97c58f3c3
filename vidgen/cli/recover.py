"""`vidgen recover`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import cap_option, study_option


@declare("recover", "vidgen recover --study my-study --cap 40")
@study_option
@click.option("--platform", default="local", help="Where it was published, if its ledger was lost.")
@cap_option
def command(study_dir: Path, platform: str, cap: str | None) -> None:
    """Rebuild a lost or outdated ledger from what the platform shows: HITs, answers, bonuses.

    Nothing is created, paid or changed on the platform. What it cannot tell is said.
    """
    from crowd.money import shown
    from crowd.recovering import recover

    found = recover(study_dir, platform=platform, cap_usd=cap)
    click.echo(
        f"entered: {found.hits} HITs, {found.bonuses} bonuses; the ledger has {found.assignments} submitted assignments"
    )
    click.echo(f"money: {shown(found.held_usd)} spent or promised")
    for sentence in found.unknown:
        click.echo(f"not known: {sentence}")
