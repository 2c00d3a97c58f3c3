"""`vidgen claim-study`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option


@declare("claim-study", "vidgen claim-study --study my-study")
@study_option
def command(study_dir: Path) -> None:
    """Say that this directory is the study, where it was copied, restored or brought from another machine.

    Commands that show tasks, pay or close work from one directory only. What it was copied from counts as the copy from
    now on, if it is on this machine; on another machine, delete it.
    """
    from crowd.lifecycle.place import claim
    from crowd.studydir import existing_study

    claim(existing_study(study_dir))
    click.echo(f"{study_dir}: is the study now")
