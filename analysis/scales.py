"""Where the marks of the report's figures stand, and how many labels a figure has."""

import math
import statistics
from collections.abc import Sequence
from typing import Any

from analysis.records.accuracies import GroupAccuracy

#: The figure of labels is open up to `MOST_OPEN` labels, and has all of them up to `MOST_DRAWN`.
MOST_OPEN = 24
MOST_DRAWN = 80

#: Labels longer than this are numbered in the head of a confusion table.
LONG = 24

#: Intervals of shares wider than this are left out of the figure of labels.
WIDE = 0.5


def reach(rows: list[dict[str, Any]]) -> float:
    """How far a scale around zero must reach for all intervals, in steps of ten points."""
    keys = ("difference", "new_low", "new_high", "labels_low", "labels_high")
    values = [abs(row[key]) for row in rows for key in keys if row.get(key) is not None]
    return float(min(1.0, max(0.1, math.ceil(10 * max(values)) / 10)))


def time_place(value: float) -> float:
    """Where a time stands on the logarithmic scale from 0.1 s to 1,000 s."""
    return (math.log10(value) + 1) / 4


def histogram_path(counts: list[int], *, closed: bool = True) -> str:
    """An SVG path of a histogram of 40 bins in a box of 40 × 100."""
    top = max(max(counts), 1)
    corners = [f"{place + 0.5:g},{98 - 94 * value / top:.1f}" for place, value in enumerate(counts[:40])]
    line = "M" + " L".join(corners)
    return f"{line} L39.5,98 L0.5,98 Z" if closed else line


def intervals_drawn(by_class: Sequence[GroupAccuracy]) -> bool:
    """Whether the figure of labels has intervals; not where most are too wide to be of use, as with two videos."""
    cells = [cell for row in by_class for cell in row.methods.values() if cell]
    return bool(statistics.median(cell.ci_high - cell.ci_low for cell in cells) < WIDE)


def drawn_classes(rows: list[GroupAccuracy]) -> list[GroupAccuracy]:
    """The labels that a figure has: all, or of very many those recognised least and most, in their order."""
    if len(rows) <= MOST_DRAWN:
        return rows
    order = sorted(range(len(rows)), key=lambda place: rows[place].all.accuracy)
    kept = set(order[: MOST_DRAWN // 2] + order[-(MOST_DRAWN // 2) :])
    return [row for place, row in enumerate(rows) if place in kept]
