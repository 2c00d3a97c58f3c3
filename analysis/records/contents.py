"""The whole of report.json."""

from dataclasses import dataclass, field
from typing import Any

from analysis.records.accuracies import GroupAccuracy, HalvesAccuracy, MethodAccuracy, SeveralLabelsScore
from analysis.records.answers import AgreementResult, AnswerShares, OrderAndFatigue, ResponseTimes, RetestResult
from analysis.records.comparisons import (
    DetectableDifference,
    MethodComparison,
    MixedModelFailure,
    MixedModelResult,
    SensitivityResult,
    Target,
)
from analysis.records.conduct import StudyConduct
from analysis.records.participants import (
    DawidSkeneSummary,
    ExclusionFlow,
    ExclusionsSummary,
    ParticipantsSummary,
    Programs,
)
from analysis.records.plan import PlanSummary
from analysis.records.questions import QuestionResult


@dataclass(frozen=True, kw_only=True)
class TasksIn:
    """How many tasks of a study are in."""

    submitted: int
    """Tasks that are in."""
    wanted: int
    """Tasks that were wanted."""


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One line of the first screen."""

    question: str
    """What it answers, such as `By how much`."""
    answer: str
    """The answer, with its unit."""
    note: str
    """What belongs to it, such as the interval."""


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The first screen, in sentences."""

    title: str
    """The first comparison in a sentence."""
    detail: str
    """Shares, interval and p of the first comparison."""
    facts: list[Fact]
    """By how much, how sure, for whom."""
    remarks: list[str]
    """What a reader must know beside these, such as what was not shown."""
    scope: str
    """For whom the result holds, a sentence."""
    notices: list[str]
    """What must be read first: simulated participants, an unfinished study, an early end."""


@dataclass(frozen=True, kw_only=True)
class InputTable:
    """A table that was analysed."""

    name: str
    """The file's name, or `DataFrame`."""
    sha256: str
    """SHA-256 of the file, or of the rows of a DataFrame."""
    encoding: str | None = None
    """Encoding of a text file; absent where it is UTF-8."""
    rows: int
    """Rows of the table."""


@dataclass(frozen=True, kw_only=True)
class ReportContents:
    """The analysis of one answers table: accuracies, differences and bounds are fractions in [−1, 1]."""

    title: str | None
    """Title of the study; null where a table was analysed by itself."""
    simulated: bool
    """Whether any answer that counts came from a program."""
    programs: Programs
    """How many participants are programs."""
    people_only: bool
    """Whether simulated participants were left out before anything was counted."""
    notice: str | None
    """Says that answers came from programs; null where all came from people."""
    interim: TasksIn | None
    """Where more tasks are to come, how many are in; `comparisons` is then empty unless `sequential` is true."""
    headline: Headline
    """The first screen, in sentences."""
    confidence: float
    """Confidence of the intervals."""
    target: Target
    """For whom the results hold."""
    sequential: bool
    """Whether tests hold at all looks together; false in an unfinished study whose published plan does not say so."""
    adjustment: str
    """For several comparisons: `holm`, `max-t` or `none`."""
    class_weights: str
    """How labels count in a comparison: `equal` or `videos`."""
    weighted: bool
    """Whether the answers table has a column of weights."""
    paired: bool
    """Whether the answers table names items, which pair videos of several methods."""
    methods: list[MethodAccuracy]
    """Each method's accuracy, the largest first and the control last; empty where no question is naming."""
    uncounted: list[str]
    """Methods without an answer that counts."""
    comparisons: list[MethodComparison]
    """Each pair of methods, planned ones first."""
    plan: PlanSummary
    """The rules of the analysis, and what was changed since publication."""
    labels: list[str]
    """The labels, in reading order."""
    by_class: list[GroupAccuracy]
    """Accuracy per label."""
    by_object: list[GroupAccuracy]
    """Accuracy per object; empty where labels name no direction."""
    by_direction: list[GroupAccuracy]
    """Accuracy per direction; empty where labels name none."""
    halves: list[HalvesAccuracy]
    """How often the object was right, and how often the direction; empty where labels name no direction."""
    answered: AnswerShares | None
    """What was answered; null where no question is naming."""
    agreement: list[AgreementResult]
    """Agreement of participants, per method and over all."""
    response_times: list[ResponseTimes]
    """Time to answer, per method; empty where no times were recorded."""
    workers: ParticipantsSummary
    """Participants, described."""
    diagnosis: DawidSkeneSummary | None
    """Dawid and Skene's model; null where there is too little, or too much, to fit it."""
    exclusions: ExclusionsSummary | None
    """What was left out of each method; null where nothing was."""
    retest: RetestResult | None
    """Repeated videos; null without any."""
    trend: OrderAndFatigue | None
    """Accuracy over the order of items; null where no positions were recorded."""
    sensitivity: list[SensitivityResult]
    """The first comparison with one rule changed at a time."""
    power: DetectableDifference | None
    """What the study could detect; null where it is too small to say."""
    mixed: MixedModelResult | MixedModelFailure | None
    """The mixed model of the first comparison; null where it was not fitted."""
    funnel: ExclusionFlow
    """From the answers in the table to those that count."""
    several_labels: list[SeveralLabelsScore]
    """Videos of several labels, which are no part of the accuracies."""
    collection: dict[str, Any] | None
    """What the collection noted (funnel.json); null where a table was analysed by itself."""
    stopped: TasksIn | None
    """Where a study ended without all of its tasks, how many are in."""
    seed: int
    """Seed of permutations and resamples."""
    inputs: list[InputTable]
    """The tables that were analysed."""
    versions: dict[str, str]
    """Versions of Python and of the packages that compute."""
    questions: list[QuestionResult] = field(default_factory=list)
    """Every question, in the order declared; absent in reports of earlier releases, whose question is naming."""
    conduct: StudyConduct | None = None
    """How the study was run; null where a table was analysed by itself, absent in reports of earlier releases."""


#: Stands for the headline until the other sections are there, from which it is written.
UNWRITTEN = Headline(title="", detail="", facts=[], remarks=[], scope="", notices=[])
