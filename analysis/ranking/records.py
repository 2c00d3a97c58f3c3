"""What only questions of ranking have in report.json."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RankedMethod:
    """Where one method was put, over the answers that were shown it."""

    name: str
    """The method."""
    mean_rank: float
    """Mean rank, 1 the best; with best and worst only, those between share the mean of their ranks."""
    mean_rank_low: float | None
    """Lower bound of its interval, for the plan's target; null where nothing can be inferred."""
    mean_rank_high: float | None
    """Upper bound of its interval."""
    first: float
    """Share of answers that put it first."""
    first_low: float
    """Lower bound of its interval."""
    first_high: float
    """Upper bound of its interval."""
    last: float
    """Share of answers that put it last."""
    last_low: float
    """Lower bound of its interval."""
    last_high: float
    """Upper bound of its interval."""


@dataclass(frozen=True, kw_only=True)
class RankingDetails:
    """What only a question of ranking has."""

    best_and_worst: bool
    """Whether only the best and the worst were asked for."""
    ranked: list[RankedMethod]
    """Each method, in the order of `methods`."""
    groups: list[list[str]]
    """Methods among which all differences of strengths are finite, the largest group first."""
