"""`vidgen serve-tasks`."""

import signal
from pathlib import Path
from queue import SimpleQueue

import click

from vidgen.cli import command as declare
from vidgen.cli.invite import country_option, hand_out, this_machine_option
from vidgen.cli.shared import study_option, videos_option
from vidgen.cli.types import Whole


@declare(
    "serve-tasks",
    "vidgen serve-tasks --study my-study --host 0.0.0.0 --participants 20\n"
    "vidgen serve-tasks --study my-study --public-url https://example.org/study --participants 20\n"
    "vidgen serve-tasks --study my-study --participants 1 --this-machine",
)
@study_option
@videos_option
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 opens the study to the network.")
@click.option(
    "--port", default=0, type=Whole(0, 65535), help="Port to listen on; 0 takes last time's, or any free one."
)
@click.option(
    "--participants",
    default=0,
    type=Whole(0, 10_000),
    help="Have so many people invited, counting those who are, and print everybody's link.",
)
@country_option
@click.option(
    "--public-url", metavar="URL", help="Address that participants open, where a reverse proxy or tunnel stands before."
)
@click.option(
    "--trusted-proxy",
    "trusted_proxies",
    multiple=True,
    metavar="ADDRESS",
    help="Reverse proxy, or network of some, that says truly who asks (X-Forwarded-For); may be repeated.",
)
@this_machine_option
def command(
    study_dir: Path,
    videos_dir: Path | None,
    host: str,
    port: int,
    participants: int,
    country: str | None,
    public_url: str | None,
    trusted_proxies: tuple[str, ...],
    this_machine: bool,
) -> None:
    """Run the local crowdsourcing platform of a study until it is interrupted.

    It shows the tasks to participants, each of whom has a link of their own, and speaks Mechanical Turk's requester API
    to publish-tasks, collect-answers and any boto3 client with the study's credentials.
    """
    from crowd.lifecycle.place import settle
    from crowd.lifecycle.prepare import check_unchanged
    from crowd.lifecycle.video_folder import locate
    from crowd.localplatform import addresses, running
    from crowd.localplatform.people import invite_up_to, invited, links
    from crowd.simulated.http import check_invitation, for_others
    from crowd.studydir import existing_study

    settle(existing_study(study_dir))
    check_unchanged(study_dir)
    locate(study_dir, videos_dir)
    shown = addresses.public_url(public_url) if public_url else None
    addresses.proxies(trusted_proxies)
    if participants:
        check_invitation(study_dir, country)
        if not this_machine:
            for_others(shown or addresses.for_others(host, port), addresses.endpoint(host, port).removesuffix(":0"))
    # An Event would hang for good where the signal comes while the wait for it begins, in the same thread.
    stopped_by: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stopped_by.put(number))
    with running(study_dir, host=host, port=port, public_url=shown, trusted_proxies=trusted_proxies) as server:
        address = server.endpoint_url if this_machine else server.participants_url or server.endpoint_url
        click.echo(f"Participants: {address}")
        click.echo(f"Progress: {address}{server.requester_path}")
        click.echo(f"Requester API: {server.endpoint_url}")
        if server.moved_from and not shown:
            click.echo(
                f"warning: port {server.moved_from}, which links of last time name, is taken: they are dead until the "
                "study is served there again",
                err=True,
            )
        num_people, _ = invited(study_dir)
        if num_people and not server.participants_url and not this_machine:
            click.echo(
                f"warning: {num_people} people are invited, and only this machine can open {address}: serve with "
                "--host 0.0.0.0 or --public-url",
                err=True,
            )
        if participants:
            new = invite_up_to(study_dir, participants, country=country)
            paths = links(study_dir)
            if new < len(paths):
                click.echo(
                    f"{len(paths) - new} of these {len(paths)} people were invited before; their links are the same:"
                )
            hand_out(study_dir, paths, address, sheet=not this_machine)
        click.echo("Stop with Ctrl+C.")
        by = stopped_by.get()
    if by == signal.SIGINT:  # a service manager's SIGTERM is an ordinary end
        raise KeyboardInterrupt
