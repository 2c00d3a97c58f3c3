"""`vidgen power`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import column_option
from vidgen.cli.types import COUNT, IN_FILE, OUT_FILE, SEED, Number, Whole

if TYPE_CHECKING:
    from analysis.power_question import People


#: Numbers that a formula takes however large they are.
_MANY = Whole(1, 1_000_000_000)
_BETWEEN = Number(0, 1, min_open=True, max_open=True)


@declare(
    "power",
    "vidgen power --videos 22 --workers 60\n"
    "vidgen power --difference 0.1 --workers 60          # how many videos for ten points?\n"
    "vidgen power --videos 55 --workers 60 --difference 0.15 --simulate 500\n"
    "vidgen power --videos 100 --classes 1 --workers 10 --interaction 0.5 --simulate 500\n"
    "vidgen power --pilot pilot/answers.parquet --difference 0.1 --plot power.pdf",
)
@click.option("--videos", type=_MANY, help="Videos of each method; without it, as many as --difference needs.")
@click.option("--classes", type=_MANY, help="Labels that both methods have.  [default: the pilot's, or 11]")
@click.option("--workers", type=_MANY, default=60, show_default=True, help="Participants.")
@click.option("--answers-per-video", type=_MANY, help="Answers that each video gets  [default: everybody answers all]")
@click.option("--difference", type=_BETWEEN, help="True difference to find, e.g. 0.1 for ten points.")
@click.option(
    "--accuracy", type=_BETWEEN, default=0.65, show_default=True, help="Accuracy midway between the two methods."
)
@click.option("--power", "target", type=_BETWEEN, default=0.8, show_default=True, help="Chance to find the difference.")
@click.option("--confidence", type=_BETWEEN, default=0.95, show_default=True, help="Level of the intervals.")
@click.option("--pilot", type=IN_FILE, help="Answers table of a pilot, which sets the variances.")
@click.option("--spread", type=Number(0, 5), help="Logit SD of videos of a method and label.  [default: 1.0]")
@click.option(
    "--interaction",
    type=Number(0, 5),
    help="Logit SD of the participant × method interaction.  [default: 0.3]",
)
@click.option(
    "--people",
    type=click.Choice(["crossed", "nested", "half nested"]),
    default="crossed",
    show_default=True,
    help="Whether participants see both methods, one of them, or half of them one.",
)
@click.option(
    "--comparisons", type=COUNT, default=1, show_default=True, help="Comparisons that share the level, by Holm."
)
@column_option
@click.option(
    "--simulate",
    "studies",
    type=Whole(0, 1_000_000),
    default=0,
    help="Check by simulating so many studies of this design.",
)
@click.option("--plot", type=OUT_FILE, help="Write detectable difference over videos: .svg, .pdf, .png.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of the simulation.")
def command(
    videos: int | None,
    classes: int | None,
    workers: int,
    answers_per_video: int | None,
    difference: float | None,
    accuracy: float,
    target: float,
    confidence: float,
    pilot: Path | None,
    spread: float | None,
    interaction: float | None,
    people: "People",
    comparisons: int,
    columns: dict[str, str],
    studies: int,
    plot: Path | None,
    seed: int,
) -> None:
    """Say what a study of two methods can find, or how many videos it needs.

    Videos are the scarce thing: participants beyond some dozens hardly narrow the interval for new videos.
    """
    if videos is None and difference is None:
        raise click.UsageError("give --videos, to learn the difference, or --difference, to learn the number of videos")
    if plot:
        from analysis.figures import check_kind

        check_kind(plot.suffix.lstrip(".").lower())
    import analysis

    answer = analysis.power(
        videos=videos,
        classes=classes,
        workers=workers,
        answers_per_video=answers_per_video,
        difference=difference,
        accuracy=accuracy,
        power=target,
        confidence=confidence,
        pilot=pilot,
        spread=spread,
        interaction=interaction,
        people=people,
        comparisons=comparisons,
        columns=columns,
        studies=studies,
        seed=seed,
    )
    click.echo(answer)
    if plot:
        answer.plot(plot)
        click.echo(f"plot: {plot}")
