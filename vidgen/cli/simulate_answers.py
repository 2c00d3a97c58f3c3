"""`vidgen simulate-answers`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import only_one_of, study_option, videos_option
from vidgen.cli.types import COUNT, IN_FILE, SEED, SHARE, Number


@declare(
    "simulate-answers",
    """
vidgen simulate-answers --study my-study --workers 20
vidgen simulate-answers --study my-study --confusion confusion.csv --carelessness 0.1
vidgen simulate-answers --study my-study --workers 1 --browser
""",
)
@study_option
@videos_option
@click.option("--workers", type=COUNT, help="How many participants.  [default: as many as see each video]")
@click.option("--seed", type=SEED, default=0, help="The same seed gives the same participants.")
@click.option("--beliefs", type=IN_FILE, help="CSV: video_id and a probability per option.")
@click.option("--confusion", type=IN_FILE, help="CSV: label and a probability per option.")
@click.option("--accuracy", type=SHARE, help="Right with this probability.  [default: beliefs.csv, else 0.8]")
@click.option("--carelessness", type=SHARE, default=0.0, help="Mean share of answers picked blindly.")
@click.option(
    "--seconds-per-item",
    type=Number(0, 3600, min_open=True),
    default=6.0,
    help="Median time to an answer that they report.",
)
@click.option("--note", help="What they answer from, for the report.  [default: the source's name]")
@click.option(
    "--among-people",
    is_flag=True,
    help="Let them answer although people are invited, in places beside those that people have.",
)
@click.option("--browser", is_flag=True, help="Drive a real Chromium instead of sending what it would send.")
def command(
    study_dir: Path,
    videos_dir: Path | None,
    workers: int | None,
    seed: int,
    beliefs: Path | None,
    confusion: Path | None,
    accuracy: float | None,
    carelessness: float,
    seconds_per_item: float,
    note: str | None,
    among_people: bool,
    browser: bool,
) -> None:
    """Let simulated participants answer a study on the local platform.

    They come over HTTP, by links of their own, and do every task they are offered. All their answers are labelled
    simulated. A study that is published elsewhere is refused, and so is one to which people are invited: rehearse in a
    copy of it.
    """
    from tqdm import tqdm

    from crowd.lifecycle.prepare import published_design
    from crowd.lifecycle.video_folder import locate
    from crowd.localplatform.people import everybody
    from crowd.simulated.http import simulate_study
    from crowd.simulated.response_probabilities import choose_beliefs, source_of
    from crowd.simulated.workers import Temper

    only_one_of(beliefs=beliefs, accuracy=accuracy, confusion=confusion)
    published_design(study_dir)
    locate(study_dir, videos_dir)
    design = published_design(study_dir)
    note = note or f"{source_of(design, beliefs, confusion, accuracy)}; {carelessness:.0%} of answers are blind guesses"
    believed = choose_beliefs(design, beliefs=beliefs, confusion=confusion, accuracy=accuracy)
    temper = Temper(carelessness=carelessness, seconds_per_item=seconds_per_item)
    count = workers or max(hit.num_assignments for hit in design.hits)

    def count_one(_: str) -> None:
        bar.update()

    with tqdm(desc="simulated participants", unit=" tasks", delay=0.5) as bar:
        done = simulate_study(
            study_dir,
            count,
            believed,
            temper=temper,
            seed=seed,
            browser=browser,
            among_people=among_people,
            note=note,
            callback=count_one,
        )
    click.echo(f"{count} simulated participants submitted {len(done)} assignments")
    wanted = sum(hit.num_assignments for hit in design.hits)
    there = sum(link.num_sent for link in everybody(study_dir) if link.number is None)
    if there < wanted:
        rest = "more --workers, or publish-tasks for the next round, bring the rest"
        click.echo(f"{there} of the {wanted} that are wanted in all are there; {rest}")
