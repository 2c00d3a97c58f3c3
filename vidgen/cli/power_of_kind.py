"""What `vidgen power --kind` answers."""

import math
from collections.abc import Mapping
from pathlib import Path

import click

from vidgen.cli.shared import pairs


def numbers(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, float]:
    """Values of an option that may be repeated, given as NAME=NUMBER."""
    found = {name: as_number(value) for name, value in pairs(context, parameter, given).items()}
    wrong = [name for name, value in found.items() if math.isnan(value)]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r} is given something that is no number")
    return found


def as_number(text: str) -> float:
    """The number; NaN for everything else."""
    try:
        return float(text)
    except ValueError:
        return math.nan


def about_kind(
    kind: str,
    settings: Mapping[str, str],
    values: Mapping[str, float],
    pilot: Path | None,
    columns: Mapping[str, str],
    *,
    videos: int | None,
    workers: int,
    answers_per_video: int | None,
    difference: float | None,
    target: float,
    confidence: float,
    comparisons: int,
    studies: int,
    seed: int,
    plot: Path | None,
) -> list[str]:
    """What a comparison of two methods by a question of that kind finds, in lines to print; and its plot, if asked for.

    Raises:
        ValueError: a setting, a value or a design that cannot be, or a pilot that does not tell.
        OSError: the pilot cannot be read, or the plot not written.
    """
    from analysis.question_power import assumed, plannable, plot_power, power_lines, prompts_needed, size_of
    from analysis.score_power import ScoreDesign
    from crowd.questions import question_of

    question = question_of({"id": kind, "kind": kind} | {name: _value(text) for name, text in settings.items()})
    assumption = assumed(question, values, pilot, columns)
    design = ScoreDesign(
        prompts=videos or 2,
        people=workers,
        answers_per_prompt=answers_per_video or workers,
        comparisons=comparisons,
        confidence=confidence,
    )
    first: list[str] = []
    if videos is None:
        assert difference is not None  # noqa: S101  the command asks for one of them
        found = plannable(kind)
        assert found is not None  # noqa: S101  it has an assumption
        size = size_of(found.measure, difference)
        needed = prompts_needed(difference, design, assumption.model, target)
        if needed is None:
            return [assumption.source, f"no number of prompts finds {size} with {workers} participants"]
        first = [f"needed for {size}: {needed} prompts with a video of each method"]
        design = design.with_prompts(needed)
    own = {"difference": difference, "target": target, "studies": studies, "seed": seed}
    lines = first + power_lines(question, assumption, design, **own)  # type: ignore[arg-type]
    if plot:
        plot_power(plot, question, assumption, design, target)
    return lines


def _value(text: str) -> object:
    """As study.toml would have it: true, false, a whole number, or text."""
    words = {"true": True, "false": False}
    return words[text] if text in words else int(text) if text.isascii() and text.isdecimal() else text
