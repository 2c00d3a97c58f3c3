"""What only questions of number have in report.json."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class NumberSummaryResult:
    """The numbers given about one method, or by all participants."""

    method: str | None
    """The method; null where the question is not about a video."""
    answers: int
    """Answers that count."""
    mean: float
    """Their mean."""
    mean_low: float | None
    """Lower bound of its interval, for the plan's target; null where nothing can be inferred."""
    mean_high: float | None
    """Upper bound of its interval."""
    quartile_1: float
    """First quartile."""
    median: float
    """Median."""
    median_low: float | None
    """Lower bound of the median's interval."""
    median_high: float | None
    """Upper bound of the median's interval."""
    quartile_3: float
    """Third quartile."""


@dataclass(frozen=True, kw_only=True)
class NumberDetails:
    """What only a question of number has."""

    summaries: list[NumberSummaryResult]
    """Each method, or all answers together."""
