"""Intervals of proportions, against published values."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analysis.intervals import clustered, newcombe, wilson

NORMAL = 1.959963984540054


@pytest.mark.parametrize(
    ("right", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson(right: int, n: int, low: float, high: float) -> None:
    """Wilson's intervals are those of Newcombe (Statistics in Medicine 1998, 17:857–872), table I, method 3."""
    assert tuple(wilson(right / n, n, NORMAL)) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(
    ("a", "b", "low", "high"), [((56, 70), (48, 80), 0.0524, 0.3339), ((9, 10), (3, 10), 0.1705, 0.8090)]
)
def test_newcombe(a: tuple[int, int], b: tuple[int, int], low: float, high: float) -> None:
    """Differences of proportions are those of Newcombe (Statistics in Medicine 1998, 17:873–890), method 10."""
    p, q = a[0] / a[1], b[0] / b[1]
    found = newcombe(p, wilson(p, a[1], NORMAL), q, wilson(q, b[1], NORMAL))
    assert tuple(found) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("right", "n", "low", "high"), [(81, 263, 0.2553, 0.3662), (1, 29, 0.0061, 0.1718)])
def test_clustered_interval_is_wilsons_where_answers_are_independent(
    right: int, n: int, low: float, high: float
) -> None:
    p = right / n
    assert tuple(clustered(p, p * (1 - p) / n, n, 2, NORMAL)) == pytest.approx((low, high), abs=5e-5)


def test_clustered_interval_solves_its_equation() -> None:
    """At both ends (p − x)² = t²·V(x), whose second term follows x(1 − x) with the power 2 inwards and 1.5 outwards."""
    p, v, n, t = 0.88, 0.0009, 6000, 2.093
    for x in clustered(p, v, n, 20, t):
        ratio = x * (1 - x) / (p * (1 - p))
        beyond = (v - p * (1 - p) / n) * ratio ** (2 if ratio > 1 else 1.5)
        assert (p - x) ** 2 == pytest.approx(t**2 * (x * (1 - x) / n + beyond), rel=1e-9)


@pytest.mark.parametrize("right", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("effect", [1.0, 1.3, 2.0, 3.0])
def test_few_right_answers_do_not_widen_a_clustered_interval_far_beyond_wilsons(right: int, effect: float) -> None:
    """With few events an estimated design effect is mostly chance: it may count three times, not by its square."""
    n, t = 188, 2.306
    p = right / n
    low, high = clustered(p, effect * p * (1 - p) / n, n, 9, t)
    least, most = wilson(p, n / effect, t), wilson(p, n / (1 + 3 * (effect - 1)), t)
    assert least.high - 1e-12 <= high <= most.high + 1e-12
    assert most.low - 1e-12 <= low <= p


@pytest.mark.parametrize("rest", [0.0, 1e-34, 3e-18])
def test_a_variance_that_is_rounding_is_none(rest: float) -> None:
    """What rounding leaves of a variance of 0 gives the interval of 0: Wilson's for as many answers as clusters."""
    assert clustered(1 / 3, rest, 12, 2, 4.3) == wilson(1 / 3, 2, 4.3)


@given(
    p=st.floats(0, 1),
    v=st.floats(0, 0.25),
    answers=st.integers(2, 10_000),
    clusters=st.integers(2, 50),
    far=st.booleans(),
)
def test_every_clustered_interval_has_a_width(p: float, v: float, answers: int, clusters: int, far: bool) -> None:
    """It holds the share, and is as wide as some variance of at least the least that is taken for one."""
    low, high = clustered(p, v, answers, min(clusters, answers), 12.7 if far else NORMAL)
    assert 0 <= low <= p + 1e-12
    assert p - 1e-12 <= high <= 1
    least = 1e-9 * p * (1 - p) / answers
    assert high - low >= min(math.sqrt(least), 0.01)
