"""How numbers, p-values and users' texts are written in every output."""

import unicodedata
from typing import Any

from analysis.labels import split
from crowd.texts import printable

ARROWS = {"right": "→", "left": "←", "up": "↑", "down": "↓"}


#: Levels at which tests are usual.
LEVELS = (0.1, 0.05, 0.025, 0.02, 0.01)

#: Classes of characters that turn the order of the text around them: letters written right to left, and controls.
TURNING = {"R", "AL", "AN", "RLE", "LRE", "RLO", "LRO", "RLI", "LRI", "FSI"}


def percent(value: float, digits: int = 1) -> str:
    """A fraction as `88.2 %`."""
    return f"{100 * value:.{digits}f} %".replace("-", "−")


def level(confidence: float) -> str:
    """A confidence level as `95 %` or `98.3 %`, with the digits that tell it from 100 %."""
    value = 100 * confidence
    digits = next(d for d in range(12) if abs(round(value, d) - value) <= 0.05 * (100 - value) + 1e-9)
    return f"{value:.{digits}f} %"


def points(value: float, *, sign: bool = False) -> str:
    """A difference of fractions in percentage points, with a true minus sign.

    What is not 0 is not written as 0.0 down to a thousandth of a point, so that the text agrees with a test.
    """
    value = 100 * value
    digits = next((d for d in (1, 2, 3) if round(value, d)), 1)
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return "0.0" if not round(value, 3) else text.replace("-", "−")


def range_percent(low: float, high: float, digits: int = 1) -> str:
    """An interval of fractions as `79.9–88.1 %`."""
    return f"{100 * low:.{digits}f}–{100 * high:.{digits}f} %"


def range_points(low: float | None, high: float | None) -> str:
    """An interval of differences as `21.7 to 43.1`."""
    return "–" if low is None or high is None else f"{points(low)} to {points(high)}"


def decimal(value: float | None) -> str:
    """A coefficient with two decimals."""
    return "–" if value is None else f"{value:.2f}".replace("-", "−")


def plain_number(value: float) -> str:
    """A point of a scale: `4`, `0.5`, with a true minus sign."""
    return f"{value:g}".replace("-", "−")


def range_decimal(low: float | None, high: float | None) -> str:
    """An interval of coefficients."""
    return "–" if low is None or high is None else f"{decimal(low)} to {decimal(high)}"


def quantity(value: float | None) -> str:
    """A number of any unit with two decimals; from 1,000 on without them, with thin spaces between thousands."""
    return decimal(value) if value is None or abs(value) < 999.995 else number(value).replace("-", "−")


def range_quantity(low: float | None, high: float | None) -> str:
    """An interval of such numbers."""
    return "–" if low is None or high is None else f"{quantity(low)} to {quantity(high)}"


def number(value: float) -> str:
    """A count, with thin spaces between thousands."""
    return f"{value:,.0f}".replace(",", "\u202f")


def seconds(value: float | None) -> str:
    """A time in seconds with two digits."""
    return "–" if value is None else f"{value:.1f} s" if value < 100 else f"{value:.0f} s"


def probability(p: float | None) -> str:
    """A p-value with three decimals, four below .01: `.032`, `.0010`, `< .0001`; `–` for None.

    One that rounds to a usual level has the digits that show its side of it: `.0497`.
    """
    if p is None:
        return "–"
    if p < 0.0001:
        return "< .0001"
    if p >= 0.9995:
        return "1"
    digits = 4 if p < 0.01 else 3
    while digits < 7 and round(p, digits) in LEVELS and abs(round(p, digits) - p) > 1e-9:
        digits += 1
    return f"{p:.{digits}f}"[1:]


def alpha(confidence: float) -> str:
    """The level of a test, 1 less the confidence: `.05`, `.017`."""
    value = round(1 - confidence, 12)
    return f"{value:.2f}"[1:] if round(value, 2) == value else probability(value)


def equals(p: float | None) -> str:
    """`p = .032` or `p < .0001`."""
    text = probability(p)
    return f"p {text}" if text.startswith("<") else f"p = {text}"


def listed(items: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join([", ".join(items[:-1]), items[-1]] if len(items) > 1 else items)


def isolated(text: str) -> str:
    """A user's text inside a sentence: letters that are written right to left leave the order of the rest alone."""
    turns = any(unicodedata.bidirectional(character) in TURNING for character in text)
    return f"\u2068{printable(text)}\u2069" if turns else printable(text)


def plain(value: Any) -> str:
    """A rule's value in words."""
    if value is None:
        return "–"
    if isinstance(value, list):
        return ", ".join(isolated(str(one)) for one in value) or "every pair"
    return str(value)


def short(label: str) -> str:
    """A label with its direction as an arrow; the label itself where it has none."""
    halves = split(label)
    return f"{halves[0]} {ARROWS[halves[1]]}" if halves else label
