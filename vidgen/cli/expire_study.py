"""`vidgen expire-study`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import outcome, progress_bar, study_option


@declare("expire-study", "vidgen expire-study --study my-study")
@study_option
def command(study_dir: Path) -> None:
    """Close a study to new participants; those who have begun may finish.

    `vidgen extend-study --until` opens it again.
    """
    import crowd
    from crowd.commandline import to_paste

    with progress_bar("expiring", "HIT") as progress:
        outcome(crowd.close(study_dir, progress=progress), "HIT", "expired")
    if crowd.places_needed(study_dir):
        click.echo(f"the recruiter still sends people: {to_paste('recruit', '--study', study_dir, '--end')}")
