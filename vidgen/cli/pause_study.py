"""`vidgen pause-study`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import outcome, progress_bar, study_option


@declare("pause-study", "vidgen pause-study --study my-study")
@study_option
def command(study_dir: Path) -> None:
    """Let nobody begin a task until the study is resumed; those who have begun may finish.

    The report stays interim. A study at a recruiter is paused by `vidgen recruit --pause`.
    """
    import crowd
    from crowd.commandline import to_paste

    with progress_bar("pausing", "HIT") as progress:
        outcome(crowd.pause_study(study_dir, progress=progress), "HIT", "paused")
    click.echo(f"go on with {to_paste('resume-study', '--study', study_dir)}")
