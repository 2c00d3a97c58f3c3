"""`vidgen power`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from vidgen.cli import command as declare
from vidgen.cli.power_of_kind import about_kind, numbers
from vidgen.cli.shared import column_option, pairs
from vidgen.cli.types import COUNT, IN_FILE, KIND, OUT_FILE, SEED, Number, Whole

if TYPE_CHECKING:
    from analysis.power_question import People


#: Numbers that a formula takes however large they are.
_MANY = Whole(1, 1_000_000_000)
#: Options that other kinds of questions do not have.
_OF_NAMING = ("classes", "accuracy", "spread", "interaction", "people")
_BETWEEN = Number(0, 1, min_open=True, max_open=True)


@declare(
    "power",
    "vidgen power --videos 22 --workers 60\n"
    "vidgen power --difference 0.1 --workers 60          # how many videos for ten points?\n"
    "vidgen power --videos 55 --workers 60 --difference 0.15 --simulate 500\n"
    "vidgen power --videos 100 --classes 1 --workers 10 --interaction 0.5 --simulate 500\n"
    "vidgen power --pilot pilot/answers.parquet --difference 0.1 --plot power.pdf\n"
    "vidgen power --kind preference --videos 100 --workers 50 --answers-per-video 10\n"
    "vidgen power --kind rating --setting points=9 --difference 0.5 --workers 60 --answers-per-video 10\n"
    "vidgen power --kind caption --setting choices=6 --assume accuracy=0.7 --videos 50 --plot power.svg",
)
@click.option("--kind", type=KIND, help="Kind of question.  [default: naming]")
@click.option(
    "--setting",
    "settings",
    multiple=True,
    metavar="NAME=VALUE",
    callback=pairs,
    help="With --kind: what study.toml declares of the question, e.g. points=9; may be repeated.",
)
@click.option(
    "--assume",
    multiple=True,
    metavar="NAME=NUMBER",
    callback=numbers,
    help="With --kind: a value to assume of the answers, e.g. sd_prompt=0.7; may be repeated.",
)
@click.option("--videos", type=_MANY, help="Videos of each method; without it, as many as --difference needs.")
@click.option("--classes", type=_MANY, help="Labels that both methods have.  [default: the pilot's, or 11]")
@click.option("--workers", type=_MANY, default=60, show_default=True, help="Participants.")
@click.option("--answers-per-video", type=_MANY, help="Answers that each video gets  [default: everybody answers all]")
@click.option(
    "--difference",
    type=Number(0, 100, min_open=True, max_open=True),
    help="True difference to find, e.g. 0.1 for ten points; of ratings, points of the scale.",
)
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
@click.option("--plot", type=OUT_FILE, help="Write detectable difference over videos, or prompts: .svg, .pdf, .png.")
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of the simulation.")
@click.pass_context
def command(
    context: click.Context,
    kind: str | None,
    settings: dict[str, str],
    assume: dict[str, float],
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

    Videos are the scarce thing: participants beyond some dozens hardly narrow the interval for new videos. With --kind
    the question is of another kind than naming, and --videos are prompts with a video of each method.
    """
    if videos is None and difference is None:
        raise click.UsageError("give --videos, to learn the difference, or --difference, to learn the number of videos")
    if plot:
        from analysis.figures import check_kind

        check_kind(plot.suffix.lstrip(".").lower())
    if kind and kind != "naming":
        given = [name for name in _OF_NAMING if context.get_parameter_source(name) == ParameterSource.COMMANDLINE]
        if given:
            raise click.UsageError(f"--{given[0].replace('_', '-')} is for naming; leave out --{given[0]} or --kind")
        for line in about_kind(
            kind,
            settings,
            assume,
            pilot,
            columns,
            videos=videos,
            workers=workers,
            answers_per_video=answers_per_video,
            difference=difference,
            target=target,
            confidence=confidence,
            comparisons=comparisons,
            studies=studies,
            seed=seed,
            plot=plot,
        ):
            click.echo(line)
        if plot:
            click.echo(f"plot: {plot}")
        return
    if settings or assume:
        raise click.UsageError("--setting and --assume are for other kinds of questions than naming; give --kind")
    if difference is not None and difference >= 1:
        raise click.BadParameter(
            f"{difference} is not in the range more than 0, less than 1.", param_hint="'--difference'"
        )
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
