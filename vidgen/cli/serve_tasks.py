"""`vidgen serve-tasks`."""

import signal
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.invite import country_option, show_links, this_machine_option
from vidgen.cli.shared import study_option, videos_option
from vidgen.cli.types import Number, Whole

if TYPE_CHECKING:
    from crowd import Served


@declare(
    "serve-tasks",
    "vidgen serve-tasks --study my-study --host 0.0.0.0 --participants 20\n"
    "vidgen serve-tasks --study my-study --public-url https://example.org/study --participants 20\n"
    "vidgen serve-tasks --study my-study --participants 1 --this-machine\n"
    "vidgen serve-tasks --study my-study --database postgresql://vidgen@localhost/studies --workers 2",
)
@study_option
@videos_option
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 opens the study to the network.")
@click.option(
    "--port", default=0, type=Whole(0, 65535), help="Port to listen on; 0 takes that of last time, or any free one."
)
@click.option(
    "--participants",
    default=0,
    type=Whole(0, 10_000),
    help="How many people are to have links, counting those who have some; prints everybody's.",
)
@country_option
@click.option(
    "--public-url", metavar="URL", help="Address that participants open, where it is that of a reverse proxy or tunnel."
)
@click.option(
    "--trusted-proxy",
    "trusted_proxies",
    multiple=True,
    metavar="ADDRESS",
    help="Address or network of reverse proxies whose X-Forwarded-For counts; may be repeated.",
)
@click.option(
    "--database",
    envvar="DATABASE_URL",
    metavar="URL",
    help="PostgreSQL database for the tasks, postgresql://USER:PASSWORD@HOST/NAME; noted in the study's private "
    "folder. By default they are in a file of the study.",
)
@click.option(
    "--workers",
    default=1,
    type=Whole(1, 64),
    help="How many processes answer participants; more than one need --database.",
)
@this_machine_option
@click.option(
    "--log",
    metavar="FILE",
    help="Append requests, warnings and errors to this file as JSON lines; - is standard output, and prints no links.",
)
@click.option(
    "--stall-hours",
    default=24.0,
    type=Number(0, min_open=True),
    show_default=True,
    help="Hours without an answer, while places are open, after which the study counts as stalled.",
)
@click.option(
    "--on-stall",
    metavar="COMMAND",
    help="Run this command when the study stalls; VIDGEN_STUDY, VIDGEN_HOURS and VIDGEN_PLACES say what has.",
)
def command(
    study_dir: Path,
    videos_dir: Path | None,
    host: str,
    port: int,
    participants: int,
    country: str | None,
    public_url: str | None,
    trusted_proxies: tuple[str, ...],
    database: str | None,
    workers: int,
    this_machine: bool,
    log: str | None,
    stall_hours: float,
    on_stall: str | None,
) -> None:
    """Run the local crowdsourcing platform of a study until Ctrl+C is pressed.

    It shows the tasks to participants, each of whom has a link of their own, and speaks Mechanical Turk's requester API
    to publish-tasks, collect-answers and any boto3 client with the study's credentials.
    """
    import crowd

    # A queue and no Event, whose lock the handler would wait for if the signal comes while the wait begins.
    stopped_by: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stopped_by.put(number))
    with crowd.serve(
        study_dir,
        videos_dir=videos_dir,
        host=host,
        port=port,
        participants=participants,
        country=country,
        public_url=public_url,
        trusted_proxies=trusted_proxies,
        database=database,
        workers=workers,
        this_machine=this_machine,
        log=log,
        stall_hours=stall_hours,
        on_stall=on_stall,
    ) as served:
        if log != "-":  # a service's log is kept, and links are secrets
            show(served)
        by = next_of(stopped_by)
    if by == signal.SIGINT:  # a service manager's SIGTERM is an ordinary end
        raise KeyboardInterrupt


def next_of(signals: "SimpleQueue[int]") -> int:
    """The next signal that a handler puts there.

    Python runs its handlers between steps of the program. A signal that comes just before a wait without end begins is
    handled after that wait, which is never: so the wait ends now and then.
    """
    while True:
        with suppress(Empty):
            return signals.get(timeout=0.5)


def show(served: "Served") -> None:
    """Print the addresses, what is wrong with them, and everybody's links."""
    click.echo(f"Participants: {served.participants_url}")
    if served.join_url is not None:
        click.echo(f"For the recruiter: {served.join_url}")
    click.echo(f"Progress: {served.progress_url}")
    click.echo(f"Requester API: {served.requester_url}")
    for warning in served.warnings:
        click.echo(f"warning: {warning}", err=True)
    if served.invitation is not None:
        before, everybody = served.invitation.num_before, len(served.invitation.links)
        if before:
            click.echo(f"{before} of these {everybody} people were invited before; their links are the same:")
        show_links(served.invitation)
    click.echo("Stop with Ctrl+C.")
