"""What was answered: kinds of answer, confusions, agreement, times, order."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class AnswerDistanceTest:
    """How far apart the answers to two methods' videos are."""

    a: str
    """The first method."""
    b: str
    """The second method."""
    distance: float
    """Total-variation distance, from 0 (the same shares of answers) to 1 (no answer in common)."""
    p_value: float
    """p of the permutation test over videos."""
    smallest_attainable_p: float
    """The smallest p that this test could have given."""
    over: str
    """What the distance is taken over, in words: all options by label, or kinds of answer."""


@dataclass(frozen=True, kw_only=True)
class AnswerShares:
    """What was answered, per method."""

    kinds: list[str]
    """Names of the kinds of answer, such as `right` and `Unclear`."""
    shares: dict[str, list[float]]
    """By method, the share of its answers that each kind has, in the order of `kinds`."""
    confusion: dict[str, list[list[int]]]
    """By method, a row per label with its answers by option; empty where there are more than 60 labels."""
    left_out: str | None
    """Why the confusion tables are empty, with the commonest confusions; null where they are not."""
    tests: list[AnswerDistanceTest]
    """Whether two methods are answered alike; empty where nothing is tested."""


@dataclass(frozen=True, kw_only=True)
class AgreementResult:
    """How well participants agree over one method's videos; each value is null where answers do not vary."""

    method: str
    """The method, or `all`."""
    alpha: float | None
    """Krippendorff's nominal α."""
    alpha_low: float | None
    """Lower bound of its bootstrap interval over videos."""
    alpha_high: float | None
    """Upper bound of that interval."""
    kappa: float | None
    """Fleiss' κ."""
    kappa_low: float | None
    """Lower bound of its bootstrap interval over videos."""
    kappa_high: float | None
    """Upper bound of that interval."""


@dataclass(frozen=True, kw_only=True)
class ResponseTimes:
    """How long participants took to answer one method's videos, in seconds."""

    method: str
    """The method."""
    n_answers: int
    """Answers with a time."""
    quartile_1_s: float
    """First quartile."""
    median_s: float
    """Median."""
    quartile_3_s: float
    """Third quartile."""
    percentile_90_s: float
    """90th percentile."""
    median_right_s: float | None
    """Median of the right answers; null without any."""
    median_wrong_s: float | None
    """Median of the wrong answers; null without any."""
    histogram: list[int]
    """Answers per bin, ten bins to a factor of ten, from 0.1 s; the last bin holds what is beyond 1,000 s."""


@dataclass(frozen=True, kw_only=True)
class RetestResult:
    """Repeated videos: how often the second answer is the first one again."""

    pairs: int
    """Pairs of a first and a second answer."""
    participants: int
    """Participants who gave them."""
    agreement: float
    """Share of pairs with the same answer."""
    ci_low: float
    """Lower bound of Wilson's interval, clustered by participant."""
    ci_high: float
    """Upper bound of that interval."""
    kappa: float | None
    """Cohen's κ; null where chance alone explains all."""


@dataclass(frozen=True, kw_only=True)
class TrendResult:
    """How one method's accuracy changes over a participant's items; null where positions do not vary enough."""

    method: str
    """The method, or `all`."""
    change_per_ten: float | None
    """Change of the share of right answers over ten further items."""
    ci_low: float | None
    """Lower bound of its interval, clustered by participant."""
    ci_high: float | None
    """Upper bound of that interval."""
    p_value: float | None
    """Its two-sided p; null where nothing is tested."""
    n_workers: int | None
    """Participants."""


@dataclass(frozen=True, kw_only=True)
class QuarterAccuracies:
    """One method's accuracy in each quarter of the participants' items."""

    method: str
    """The method, or `all`."""
    accuracies: list[float | None]
    """First to last quarter; null where a method has no answers in it."""


@dataclass(frozen=True, kw_only=True)
class OrderAndFatigue:
    """Accuracy over the order in which participants saw the items."""

    rows: list[TrendResult]
    """Per method, and over all where there are several."""
    quarters: list[QuarterAccuracies]
    """In the same order."""
    sampled: bool
    """Whether a random sample of participants was used."""
    n_answers: int
    """Answers with a position."""
