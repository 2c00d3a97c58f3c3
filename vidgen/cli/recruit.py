"""`vidgen recruit`."""

from decimal import Decimal
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.recruiting import show, show_draft
from vidgen.cli.shared import cap_option, confirmation, only_one_of, real_money_option, study_option, typed
from vidgen.cli.types import COUNT


@declare(
    "recruit",
    """
vidgen recruit --study my-study --draft https://study.example.org
vidgen recruit --study my-study --open --cap 300 --real-money
vidgen recruit --study my-study
vidgen recruit --study my-study --places 120
vidgen recruit --study my-study --pause
vidgen recruit --study my-study --hooks https://study.example.org
vidgen recruit --study my-study --reject 665f0d8a4c2b9e7f1a3d5c85 --category NO_DATA --reason "…"
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
@click.option("--ask-to-return", "session_id", metavar="SESSION", help="Ask a person to give their place back.")
@click.option("--reject", "rejected", metavar="SESSION", help="Reject a visit that waits for review without work.")
@click.option("--category", default="", help="The recruiter's word for the ground, with --reject: NO_DATA.")
@click.option("--reason", default="", help="What they read, with --ask-to-return or --reject.")
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
    session_id: str | None,
    rejected: str | None,
    category: str,
    reason: str,
    cap: Decimal | None,
    real_money: bool,
) -> None:
    """Open a study at its recruiter, let more people in, pause or end it; without an option, say how far it is.

    A draft costs nothing and nobody sees it. Opening it holds the money for all places, and asks for the sum to be
    typed where the money is real.
    """
    import crowd

    only_one_of(
        **{"draft": address, "open": opens or None, "pause": pause or None, "end": end or None},
        **{"ask-to-return": session_id, "reject": rejected, "hooks": hooks},
    )
    if places is not None and (opens or pause or end or session_id or rejected or hooks):
        raise click.UsageError("give --places alone or with --draft.")
    consent = crowd.Consent(cap_usd=cap, real_money=real_money, confirm=confirmation(real_money))
    if address is not None:
        show_draft(crowd.draft(study_dir, address, places=places))
    elif hooks is not None:
        click.echo(f"visits that are over will be told to {crowd.notify(study_dir, hooks)}")
    elif session_id is not None:
        crowd.ask_to_return(study_dir, session_id, reason=reason)
        click.echo(f"visit {session_id} is asked to give its place back")
    elif rejected is not None:

        def confirm(visit: str) -> bool:
            click.echo(f"Visit {visit} will not be paid and reads: {reason}")
            return typed("Type reject to do it") == "reject"

        show(crowd.reject_visit(study_dir, rejected, category=category, reason=reason, confirm=confirm), study_dir)
    elif opens:
        show(crowd.open_at_recruiter(study_dir, consent=consent), study_dir)
    elif places is not None:
        show(crowd.add_places(study_dir, places, consent=consent), study_dir)
    elif pause:
        show(crowd.pause(study_dir), study_dir)
    elif end:
        show(crowd.end_at_recruiter(study_dir), study_dir)
    else:
        show(crowd.recruitment(study_dir), study_dir)
