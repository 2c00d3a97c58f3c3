"""Comparisons of methods on a question of any kind: which way round, in which order, how adjusted and bounded."""

import math

import pytest

from analysis.clustering import Contrast
from analysis.comparisons import Rules
from analysis.intervals import t_probability
from analysis.multiplicity import holm
from analysis.questions.comparisons import Difference, IntervalEstimate, Size, compared, method_estimate
from analysis.questions.plan import QuestionPlan
from analysis.sequential import nominal_level
from analysis.variance import NOTHING, Part

SIZE = Size(n_answers=10, n_units=5, n_workers=4)
VALUES = {
    ("a", "b"): 0.3,
    ("a", "c"): 0.5,
    ("b", "c"): 0.1,
    ("a", "real"): -0.4,
    ("b", "real"): -0.2,
    ("c", "real"): 0.0,
}


def difference(a: str, b: str) -> Difference:
    found = Contrast(VALUES[a, b], Part(0.01, 20.0), Part(0.02, 10.0))
    return Difference(a=a, b=b, estimate=IntervalEstimate(found=found, limits=(-1.0, 1.0)), size=SIZE)


NAMES = ["a", "b", "c", "real"]


def test_the_better_method_stands_first() -> None:
    """Every difference is in favour of its first method, and has the interval of that direction."""
    rows = compared(NAMES, difference, QuestionPlan())
    assert [(row.a, row.b, round(row.difference, 9)) for row in rows] == [
        ("a", "b", 0.3),
        ("a", "c", 0.5),
        ("b", "c", 0.1),
        ("real", "a", 0.4),
        ("real", "b", 0.2),
        ("c", "real", 0.0),
    ]
    for row in rows:
        assert row.ci_low is not None
        assert row.ci_high is not None
        assert (row.ci_low + row.ci_high) / 2 == pytest.approx(row.difference)


def test_smaller_is_better_where_the_measure_says_so() -> None:
    """For ranks and numbers of breaks the method with the smaller estimate stands first."""
    rows = compared(NAMES, difference, QuestionPlan(), higher_is_better=False)
    assert all(row.difference <= 0 for row in rows)
    assert [(row.a, row.b) for row in rows][:3] == [("b", "a"), ("c", "a"), ("c", "b")]


def test_pairs_with_the_control_are_a_family_of_their_own() -> None:
    """Holm's adjustment is over the pairs without the control, and over those with it."""
    rows = compared(NAMES, difference, QuestionPlan())
    for control in (False, True):
        family = [row for row in rows if row.control == control]
        assert [row.p_adjusted for row in family] == pytest.approx(holm([row.p_value for row in family]))
        assert all(row.family == 3 for row in family)


def test_the_interval_agrees_with_the_test() -> None:
    """P is below the level exactly where the interval leaves out 0, adjusted or not, for each target."""
    for target in ("new-videos", "these-videos"):
        for row in compared(NAMES, difference, QuestionPlan(rules=Rules(target=target))):
            for p, low in ((row.p_value, row.ci_low), (row.p_adjusted, row.adjusted_low), (row.p_new, row.new_low)):
                assert low is not None
                assert (p < 0.05) == (low > 0)
            part = Part(0.01, 20.0) if target == "these-videos" else Part(0.02, 10.0)
            assert row.p_value == pytest.approx(t_probability(row.difference / math.sqrt(part.variance), part.df))


def test_nothing_is_compared_in_an_unfinished_study() -> None:
    """Methods are compared when all tasks are in."""
    assert compared(NAMES, difference, QuestionPlan(tested=False)) == []


def test_equivalence_is_two_one_sided_tests() -> None:
    """Both p and the interval of twice the level are those of Student's t (Schuirmann 1987)."""
    rows = compared(["a", "b"], difference, QuestionPlan(rules=Rules(margin=0.5)))
    equal, scale = rows[0].equivalence, math.sqrt(0.02)
    assert equal is not None
    assert equal.p_equivalence == pytest.approx(t_probability(0.2 / scale, 10) / 2)
    assert equal.p_a_not_inferior == pytest.approx(t_probability(0.8 / scale, 10) / 2)
    assert equal.p_b_not_inferior == pytest.approx(equal.p_equivalence)
    assert equal.ci_low == pytest.approx(
        0.3 - 1.8124611228 * scale
    )  # Student's t, 10 degrees of freedom, one-sided 5 %


def test_a_confidence_sequence_is_wider() -> None:
    """With a sequential rule the interval is that of the nominal level, on the scale of the largest difference."""
    part = Part(0.04, 1e9)
    found = IntervalEstimate(found=Contrast(0.2, part, part), limits=(-2.0, 2.0), sequential=True)
    alone = IntervalEstimate(found=found.found, limits=(-2.0, 2.0))
    level = nominal_level(0.05, 0.01)
    assert found.interval("these", 0.95).low == pytest.approx(alone.interval("these", 1 - level).low)
    assert found.p_value("these") > alone.p_value("these")


def test_what_cannot_be_inferred_reaches_the_limits() -> None:
    """Without a variance the interval is all that there can be, and p is 1."""
    found = IntervalEstimate(found=Contrast(0.2, NOTHING, NOTHING), limits=(0.0, 1.0))
    row = method_estimate("a", found, SIZE, QuestionPlan())
    assert (row.ci_low, row.ci_high, row.estimate) == (0.0, 1.0, 0.2)
    assert found.p_value("new") == 1
