"""What figures for papers are made of: settings, colours, names, legends, files."""

import io
import textwrap
from collections.abc import Mapping
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from analysis.formats import isolated
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

#: Characters of a name in a line of a figure, and the most lines of one name.
LINE, MOST_LINES = 32, 2

#: Colours of methods other than the control, chosen to be told apart by colour-blind readers.
COLORS = ("#1f5fbf", "#b3501a", "#2b7a4b", "#8a3f9c", "#8c6d00", "#0f7580")
CONTROL_COLOR = "#6b7280"


def warm_up() -> None:
    """Load what writes SVG and PDF files, which would otherwise be loaded with the first figure of each kind."""
    import matplotlib.backends.backend_pdf
    import matplotlib.backends.backend_svg  # noqa: F401


def settle(figure: Figure) -> None:
    """Lay the figure out once for both files, since that takes as long as drawing it."""
    if engine := figure.get_layout_engine():
        engine.execute(figure)
    figure.set_layout_engine(None)


def file_of(figure: Figure, kind: str) -> bytes:
    """The figure as a file of that kind, the same for the same figure."""
    buffer = io.BytesIO()
    dates: dict[str, dict[str, Any]] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}
    figure.savefig(buffer, format=kind, metadata=dates.get(kind))
    return buffer.getvalue()


def new_figure(width: float, height: float, said: list[str]) -> tuple[Figure, Axes]:
    """A figure with one pair of axes; below it stands that answers are simulated, or that more are to come."""
    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.subplots()
    mark(figure, said)
    return figure, axes


def mark(figure: Figure, said: list[str]) -> None:
    """Write the marks of the report below the figure."""
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


def key(axes: Axes, keys: Mapping[str, Artist], columns: int = 3) -> None:
    """A legend above the axes: what each line or dot means."""
    style: dict[str, Any] = {"loc": "lower center", "bbox_to_anchor": (0.5, 1), "frameon": False, "fontsize": 8}
    legend = axes.legend(list(keys.values()), ["?"] * len(keys), ncols=columns, **style)
    # Names are set afterwards: a label that begins with _ would be left out.
    for text, said in zip(legend.get_texts(), keys, strict=True):
        text.set_text(said)


def height_of(labels: list[str], step: float) -> float:
    """Inches that so many rows of the same height need, the tallest label among them."""
    return len(labels) * max(step, *(0.16 * label.count("\n") + 0.24 for label in labels))
