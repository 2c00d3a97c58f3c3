"""The paragraph for the methods and results of a paper."""

from analysis.formats import equals, isolated, level, number, percent, points, range_percent
from analysis.records.comparisons import MethodComparison
from analysis.records.contents import ReportContents
from analysis.wording.comparison import (
    POPULATIONS,
    adjusted_interval,
    adjustment,
    is_adjusted,
    margin,
    names,
    of_accuracies,
    weighting,
)
from analysis.wording.notices import marks
from analysis.wording.questions import participants, reported


def methods_text(contents: ReportContents) -> str:
    """A paragraph for the methods and results of a paper."""
    others = "".join(f" {reported(contents, one)}" for one in contents.questions if not one.top_level)
    if contents.methods:
        return _of_naming(contents) + others
    return "".join(f"{mark}. " for mark in marks(contents)) + participants(contents) + others


def _of_naming(contents: ReportContents) -> str:
    """The sentences on the naming question."""
    methods = contents.methods
    answers, videos = sum(row.n_answers for row in methods), sum(row.n_videos for row in methods)
    workers, labels = contents.workers, len(contents.labels)
    who = f"participant{'s' if workers.number > 1 else ''}"
    if contents.simulated and contents.programs.number == contents.programs.of:
        who = f"simulated {who} ({'programs, not people' if workers.number > 1 else 'a program, not a person'})"
    text = "".join(f"{mark}. " for mark in marks(contents))
    text += (
        f"{number(workers.number)} {who} gave {number(answers)} answers to {number(videos)} videos of "
        f"{len(methods)} method{'s' if len(methods) > 1 else ''}, choosing among {number(labels)} "
        f"label{'s' if labels > 1 else ''}, “Other” and “Unclear”. {_intervals(contents)} "
    )
    text += " ".join(
        f"Accuracy of {isolated(row.name)} was {percent(row.accuracy)} "
        f"({level(contents.confidence)} interval {range_percent(row.ci_low, row.ci_high)})."
        for row in methods
    )
    return text + "".join(_reported(contents, row) for row in contents.comparisons)


def intervals_hold(contents: ReportContents) -> str:
    """For what the intervals of accuracies hold, and by what they are clustered."""
    target = of_accuracies(contents)
    clusters = "participant" if target == "these-videos" else "participant and by video"
    return f"for {POPULATIONS[target]}, clustered by {clusters}"


def _intervals(contents: ReportContents) -> str:
    """What the intervals and tests allow for."""
    text = f"{level(contents.confidence)} intervals are {intervals_hold(contents)}"
    if contents.target == "new-labels" and contents.comparisons:
        text += ", those of differences for new labels too and clustered by participant and by label"
    text += ", with leverage corrections and Satterthwaite’s degrees of freedom"
    text += "; p values come from the same intervals." if contents.comparisons else "."
    if contents.weighted:
        text += " Answers were weighted."
    if contents.sequential:
        text += " Tests and intervals of differences hold at all looks together (confidence sequence)."
    return text


def _reported(contents: ReportContents, pair: MethodComparison) -> str:
    """One comparison in a sentence of the methods text."""
    a, b = names(pair)
    text = (
        f" The difference {a} − {b}{weighting(contents, pair)} was {points(pair.difference)} points "
        f"({adjusted_interval(pair)}; {pair.test}, {equals(pair.p_adjusted)}"
    )
    if is_adjusted(contents, pair):
        text += f" adjusted by {adjustment(contents)} for {pair.family} comparisons"
        text += f", unadjusted {equals(pair.p_value)}"
    if pair.equivalence:
        text += f"; equivalence within {margin(pair)} points, {equals(pair.equivalence.p_equivalence)}"
    if pair.participants.nesting != "crossed":
        text += f"; participants {pair.participants.nesting} in methods"
    if pair.items:
        text += f"; paired by {number(pair.items)} item{'s' if pair.items > 1 else ''}"
    return f"{text})."
