"""`vidgen claim-study`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option


@declare("claim-study", "vidgen claim-study --study my-study")
@study_option
def command(study_dir: Path) -> None:
    """Say that this directory is the study, after it was copied, restored or brought from another machine.

    Commands that show tasks, invite, pay or close work in one directory of a study only. From now on this is the one,
    and the directory that it was copied from counts as the copy. If that is on another machine, delete it there.
    """
    import crowd

    crowd.claim(study_dir)
    click.echo(f"{study_dir}: is the study now")
