"""What only questions of moment have in report.json."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class BrokenMethod:
    """How often participants see something break in one method's videos."""

    name: str
    """The method."""
    n_videos: int
    """Videos with answers that count."""
    by_majority: int
    """Videos in which more than half of the participants mark a break."""
    kinds: list[int]
    """How many answers name each of `kinds`."""


@dataclass(frozen=True, kw_only=True)
class AgreementOfMarks:
    """A coefficient of agreement with its bootstrap interval over videos; null where it cannot be estimated."""

    alpha: float | None
    """Nominal Krippendorff α."""
    ci_low: float | None
    """Lower bound of its interval."""
    ci_high: float | None
    """Upper bound of its interval."""


@dataclass(frozen=True, kw_only=True)
class Tolerance:
    """How many pairs of participants agree about where a video breaks."""

    tolerance_s: float
    """Distance up to which two marks are taken to agree, in seconds."""
    agreeing: float
    """Share of pairs of participants whose marks agree."""
    ci_low: float | None
    """Lower bound of its bootstrap interval over videos; null with one video."""
    ci_high: float | None
    """Upper bound of that interval."""
    by_chance: float
    """The same share where each participant's marks are shuffled among the videos that they marked."""
    p_value: float
    """Share of shuffles in which as many pairs agree or more."""


@dataclass(frozen=True, kw_only=True)
class MomentDetails:
    """What only a question of moment has."""

    kinds: list[str]
    """The kinds of breaks that were named."""
    broken: list[BrokenMethod]
    """Each method, in the order of `methods`."""
    detection: AgreementOfMarks
    """Whether something breaks."""
    naming: AgreementOfMarks
    """Which kind of break it is, among the answers that name one."""
    pairs: int
    """Pairs of participants who marked a break in the same video."""
    median_s: float | None
    """Median distance of their marks in seconds; null without pairs."""
    tolerances: list[Tolerance]
    """How many pairs agree within each tolerance; empty without pairs."""
