"""`vidgen erase`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import study_option, typed

if TYPE_CHECKING:
    from crowd import Erased


@declare(
    "erase",
    "vidgen erase --study my-study --participant 3\nvidgen erase --study my-study --expired",
)
@study_option
@click.option(
    "--participant",
    "names",
    metavar="NAME",
    multiple=True,
    help="Whom: number, worker id, link, or the recruiter's id of the person or visit. May be repeated.",
)
@click.option("--expired", is_flag=True, help="What identifies those whose work is over for keep_days of study.toml.")
def command(study_dir: Path, names: tuple[str, ...], expired: bool) -> None:
    """Erase participants on their request, or what identifies those whose work is long over.

    --participant deletes somebody's answers, ids and link, from the store, the ledger, the answers tables and all
    later backups. Their assignments and payments remain, without them. Restoring an earlier backup erases them again.
    The word erase has to be typed.

    --expired deletes links, recruiters' ids, and times of looking and coming, of everybody whose work ended so many
    days ago as keep_days in [privacy] of study.toml says. Answers stay, under pseudonyms.
    """
    import crowd
    from crowd.texts import counted

    if not names and not expired:
        raise click.UsageError("name a --participant, or say --expired")
    if names:
        show(crowd.erase(study_dir, names, confirm=confirm))
    if expired:
        click.echo(f"links, ids and times of {counted(crowd.erase_expired(study_dir), 'participant')} deleted")


def confirm(sentence: str) -> bool:
    """Whether the word is typed."""
    click.echo(sentence)
    return typed("Type erase to do it") == "erase"


def show(erased: "Erased") -> None:
    """Print what was erased, and where something may be left."""
    from crowd.texts import counted

    for name, when in erased.before:
        click.echo(f"{name}: was erased before, on {when:%Y-%m-%d}")
    if erased.people:
        click.echo(f"{counted(erased.people, 'participant')} erased")
    for path in erased.left_in:
        click.echo(f"{path}: still names them; make it again, or delete it")
    if erased.backups:
        listed = ", ".join(map(str, erased.backups))
        click.echo(f"backups made before hold what was erased: {listed}; make a new one and delete these")
