"""The report's figures for papers, as SVG and PDF files of their own."""

import warnings
from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatter

from analysis.figure_parts import (
    COLORS,
    CONTROL_COLOR,
    LINE,
    SETTINGS,
    file_of,
    height_of,
    key,
    mark,
    name,
    new_figure,
    paired,
    settle,
)
from analysis.formats import level
from analysis.question_figures import question_figures
from analysis.records.accuracies import AccuracyEstimate
from analysis.records.comparisons import MethodComparison
from analysis.records.figures import FigureData
from analysis.scales import LONG, MOST_DRAWN, intervals_drawn

#: Shares in per cent below this have no number in the confusion figure; report.html and report.json have them all.
LEAST_NAMED = 4.5

#: The field of `FigureData` that each figure shows.
SECTIONS = {"accuracy": "methods", "classes": "by_class", "confusion": "answered", "differences": "comparisons"}
SECTIONS |= {"questions": "questions"}


def figures(data: FigureData, names: Iterable[str] = SECTIONS) -> dict[str, bytes]:
    """File name → content: each figure as SVG and as PDF, or those of some names; none that has nothing to show."""
    one = {"accuracy": accuracy, "classes": classes, "confusion": confusions, "differences": differences}
    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        # A letter that no font here has is drawn as a box; in SVG the text itself stays.
        warnings.simplefilter("ignore")
        drawn: dict[str, Figure] = {}
        for name in (name for name in names if _can_be_drawn(name, data)):
            drawn |= {name: one[name](data)} if name in one else question_figures(data)
        for figure in drawn.values():
            settle(figure)
        return {f"{name}.{kind}": file_of(figure, kind) for name, figure in drawn.items() for kind in ("svg", "pdf")}


def _can_be_drawn(name: str, data: FigureData) -> bool:
    """Whether a figure has anything to show, in a form that can be read."""
    if name == "confusion":
        return data.answered is not None and not data.answered.left_out
    return bool(getattr(data, SECTIONS[name])) and (name != "classes" or len(data.by_class) <= MOST_DRAWN)


def colors(data: FigureData) -> dict[str, str]:
    """The colour of each method."""
    own = [row.name for row in data.methods if not row.control]
    found = {name: COLORS[place % len(COLORS)] for place, name in enumerate(own)}
    return {row.name: found.get(row.name, CONTROL_COLOR) for row in data.methods}


def accuracy(data: FigureData) -> Figure:
    """Accuracy per method: line for new videos, band for these videos."""
    rows = data.methods
    labels = [name(row.name) for row in rows]
    figure, axes = new_figure(5.5, height_of(labels, 0.5) + 1.15, data.marks)
    for place, row in enumerate(rows):
        color = colors(data)[row.name]
        _interval(axes, row, -place, color)
    axes.set_yticks([-place for place in range(len(rows))], labels)
    axes.set_ylim(0.6 - len(rows), 0.6)
    axes.set_xlim(0, 100)
    axes.set_xlabel("right answers (%)")
    keys = _interval_keys(data)
    if len(data.labels) > 1:
        guessing = axes.axvline(100 / len(data.labels), color="#888888", linestyle=(0, (1, 2)), linewidth=1)
        keys[f"guessing among {len(data.labels)} labels"] = guessing
    key(axes, keys)
    return figure


def _interval_keys(data: FigureData, *, labels: bool = False) -> dict[str, Line2D]:
    """What the lines of `_interval` mean, each with a line like it."""
    confidence = level(data.confidence)
    keys = {
        f"{confidence} interval, new videos": Line2D([], [], color="#555555", linewidth=1.4),
        "these videos": Line2D([], [], color="#555555", linewidth=5, alpha=0.4, solid_capstyle="butt"),
    }
    return keys | ({"new labels": Line2D([], [], color="#555555", linewidth=1.4, linestyle=":")} if labels else {})


def _interval(axes: Axes, row: AccuracyEstimate | MethodComparison, y: float, color: str) -> None:
    axes.plot([100 * row.new_low, 100 * row.new_high], [y, y], color=color, linewidth=1.4)
    axes.plot(
        [100 * row.these_low, 100 * row.these_high],
        [y, y],
        color=color,
        linewidth=5,
        alpha=0.4,
        solid_capstyle="butt",
    )
    value = row.difference if isinstance(row, MethodComparison) else row.accuracy
    axes.plot(100 * value, y, "o", color=color, markersize=6, markeredgecolor="white")


def differences(data: FigureData) -> Figure:
    """Differences in points, first method less second; dotted lines for new labels where these are the target."""
    rows, labelled = data.comparisons, data.target == "new-labels"
    labels = [paired(row.a, row.b) for row in rows]
    figure, axes = new_figure(5.5, height_of(labels, 0.45) + 1.15, data.marks)
    for place, row in enumerate(rows):
        color = CONTROL_COLOR if row.control else COLORS[0]
        if labelled:
            axes.plot([100 * row.labels_low, 100 * row.labels_high], [-place, -place], ":", color=color, linewidth=1.4)
        _interval(axes, row, -place, color)
    axes.set_yticks([-place for place in range(len(rows))], labels)
    axes.set_ylim(0.6 - len(rows), 0.6)
    axes.axvline(0, color="#444444", linewidth=1)
    axes.set_xlabel("difference (percentage points)")
    key(axes, _interval_keys(data, labels=labelled))
    return figure


