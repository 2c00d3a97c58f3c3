"""`vidgen simulate-answers`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import only_one_of, progress_bar, study_option, videos_option
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
@click.option(
    "--probabilities",
    "--beliefs",
    "probabilities",
    type=IN_FILE,
    help="CSV file with video_id and a probability per option, which they follow.",
)
@click.option("--confusion", type=IN_FILE, help="CSV file with label and a probability per option, which they follow.")
@click.option(
    "--accuracy",
    type=SHARE,
    help="Probability of a right answer.  [default: by the table of the videos, else 0.8]",
)
@click.option(
    "--qualities",
    type=IN_FILE,
    help="CSV file with method or video_id, and quality or a column per question: how good each video is, on a logit "
    "scale, for questions other than naming.  [default: all alike]",
)
@click.option("--carelessness", type=SHARE, default=0.0, help="Mean share of answers that are blind guesses.")
@click.option(
    "--seconds-per-item",
    type=Number(0, 3600, min_open=True),
    default=6.0,
    help="Median time to an answer, in seconds; it is reported, and nobody waits.",
)
@click.option("--note", help="What they answer from, for the report.  [default: the source's name]")
@click.option(
    "--among-people",
    is_flag=True,
    help="Let them answer although people are invited, in places beside those that people have.",
)
@click.option("--browser", is_flag=True, help="Answer in a real Chromium, in real time, instead of over HTTP.")
def command(
    study_dir: Path,
    videos_dir: Path | None,
    workers: int | None,
    seed: int,
    probabilities: Path | None,
    confusion: Path | None,
    accuracy: float | None,
    qualities: Path | None,
    carelessness: float,
    seconds_per_item: float,
    note: str | None,
    among_people: bool,
    browser: bool,
) -> None:
    """Let simulated participants answer a study on the local platform.

    They come over HTTP, by links of their own, and do every task that they are offered. All their answers are marked as
    simulated. A study that is published elsewhere is refused, and so is one to which people are invited: rehearse that
    in a copy.
    """
    import crowd
    from crowd.texts import counted

    only_one_of(probabilities=probabilities, accuracy=accuracy, confusion=confusion)
    with progress_bar("simulated participants", "tasks") as progress:
        done = crowd.simulate(
            study_dir,
            workers,
            videos_dir=videos_dir,
            probabilities=probabilities,
            confusion=confusion,
            accuracy=accuracy,
            qualities=qualities,
            style=crowd.ResponseStyle(carelessness=carelessness, seconds_per_item=seconds_per_item),
            seed=seed,
            note=note,
            among_people=among_people,
            browser=browser,
            progress=progress,
        )
    came, submitted = counted(done.num_workers, "simulated participant"), counted(len(done.submitted), "assignment")
    click.echo(f"{came} submitted {submitted}")
    if done.num_there < done.num_wanted:
        rest = "give more --workers, or run publish-tasks where another round follows"
        click.echo(f"{done.num_there} of the {done.num_wanted} that the study wants are there: {rest}")
