"""`vidgen serve-tasks`."""

import signal
import threading
from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.invite import country_option, hand_out
from vidgen.cli.shared import videos_option


@declare(
    "serve-tasks",
    "vidgen serve-tasks --study my-study --participants 20\n"
    "vidgen serve-tasks --study my-study --host 0.0.0.0 --port 8000 --public-url https://study.example.org",
)
@click.option("--study", required=True, type=click.Path(path_type=Path, file_okay=False), help="Study directory.")
@videos_option
@click.option("--host", default="127.0.0.1", help="Address to listen on; 0.0.0.0 opens the study to the network.")
@click.option(
    "--port", default=0, type=click.IntRange(0, 65535), help="Port to listen on; 0 takes last time's, or any free one."
)
@click.option(
    "--participants", default=0, type=click.IntRange(0, 10_000), help="Invite so many people, and print their links."
)
@country_option
@click.option("--public-url", help="Address that participants use, where it is not the one listened on.")
def command(
    study: Path,
    videos_dir: Path | None,
    host: str,
    port: int,
    participants: int,
    country: str | None,
    public_url: str | None,
) -> None:
    """Run the local crowdsourcing platform of a study until it is interrupted.

    It speaks Mechanical Turk's requester API to publish-tasks, collect-answers and any boto3 client with the study's
    credentials, and shows the tasks to participants, each of whom has a link of their own.
    """
    from crowd.localplatform import running
    from crowd.videofolder import locate

    locate(study, videos_dir)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    with running(study, host=host, port=port) as server:
        address = (public_url or server.endpoint_url).rstrip("/")
        click.echo(f"Requester API and participants: {address}")
        click.echo(f"Progress: {address}{server.requester_path}")
        if participants:
            hand_out(study, participants, address, country)
        click.echo("Stop with Ctrl+C.")
        stop.wait()
