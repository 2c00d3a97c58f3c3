"""`vidgen collect-answers`."""

from pathlib import Path

import click

from vidgen.cli import command as declare


@declare("collect-answers", "vidgen collect-answers --study my-study")
@click.option("--study", "study_dir", type=click.Path(path_type=Path), required=True, help="The study directory.")
def command(study_dir: Path) -> None:
    """Fetch new answers and write answers.parquet, answers.csv and funnel.json into the study directory."""
    from crowd.collecting import collect
    from vidgen.cli.spending import progress_bar

    with progress_bar("collecting", "HIT") as progress:
        got = collect(study_dir, progress=progress)
    click.echo(
        f"{got.assignments} of {got.wanted} assignments ({got.new} new), "
        f"{got.rows} answers in {study_dir / 'answers.csv'}"
    )
    if got.simulated:
        click.echo("Participants are simulated: programs answered, not people.")
    for reason in got.unreadable:
        click.echo(f"not in the table: {reason}", err=True)
