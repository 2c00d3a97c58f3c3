"""`vidgen reject-answers`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import outcome, study_option, typed


@declare(
    "reject-answers",
    """
vidgen reject-answers --study my-study --assignment 3PQM… --rule max_attention_failures \\
  --reason "All three items that named their answer were answered otherwise."
""",
)
@study_option
@click.option("--assignment", required=True, help="Id of the assignment.")
@click.option("--rule", required=True, help="The rule of study.toml that it breaks, e.g. min_answer_s.")
@click.option("--reason", required=True, help="What the participant reads.")
@click.option("--category", default="", help="The recruiter's word for the ground, where it asks for one: LOW_EFFORT.")
def command(study_dir: Path, assignment: str, rule: str, reason: str, category: str) -> None:
    """Reject one assignment whose work was not done, by a rule that was in force when the study was published.

    The participant is not paid for it. Wrong answers are no reason to reject work, nor is anything else that the rules
    do not name.
    """
    import crowd

    def confirm(worker_id: str) -> bool:
        click.echo(f"Worker {worker_id} will not be paid and reads: {reason}")
        return typed("Type reject to do it") == "reject"

    done = crowd.reject(study_dir, assignment, rule=rule, reason=reason, category=category, confirm=confirm)
    outcome(done, "assignment", "rejected")
