"""Accuracy as the findings of one question: for naming, and for other questions whose answers are right or wrong."""

from collections.abc import Sequence

import numpy as np

from analysis.counts import Counts
from analysis.naming.accuracy import method_accuracy
from analysis.pairs import compared, comparison
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.accuracies import MethodAccuracy
from analysis.records.comparisons import MethodComparison
from analysis.records.figures import Stack, Stacks
from analysis.records.questions import Findings, Measure, MethodEstimate, QuestionComparison, RightAnswers

Array = np.ndarray


def accuracy_findings(counts: Counts, plan: QuestionPlan, measure: Measure) -> Findings:
    """Each method's accuracy and every pair compared, by the estimates and tests of naming."""
    own = sorted(counts.methods, key=lambda name: (name == plan.control, name))
    found = [method_accuracy(counts, name, plan.control, plan.rules) for name in own]
    methods = sorted((row for row in found if row is not None), key=lambda row: (row.control, -row.accuracy))
    names = [row.name for row in methods]
    pairs = compared(counts, names, plan, np.random.default_rng(plan.seed)) if plan.tested else []
    return of_accuracies(methods, [comparison(pair, plan) for pair in pairs], measure)


def of_accuracies(
    methods: Sequence[MethodAccuracy], comparisons: Sequence[MethodComparison], measure: Measure
) -> Findings:
    """The same from the rows of report.json."""
    paired = any(row.items for row in comparisons)
    return Findings(
        measure=measure,
        methods=[_estimate(row) for row in methods],
        comparisons=[_comparison(row, {one.name: one.n_answers for one in methods}) for row in comparisons],
        units="prompts" if paired else "videos",
    )


def _estimate(row: MethodAccuracy) -> MethodEstimate:
    return MethodEstimate(
        name=row.name,
        control=row.control,
        estimate=row.accuracy,
        ci_low=row.ci_low,
        ci_high=row.ci_high,
        new_low=row.new_low,
        new_high=row.new_high,
        these_low=row.these_low,
        these_high=row.these_high,
        n_answers=row.n_answers,
        n_units=row.n_videos,
        n_workers=row.n_workers,
    )


#: What a comparison of accuracies and one of any measure have in common.
_SHARED = (
    *("a", "b", "control", "planned", "difference", "ci_low", "ci_high", "p_value", "p_adjusted", "adjusted_low"),
    *("adjusted_high", "adjusted_confidence", "family", "new_low", "new_high", "p_new", "these_low", "these_high"),
    *("p_these", "df", "equivalence"),
)


def _comparison(row: MethodComparison, answers: dict[str, int]) -> QuestionComparison:
    seen = row.participants
    return QuestionComparison(
        **{name: getattr(row, name) for name in _SHARED},
        n_answers=answers.get(row.a, 0) + answers.get(row.b, 0),
        n_units=row.items or row.videos_a + row.videos_b,
        n_workers=seen.both + seen.only_a + seen.only_b,
    )


def right_answers(
    rows: QuestionRows, kind: Array, kinds: Sequence[str], chance: float | None, methods: Sequence[MethodEstimate]
) -> RightAnswers:
    """How each method's answers are made up.

    Args:
        rows: the answers.
        kind: (rows,) code of the kind of each answer.
        kinds: their names, the right one first.
        chance: share of right answers of somebody who guesses; None where it is not known.
        methods: in the order of the report.
    """
    words = rows.words("method")
    size = len(words) * len(kinds)
    table = np.bincount(rows.code("method") * len(kinds) + kind, minlength=size).reshape(len(words), len(kinds))
    counts = {row.name: table[words.index(row.name)] for row in methods}
    return RightAnswers(
        chance=chance,
        kinds=list(kinds),
        shares={name: (count / count.sum()).tolist() for name, count in counts.items()},
    )


def stacks_of_answers(details: RightAnswers) -> Stacks:
    """Each method's answers by kind as bars."""
    return Stacks(parts=details.kinds, rows=[Stack(name=name, shares=own) for name, own in details.shares.items()])
