"""Differences between methods: estimates, tests, what other rules give, what the study could detect."""

from dataclasses import dataclass
from typing import Literal

Target = Literal["new-videos", "these-videos", "new-labels"]


@dataclass(frozen=True, kw_only=True)
class ParticipantNesting:
    """Who judged which of two methods."""

    nesting: str
    """`crossed`: everybody judged both methods; `nested`: nobody did; `partly nested`: some did."""
    both: int
    """Participants who judged both methods."""
    only_a: int
    """Participants who judged the first method alone."""
    only_b: int
    """Participants who judged the second method alone."""


@dataclass(frozen=True, kw_only=True)
class EquivalenceTest:
    """Two one-sided tests against the plan's margin, not adjusted for other comparisons."""

    margin: float
    """The difference that would not matter, a fraction."""
    p_equivalence: float
    """p of the test that the methods differ by less than the margin."""
    p_a_not_inferior: float
    """One-sided p that the first method is not worse by the margin or more."""
    p_b_not_inferior: float
    """One-sided p that the second method is not worse by the margin or more."""
    ci_low: float
    """Lower bound of the interval that belongs to these tests, of confidence 2 × `confidence` − 1."""
    ci_high: float
    """Upper bound of that interval."""


@dataclass(frozen=True, kw_only=True)
class MethodComparison:
    """Method `a` less method `b`, over the labels that both have; differences are fractions in [−1, 1]."""

    a: str
    """The first method, the one with the larger accuracy in this comparison."""
    b: str
    """The second method."""
    control: bool
    """Whether one of the two is the control."""
    planned: bool
    """Whether the plan names the pair, or names none."""
    accuracy_a: float
    """Accuracy of the first method, labels weighted by `class_weights`."""
    accuracy_b: float
    """Accuracy of the second method, weighted in the same way."""
    difference: float
    """`accuracy_a` less `accuracy_b`."""
    ci_low: float
    """Lower bound of the difference's interval for the plan's target, not adjusted for other comparisons."""
    ci_high: float
    """Upper bound of that interval."""
    p_value: float
    """Two-sided p of the primary test for the plan's target, not adjusted."""
    p_holm: float
    """p adjusted by Holm over the family, whatever the plan's adjustment is."""
    p_adjusted: float
    """p adjusted over the family by the plan's `adjustment`."""
    adjusted_low: float
    """Lower bound of the interval that belongs to `p_adjusted`."""
    adjusted_high: float
    """Upper bound of that interval."""
    adjusted_confidence: float
    """Confidence of the adjusted interval."""
    family: int
    """Comparisons that are adjusted together, this one included."""
    new_low: float
    """Lower bound of the interval for new videos."""
    new_high: float
    """Upper bound of the interval for new videos."""
    p_new: float
    """Two-sided p for new videos."""
    these_low: float
    """Lower bound of the interval for exactly the videos that were shown."""
    these_high: float
    """Upper bound of the interval for these videos."""
    p_these: float
    """Two-sided p for these videos."""
    labels_low: float
    """Lower bound of the interval for new labels."""
    labels_high: float
    """Upper bound of the interval for new labels."""
    p_labels: float
    """Two-sided p for new labels."""
    test: str
    """The primary test in words."""
    df: float | None
    """Degrees of freedom of the primary test; null where nothing can be inferred."""
    smallest_attainable_p: float
    """The smallest p of the primary test that any answers could have given."""
    smallest_adjusted_p: float
    """The same after adjusting for the family."""
    tests: dict[str, float]
    """p of each test by rearrangement that the design allows, by its name."""
    attainable: dict[str, float]
    """The smallest p that each of these tests could have given, by its name."""
    raw_difference: float
    """Difference of the shares of right answers over all answers, whatever their labels."""
    uneven: bool
    """Whether the methods were shown with different mixes of labels."""
    macro_difference: float | None
    """`difference` where labels have equal weight, else null."""
    participants: ParticipantNesting
    """Who judged which of the two methods."""
    unit: Literal["video", "item", "class"]
    """What is random within labels; `class`: there is one video of each label, so that labels stand for videos."""
    items: int
    """Items that both methods have a video of; 0 where nothing pairs their videos."""
    unpaired: int
    """Videos without a counterpart of the other method, where items pair others."""
    videos_a: int
    """Videos of the first method in this comparison."""
    videos_b: int
    """Videos of the second method in this comparison."""
    risk_ratio: float | None
    """`accuracy_a` divided by `accuracy_b`; null where that is 0."""
    cohens_h: float
    """2·asin√accuracy_a − 2·asin√accuracy_b (Cohen 1988)."""
    chance_corrected_difference: float
    """Difference of the chance-corrected accuracies."""
    separated: bool
    """Whether the answers to one method are all right or all wrong."""
    shared_classes: int
    """Labels that both methods have; 0 where all are compared as one."""
    unshared_classes: list[str]
    """Labels that one of the methods lacks and that are left out."""
    equivalence: EquivalenceTest | None
    """Tests against the plan's margin; null without a margin."""


