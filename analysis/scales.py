"""Where the marks of the report's figures stand, and how many labels a figure has."""

import math
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from analysis.records.accuracies import GroupAccuracy

#: The figure of labels is open up to `MOST_OPEN` labels, and has all of them up to `MOST_DRAWN`.
MOST_OPEN = 24
MOST_DRAWN = 80

#: Pairs of methods are drawn up to this number; a table has all of them.
MOST_PAIRS = 45

#: Videos and texts are listed up to this number; report.json has all of them.
MOST_VIDEOS, MOST_TEXTS = 500, 200

#: Labels longer than this are numbered in the head of a confusion table.
LONG = 24

#: Intervals of shares wider than this are left out of the figure of labels.
WIDE = 0.5


def reach(rows: list[dict[str, Any]]) -> float:
    """How far a scale around zero must reach for all intervals, in steps of ten points."""
    keys = ("difference", "new_low", "new_high", "labels_low", "labels_high")
    values = [abs(row[key]) for row in rows for key in keys if row.get(key) is not None]
    return float(min(1.0, max(0.1, math.ceil(10 * max(values)) / 10)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Axis:
    """A scale of a measure: its ends, its ticks and what these are called."""

    low: float
    high: float
    ticks: list[float]
    labels: list[str]


def axis(rows: Sequence[Any], keys: Sequence[str], *, percent: bool = False, around_zero: bool = False) -> Axis:
    """A scale that holds these values of all rows, with ends at round numbers.

    Args:
        rows: records.
        keys: their fields; what is None is left out.
        percent: whether values are fractions, called by per cents.
        around_zero: whether 0 is the middle.
    """
    values = [value for row in rows for key in keys if (value := getattr(row, key)) is not None] or [0.0]
    low, high = min(values), max(values)
    if around_zero:
        low, high = -max(abs(low), abs(high)), max(abs(low), abs(high))
    if high - low < 1e-9:
        low, high = low - 0.5, high + 0.5
    step = _round_step((high - low) / 4)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    ticks = [place * step for place in range(first, last + 1)]
    factor = 100 if percent else 1
    digits = max(0, -math.floor(math.log10(step * factor) + 1e-9))
    labels = [f"{factor * tick:.{digits}f}".replace("-", "−") for tick in ticks]
    return Axis(low=ticks[0], high=ticks[-1], ticks=ticks, labels=[_without_sign_of_zero(text) for text in labels])


def _round_step(step: float) -> float:
    """The next 1, 2 or 5 times a power of ten that is not smaller."""
    power = 10 ** math.floor(math.log10(step))
    return float(next(factor * power for factor in (1, 2, 5, 10) if factor * power >= step * (1 - 1e-9)))


def _without_sign_of_zero(text: str) -> str:
    return text[1:] if text.startswith("−") and not text.strip("−0.") else text


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
