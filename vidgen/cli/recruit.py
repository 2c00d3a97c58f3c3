"""`vidgen recruit`."""

from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import cap_option, confirmation, only_one_of, real_money_option, study_option
from vidgen.cli.types import COUNT

if TYPE_CHECKING:
    from crowd import Drafted, Recruitment
    from crowd.recruiters import Money


@declare(
    "recruit",
    """
vidgen recruit --study my-study --draft https://study.example.org
vidgen recruit --study my-study --open --cap 300 --real-money
vidgen recruit --study my-study
vidgen recruit --study my-study --places 120
vidgen recruit --study my-study --pause
vidgen recruit --study my-study --hooks https://study.example.org
""",
)
@study_option
@click.option(
    "--draft", "address", metavar="URL", help="Set the study up at its recruiter, as served at this public address."
)
@click.option("--open", "opens", is_flag=True, flag_value=True, help="Let people in: publish the draft, or go on.")
@click.option("--places", type=COUNT, help="How many people are to take part in all; with --draft or alone.")
@click.option("--pause", is_flag=True, help="Let nobody else in; who is there may finish.")
@click.option("--end", is_flag=True, help="End the study at its recruiter; who is there may finish.")
@click.option("--hooks", metavar="URL", help="Let the recruiter tell the study at this address what becomes of visits.")
@cap_option
@real_money_option
def command(
    study_dir: Path,
    address: str | None,
    opens: bool,
    places: int | None,
    pause: bool,
    end: bool,
    hooks: str | None,
    cap: Decimal | None,
    real_money: bool,
) -> None:
    """Open a study at its recruiter, let more people in, pause or end it; without an option, say how far it is.

    A draft costs nothing and nobody sees it. Opening it holds the money for all places, and asks for the sum to be
    typed where the money is real.
    """
    import crowd

    only_one_of(draft=address, open=opens or None, pause=pause or None, end=end or None, hooks=hooks)
    if places is not None and (opens or pause or end or hooks):
        raise click.UsageError("give --places alone or with --draft.")
    consent = crowd.Consent(cap_usd=cap, real_money=real_money, confirm=confirmation(real_money))
    if address is not None:
        show_draft(crowd.draft(study_dir, address, places=places))
    elif hooks is not None:
        click.echo(f"visits that are over will be told to {crowd.notify(study_dir, hooks)}")
    elif opens:
        show(crowd.open_at_recruiter(study_dir, consent=consent))
    elif places is not None:
        show(crowd.add_places(study_dir, places, consent=consent))
    elif pause:
        show(crowd.pause(study_dir))
    elif end:
        show(crowd.end_at_recruiter(study_dir))
    else:
        show(crowd.recruitment(study_dir))


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


def show(found: "Recruitment") -> None:
    """Print how far the study is at its recruiter."""
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
        code, work = (
            "right code" if right else "no or another code",
            "all tasks sent" if whole else "not all tasks sent",
        )
        click.echo(f"  {number:>6}  {code}, {work}")
    for name in found.unknown:
        click.echo(f"warning: visit {name} is unknown at {found.recruiter}; its answers do not count", err=True)


def _money(money: "Money") -> str:
    return f"{money.amount:.2f} {money.currency}"
