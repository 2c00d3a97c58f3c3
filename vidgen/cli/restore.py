"""`vidgen restore`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import new_study_option


@declare("restore", "vidgen restore my-study.zip --study my-study")
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
@new_study_option
@click.option(
    "--database", metavar="URL", help="PostgreSQL database that is to keep the tasks; by default a file of the study."
)
@click.option(
    "--erased",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Further list of erased participants: a copy of private/erased.json of a later state of the study.",
)
def command(archive: Path, study_dir: Path, database: str | None, erased: Path | None) -> None:
    """Make a study directory from a backup, after checking every file in it. Nothing is overwritten.

    The next command that asks the study's platform first records what has happened there since the backup, so that
    nothing is paid twice and the cap holds. Participants who were erased since the backup are erased again: those on a
    list erased.json beside the archive, and in private/ of the study that was backed up, if it is still there.
    """
    import crowd
    from crowd.texts import counted

    made = crowd.restore(archive, study_dir, database=database, erased=erased)
    click.echo(f"{study_dir}: the study as of {made.made_at}, {counted(made.num_files, 'file')}")
    if made.videos_dir and not made.with_videos:
        click.echo(
            f"the backup holds no videos: the study looks for them in {made.videos_dir}; serve-tasks --videos names "
            "another place"
        )
