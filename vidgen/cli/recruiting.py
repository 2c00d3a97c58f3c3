"""What commands print of a study at its recruiter."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from crowd import Drafted, Recruitment
    from crowd.recruiters import Money


def show_draft(made: "Drafted") -> None:
    """Print the draft, and what opening it costs."""
    from crowd.texts import counted

    click.echo(f"draft {made.opening_id}: {counted(made.places, 'place')}, {_money(made.reward)} each")
    click.echo(f"about {counted(made.minutes, 'minute')}, {_money(made.hourly)} an hour")
    if made.num_eligible is not None:
        click.echo(f"{'fewer than 25' if not made.num_eligible else made.num_eligible} people are eligible")
    click.echo(f"opening it holds {_money(made.cost)}, fees included; the account has {_money(made.balance)}")
    for warning in made.warnings:
        click.echo(f"warning: {warning}", err=True)


def show(found: "Recruitment", study_dir: Path | None = None) -> None:
    """Print how far the study is at its recruiter, and what somebody has to do."""
    from crowd.texts import counted

    if found.opening is None:
        click.echo(f"{found.recruiter}: no draft yet; recruit --draft URL makes one")
        return
    click.echo(
        f"{found.recruiter}: {found.opening.state}, {counted(found.opening.num_places, 'place')}, "
        f"{counted(found.wanted, 'person', 'people')} wanted"
    )
    for state, number in sorted(found.arrivals.items()):
        click.echo(f"  {number:>6}  {state.replace('_', ' ')}")
    for (right, whole), number in sorted(found.cells.items(), reverse=True):
        code = "right code" if right else "no or another code"
        click.echo(f"  {number:>6}  {code}, {'all tasks sent' if whole else 'not all tasks sent'}")
    for line in _to_do(found, study_dir):
        click.echo(line, err=True)


def _to_do(found: "Recruitment", study_dir: Path | None) -> Iterator[str]:
    """What somebody has to look at, a line each."""
    from crowd.commandline import to_paste
    from crowd.texts import counted

    for name in found.unknown:
        yield f"warning: visit {name} is unknown at {found.recruiter}; its answers do not count"
    for name in found.undecided:
        yield f"visit {name} waits for review there without all tasks, and is not paid: --ask-to-return or --reject it"
    for name in found.too_late:
        yield f"visit {name} sent all tasks, but its time was over there; a bonus can pay it"
    if found.to_redo:
        redone = counted(found.to_redo, "task that was sent is", "tasks that were sent are")
        yield f"{redone} not paid, to be done anew: {to_paste('collect-answers', '--study', study_dir or 'STUDY')}"
    if found.missing and found.opening is not None:
        places = found.opening.num_places + found.missing
        more = counted(found.missing, "more place is", "more places are")
        yield f"{more} needed: {to_paste('recruit', '--study', study_dir or 'STUDY', '--places', str(places))}"


def _money(money: "Money") -> str:
    return f"{money.amount:.2f} {money.currency}"
