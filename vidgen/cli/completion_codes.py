"""`vidgen completion-codes`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option

_ROW = "{:<11}  {:<20}  {:<28}  {:<16}  {}"


@declare(
    "completion-codes",
    """
vidgen completion-codes --study my-study
vidgen completion-codes --study my-study 3K7QX2AB
""",
)
@study_option
@click.argument("codes", nargs=-1)
def command(study_dir: Path, codes: tuple[str, ...]) -> None:
    """Show who has which completion code, and whether each participant's tasks are finished.

    With CODES only theirs are shown; a code that nobody has ends in exit status 1. Participants are numbered as on the
    sheet of links. Times are UTC.
    """
    from crowd.localplatform.people import STATES, work_of_all
    from crowd.studydir import existing_study

    existing_study(study_dir)
    rows = work_of_all(study_dir)
    asked = {code.replace("-", "").replace(" ", "").upper() for code in codes}
    unknown = asked - {row["completion_code"] for row in rows}
    shown = [row for row in rows if row["completion_code"] in asked] if asked else rows
    if shown or not asked:
        click.echo(_ROW.format("participant", "worker", "task", "finished", "code"))
    for row in shown:
        finished = datetime.fromtimestamp(row["submitted"], UTC).strftime("%Y-%m-%d %H:%M") if row["submitted"] else "–"
        who = row["number"] or "program"
        click.echo(_ROW.format(who, row["worker_id"], STATES[row["state"]], finished, row["completion_code"] or "–"))
    if unknown:
        raise click.ClickException(
            f"{', '.join(sorted(unknown))}: no task of this study ended with that code; give no code to see all of them"
        )
