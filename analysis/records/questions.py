"""What the answers to one question show, whatever its kind."""

from dataclasses import dataclass, field
from typing import Any

from analysis.records.accuracies import MethodName
from analysis.records.comparisons import EquivalenceTest
from analysis.records.machine import MachineHelp
from analysis.records.metrics import MetricValidation
from analysis.records.participants import ExclusionFlow, ExclusionsSummary


@dataclass(frozen=True, kw_only=True)
class Measure:
    """What a question's estimates are, and how its comparisons are put into words."""

    name: str
    """What is estimated, such as `net win rate`."""
    unit: str
    """Unit of differences, such as `points`."""
    percent: bool
    """Whether estimates are fractions, shown in per cent and percentage points."""
    decimals: int = 2
    """Decimals of estimates that are no fractions."""
    more: str
    """Says that the first method did better than the second, such as `is preferred to`."""
    contrast: str = "of the first method less that of the second"
    """What a difference is, after the name of the measure."""
    higher_is_better: bool = True
    """Whether a larger estimate is the better one."""


@dataclass(frozen=True, kw_only=True)
class MethodEstimate(MethodName):
    """The estimate of one method; bounds that cannot be estimated are null."""

    estimate: float
    """The estimate, in the unit of the question's measure."""
    ci_low: float | None
    """Lower bound of the interval for the plan's target."""
    ci_high: float | None
    """Upper bound of that interval."""
    new_low: float | None
    """Lower bound of the interval for new videos."""
    new_high: float | None
    """Upper bound of the interval for new videos."""
    these_low: float | None
    """Lower bound of the interval for exactly the videos that were shown."""
    these_high: float | None
    """Upper bound of the interval for these videos."""
    n_answers: int
    """Answers that count."""
    n_units: int
    """Prompts, or videos where nothing pairs them, with an answer that counts."""
    n_workers: int
    """Participants with an answer that counts."""


@dataclass(frozen=True, kw_only=True)
class QuestionComparison:
    """Method `a` less method `b`, in the unit of the question's measure; bounds that cannot be estimated are null."""

    a: str
    """The first method, the one that did better in this comparison."""
    b: str
    """The second method."""
    control: bool
    """Whether one of the two is the control."""
    planned: bool
    """Whether the plan names the pair, or names none."""
    difference: float
    """`a` less `b`."""
    ci_low: float | None
    """Lower bound of the difference's interval for the plan's target, not adjusted for other comparisons."""
    ci_high: float | None
    """Upper bound of that interval."""
    p_value: float
    """Two-sided p for the plan's target, not adjusted."""
    p_adjusted: float
    """p adjusted over the question's comparisons by the plan's `adjustment`."""
    adjusted_low: float | None
    """Lower bound of the interval that belongs to `p_adjusted`."""
    adjusted_high: float | None
    """Upper bound of that interval."""
    adjusted_confidence: float
    """Confidence of the adjusted interval."""
    family: int
    """Comparisons that are adjusted together, this one included."""
    new_low: float | None
    """Lower bound of the interval for new videos."""
    new_high: float | None
    """Upper bound of the interval for new videos."""
    p_new: float
    """Two-sided p for new videos."""
    these_low: float | None
    """Lower bound of the interval for exactly the videos that were shown."""
    these_high: float | None
    """Upper bound of the interval for these videos."""
    p_these: float
    """Two-sided p for these videos."""
    df: float | None
    """Degrees of freedom for the plan's target; null where nothing can be inferred."""
    n_answers: int
    """Answers that the comparison rests on."""
    n_units: int
    """Prompts, or videos where nothing pairs them, that it rests on."""
    n_workers: int
    """Participants that it rests on."""
    equivalence: EquivalenceTest | None
    """Tests against the declared margin; null without a margin."""


@dataclass(frozen=True, kw_only=True)
class MethodStrength:
    """The strength of one method in a model of all comparisons together, relative to the mean of the methods."""

    name: str
    """The method."""
    strength: float | None
    """The strength, a logarithm of odds; null where it is infinite, or not connected with the others."""
    ci_low: float | None
    """Lower bound of the interval; null where there is none."""
    ci_high: float | None
    """Upper bound of the interval; null where there is none."""
    rank_low: int
    """The best rank that the simultaneous intervals leave open, 1 for the best of all."""
    rank_high: int
    """The worst rank that they leave open."""


@dataclass(frozen=True, kw_only=True)
class RightAnswers:
    """How answers that are right or wrong are made up, beside the share of right ones."""

    chance: float | None
    """Share of right answers of somebody who chooses at random among the answers that commit to something; null where
    nothing says how many there were."""
    kinds: list[str]
    """Kinds of answers, the right one first."""
    shares: dict[str, list[float]]
    """For each method the share of its answers of each kind."""


@dataclass(frozen=True, kw_only=True)
class Findings:
    """What a kind of question makes of the answers that count."""

    measure: Measure
    """What is estimated."""
    methods: list[MethodEstimate]
    """Each method, the best first and the control last; empty where a question is not about methods."""
    comparisons: list[QuestionComparison]
    """Each pair of methods, planned ones first; empty in an unfinished study."""
    strengths: list[MethodStrength] = field(default_factory=list)
    """Each method's strength, the largest first; empty for kinds that have none."""
    units: str = "videos"
    """What is drawn at random beside participants: `videos`, or `prompts` that the methods share."""
    details: Any = None
    """What only this kind has; null for kinds without more."""
    notes: list[str] = field(default_factory=list)
    """What a reader must know of these answers, each a sentence."""


@dataclass(frozen=True, kw_only=True)
class QuestionResult(Findings):
    """What the answers to one question show."""

    id: str
    """The question, as the answers table calls it."""
    kind: str
    """The kind of question."""
    text: str
    """The question as participants read it; empty where a table is analysed by itself."""
    primary: bool
    """Whether it is the first that compares methods, or the first if none does: the study's conclusion rests on it."""
    top_level: bool
    """Whether the report's own keys, such as `methods` and `by_class`, are about this question."""
    metrics: list[MetricValidation]
    """Automatic metrics beside the answers; empty where none was asked for, or the kind scores no videos."""
    funnel: ExclusionFlow
    """From its rows in the table to the answers that count."""
    exclusions: ExclusionsSummary | None
    """What was left out of each method; null where nothing was."""
    machine: MachineHelp | None = None
    """Prediction-powered estimates; null where no machine was named, or the kind estimates nothing of single videos."""
