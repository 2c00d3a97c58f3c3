"""What a planned question is likely to find: by its kind's usual model, the user's values, or a pilot's variances."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.formats import level, number, percent, points, probability
from analysis.planned_questions import PlannedQuestion
from analysis.questions.assumptions import MeasuredModel, Plannable, components_of, values_of, with_values
from analysis.questions.exclusions import counted
from analysis.questions.kinds import kind_of
from analysis.questions.table import read_table
from analysis.records.questions import Measure
from analysis.score_models import ScoreModel
from analysis.score_power import PlannedScores, ScoreDesign, detectable_difference, planned_scores, score_power
from analysis.score_simulation import simulate_scores
from crowd.questions.question import Question

#: Most prompts that a search considers.
MOST_PROMPTS = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Assumed:
    """A model, and where its values come from."""

    model: ScoreModel
    source: str
    """In words, to print."""
    mark: str = "Variances are assumed, not measured"
    """The same in short, for the foot of a plot."""


@dataclass(frozen=True, kw_only=True, slots=True)
class QuestionPower:
    """What a question is likely to find about the pair of methods with the fewest prompts."""

    measure: Measure
    assumed: Assumed
    fewest: PlannedScores | None
    """With the fewest people, who do every task; None where nothing can be inferred."""
    most: PlannedScores | None
    """With the most people, who do one task each."""


def plannable(kind: str) -> Plannable | None:
    """The kind, if its comparisons can be planned by scores; None for naming, which has its own, and for the others."""
    found = kind_of(kind)
    return found if isinstance(found, Plannable) else None


def assumed(
    question: Question, values: Mapping[str, float], pilot: Path | None = None, columns: Mapping[str, str] | None = None
) -> Assumed:
    """What is assumed of the answers to a question.

    Args:
        question: of a kind that can be planned.
        values: some of the model's values, by name.
        pilot: an answers table with a question of this id, or else of this kind, which sets the variances.
        columns: what the pilot calls its columns, where it has other names.

    Raises:
        ValueError: the model has no such value, or the pilot does not tell.
        OSError: the pilot cannot be read.
    """
    kind = plannable(question.KIND)
    assert kind is not None  # noqa: S101  callers ask about these kinds only
    model = with_values(kind.assumed(question.to_table()), values)
    if pilot is None:
        return Assumed(model=model, source=f"assumed: {_in_words(model)}")
    if values:
        raise ValueError(f"{next(iter(values))}: is what the pilot sets; leave one of them out")
    return _of_pilot(pilot, question, kind, model, columns or {})


def _in_words(model: ScoreModel) -> str:
    values = values_of(model)
    return ", ".join(f"{name} {value:.3g}" for name, value in values.items() if name not in ("points", "lowest"))


def _of_pilot(
    pilot: Path, question: Question, kind: Plannable, model: ScoreModel, columns: Mapping[str, str]
) -> Assumed:
    with read_table(pilot, columns=columns) as table:
        names = [one.id for one in table.questions if one.kind == question.KIND]
        if not names:
            there = ", ".join(f"{one.id} ({one.kind})" for one in table.questions)
            raise ValueError(f"{pilot}: no question of kind {question.KIND}; there are {there}")
        name = question.id if question.id in names else names[0]
        rows = counted(table.rows[name]).rows
    if len({code for column in ("method", "left_method", "right_method") for code in rows.code(column)} - {-1}) == 1:
        raise ValueError(f"{pilot}: question {name!r} has one method; a pilot needs two")
    scored = kind.scored(rows)
    components = components_of(scored)
    if not components.prompt + components.people + components.answer:
        raise ValueError(f"{pilot}: the answers to {name!r} are all alike: this pilot says nothing of how answers vary")
    spreads = (("prompts", components.prompt), ("participants", components.people), ("answers", components.answer))
    text = ", ".join(f"{what} {variance**0.5:.3g}" for what, variance in spreads)
    simulated = ", simulated answers" if rows.workers.simulated.any() else ""
    source = f"SD of scores from {' and '.join(scored.methods)} of {name!r} in {pilot}{simulated}: {text}"
    mark = "Variances from simulated participants, not people" if simulated else "Variances from a pilot"
    return Assumed(model=MeasuredModel(components=components, largest=model.largest), source=source, mark=mark)


def for_these_videos(model: ScoreModel) -> ScoreModel:
    """The model where no other videos are meant, so that prompts are not drawn anew."""
    if isinstance(model, MeasuredModel):
        return replace(model, components=replace(model.components, prompt=0.0))
    found: ScoreModel = replace(model, sd_prompt=0.0)  # type: ignore[type-var]
    return found


def question_power(planned: PlannedQuestion, assumption: Assumed, confidence: float, *, these: bool) -> QuestionPower:
    """What the question is likely to find, and what twice the prompts and twice the people would.

    Args:
        planned: the question's answers.
        assumption: of these.
        confidence: 1 less the level of all comparisons together.
        these: whether exactly these videos are meant.
    """
    kind = plannable(planned.question.KIND)
    assert kind is not None  # noqa: S101  it has an assumption
    model = for_these_videos(assumption.model) if these else assumption.model
    found = [_scores(planned, model, confidence, most=most) for most in (False, True)]
    return QuestionPower(measure=kind.measure, assumed=assumption, fewest=found[0], most=found[1])


def _scores(planned: PlannedQuestion, model: ScoreModel, confidence: float, *, most: bool) -> PlannedScores | None:
    pair = planned.narrowest
    if pair is None or pair.prompts < 2 or (people := pair.most_people if most else pair.fewest_people) < 2:
        return None
    design = ScoreDesign(
        prompts=pair.prompts,
        people=people,
        answers_per_prompt=pair.answers_per_prompt,
        comparisons=planned.shared_level,
        confidence=confidence,
    )
    return planned_scores(design, model)


def prompts_needed(difference: float, design: ScoreDesign, model: ScoreModel, target: float = 0.8) -> int | None:
    """The fewest prompts that find a difference with probability `target`; None where no number does."""

    def enough(prompts: int) -> bool:
        return score_power(design.with_prompts(prompts), model.at(difference)) >= target

    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > MOST_PROMPTS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def size_of(measure: Measure, value: float | None) -> str:
    """A difference in words, e.g. "12.3 points"; "none" where there is none."""
    if value is None:
        return "none"
    return f"{points(value)} {measure.unit}" if measure.percent else f"{value:.{measure.decimals}f} {measure.unit}"


def settings_that_matter(question: Question) -> dict[str, Any]:
    """The settings of a question without which its kind would assume something else of its answers."""
    kind, table = plannable(question.KIND), question.to_table()
    assert kind is not None  # noqa: S101  callers ask about these kinds only
    usual = kind.assumed(table)
    return {
        key: value
        for key, value in table.items()
        if kind.assumed({other: own for other, own in table.items() if other != key}) != usual
    }


#: Prompts in a plot.
PLOTTED = (2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300)


def curve(design: ScoreDesign, model: ScoreModel, target: float = 0.8) -> list[dict[str, Any]]:
    """Detectable difference over numbers of prompts, for this many participants, a quarter and four times as many.

    As `analysis.power_analysis.curve` has it; numbers of prompts that find no difference are left out.
    """
    rows = []
    for factor in (0.25, 1, 4):
        people = max(2, round(design.people * factor))
        answers = max(1, min(people, round(design.answers_per_prompt * factor)))
        tried = replace(design, people=people, answers_per_prompt=answers)
        found = [(prompts, detectable_difference(tried.with_prompts(prompts), model, target)) for prompts in PLOTTED]
        points = [[prompts, size] for prompts, size in found if size is not None]
        rows.append({"workers": people, "answers_per_video": answers, "points": points})
    return rows


def plot_power(path: Path, question: Question, assumption: Assumed, design: ScoreDesign, target: float = 0.8) -> None:
    """Write the difference that is detectable over prompts as a figure: .svg, .pdf or .png.

    Raises:
        ValueError: another kind of file.
        OSError: it cannot be written.
    """
    from analysis.figures import power_curve  # slow to load

    kind = plannable(question.KIND)
    assert kind is not None  # noqa: S101  it has an assumption
    found, measure = curve(design, assumption.model, target), kind.measure
    said = [f"{measure.name}; {assumption.mark}"]
    unit, over = measure.unit, "prompts with a video of each method"
    file = power_curve(found, path.suffix.lstrip(".").lower(), said, over=over, unit=unit, percent=measure.percent)
    path.write_bytes(file)


def power_lines(
    question: Question,
    assumption: Assumed,
    design: ScoreDesign,
    *,
    difference: float | None = None,
    target: float = 0.8,
    studies: int = 0,
    seed: int = 0,
) -> list[str]:
    """The answer to `vidgen power` about a kind of question, in lines to print.

    Args:
        question: of a kind that can be planned.
        assumption: of its answers.
        design: prompts, participants and answers.
        difference: a true one, in the unit of the question's measure.
        target: the probability that a difference is to be found with.
        studies: how many studies to simulate as a check; 0 for none.
        seed: of the simulation.

    Raises:
        ValueError: the difference cannot be.
    """
    kind = plannable(question.KIND)
    assert kind is not None  # noqa: S101  it has an assumption
    measure, model = kind.measure, assumption.model
    if difference is not None and difference >= model.largest:
        raise ValueError(f"difference: must be less than {model.largest:g}, is {difference:g}")
    shared = (
        f"each of {design.comparisons} comparisons is tested at {probability(design.level)}, the first level of Holm"
    )
    found = [
        size_of(measure, detectable_difference(tried, model, target))
        for tried in (design, design.more_prompts, design.more_people)
    ]
    parts = planned_scores(design, model)
    shares = [percent(part, 0) for part in (parts.share_of_prompts, parts.share_of_people, parts.share_of_answers)]
    lines = [
        assumption.source,
        *([shared] if design.comparisons > 1 else []),
        f"design: {number(design.prompts)} prompts, {number(design.people)} participants, "
        f"{number(design.answers_per_prompt)} answers per prompt",
        f"variance of the {measure.name}: {shares[0]} from prompts, {shares[1]} from participants, {shares[2]} from "
        "single answers",
        f"detectable with {percent(target, 0)} power: {found[0]}",
        f"with twice the prompts: {found[1]}; with twice the participants and answers per prompt: {found[2]}",
    ]
    if difference is not None:
        chance = score_power(design, model.at(difference))
        lines.append(f"for {size_of(measure, difference)}: power {percent(chance)}")
    return lines + (_simulated(design, model.at(difference or 0.0), studies, seed) if studies else [])


def _simulated(design: ScoreDesign, model: ScoreModel, studies: int, seed: int) -> list[str]:
    found = simulate_scores(design, model, studies, np.random.default_rng(seed))
    power = f"power {percent(found.power)}, " if model.difference else ""
    return [
        f"simulated {number(studies)} studies with seed {seed}: {power}false positives "
        f"{percent(found.false_positives)}, coverage of the {level(1 - design.level)} interval "
        f"{percent(found.coverage)}"
    ]
