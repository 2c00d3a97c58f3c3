"""What `plan-study` prints of a metric whose scores help people's answers: how many tasks it saves."""

import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from vidgen.cli.types import Number, Whole

if TYPE_CHECKING:
    from crowd import PlannedStudy
    from crowd.videos.metadata import Video

#: How many times the shown videos are scored where the metric scores no others and nothing else is said.
_TIMES = 10

metric_option = click.option(
    "--metric", help="Column of metadata.csv with a metric's scores: say how many tasks these save."
)
correlation_option = click.option(
    "--correlation", type=Number(-1, 1), help="With --metric: its correlation with people's mean scores of videos."
)
scored_option = click.option(
    "--scored",
    type=Whole(1, 1_000_000_000),
    help="With --metric: videos of each method that it scores.  [default: 10 times those that people see]",
)


def check_options(metric: str | None, correlation: float | None, scored: int | None) -> None:
    """Refuse options that need each other.

    Raises:
        click.UsageError: one is missing.
    """
    if metric and correlation is None:
        raise click.UsageError("--metric needs --correlation: how well it agrees with people, e.g. 0.5")
    if not metric and not (correlation is None and scored is None):
        raise click.UsageError("--correlation and --scored are about a metric; give --metric")


def metric_rows(
    planned: "PlannedStudy", videos_dir: Path, metric: str, correlation: float, scored: int | None
) -> Iterator[tuple[str, str]]:
    """Rows on the tasks that a metric saves.

    Raises:
        ValueError: metadata.csv has no such column, or not a number for each video in it.
    """
    from analysis.prediction_powered import labelled_needed
    from crowd.videos.metadata import list_videos

    _check_scores(list_videos(videos_dir), metric)
    shown = min(planned.needs.videos_per_method.values())
    available = scored or _TIMES * shown
    if available < shown:
        raise ValueError(f"scored: must be at least {shown}, the videos of each method that people see, is {available}")
    needed = labelled_needed(shown, available, correlation)
    yield (
        "metric",
        f"{metric}: with a correlation of {correlation:g} with people and {available} videos of each method scored,"
        f" answers about {needed} of them",
    )
    tasks = planned.needs.num_assignments
    saved = tasks - -(-tasks * needed // shown)
    yield "", f"say as much as those about {shown} without it: {saved} of {tasks} tasks are saved"
    yield "", "(a prediction-powered estimate; nothing is saved where people see all the videos that are scored)"


def _check_scores(videos: Sequence["Video"], metric: str) -> None:
    """Each video has a number in the column."""
    from vidgen.cli.power_of_kind import as_number

    for video in videos:
        text = video.value(metric)
        if not text:
            there = ", ".join(sorted({name for one in videos for name in one.columns})) or "no further ones"
            raise ValueError(
                f"metric: metadata.csv has nothing in the column {metric!r} for {video.file_name}; it has {there}"
            )
        if math.isnan(as_number(text)):
            raise ValueError(f"metric: {video.file_name} has {text!r} in the column {metric!r}, which is no number")
