"""`vidgen collect-answers`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.recruiting import show
from vidgen.cli.shared import progress_bar, study_option
from vidgen.cli.types import Number

if TYPE_CHECKING:
    from crowd import Collected


@declare(
    "collect-answers",
    """
vidgen collect-answers --study my-study
vidgen collect-answers --study my-study --watch
""",
)
@study_option
@click.option("--watch", is_flag=True, help="Go on until all answers are in, and open later rounds when they are due.")
@click.option(
    "--every",
    "every_s",
    default=30.0,
    type=Number(0.1, 86_400),
    help="Seconds from one look to the next, with --watch.",
)
def command(study_dir: Path, watch: bool, every_s: float) -> None:
    """Fetch new answers and write them into the study directory.

    answers.parquet and answers.csv have a row for each answered item; funnel.json has how many people saw a task,
    accepted and submitted one, and were left out by which rule.
    """
    import crowd
    from crowd.texts import printable

    if watch:
        for got in crowd.watch(study_dir, every_s=every_s):
            _show(study_dir, got)
    else:
        with progress_bar("collecting", "HIT") as progress:
            got = crowd.collect(study_dir, progress=progress)
        _show(study_dir, got)
    if got.programs:
        alone = got.programs == got.submitted
        click.echo(
            "Participants are simulated: programs answered, not people."
            if alone
            else f"Simulated: programs did {got.programs} of {got.submitted} assignments; people did the others."
        )
    if got.recruitment is not None:
        show(got.recruitment, study_dir)
    for reason in got.unreadable:
        click.echo(printable(f"not in the table: {reason}"), err=True)


def _show(study_dir: Path, got: "Collected") -> None:
    from crowd.studydir import StudyDirectory
    from crowd.texts import counted

    click.echo(
        f"{got.assignments} of {counted(got.wanted, 'assignment')} ({got.new} new), "
        f"{counted(got.rows, 'answer')} in {StudyDirectory(study_dir).answers_csv}"
    )
