"""What only questions of choice have in report.json."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class OptionShareResult:
    """How many answers give one option."""

    method: str | None
    """The method that they are about; null where the question is not about a video."""
    option: str
    """The option."""
    count: int
    """Answers that give it."""
    share: float
    """Share of the answers."""
    ci_low: float
    """Lower bound of its interval, for the plan's target."""
    ci_high: float
    """Upper bound of its interval."""


@dataclass(frozen=True, kw_only=True)
class ChoiceDetails:
    """What only a question of choice has."""

    options: list[str]
    """The options as declared, then others that were given."""
    shares: list[OptionShareResult]
    """For each method, or over all answers, each option."""
