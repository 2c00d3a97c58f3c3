"""The report's figures for papers, as SVG and PDF files of their own."""

import io
import textwrap
import warnings
from collections.abc import Iterable
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import LogFormatter

from analysis.formats import isolated, level
from analysis.records.accuracies import AccuracyEstimate
from analysis.records.comparisons import MethodComparison
from analysis.records.figures import FigureData
from analysis.scales import LONG, MOST_DRAWN, intervals_drawn
from crowd.texts import printable

#: Settings that make the same input give the same file.
SETTINGS: dict[Any, Any] = {
    "svg.hashsalt": "vidgen",
    # Names are users' text: a dollar in them begins no formula, whatever the machine's own settings are.
    "text.parse_math": False,
    "text.usetex": False,
    "svg.fonttype": "none",
    "pdf.fonttype": 42,
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.grid": True,
    "axes.grid.axis": "x",
    "axes.axisbelow": True,
    "grid.color": "#e3e3e3",
    "ytick.left": False,
}

#: Shares in per cent below this have no number in the confusion figure; report.html and report.json have them all.
LEAST_NAMED = 4.5

#: Characters of a name in a line of a figure, and the most lines of one name.
LINE, MOST_LINES = 32, 2

#: Colours of methods other than the control, chosen to be told apart by colour-blind readers.
COLORS = ("#1f5fbf", "#b3501a", "#2b7a4b", "#8a3f9c", "#8c6d00", "#0f7580")
CONTROL_COLOR = "#6b7280"


#: The field of `FigureData` that each figure shows.
SECTIONS = {"accuracy": "methods", "classes": "by_class", "confusion": "answered", "differences": "comparisons"}


def figures(data: FigureData, names: Iterable[str] = SECTIONS) -> dict[str, bytes]:
    """File name → content: each figure as SVG and as PDF, or those of some names; none that has nothing to show."""
    draw = {"accuracy": accuracy, "classes": classes, "confusion": confusions, "differences": differences}
    with mpl.rc_context(SETTINGS), warnings.catch_warnings():
        # A letter that no font here has is drawn as a box; in SVG the text itself stays.
        warnings.simplefilter("ignore")
        drawn = {name: draw[name](data) for name in names if _can_be_drawn(name, data)}
        for figure in drawn.values():
            _settle(figure)
        return {f"{name}.{kind}": _file(figure, kind) for name, figure in drawn.items() for kind in ("svg", "pdf")}


def _can_be_drawn(name: str, data: FigureData) -> bool:
    """Whether a figure has anything to show, in a form that can be read."""
    if name == "confusion":
        return data.answered is not None and not data.answered.left_out
    return bool(getattr(data, SECTIONS[name])) and (name != "classes" or len(data.by_class) <= MOST_DRAWN)


def warm_up() -> None:
    """Load what writes SVG and PDF files, which would otherwise be loaded with the first figure of each kind."""
    import matplotlib.backends.backend_pdf
    import matplotlib.backends.backend_svg  # noqa: F401


def _settle(figure: Figure) -> None:
    """Lay the figure out once for both files, since that takes as long as drawing it."""
    figure.draw_without_rendering()
    figure.set_layout_engine(None)


def _file(figure: Figure, kind: str) -> bytes:
    buffer = io.BytesIO()
    dates: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    figure.savefig(buffer, format=kind, metadata=dates.get(kind))
    return buffer.getvalue()


def new_figure(width: float, height: float, said: list[str]) -> tuple[Figure, Axes]:
    """A figure with one pair of axes; below it stands that answers are simulated, or that more are to come."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    _mark(figure, said)
    return figure, axes


def _mark(figure: Figure, said: list[str]) -> None:
    if said:
        figure.supxlabel("\n".join(said), fontsize=7, color="#8a4b00", x=0.99, ha="right")


def paired(a: str, b: str) -> str:
    """The name of a difference; marks of direction keep the first method first, whatever its script."""
    between = " −\n" if len(a) + len(b) > LINE else " − "
    mark = "\u200e" if isolated(a + b) != a + b else ""
    return f"{mark}{name(a, 1)}{mark}{between}{mark}{name(b, 1)}"


def name(text: str, lines: int = MOST_LINES, line: int = LINE) -> str:
    """A user's name for a figure: on a few lines, cut where it is longer, in the order in which it is written."""
    wrapped = textwrap.wrap(printable(" ".join(text.split())), line, break_on_hyphens=False) or [""]
    if len(wrapped) > lines:
        wrapped = [*wrapped[: lines - 1], wrapped[lines - 1][: line - 1].rstrip() + "…"]
    return "\n".join(wrapped)


