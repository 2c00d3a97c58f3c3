"""What the figures of a report show."""

from dataclasses import dataclass

from analysis.records.accuracies import GroupAccuracy, MethodAccuracy
from analysis.records.answers import AnswerShares
from analysis.records.comparisons import MethodComparison, Target


@dataclass(frozen=True, kw_only=True)
class FigureData:
    """The sections of a report that its figures show, known before the others."""

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
    comparisons: list[MethodComparison]
    """Each pair of methods."""
    by_class: list[GroupAccuracy]
    """Accuracy per label."""
    answered: AnswerShares | None = None
    """What was answered; None where that is not known yet."""
