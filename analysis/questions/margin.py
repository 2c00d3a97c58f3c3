"""The declared margin is in the unit of the primary question: no other unit is tested against it."""

from dataclasses import replace

from analysis.records.contents import ReportContents
from analysis.records.questions import QuestionResult


def of_the_margins_unit(contents: ReportContents) -> ReportContents:
    """The report without tests of equivalence for questions whose differences have another unit than the primary's."""
    unit = next(question.measure.unit for question in contents.questions if question.primary)
    questions = [_without_margin(one) if one.measure.unit != unit else one for one in contents.questions]
    comparisons = contents.comparisons
    if any(one.top_level and one.measure.unit != unit for one in questions):
        comparisons = [replace(row, equivalence=None) for row in comparisons]
    return replace(contents, questions=questions, comparisons=comparisons)


def _without_margin(question: QuestionResult) -> QuestionResult:
    return replace(question, comparisons=[replace(row, equivalence=None) for row in question.comparisons])