def colors(data: FigureData) -> dict[str, str]:
    """The colour of each method."""
    own = [row.name for row in data.methods if not row.control]
    found = {name: COLORS[place % len(COLORS)] for place, name in enumerate(own)}
    return {row.name: found.get(row.name, CONTROL_COLOR) for row in data.methods}


def accuracy(data: FigureData) -> Figure:
    """Accuracy per method: line for new videos, band for these videos."""
    rows = data.methods
    labels = [name(row.name) for row in rows]
    figure, axes = new_figure(5.5, _height(labels, 0.5) + 1.15, data.marks)
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
    _key(axes, keys)
    return figure


def _interval_keys(data: FigureData, *, labels: bool = False) -> dict[str, Line2D]:
    """What the lines of `_interval` mean, each with a line like it."""
    confidence = level(data.confidence)
    keys = {
        f"{confidence} interval, new videos": Line2D([], [], color="#555555", linewidth=1.4),
        "these videos": Line2D([], [], color="#555555", linewidth=5, alpha=0.4, solid_capstyle="butt"),
    }
    return keys | ({"new labels": Line2D([], [], color="#555555", linewidth=1.4, linestyle=":")} if labels else {})


def _key(axes: Axes, keys: dict[str, Line2D], columns: int = 3) -> None:
    """A legend above the axes: what each line or dot means."""
    style: dict[str, Any] = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "frameon": False, "fontsize": 8}
    legend = axes.legend(list(keys.values()), ["?"] * len(keys), ncols=columns, **style)
    # Names are set afterwards: a label that begins with _ would be left out.
    for text, said in zip(legend.get_texts(), keys, strict=True):
        text.set_text(said)


def _height(labels: list[str], step: float) -> float:
    """Inches that so many rows of the same height need, the tallest label among them."""
    return len(labels) * max(step, *(0.16 * label.count("\n") + 0.24 for label in labels))


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
    figure, axes = new_figure(5.5, _height(labels, 0.45) + 1.15, data.marks)
    for place, row in enumerate(rows):
        color = CONTROL_COLOR if row.control else COLORS[0]
        if labelled:
            axes.plot([100 * row.labels_low, 100 * row.labels_high], [-place, -place], ":", color=color, linewidth=1.4)
        _interval(axes, row, -place, color)
    axes.set_yticks([-place for place in range(len(rows))], labels)
    axes.set_ylim(0.6 - len(rows), 0.6)
    axes.axvline(0, color="#444444", linewidth=1)
    axes.set_xlabel("difference (percentage points)")
    _key(axes, _interval_keys(data, labels=labelled))
    return figure


def classes(data: FigureData) -> Figure:
    """Accuracy per label and method, with intervals where these are narrow enough to tell anything."""
    rows, names = data.by_class, [row.name for row in data.methods]
    labels, with_intervals = [name(row.name) for row in rows], intervals_drawn(data.by_class)
    # Inches from one method's line to the next; dots alone may overlap, but none hides another.
    line = 0.13 if with_intervals else 0.06
    height = _height(labels, max(0.3, line * len(names) + 0.14))
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
    _key(axes, {name(method, 1): dot for method, dot in zip(names, dots, strict=True)}, columns)
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
    _mark(figure, data.marks)
    return figure


def check_kind(kind: str) -> None:
    """Raise ValueError unless `kind` is the ending of a file that can be drawn: svg, pdf or png."""
    if kind not in ("svg", "pdf", "png"):
        raise ValueError(f"plot: .{kind} cannot be drawn; .svg, .pdf and .png can")


def power_curve(curves: list[dict[str, Any]], kind: str, said: list[str] | None = None) -> bytes:
    """Detectable difference over videos per method, one line per number of participants.

    Args:
        curves: of `analysis.power_analysis.curve`.
        kind: of file.
        said: what stands below the figure, such as that it rests on simulated answers.

    Raises:
        ValueError: a kind of file that cannot be drawn.
    """
    check_kind(kind)
    with mpl.rc_context(SETTINGS):
        figure, axes = new_figure(5.5, 3.6, said or [])
        axes.grid(visible=True, axis="both")
        for shade, one in zip(("#9ec1f5", "#4b86dd", "#12458f"), curves, strict=True):
            videos, smallest = zip(*one["points"], strict=True)
            axes.plot(videos, [100 * value for value in smallest], color=shade, label=f"{one['workers']} participants")
        axes.set_xscale("log")
        for axis_part in (axes.xaxis.set_major_formatter, axes.xaxis.set_minor_formatter):
            axis_part(LogFormatter(minor_thresholds=(2, 1)))
        axes.set_ylim(0, min(100, 110 * max(value for one in curves for _, value in one["points"])))
        axes.set_xlabel("videos of each method")
        axes.set_ylabel("detectable difference (points)")
        axes.legend(frameon=False)
        return _file(figure, kind)
