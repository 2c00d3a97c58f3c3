"""What the figures of a report show."""

from dataclasses import dataclass, field

from analysis.records.accuracies import GroupAccuracy, MethodAccuracy
from analysis.records.answers import AnswerShares
from analysis.records.comparisons import MethodComparison, Target
from analysis.records.questions import Measure, MethodEstimate, MethodStrength, QuestionComparison


@dataclass(frozen=True, kw_only=True)
class Stack:
    """One bar of shares that add up to 1."""

    name: str
    """The method, or the two methods that are compared."""
    shares: list[float]
    """The share of each part."""


@dataclass(frozen=True, kw_only=True)
class Stacks:
    """How answers are made up, as bars of the same parts."""

    parts: list[str]
    """What the parts are, the best first."""
    rows: list[Stack]
    """The bars."""


@dataclass(frozen=True, kw_only=True)
class QuestionFigures:
    """What the figures of one question show."""

    number: int
    """Its place among the questions that have sections of their own, from 1."""
    measure: Measure
    """What is estimated."""
    methods: list[MethodEstimate]
    """The estimate of each method."""
    comparisons: list[QuestionComparison]
    """Each pair of methods."""
    strengths: list[MethodStrength]
    """The strength of each method."""
    stacks: Stacks | None
    """How answers are made up; None where the kind has no such figure."""


@dataclass(frozen=True, kw_only=True)
class FigureData:
    """The sections of a report that its figures show; those that are not known yet are empty."""

    confidence: float
    """Confidence of the intervals."""
    target: Target
    """For whom the results hold."""
    labels: list[str]
    """The labels, in reading order."""
    marks: list[str]
    """What stands below each figure, such as that answers are simulated."""
    methods: list[MethodAccuracy]
    """Accuracy per method."""
    comparisons: list[MethodComparison] = field(default_factory=list)
    """Each pair of methods."""
    by_class: list[GroupAccuracy] = field(default_factory=list)
    """Accuracy per label."""
    answered: AnswerShares | None = None
    """What was answered; None where that is not known yet, or where no question is naming."""
    questions: list[QuestionFigures] = field(default_factory=list)
    """Every question with a section of its own."""
