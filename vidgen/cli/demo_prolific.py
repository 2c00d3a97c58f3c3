"""`vidgen demo-prolific`."""

import signal
from decimal import Decimal
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.serve_tasks import next_of
from vidgen.cli.shared import study_option
from vidgen.cli.types import COUNT, OUT_FILE, SEED, SHARE, USD, Number, Whole

if TYPE_CHECKING:
    from crowd.simulated.prolific.visits import SimulatedVisit


@declare(
    "demo-prolific",
    "vidgen demo-prolific --study my-study\n"
    "vidgen demo-prolific --study my-study --port 8010 --state prolific.json --speed 60",
)
@study_option
@click.option("--port", default=0, type=Whole(0, 65535), help="Port to listen on; 0 takes any free one.")
@click.option("--participants", default=300, type=COUNT, help="How many simulated participants there are.")
@click.option("--balance", default=Decimal(10_000), type=USD, help="Play money in the wallet, in its currency.")
@click.option(
    "--speed", default=20.0, type=Number(1, 3600), help="Seconds that pass there in one second, for its time limits."
)
@click.option(
    "--accuracy", type=SHARE, help="Probability of a right answer.  [default: by the table of the videos, else 0.8]"
)
@click.option("--seed", type=SEED, default=0, help="The same seed gives the same participants.")
@click.option("--state", "file", type=OUT_FILE, help="File that keeps its state between runs.")
def command(
    study_dir: Path,
    port: int,
    participants: int,
    balance: Decimal,
    speed: float,
    accuracy: float | None,
    seed: int,
    file: Path | None,
) -> None:
    """Run a stand-in for Prolific on this machine until Ctrl+C is pressed.

    It answers the calls of Prolific's API that a study needs, with play money. As soon as the study is published there,
    simulated participants come, do its tasks over HTTP, and go back with its completion code. Some return, run out of
    time, or enter no code or another one. Their answers are marked as simulated.
    """
    import crowd

    stopped_by: SimpleQueue[int] = SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stopped_by.put(number))
    with crowd.demo_prolific(
        study_dir,
        port=port,
        participants=participants,
        balance=str(balance),
        speed=speed,
        accuracy=accuracy,
        seed=seed,
        file=file,
        shown=show,
    ) as prolific:
        click.echo("In the terminal of the other commands:")
        click.echo(f"  export PROLIFIC_URL={prolific.url} PROLIFIC_TOKEN={prolific.token}")
        click.echo(f"Workspace: {prolific.workspace_id}, project {prolific.project_id}")
        click.echo(f"Wallet: {prolific.balance} {prolific.currency} of play money")
        click.echo("Stop with Ctrl+C.")
        by = next_of(stopped_by)
    if by == signal.SIGINT:  # a service manager's SIGTERM is an ordinary end
        raise KeyboardInterrupt


def show(visit: "SimulatedVisit") -> None:
    """Print what came of a visit."""
    accepted = "accepted" if visit.status < 400 else f"refused with {visit.status}"
    here = ", not let in by the study" if visit.turned_away else ""
    click.echo(f"participant {visit.participant_id}: {visit.conduct}{here}, {accepted}")
