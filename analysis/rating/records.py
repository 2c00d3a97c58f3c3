"""What only questions of rating have in report.json."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class RatedMethod:
    """How one method's videos were rated."""

    name: str
    """The method."""
    distribution: list[int]
    """How many ratings each of `points` got; on a slider, each of ten bins of equal width."""
    top_two: float | None
    """Share of ratings at the two highest points; null for a slider."""
    top_two_low: float | None
    """Lower bound of its interval, for the plan's target."""
    top_two_high: float | None
    """Upper bound of its interval."""
    n_videos: int
    """Videos with ratings that count."""


@dataclass(frozen=True, kw_only=True)
class VideoScore:
    """The mean opinion score of one video, as ITU-T P.910 reports it."""

    video_id: str
    """The video."""
    method: str
    """Its method."""
    ratings: int
    """Ratings that count."""
    mos: float
    """Mean of its ratings."""
    sd: float | None
    """Standard deviation of its ratings; null with one rating."""
    ci_low: float | None
    """Lower bound of MOS ± t·SD/√n, for other participants and this video; null with one rating."""
    ci_high: float | None
    """Upper bound of that interval."""
    unbiased: float | None
    """Score without the biases of participants (ITU-T P.910, annex E); null where these cannot be estimated."""
    unbiased_se: float | None
    """Its standard error."""


@dataclass(frozen=True, kw_only=True)
class Coefficient:
    """A coefficient with its bootstrap interval over videos; null where it cannot be estimated."""

    value: float | None
    """The coefficient."""
    ci_low: float | None
    """Lower bound of its interval."""
    ci_high: float | None
    """Upper bound of its interval."""


@dataclass(frozen=True, kw_only=True)
class RatingContrast:
    """Method `a` against method `b` in the cumulative link model."""

    a: str
    """The first method."""
    b: str
    """The second method."""
    log_odds: float
    """Log odds of a rating above any point, given participant and video, for the first method less the second."""
    standard_error: float
    """Standard error of the log odds."""
    p_value: float
    """Two-sided p from Student's t."""
    odds_ratio: float | None
    """exp(log_odds); null where it is too large for a number."""
    odds_ratio_low: float | None
    """Lower bound of its interval."""
    odds_ratio_high: float | None
    """Upper bound of its interval."""


@dataclass(frozen=True, kw_only=True)
class RatingModelResult:
    """The cumulative link model with crossed random intercepts, beside the means."""

    contrasts: list[RatingContrast]
    """Each pair of methods."""
    sd: dict[str, float]
    """Standard deviations of the random effects on the logit scale, by name."""
    n_ratings: int
    """Ratings that it was fitted to."""
    notes: list[str]
    """What a reader must know of the fit, each a sentence; why there is none where `contrasts` is empty."""


@dataclass(frozen=True, kw_only=True)
class RatingDetails:
    """What only a question of rating has."""

    low: float
    """The lowest rating that can be given."""
    high: float
    """The highest rating that can be given."""
    slider: bool
    """Whether ratings are numbers on a slider."""
    points: list[float]
    """The points of the scale, ascending; on a slider the lower ends of the bins."""
    rated: list[RatedMethod]
    """Each method, in the order of `methods`."""
    videos: list[VideoScore]
    """Each video, by method and id."""
    diversity: Coefficient | None
    """SOS parameter a: how much participants differ about a video, 0 to 1; null where ratings do not tell."""
    ordinal_alpha: Coefficient | None
    """Ordinal Krippendorff α; null for a slider."""
    interval_alpha: Coefficient | None
    """Interval Krippendorff α; null for a slider."""
    model: RatingModelResult | None
    """The cumulative link model; null where it was not fitted."""