def classes(data: FigureData) -> Figure:
    """Accuracy per label and method, with intervals where these are narrow enough to tell anything."""
    rows, names = data.by_class, [row.name for row in data.methods]
    labels, with_intervals = [name(row.name) for row in rows], intervals_drawn(data.by_class)
    # Inches from one method's line to the next; dots alone may overlap, but none hides another.
    line = 0.13 if with_intervals else 0.06
    height = height_of(labels, max(0.3, line * len(names) + 0.14))
    figure, axes = new_figure(5.5, height + 1.1, data.marks)
    dots = []
    for place in range(0, len(rows), 2):
        axes.axhspan(-place - 0.5, -place + 0.5, color="#f4f4f4", zorder=0)
    for offset, method in enumerate(names):
        color = colors(data)[method]
        found = [(place, cell) for place, row in enumerate(rows) if (cell := row.methods[method])]
        step = line * len(rows) / height
        y = np.array([-place - step * (offset - (len(names) - 1) / 2) for place, _ in found])
        cells = [cell for _, cell in found]
        if with_intervals:
            low, high = ([100 * getattr(cell, key) for cell in cells] for key in ("ci_low", "ci_high"))
            axes.hlines(y, low, high, color=color, linewidth=1, alpha=0.5)
        shape: dict[str, Any] = {"color": color, "markersize": 5, "markeredgecolor": "white", "markeredgewidth": 0.5}
        dots += axes.plot([100 * cell.accuracy for cell in cells], y, "o", **shape)
    axes.set_yticks([-place for place in range(len(rows))], labels)
    axes.set_ylim(0.5 - len(rows), 0.5)
    axes.set_xlim(-1, 101)
    intervals = f", {level(data.confidence)} intervals" if with_intervals else ""
    axes.set_xlabel(f"right answers (%){intervals}")
    columns = 4 if sum(min(len(method), LINE) for method in names) < 2 * LINE else 2
    key(axes, {name(method, 1): dot for method, dot in zip(names, dots, strict=True)}, columns)
    return figure


def confusions(data: FigureData) -> Figure:
    """The confusion table of each method, in per cent of its rows; small shares are shown by their shade alone."""
    assert data.answered is not None  # noqa: S101  see `_can_be_drawn`
    names = [row.name for row in data.methods]
    rows, options = data.labels, [*data.labels, "Other", "Unclear"]
    if max(map(len, rows)) > LONG:
        # Long labels are numbered above the columns.
        options = [*(str(place) for place in range(1, len(rows) + 1)), "Other", "Unclear"]
        rows = [f"\u200e{name(label, 1)}\u200e  {place}" for place, label in enumerate(rows, 1)]
    side = 0.24 * len(options) + 0.4
    figure = Figure(figsize=(side * len(names) + 1.6, side + 1.4), layout="constrained")
    grid = figure.subplots(1, len(names), squeeze=False)[0]
    options = [name(option, 1) for option in options]
    for place, (method, axes) in enumerate(zip(names, grid, strict=True)):
        table = np.array(data.answered.confusion[method], float)
        share = 100 * table / np.maximum(table.sum(axis=1, keepdims=True), 1)
        axes.grid(visible=False)
        axes.imshow(share, cmap="Blues", vmin=0, vmax=100, aspect="equal")
        axes.set_title(name(method), fontsize=9)
        axes.set_xticks(range(len(options)), options, rotation=90, fontsize=7)
        axes.set_yticks(range(len(data.labels)), rows if place == 0 else [], fontsize=7)
        for row, column in zip(*np.nonzero(share >= LEAST_NAMED), strict=True):
            value = share[row, column]
            shade = "white" if value > 60 else "#222222"
            style: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 6, "color": shade}
            axes.text(column, row, f"{value:.0f}", in_layout=False, **style)
    mark(figure, data.marks)
    return figure


def check_kind(kind: str) -> None:
    """Raise ValueError unless `kind` is the ending of a file that can be drawn: svg, pdf or png."""
    if kind not in ("svg", "pdf", "png"):
        raise ValueError(f"plot: .{kind} cannot be drawn; .svg, .pdf and .png can")


def power_curve(
    curves: list[dict[str, Any]],
    kind: str,
    said: list[str] | None = None,
    *,
    over: str = "videos of each method",
    unit: str = "points",
    percent: bool = True,
) -> bytes:
    """Detectable difference over videos per method, one line per number of participants.

    Args:
        curves: of `analysis.power_analysis.curve`, or of `analysis.question_power.curve`.
        kind: of file.
        said: what stands below the figure, such as that it rests on simulated answers.
        over: what there is more and more of.
        unit: of differences.
        percent: whether differences are fractions, and shown as percentage points.

    Raises:
        ValueError: a kind of file that cannot be drawn.
    """
    check_kind(kind)
    times = 100 if percent else 1
    largest = times * max((value for one in curves for _, value in one["points"]), default=1.0)
    with mpl.rc_context(SETTINGS):
        figure, axes = new_figure(5.5, 3.6, said or [])
        axes.grid(visible=True, axis="both")
        for shade, one in zip(("#9ec1f5", "#4b86dd", "#12458f"), curves, strict=True):
            videos, smallest = np.array(one["points"], float).reshape(-1, 2).T
            axes.plot(videos, times * smallest, color=shade, label=f"{one['workers']} participants")
        axes.set_xscale("log")
        for axis_part in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
            axis_part(LogFormatter(minor_thresholds=(2, 1)))
        axes.set_ylim(0, min(100, 1.1 * largest) if percent else 1.1 * largest)
        axes.set_xlabel(over)
        axes.set_ylabel(f"detectable difference ({unit})")
        axes.legend(frameon=False)
        return file_of(figure, kind)
