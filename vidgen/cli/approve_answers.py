"""`vidgen approve-answers`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import outcome, progress_bar, study_option


@declare(
    "approve-answers",
    """
vidgen approve-answers --study my-study
vidgen approve-answers --study my-study --assignment 3PQMUDRV7R1JVFWFS3ZA8LY0RRJII2
""",
)
@study_option
@click.option("--assignment", "assignments", multiple=True, help="Only this one; may be repeated.  [default: all]")
def command(study_dir: Path, assignments: tuple[str, ...]) -> None:
    """Approve submitted work, which pays for it. People are paid for work done, whatever they answered."""
    import crowd

    with progress_bar("approving", "assignment") as progress:
        done = crowd.approve(study_dir, assignments or None, progress=progress)
    for name in done.undecided:
        click.echo(
            f"visit {name} ended at the recruiter without all tasks, and is not paid: approve it there, or recruit "
            f'--ask-to-return {name} --reason "…", and --reject {name} if the person does not',
            err=True,
        )
    outcome(done, "assignment", "approved")
