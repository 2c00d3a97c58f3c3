"""One comparison of two methods in words: what it shows, its interval, how its labels are weighted."""

from analysis.formats import isolated, level, points, range_points
from analysis.records.comparisons import EquivalenceTest, MethodComparison
from analysis.records.contents import ReportContents
from analysis.records.machine import PoweredDifference
from analysis.records.questions import QuestionComparison

#: For whom a target holds, in a few words.
POPULATIONS = {
    "new-videos": "new videos",
    "these-videos": "these videos",
    "new-labels": "new videos and labels",
}


def of_accuracies(contents: ReportContents) -> str:
    """The target of the intervals of accuracies: there is none for new labels."""
    return "these-videos" if contents.target == "these-videos" else "new-videos"


#: Each target in a sentence.
TARGET_SENTENCES = {
    "new-videos": "New videos: other videos that these methods make for these labels, judged by other participants.",
    "these-videos": "These videos: exactly the videos that were shown, judged by other participants.",
    "new-labels": "New labels: other labels like these, with new videos and other participants.",
}


def target_sentences(contents: ReportContents) -> str:
    """The targets that tables of differences have."""
    targets = ["new-videos", "these-videos", *(["new-labels"] if contents.target == "new-labels" else [])]
    return " ".join(TARGET_SENTENCES[target] for target in targets)


def concluded(contents: ReportContents, pair: MethodComparison) -> str:
    """What a comparison shows: `equivalent`, `more`, `not inferior`, `too few` or `unclear`."""
    alpha, equal = 1 - contents.confidence, pair.equivalence
    if equal and equal.p_equivalence < alpha:
        return "equivalent"
    if pair.p_adjusted < alpha:
        return "more"
    if equal and min(equal.p_a_not_inferior, equal.p_b_not_inferior) < alpha:
        return "not inferior"
    # A p smaller than the smallest shows that the smallest is not.
    reached = pair.p_adjusted < pair.smallest_adjusted_p - 1e-9
    return "too few" if pair.smallest_adjusted_p >= alpha and not reached else "unclear"


def names(pair: MethodComparison | QuestionComparison | PoweredDifference) -> tuple[str, str]:
    """The two methods as they stand in a sentence."""
    return isolated(pair.a), isolated(pair.b)


def adjusted_interval(pair: MethodComparison) -> str:
    """The interval that belongs to the adjusted p: `98.3 % interval 21.7 to 43.1`."""
    return f"{level(pair.adjusted_confidence)} interval {range_points(pair.adjusted_low, pair.adjusted_high)}"


def equivalence_interval(contents: ReportContents, pair: MethodComparison) -> str:
    """The interval that belongs to the tests against the margin: `90 % interval −4.9 to 22.0`."""
    equal = equivalence(pair)
    return f"{level(2 * contents.confidence - 1)} interval {range_points(equal.ci_low, equal.ci_high)}"


def equivalence(pair: MethodComparison) -> EquivalenceTest:
    """The tests against the margin, of a pair that has them."""
    assert pair.equivalence is not None  # noqa: S101  asked for only where there is a margin
    return pair.equivalence


def margin(pair: MethodComparison) -> str:
    """The margin in percentage points."""
    return points(equivalence(pair).margin)


def margin_source(contents: ReportContents) -> str:
    """Where the margin comes from."""
    plan = contents.plan
    changed = any(change.key == "margin" for change in plan.post_hoc) or not plan.intact
    planned = plan.declared and not changed and "margin" not in plan.chosen
    return "that the plan declares" if planned else "that was chosen for this analysis"


def conclusion(contents: ReportContents, pair: MethodComparison) -> str:
    """What a comparison shows, in a table's cell."""
    found = concluded(contents, pair)
    if found == "not inferior":
        return f"{better(pair)[0]} not inferior"
    shown = {"more": f"{names(pair)[0]} more often", "too few": "too few to tell", "unclear": "no clear difference"}
    return shown.get(found, found)


def better(pair: MethodComparison) -> tuple[str, str]:
    """The method that was shown not to be inferior, and the other."""
    a, b = names(pair)
    first = equivalence(pair).p_a_not_inferior <= equivalence(pair).p_b_not_inferior
    return (a, b) if first else (b, a)


def adjustment(contents: ReportContents) -> str:
    """The name of the adjustment for several comparisons."""
    return {"holm": "Holm", "max-t": "max-T", "none": "not adjusted"}[contents.adjustment]


def is_adjusted(contents: ReportContents, pair: MethodComparison) -> bool:
    """Whether a comparison shares its level with others."""
    return bool(contents.adjustment != "none" and pair.family > 1)


def weighting(contents: ReportContents, pair: MethodComparison) -> str:
    """How labels are weighted in a comparison."""
    if pair.shared_classes < 2:
        return ""
    equal = contents.class_weights == "equal"
    return f" over {pair.shared_classes} labels {'of equal weight' if equal else 'weighted by their videos'}"
