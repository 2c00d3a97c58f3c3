"""`vidgen completion-codes`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option

_ROW = "{:<11}  {:<20}  {:<28}  {:<16}  {:<20}  {}"


@declare(
    "completion-codes",
    """
vidgen completion-codes --study my-study
vidgen completion-codes --study my-study 3K7QX2AB
vidgen completion-codes --study my-study 5f1c0e7a9b2d4c6e8a0b1d2f
""",
)
@study_option
@click.argument("codes", nargs=-1)
def command(study_dir: Path, codes: tuple[str, ...]) -> None:
    """Show who has which completion code, and what became of each participant's tasks.

    With CODES, only the tasks that ended with these are shown; exit status 1 means that nobody has one of them. The ids
    by which a recruiter knows a person or a visit are found as well. Participants have their numbers on the sheet of
    links. Times are UTC.
    """
    import crowd

    found = crowd.completion_codes(study_dir, codes)
    if found.work or not codes:
        click.echo(_ROW.format("participant", "worker", "task", "finished", "sent by", "code"))
    for work in found.work:
        finished = work.finished_at.strftime("%Y-%m-%d %H:%M") if work.finished_at else "–"
        who, code = work.number or "program", work.completion_code or "–"
        sent_by = f"{work.recruiter} {work.person_id} {work.session_id}" if work.recruiter else "–"
        click.echo(_ROW.format(who, work.worker_id, work.state, finished, sent_by, code))
    if found.unknown:
        raise click.ClickException(
            f"{', '.join(found.unknown)}: no task of this study ended with that code, and nobody began one with that "
            "id; give no code to see all of them"
        )
