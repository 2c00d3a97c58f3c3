"""`vidgen comments`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.opening import open_option, show_in_browser
from vidgen.cli.shared import study_option
from vidgen.cli.types import OUT_FILE


@declare("comments", "vidgen comments --study my-study\nvidgen comments --study my-study --out comments.html --open")
@study_option
@click.option("--out", type=OUT_FILE, help="Write a web page instead, which only you may read.")
@open_option
def command(study_dir: Path, out: Path | None, opens: bool) -> None:
    """Show what participants wrote: comments on the task, and answers in words. The latest come first.

    A page that was written is no file of the study: when somebody is erased, write it again.
    """
    import crowd
    from crowd.texts import printable

    if out is not None:
        click.echo(crowd.comments_page(study_dir, out))
        if opens:
            show_in_browser(out)
        return
    if opens:
        raise click.UsageError("--open needs a page: add --out.")
    written = crowd.comments(study_dir)
    for task in written:
        notes = ", simulated" * task.simulated + (f", not counted: {task.excluded}" if task.excluded else "")
        click.echo(printable(f"{task.worker_id}, {task.submitted_at}{notes}"))
        for text in filter(None, (task.comment, *(f"{question}: {answer}" for question, _, answer in task.answers))):
            click.echo(printable("  " + text.replace("\n", "\n  ")))
    if not written:
        click.echo("nobody has written anything")
