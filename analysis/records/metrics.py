"""How an automatic metric of videos agrees with people."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class VideoCorrelation:
    """One coefficient over videos: the metric's scores and people's mean scores."""

    name: str
    """`pearson`, `spearman` or `kendall` (τ-b)."""
    value: float | None
    """The coefficient, −1 to 1; null where one of the two does not vary."""
    ci_low: float | None
    """Lower bound of the interval for new prompts and participants; null where there is none."""
    ci_high: float | None
    """Upper bound of that interval."""


@dataclass(frozen=True, kw_only=True)
class SystemCorrelation:
    """One figure over systems: the means of the metric's and of people's scores of each system's videos."""

    name: str
    """`pearson`, `spearman`, `kendall` (τ-b) or `pairwise accuracy`."""
    value: float | None
    """The coefficient, −1 to 1, or the share of pairs in the same order; null where one of the two does not vary."""
    ci_low: float | None
    """Lower bound of the interval for these systems, with new prompts and participants; null where there is none."""
    ci_high: float | None
    """Upper bound of that interval."""
    new_low: float | None
    """Lower bound of the interval for other systems of which these are a sample; −1, or 0 for a share, with too few."""
    new_high: float | None
    """Upper bound of that interval."""


@dataclass(frozen=True, kw_only=True)
class MetricValidation:
    """How an automatic metric agrees with people; positive means that it does."""

    metric: str
    """Its name."""
    lower_is_better: bool
    """Whether its scores were turned round first."""
    num_videos: int
    """Videos that both people and the metric scored."""
    num_systems: int
    """Methods that made them."""
    num_units: int
    """Prompts; videos where nothing pairs them."""
    num_participants: int
    """Participants who answered about them."""
    by_video: list[VideoCorrelation]
    """Over videos."""
    by_system: list[SystemCorrelation]
    """Over systems; empty with one."""
    reliability_by_video: float | None
    """How people's means of videos would correlate with those of as many other people, 0 to 1."""
    ceiling_by_video: float | None
    """The Pearson correlation that a metric of the true scores would have with people's means of videos."""
    reliability_by_system: float | None
    """How people's means of systems would correlate with those of as many other people, for the same videos."""
    ceiling_by_system: float | None
    """The Pearson correlation that a metric of the true scores would have with people's means of systems."""
    notes: list[str]
    """What a reader must know, each a sentence."""
