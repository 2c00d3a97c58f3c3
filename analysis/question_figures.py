"""The figures of questions with sections of their own: how answers are made up, differences, strengths."""

import math
from collections.abc import Iterator

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from analysis import wording
from analysis.figure_parts import COLORS, CONTROL_COLOR, height_of, key, name, new_figure, paired
from analysis.formats import level
from analysis.records.figures import FigureData, QuestionFigures, Stacks
from analysis.scales import MOST_PAIRS

#: Colours of parts of a bar, the best first.
PARTS = ("#1f5fbf", "#9ec1f5", "#c9ccd1", "#f0b08a", "#b3501a", "#6b7280")


def question_figures(data: FigureData) -> dict[str, Figure]:
    """The figures of every question, by a name with the question's place in the report, such as `question-1-votes`."""
    found = {}
    for question in data.questions:
        for what, figure in _of_question(question, data):
            found[f"question-{question.number}-{what}"] = figure
    return found


def _of_question(question: QuestionFigures, data: FigureData) -> Iterator[tuple[str, Figure]]:
    if question.stacks and 0 < len(question.stacks.rows) <= MOST_PAIRS:
        yield "answers", stacks(question.stacks, data)
    if question.methods:
        yield "methods", methods(question, data)
    if 0 < len(question.comparisons) <= MOST_PAIRS:
        yield "differences", differences(question, data)
    if question.strengths:
        yield "strengths", strengths(question, data)


def stacks(found: Stacks, data: FigureData) -> Figure:
    """How answers are made up, in per cent."""
    labels = [name(row.name) for row in found.rows]
    figure, axes = new_figure(5.5, height_of(labels, 0.4) + 1.0, data.marks)
    colors = _part_colors(len(found.parts))
    for place, row in enumerate(found.rows):
        left = 0.0
        for color, share in zip(colors, row.shares, strict=True):
            axes.barh(-place, 100 * share, left=100 * left, height=0.6, color=color)
            left += share
    axes.set_xlim(0, 100)
    axes.set_xlabel("share of answers (%)")
    _rows(axes, labels)
    handles = [Patch(color=color) for color in colors]
    key(axes, dict(zip([name(part, 1) for part in found.parts], handles, strict=True)), columns=min(4, len(colors)))
    return figure


def _part_colors(number: int) -> list[str]:
    """A colour for each part: the ends of the list for the best and the worst."""
    if number <= 3:
        return [PARTS[0], PARTS[2], PARTS[4]][:number]
    return [PARTS[place % len(PARTS)] for place in range(number)]


def methods(question: QuestionFigures, data: FigureData) -> Figure:
    """The estimate of each method: line for new videos, band for these videos."""
    labels, factor = [name(row.name) for row in question.methods], _factor(question)
    figure, axes = new_figure(5.5, height_of(labels, 0.5) + 1.15, data.marks)
    own = [row.name for row in question.methods if not row.control]
    for place, row in enumerate(question.methods):
        color = CONTROL_COLOR if row.control else COLORS[own.index(row.name) % len(COLORS)]
        ends = (row.new_low, row.new_high), (row.these_low, row.these_high)
        _interval(axes, -place, factor, row.estimate, ends, color)
    axes.set_xlabel(_label(question, question.measure.name))
    _rows(axes, labels)
    key(axes, _keys(data))
    return figure


def differences(question: QuestionFigures, data: FigureData) -> Figure:
    """Differences, first method less second: line for new videos, band for these videos."""
    labels, factor = [paired(row.a, row.b) for row in question.comparisons], _factor(question)
    figure, axes = new_figure(5.5, height_of(labels, 0.45) + 1.15, data.marks)
    for place, row in enumerate(question.comparisons):
        ends = (row.new_low, row.new_high), (row.these_low, row.these_high)
        _interval(axes, -place, factor, row.difference, ends, CONTROL_COLOR if row.control else COLORS[0])
    axes.axvline(0, color="#444444", linewidth=1)
    axes.set_xlabel(f"{question.measure.name} ({question.measure.unit})")
    _rows(axes, labels)
    key(axes, _keys(data))
    return figure


def strengths(question: QuestionFigures, data: FigureData) -> Figure:
    """Strengths with their intervals; an open end reaches the side of the figure."""
    labels = [name(row.name) for row in question.strengths]
    figure, axes = new_figure(5.5, height_of(labels, 0.45) + 1.15, data.marks)
    known = [end for row in question.strengths for end in (row.strength, row.ci_low, row.ci_high) if end is not None]
    low, high = (math.floor(min(known, default=-1)) - 0.2, math.ceil(max(known, default=1)) + 0.2)
    for place, row in enumerate(question.strengths):
        ends = [low if row.ci_low is None else row.ci_low, high if row.ci_high is None else row.ci_high]
        axes.plot(ends, [-place, -place], color=COLORS[0], linewidth=1.4)
        if row.strength is not None:
            axes.plot(row.strength, -place, "o", color=COLORS[0], markersize=6, markeredgecolor="white")
        axes.text(high, -place, f"rank {wording.ranks(row)}", va="bottom", ha="right", fontsize=7)
    axes.axvline(0, color="#444444", linewidth=1)
    axes.set_xlim(low, high)
    axes.set_xlabel(f"strength (log odds), {level(data.confidence)} intervals")
    _rows(axes, labels)
    return figure


def _interval(
    axes: Axes,
    y: float,
    factor: float,
    value: float,
    ends: tuple[tuple[float | None, float | None], tuple[float | None, float | None]],
    color: str,
) -> None:
    """The estimate with a thin line for new videos and a band for these; ends that are unknown have none."""
    for (low, high), width, alpha in zip(ends, (1.4, 5), (1.0, 0.4), strict=True):
        if low is not None and high is not None:
            axes.plot(
                [factor * low, factor * high], [y, y], color=color, linewidth=width, alpha=alpha, solid_capstyle="butt"
            )
    axes.plot(factor * value, y, "o", color=color, markersize=6, markeredgecolor="white")


def _keys(data: FigureData) -> dict[str, Line2D]:
    return {
        f"{level(data.confidence)} interval, new videos": Line2D([], [], color="#555555", linewidth=1.4),
        "these videos": Line2D([], [], color="#555555", linewidth=5, alpha=0.4, solid_capstyle="butt"),
    }


def _rows(axes: Axes, labels: list[str]) -> None:
    axes.set_yticks([-place for place in range(len(labels))], labels)
    axes.set_ylim(0.6 - len(labels), 0.6)


def _factor(question: QuestionFigures) -> float:
    return 100.0 if question.measure.percent else 1.0


def _label(question: QuestionFigures, text: str) -> str:
    return f"{text} (%)" if question.measure.percent else text
