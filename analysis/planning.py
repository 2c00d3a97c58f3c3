"""The answer to a power analysis in words, by formula and by simulation."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis import formats
from analysis.comparisons import Rules
from analysis.formats import level, number, percent, points, probability
from analysis.naming.floor import floor_of
from analysis.pilot import read_pilot
from analysis.power_analysis import (
    ComparisonDesign,
    as_nested,
    components_of,
    curve,
    detectable,
    exaggeration,
    model_of,
    precision,
    simulate,
    videos_needed,
)
from analysis.power_analysis import power as power_of
from analysis.power_question import People, PowerAnswer, PowerQuestion
from analysis.simulator import Spreads
from analysis.variance_components import Components, as_spreads

#: A simulation warns where false positives exceed the level, or coverage misses the confidence, by more than this.
LIBERAL = 0.02

#: Labels that both methods have, where nothing else says how many.
LABELS = 11


@dataclass(frozen=True, slots=True)
class Basis:
    """What a power analysis is computed from."""

    #: The design that was asked about.
    design: ComparisonDesign
    #: The design that `precision` takes: that of one group of participants where they are nested.
    taken: ComparisonDesign
    spreads: Spreads
    components: Components
    #: Where the variances come from: lines to print, and a mark for the plot.
    lines: list[str]
    mark: str


def power(
    *,
    videos: int | None = PowerQuestion.videos,
    classes: int | None = PowerQuestion.classes,
    workers: int = PowerQuestion.workers,
    answers_per_video: int | None = PowerQuestion.answers_per_video,
    difference: float | None = PowerQuestion.difference,
    accuracy: float = PowerQuestion.accuracy,
    power: float = PowerQuestion.power,
    confidence: float = PowerQuestion.confidence,
    pilot: str | Path | None = PowerQuestion.pilot,
    spread: float | None = PowerQuestion.spread,
    interaction: float | None = PowerQuestion.interaction,
    people: People = PowerQuestion.people,
    comparisons: int = PowerQuestion.comparisons,
    studies: int = PowerQuestion.studies,
    seed: int = PowerQuestion.seed,
    columns: Mapping[str, str] | None = None,
) -> PowerAnswer:
    """Say what a study of two methods can detect, or how many videos a difference takes.

    Args:
        videos: of each method; without it, as many as `difference` takes.
        classes: labels that both methods have; by default as many as the pilot has, or 11.
        workers: participants.
        answers_per_video: answers to each video; by default everybody answers all that they may see.
        difference: the true difference of the accuracies to be found, a fraction.
        accuracy: midway between the two methods, a fraction.
        power: the probability that the difference is to be found with.
        confidence: of the intervals; 1 less it is the level of the test.
        pilot: an answers table whose two most accurate methods set the variances.
        spread: standard deviation of videos of one method and label, on the logit scale; by default 1.0.
        interaction: standard deviation of the participant × method interaction, on the logit scale; by default 0.3.
        people: `crossed`: everybody sees both methods; `nested`: half of the participants each; `half nested`: half of
            them both, the others one.
        comparisons: how many share the level, by Holm.
        studies: how many studies to simulate as a check; 0 for none.
        seed: of the simulation.
        columns: what the pilot calls its columns, where it has other names.

    Returns:
        The answer, in numbers and in lines to print; differences are fractions.

    Raises:
        ValueError: a value that it cannot have, a design that cannot exist, or a pilot without two methods.
        OSError: the pilot cannot be read.

    Example:
        >>> print(analysis.power(videos=22, workers=60).lines[-2])
        detectable with 80 % power: 15.7 points
    """
    question = PowerQuestion(
        videos=videos,
        classes=classes,
        workers=workers,
        answers_per_video=answers_per_video,
        difference=difference,
        accuracy=accuracy,
        power=power,
        confidence=confidence,
        pilot=None if pilot is None else Path(pilot),
        spread=spread,
        interaction=interaction,
        people=people,
        comparisons=comparisons,
        studies=studies,
        seed=seed,
        columns=columns or {},
    )
    return answered(question)


def answered(question: PowerQuestion) -> PowerAnswer:
    """Answer by formula and, if asked, by simulation.

    Raises:
        ValueError: the design cannot exist, or the pilot has not two methods.
    """
    alpha, basis = question.level, _basis(question)
    components, lines = basis.components, list(basis.lines)
    if question.videos is None:
        assert question.difference is not None  # noqa: S101  checked by PowerQuestion
        needed = videos_needed(question.difference, basis.taken, components, question.power, alpha)
        if needed is None:
            text = (
                f"no number of videos finds {points(question.difference)} points with {question.workers} participants"
            )
            return PowerAnswer([*lines, text], _curve(question, basis.taken, components, alpha), [basis.mark])
        basis = replace(basis, design=replace(basis.design, videos=needed), taken=replace(basis.taken, videos=needed))
        lines.append(f"needed for {points(question.difference)} points: {number(needed)} videos of each method")
    lines += _by_formula(question, basis, alpha)
    lines += _floor(question, basis.design, 1 - question.confidence)
    if question.studies:
        lines += _by_simulation(question, basis.design, basis.spreads)
    return PowerAnswer(lines, _curve(question, basis.taken, components, alpha), [basis.mark])


def smallest_difference(question: PowerQuestion) -> float:
    """The smallest true difference of two accuracies that is detectable; 1 or more means that none is.

    Raises:
        ValueError: the design cannot exist, or the pilot has not two methods.
    """
    basis = _basis(question)
    return _detectable(question, basis, question.level)


def _detectable(question: PowerQuestion, basis: Basis, alpha: float) -> float:
    found = precision(basis.taken, basis.components)
    return detectable(found.error, found.df, question.power, alpha) if found.error > 0 else 0.0


def _curve(
    question: PowerQuestion, design: ComparisonDesign, components: Components, alpha: float
) -> list[dict[str, Any]]:
    """Detectable differences, with the participants of both methods together."""
    factor = 1 if question.people == "crossed" else 2
    return [row | {"workers": factor * row["workers"]} for row in curve(design, components, alpha)]


def _basis(question: PowerQuestion) -> Basis:
    """The design that is asked about, with spreads for simulation and components for the formula."""
    pilot = None if question.pilot is None else read_pilot(question.pilot, question.columns)
    usual_labels = LABELS if pilot is None else pilot.labels
    classes = usual_labels if question.classes is None else question.classes
    design = ComparisonDesign(
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
        worker_method=usual.worker_method if question.interaction is None else question.interaction,
    )
    line = (
        f"variances: assumed (logit SD: videos {spreads.video}, participants {spreads.worker}, "
        f"participant × method {spreads.worker_method})"
    )
    taken, own = (design, spreads) if question.people == "crossed" else as_nested(design, spreads)
    components = components_of(question.accuracies[::-1], taken, own)
    return Basis(design, taken, spreads, components, [line], "Variances are assumed")


def _floor(question: PowerQuestion, design: ComparisonDesign, alpha: float) -> list[str]:
    """The smallest p after Holm, and a warning where it is not small enough."""
    per_class = max(1, design.videos // design.classes)
    videos = {str(label): per_class for label in range(design.classes)}
    smallest = min(1.0, question.comparisons * floor_of(videos, videos, design.workers, Rules()).extreme)
    after = f" after Holm over {question.comparisons} comparisons" if question.comparisons > 1 else ""
    text = f"p of the largest difference, all answers right against all wrong{after}: {probability(smallest)}"
    if smallest >= alpha:
        return [f"WARNING: {text}, not below {formats.alpha(1 - alpha)}: this design is very small"]
    return [text]


def _by_formula(question: PowerQuestion, basis: Basis, alpha: float) -> list[str]:
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
        chance = power_of(question.difference, error, df, alpha)
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


def _by_simulation(question: PowerQuestion, design: ComparisonDesign, spreads: Spreads) -> list[str]:
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