@dataclass(frozen=True, kw_only=True)
class SensitivityResult:
    """The first comparison with one rule changed."""

    name: str
    """The rule that was changed."""
    changed: str
    """What that changes, in words; empty for the comparison as planned."""
    difference: float | None
    """The difference under this rule; null where too few answers are left."""
    ci_low: float | None
    """Lower bound of its interval, not adjusted; null where there is none."""
    ci_high: float | None
    """Upper bound of its interval."""
    p_value: float | None
    """Its two-sided p, not adjusted; null where there is none."""


@dataclass(frozen=True, kw_only=True)
class VideosNeeded:
    """How many videos one true difference takes."""

    difference: float
    """The true difference, a fraction."""
    videos: int | None
    """Videos of each method for 80 % power; null where no number is enough."""


@dataclass(frozen=True, kw_only=True)
class DetectableDifference:
    """What a study of this size and with these variances can detect, for the first comparison alone."""

    pair: list[str]
    """The two methods."""
    videos: int
    """Videos of each method."""
    classes: int
    """Labels that both methods have."""
    workers: int
    """Participants."""
    answers_per_video: int
    """Answers to each video, on average."""
    sd_video: float
    """Standard deviation between videos of one method and label, a fraction."""
    sd_worker_method: float
    """Standard deviation of the participant × method interaction, a fraction."""
    detectable: float | None
    """The true difference that is found in 80 % of such studies; null where answers have no spread."""
    needed: list[VideosNeeded]
    """Videos needed for smaller differences."""


@dataclass(frozen=True, kw_only=True)
class MixedModelFailure:
    """Why no mixed model could be fitted to the first comparison."""

    a: str
    """The first method."""
    b: str
    """The second method."""
    why_not: str | None
    """The reason, a sentence; null where the model was fitted."""


@dataclass(frozen=True, kw_only=True)
class MixedModelResult(MixedModelFailure):
    """The crossed mixed logistic model of the first comparison; what is infinite is null."""

    log_odds: float | None
    """Log odds of a right answer for the first method less those for the second, given video and participant."""
    standard_error: float | None
    """Standard error of the log odds."""
    p_value: float | None
    """Wald's two-sided p, too small where videos are few."""
    p_adjusted: float | None
    """Two-sided p from Student's t, adjusted for the number of videos."""
    df: float | None
    """Degrees of freedom of that t."""
    odds_ratio: float | None
    """exp(log_odds)."""
    odds_ratio_low: float | None
    """Lower bound of the odds ratio's interval, adjusted in the same way."""
    odds_ratio_high: float | None
    """Upper bound of that interval."""
    difference: float | None
    """Difference of the marginal accuracies, over new videos and participants; a fraction."""
    ci_low: float | None
    """Lower bound of the difference's interval, by the delta method."""
    ci_high: float | None
    """Upper bound of that interval."""
    sd: dict[str, float]
    """Standard deviations of the random effects on the logit scale, by name."""
    n_answers: int
    """Answers that the model was fitted to."""
    n_videos: int
    """Videos among them."""
    n_workers: int
    """Participants among them."""
    converged: bool
    """Whether the optimiser converged."""
    sampled: bool
    """Whether a random sample of participants was used."""
    notes: list[str]
    """What a reader must know of the fit, each a sentence."""
