"""`vidgen delete-study`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import outcome, progress_bar, study_option, typed


@declare("delete-study", "vidgen delete-study --study my-study")
@study_option
@click.option("--yes", is_flag=True, help="Delete without asking.")
def command(study_dir: Path, yes: bool) -> None:
    """Delete the study's HITs from the platform, after fetching all answers. The study directory keeps its files."""
    import crowd

    def confirm(num_hits: int) -> bool:
        return yes or typed(f"Type {num_hits} to delete that many HITs") == str(num_hits)

    with progress_bar("deleting", "HIT") as progress:
        outcome(crowd.delete(study_dir, confirm=confirm, progress=progress), "HIT", "deleted")
