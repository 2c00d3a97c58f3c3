"""The question that `vidgen power` is asked, and its answer in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, get_args

import numpy as np

from analysis import formats
from analysis.comparisons import Rules
from analysis.variance_components import Components, as_spreads
from analysis.naming.floor import floor_of
from analysis.formats import level, number, percent, points, probability
from analysis.pilot import read_pilot
from analysis.power_analysis import (
    Design,
    People,
    as_nested,
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
from analysis.simulator import Spreads

#: False positives beyond the level, and coverage short of the confidence, from which on a simulation warns.
LIBERAL = 0.02

#: Labels that both methods have, where nothing else says how many.
LABELS = 11


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """What is asked; the fields are the options of `vidgen power`."""

    videos: int | None = None
    #: None: as many labels as the pilot has, or `LABELS`.
    classes: int | None = None
    workers: int = 60
    #: None: everybody answers all that they may see.
    answers_per_video: int | None = None
    difference: float | None = None
    accuracy: float = 0.65
    power: float = 0.8
    confidence: float = 0.95
    pilot: Path | None = None
    #: Logit SD of videos, and of participants' taste for a method; None: those of `Spreads`, or of the pilot.
    spread: float | None = None
    taste: float | None = None
    people: People = "crossed"
    #: How many comparisons share the level, by Holm.
    comparisons: int = 1
    studies: int = 0
    seed: int = 0
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
        if self.seed < 0:
            raise ValueError(f"seed: must not be negative, is {self.seed}")
        for name in ("spread", "taste"):
            value = getattr(self, name)
            if value is not None and not 0 <= value <= 5:
                raise ValueError(f"{name}: must lie between 0 and 5, is {value}")
            if value is not None and self.pilot is not None:
                raise ValueError(f"{name}: is what the pilot sets; leave one of them out")
        if self.people not in get_args(People):
            raise ValueError(f"people: must be one of {', '.join(get_args(People))}, is {self.people!r}")
        if self.people != "crossed" and self.pilot is not None:
            raise ValueError(f"people: {self.people} needs participants' own variance, which is not read from a pilot")
        if self.columns and self.pilot is None:
            raise ValueError("column: names a column of a pilot; give the pilot too")
        if self.comparisons < 1:
            raise ValueError(f"comparisons: must be at least 1, is {self.comparisons}")
        low, high = self.accuracies
        if not 0 < low < high < 1 and self.difference is not None:
            raise ValueError(f"difference: {self.difference} around an accuracy of {self.accuracy} leaves 0 to 1")

    @property
    def level(self) -> float:
        """The level at which the first of several comparisons is tested."""
        return (1 - self.confidence) / self.comparisons

    @property
    def answers(self) -> int:
        """Answers that each video gets."""
        seen = {"crossed": self.workers, "nested": self.workers // 2, "half nested": 3 * self.workers // 4}
        return max(1, seen[self.people]) if self.answers_per_video is None else self.answers_per_video

    @property
    def accuracies(self) -> tuple[float, float]:
        """The lower and the higher accuracy."""
        half = (self.difference or 0.0) / 2
        return self.accuracy - half, self.accuracy + half


@dataclass(frozen=True, slots=True)
class Answer:
    """Lines to print, the curve to plot and what it rests on."""

    lines: list[str]
    curve: list[dict[str, Any]]
    marks: list[str]


@dataclass(frozen=True, slots=True)
class Basis:
    """What an answer is computed from."""

    #: The design that was asked about.
    design: Design
    #: The same as `precision` takes it: one of the groups of participants where they are nested.
    taken: Design
    spreads: Spreads
    components: Components
    #: Where the variances come from: lines to print, and a mark for the plot.
    lines: list[str]
    mark: str


def answered(question: Question) -> Answer:
    """Answer by formula and, if asked, by simulation.

    Raises:
        ValueError: the design cannot exist, or the pilot has not two methods.
    """
    alpha, basis = question.level, _basis(question)
    components, lines = basis.components, list(basis.lines)
    if question.videos is None:
        assert question.difference is not None  # noqa: S101  checked by Question
        needed = videos_needed(question.difference, basis.taken, components, question.power, alpha)
        if needed is None:
            text = (
                f"no number of videos finds {points(question.difference)} points with {question.workers} participants"
            )
            return Answer([*lines, text], _curve(question, basis.taken, components, alpha), [basis.mark])
        basis = replace(basis, design=replace(basis.design, videos=needed), taken=replace(basis.taken, videos=needed))
        lines.append(f"needed for {points(question.difference)} points: {number(needed)} videos of each method")
    lines += _by_formula(question, basis, alpha)
    lines += _floor(question, basis.design, 1 - question.confidence)
    if question.studies:
        lines += _by_simulation(question, basis.design, basis.spreads)
    return Answer(lines, _curve(question, basis.taken, components, alpha), [basis.mark])


def smallest_difference(question: Question) -> float:
    """The true difference of two accuracies that `answered` calls detectable; 1 or more means none.

    Raises:
        ValueError: the design cannot exist, or the pilot has not two methods.
    """
    basis = _basis(question)
    return _detectable(question, basis, question.level)


def _detectable(question: Question, basis: Basis, alpha: float) -> float:
    found = precision(basis.taken, basis.components)
    return detectable(found.error, found.df, question.power, alpha) if found.error > 0 else 0.0


def _curve(question: Question, design: Design, components: Components, alpha: float) -> list[dict[str, Any]]:
    """Detectable differences, with the participants of both methods together."""
    factor = 1 if question.people == "crossed" else 2
    return [row | {"workers": factor * row["workers"]} for row in curve(design, components, alpha)]


def _basis(question: Question) -> Basis:
    """The design that is asked about, with spreads for simulation and components for the formula."""
    pilot = None if question.pilot is None else read_pilot(question.pilot, question.columns)
    usual_labels = LABELS if pilot is None else pilot.labels
    classes = usual_labels if question.classes is None else question.classes
    design = Design(
        videos=2 * classes if question.videos is None else question.videos,
        classes=classes,
        workers=question.workers,
        answers_per_video=question.answers,
    )
    if pilot is not None:
        spreads = as_spreads(pilot.components, question.accuracy)
        return Basis(design, design, spreads, pilot.components, pilot.lines, pilot.mark)
    usual = Spreads()
    spreads = Spreads(
        video=usual.video if question.spread is None else question.spread,
        worker_method=usual.worker_method if question.taste is None else question.taste,
    )
    line = (
        f"variances: assumed (logit SD: videos {spreads.video}, participants {spreads.worker}, "
        f"taste {spreads.worker_method})"
    )
    taken, own = (design, spreads) if question.people == "crossed" else as_nested(design, spreads)
    components = components_of(question.accuracies[::-1], taken, own)
    return Basis(design, taken, spreads, components, [line], "Variances are assumed")


def _floor(question: Question, design: Design, alpha: float) -> list[str]:
    """The smallest p after Holm, and a warning where it is not small enough."""
    per_class = max(1, design.videos // design.classes)
    videos = {str(label): per_class for label in range(design.classes)}
    smallest = min(1.0, question.comparisons * floor_of(videos, videos, design.workers, Rules()).extreme)
    after = f" after Holm over {question.comparisons} comparisons" if question.comparisons > 1 else ""
    text = f"p of the largest difference, all answers right against all wrong{after}: {probability(smallest)}"
    if smallest >= alpha:
        return [f"WARNING: {text}, not below {formats.alpha(1 - alpha)}: this design is very small"]
    return [text]


def _by_formula(question: Question, basis: Basis, alpha: float) -> list[str]:
    found, design = precision(basis.taken, basis.components), basis.design
    error, df = found.error, found.df
    if error <= 0:
        return ["the variances are all zero: any difference would be found"]
    smallest = _detectable(question, basis, alpha)
    least = f"{points(smallest)} points" if smallest < 1 else "no difference at all"
    shared = f"each of {question.comparisons} comparisons is tested at {probability(alpha)}, the first level of Holm"
    labels = f"{design.classes} label{'s' if design.classes > 1 else ''}"
    lines = [
        *([shared] if question.comparisons > 1 else []),
        f"design: {number(design.videos)} videos of each method, {labels}, "
        f"{number(design.workers)} participants{_PEOPLE[question.people]}, "
        f"{number(design.answers_per_video)} answers per video",
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


#: Who sees which methods, in words.
_PEOPLE = {
    "crossed": "",
    "nested": ", half of them for each method",
    "half nested": ", half of whom see one method (the formula takes all to see one, which is no better)",
}


def _by_simulation(question: Question, design: Design, spreads: Spreads) -> list[str]:
    model = model_of(design, question.accuracies[::-1], spreads, question.people)
    if question.answers_per_video is None:
        model = replace(model, videos_per_worker=None)
    alpha = question.level
    found = simulate(model, question.studies, np.random.default_rng(question.seed), 1 - alpha)
    text = f"simulated {number(found.studies)} studies with seed {question.seed}: "
    if question.difference is not None:
        text += f"power {percent(found.power)}, "
        text += "" if found.type_m is None else f"type M {found.type_m:.2f}, type S {found.type_s:.2g}, "
    lines = [
        text + f"false positives {percent(found.false_positives)}, "
        f"coverage of the {level(1 - alpha)} interval {percent(found.coverage)}"
    ]
    # Few studies are wide of the mark by chance: from 2.5 standard errors on it is hardly that.
    beyond = max(LIBERAL, 2.5 * (alpha * (1 - alpha) / found.studies) ** 0.5)
    if found.false_positives > alpha + beyond:
        lines.append(
            f"WARNING: {percent(found.false_positives)} false positives instead of {percent(alpha)}: this design finds "
            "differences that are not there; take more participants or videos, or videos of more even numbers"
        )
    if found.coverage < 1 - alpha - beyond:
        lines.append(
            f"WARNING: {level(1 - alpha)} intervals hold the true difference in "
            f"{percent(found.coverage)} of studies only; take more participants or videos"
        )
    return lines
