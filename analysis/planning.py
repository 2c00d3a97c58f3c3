"""The question that `vidgen power` is asked, and its answer in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.answers import read_answers
from analysis.comparisons import layout_of
from analysis.components import Components, as_spreads, of_answers
from analysis.counts import count, score
from analysis.power import (
    Design,
    components_of,
    curve,
    detectable,
    exaggeration,
    model_of,
    power,
    precision,
    simulate,
    videos_needed,
)
from analysis.setaside import set_aside
from analysis.simulator import Spreads
from analysis.wording import number, percent, points


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked; the fields are the options of `vidgen power`."""

    videos: int | None
    classes: int
    workers: int
    answers_per_video: int
    difference: float | None
    accuracy: float
    power: float
    confidence: float
    pilot: Path | None
    studies: int
    seed: int
    #: What the pilot calls its columns, where it has other names.
    columns: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Check what no design checks."""
        for name in ("accuracy", "power", "confidence"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name}: must lie between 0 and 1, is {getattr(self, name)}")
        if self.power <= 1 - self.confidence:
            raise ValueError(f"power: must exceed {1 - self.confidence:g}, the level of the test, is {self.power}")
        if self.difference is not None and not 0 < self.difference < 1:
            raise ValueError(f"difference: must lie between 0 and 1, is {self.difference}")
        if self.videos is None and self.difference is None:
            raise ValueError("videos, difference: give one of them, to learn the other")
        if self.studies < 0:
            raise ValueError(f"simulate: must not be negative, is {self.studies}")
        low, high = self.accuracies
        if not 0 < low < high < 1 and self.difference is not None:
            raise ValueError(f"difference: {self.difference} around an accuracy of {self.accuracy} leaves 0 to 1")

    @property
    def accuracies(self) -> tuple[float, float]:
        """The lower and the higher accuracy."""
        half = (self.difference or 0.0) / 2
        return self.accuracy - half, self.accuracy + half


@dataclass(frozen=True, slots=True)
class Answer:
    """Lines to print and the curve to plot."""

    lines: list[str]
    curve: list[dict[str, Any]]


def answered(question: Question) -> Answer:
    """Answer by formula and, if asked, by simulation.

    Raises:
        ValueError: the design cannot exist, or the pilot has not two methods.
    """
    alpha = 1 - question.confidence
    design = Design(
        videos=question.videos or 2 * question.classes,
        classes=question.classes,
        workers=question.workers,
        answers_per_video=question.answers_per_video,
    )
    spreads, components, source = _variances(question, design)
    lines = [f"variances: {source}"]
    if question.videos is None:
        assert question.difference is not None  # noqa: S101  checked by Question
        needed = videos_needed(question.difference, design, components, question.power, alpha)
        if needed is None:
            text = (
                f"no number of videos finds {points(question.difference)} points with {question.workers} participants"
            )
            return Answer([*lines, text], curve(design, components, alpha))
        design = replace(design, videos=needed)
        lines.append(f"needed for {points(question.difference)} points: {number(needed)} videos of each method")
    lines += _by_formula(question, design, components, alpha)
    if question.studies:
        lines += _by_simulation(question, design, spreads)
    return Answer(lines, curve(design, components, alpha))


def _variances(question: Question, design: Design) -> tuple[Spreads, Components, str]:
    """Spreads for simulation, components for the formula, and where they come from."""
    if question.pilot is None:
        spreads = Spreads()
        text = (
            f"assumed (logit SD: videos {spreads.video}, participants {spreads.worker}, taste {spreads.worker_method})"
        )
        return spreads, components_of(question.accuracies[::-1], design, spreads), text
    with read_answers(question.pilot, columns=question.columns) as answers:
        set_aside(answers)
        counts = count(answers)
        methods = [name for name in answers.methods if counts.where(methods=[name]).num_answers]
        own = [name for name in methods if name != "real"] if len(methods) > 2 else methods
        if len(own) < 2:
            raise ValueError(f"{question.pilot}: a pilot needs two methods, has {', '.join(methods)}")
        codes = counts.methods.index(own[0]), counts.methods.index(own[1])
        components = of_answers(layout_of(score(counts.where(methods=own[:2])), codes))
        simulated = ", simulated answers" if answers.workers["simulated"].any() else ""
    if components.video + components.worker_method + components.residual <= 0:
        raise ValueError(
            f"{question.pilot}: the answers to all videos of {own[0]} are alike, and so are those of {own[1]}: "
            "this pilot says nothing of how answers vary; plan without it (--accuracy)"
        )
    text = (
        f"from {own[0]} and {own[1]} of {question.pilot}{simulated} "
        f"(SD in points: videos {points(components.video**0.5)}, taste {points(components.worker_method**0.5)})"
    )
    return as_spreads(components, question.accuracy), components, text


def _by_formula(question: Question, design: Design, components: Components, alpha: float) -> list[str]:
    found = precision(design, components)
    error, df = found.error, found.df
    if error <= 0:
        return ["the variances are all zero: any difference would be found"]
    smallest = detectable(error, df, question.power, alpha)
    least = f"{points(smallest)} points" if smallest < 1 else "no difference at all"
    lines = [
        f"design: {number(design.videos)} videos of each method in {design.classes} classes, "
        f"{number(design.workers)} participants, {number(design.answers_per_video)} answers per video",
        f"standard error of the difference: {points(error)} points, {df:.0f} degrees of freedom",
        f"detectable with {percent(question.power, 0)} power: {least}",
    ]
    if question.difference is not None:
        kind_m, kind_s = exaggeration(question.difference, error, df, alpha)
        chance = power(question.difference, error, df, alpha)
        lines.append(
            f"for {points(question.difference)} points: power {percent(chance)}, "
            f"significant estimates {kind_m:.2f} times too large on average (type M), "
            f"of the wrong sign with probability {kind_s:.2g} (type S)"
        )
    return lines


def _by_simulation(question: Question, design: Design, spreads: Spreads) -> list[str]:
    model = model_of(design, question.accuracies[::-1], spreads)
    found = simulate(model, question.studies, np.random.default_rng(question.seed), question.confidence)
    text = f"simulated {number(found.studies)} studies with seed {question.seed}: "
    if question.difference is not None:
        text += f"power {percent(found.power)}, "
        text += "" if found.type_m is None else f"type M {found.type_m:.2f}, type S {found.type_s:.2g}, "
    return [
        text + f"false positives {percent(found.false_positives)}, "
        f"coverage of the {percent(question.confidence, 0)} interval {percent(found.coverage)}"
    ]
