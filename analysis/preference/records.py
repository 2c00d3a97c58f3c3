"""What only questions of preference have in report.json."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class PairOutcomes:
    """How often each answer was given about one pair of methods; shares are fractions of the votes."""

    a: str
    """The first method, as in the comparison of the pair."""
    b: str
    """The second method."""
    votes: int
    """Votes that count."""
    win: float
    """Share of votes for the first method."""
    win_low: float
    """Lower bound of its interval, for the plan's target."""
    win_high: float
    """Upper bound of its interval."""
    tie: float
    """Share of ties of every kind."""
    tie_low: float
    """Lower bound of its interval."""
    tie_high: float
    """Upper bound of its interval."""
    loss: float
    """Share of votes for the second method."""
    loss_low: float
    """Lower bound of its interval."""
    loss_high: float
    """Upper bound of its interval."""
    score: float
    """P(win) + ½ P(tie) of the first method."""
    score_low: float
    """Lower bound of its interval."""
    score_high: float
    """Upper bound of its interval."""
    both_good: float
    """Share of votes that called both good; part of `tie`."""
    both_bad: float
    """Share of votes that called both bad; part of `tie`."""
    strength: float | None
    """Mean strength in favour of the first method, −3 to 3, over the votes that have one; null where none has."""
    strength_low: float | None
    """Lower bound of its interval."""
    strength_high: float | None
    """Upper bound of its interval."""


@dataclass(frozen=True, kw_only=True)
class PositionEffect:
    """Whether the side mattered: the share of the left video, over votes on pairs that were shown both ways round."""

    left: float
    """Share of votes for the left video among those that are no tie."""
    ci_low: float
    """Lower bound of its interval, for the plan's target."""
    ci_high: float
    """Upper bound of its interval."""
    p_value: float | None
    """Two-sided p of one half; null in an unfinished study."""


@dataclass(frozen=True, kw_only=True)
class StrengthModel:
    """The model of all pairs together that strengths come from."""

    name: str
    """`bradley-terry`, `davidson` (with ties), or `rao-kupper`."""
    position: float | None
    """Log odds in favour of the left video between equal methods; null where it cannot be estimated."""
    groups: list[list[str]]
    """Methods among which all differences are finite, the largest group first; one group where all are connected."""
    incomparable: list[list[str]]
    """Pairs of methods that no chain of votes compares."""
    p_transitivity: float | None
    """p of the test that one strength per method explains all pairs, small where it does not; null with few pairs."""
    circular: int
    """Triads in which most prefer the first method to the second, that to the third, and the third to the first."""
    triads: int
    """Triads in which each pair has a majority."""


@dataclass(frozen=True, kw_only=True)
class PreferenceDetails:
    """What only a question of preference has."""

    pairs: list[PairOutcomes]
    """Each pair, in the order of the comparisons."""
    position: PositionEffect | None
    """Whether the side mattered; null where all votes are ties, or each pair was shown one way round only."""
    model: StrengthModel
    """The model that strengths come from."""
