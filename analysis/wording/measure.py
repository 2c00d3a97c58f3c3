"""Estimates and differences of any measure in words, each with its unit."""

from analysis.formats import percent, points
from analysis.records.questions import Measure


def estimate(measure: Measure, value: float | None) -> str:
    """An estimate: `61.2 %` of a fraction, `3.42` of any other."""
    if value is None:
        return "–"
    return percent(value) if measure.percent else _decimal(measure, value)


def estimates(measure: Measure, low: float | None, high: float | None) -> str:
    """An interval of estimates: `55.1 % to 67.3 %`, `3.1 to 3.7`."""
    return "–" if low is None or high is None else f"{estimate(measure, low)} to {estimate(measure, high)}"


def difference(measure: Measure, value: float, *, sign: bool = False) -> str:
    """A difference without its unit: `23.4` of fractions, which are shown in percentage points, `0.42` of others."""
    return points(value, sign=sign) if measure.percent else _decimal(measure, value, sign=sign)


def differences(measure: Measure, low: float | None, high: float | None) -> str:
    """An interval of differences without their unit."""
    return "–" if low is None or high is None else f"{difference(measure, low)} to {difference(measure, high)}"


def _decimal(measure: Measure, value: float, *, sign: bool = False) -> str:
    """A number with the measure's decimals, and more where it would be written as 0 though it is not."""
    digits = next((more for more in range(measure.decimals, 5) if round(value, more)), measure.decimals)
    text = f"{value:+.{digits}f}" if sign and round(value, digits) else f"{value:.{digits}f}"
    return text.replace("-", "−") if round(value, digits) else f"{0:.{digits}f}"
