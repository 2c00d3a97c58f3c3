"""Tests of differences: against SciPy, by their smallest p, by their ties."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from analysis import significance


def generator() -> np.random.Generator:
    return np.random.default_rng(0)


@pytest.mark.parametrize("pairs", [2, 5, 11])
def test_sign_flip_is_scipys(pairs: int) -> None:
    """The exact sign-flip p is that of SciPy's permutation test over samples."""
    differences = np.random.default_rng(pairs).normal(0.4, 1, pairs)
    exact = stats.permutation_test(
        (differences,),
        lambda x, axis: x.mean(axis=axis),
        permutation_type="samples",
        n_resamples=np.inf,
        vectorized=True,
    )
    assert significance.sign_flip(differences, generator()) == pytest.approx(exact.pvalue, abs=1e-12)


def test_sign_flip_by_chance_is_near_the_exact_one() -> None:
    """With too many pairs to enumerate, drawn signs give nearly the t-test's p."""
    differences = np.random.default_rng(2).normal(0.3, 1, 40)
    p = significance.sign_flip(differences, generator())
    assert p == pytest.approx(stats.ttest_1samp(differences, 0).pvalue, abs=0.02)


@pytest.mark.parametrize(("a", "b"), [(3, 3), (4, 6)])
def test_permutation_is_scipys(a: int, b: int) -> None:
    """The exact studentised permutation p is that of SciPy with Welch's t as its statistic."""
    rng = np.random.default_rng(a)
    x, y = rng.normal(0.5, 1, a), rng.normal(0, 2, b)

    def welch(first: np.ndarray, second: np.ndarray, axis: int) -> np.ndarray:
        return np.abs(stats.ttest_ind(first, second, equal_var=False, axis=axis).statistic)

    exact = stats.permutation_test((x, y), welch, n_resamples=np.inf, alternative="greater", vectorized=True)
    assert significance.permutation([(x, y)], generator()) == pytest.approx(exact.pvalue, abs=1e-12)


def test_permutation_within_classes_counts_every_arrangement() -> None:
    """Permuting within classes gives the share of all arrangements, worked out by hand for two classes of 2 v 2."""
    strata = [(np.array([0.9, 0.8]), np.array([0.2, 0.1])), (np.array([0.7, 0.75]), np.array([0.3, 0.35]))]
    assert significance.permutation(strata, generator()) == pytest.approx(2 / 36)
    assert significance.smallest_permutation([(2, 2), (2, 2)]) == pytest.approx(2 / 36)


@pytest.mark.parametrize(("pairs", "smallest"), [(5, 0.0625), (11, 2 / 2048), (1, 1.0), (40, 0.0001)])
def test_smallest_sign_flip(pairs: int, smallest: float) -> None:
    """No outcome of so many pairs gives a smaller p, and the most extreme one gives it."""
    assert significance.smallest_sign_flip(pairs) == pytest.approx(smallest)
    assert significance.sign_flip(np.ones(pairs), generator()) == pytest.approx(smallest)


@pytest.mark.parametrize(("sizes", "smallest"), [((3, 3), 0.10), ((1, 1), 1.0), ((2, 3), 0.1), ((20, 20), 0.0001)])
def test_smallest_permutation(sizes: tuple[int, int], smallest: float) -> None:
    """No outcome gives a smaller p: 3 v 3 videos never go below .10."""
    assert significance.smallest_permutation([sizes]) == pytest.approx(smallest)
    apart = np.linspace(0.8, 0.9, sizes[0]), np.linspace(0.1, 0.2, sizes[1])
    assert significance.permutation([apart], generator()) >= smallest - 1e-12


@settings(deadline=None)
@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), min_size=4, max_size=7), st.integers(2, 3))
def test_permutation_with_ties_is_a_probability(values: list[float], first: int) -> None:
    """Equal values, even all of them, give a p between the smallest attainable and 1, never NaN."""
    a, b = np.array(values[:first]), np.array(values[first:])
    p = float(significance.permutation([(a, b)], generator()))
    assert significance.smallest_permutation([(len(a), len(b))]) - 1e-12 <= p <= 1


def test_nothing_varies() -> None:
    """Two constant groups: equal ones give p = 1, t-tests say that they cannot be had."""
    same, other = np.ones(3), np.zeros(3)
    assert significance.permutation([(same, same)], generator()) == 1
    assert significance.permutation([(same, other)], generator()) == pytest.approx(0.1)
    assert significance.welch(same, other) is None
    assert significance.paired_t(same) is None
    assert significance.t_test(1.0, 0.0, 5) is None


@settings(deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=8))
def test_holm_never_lowers_a_p(p_values: list[float]) -> None:
    """Adjusted p-values are at least as large, at most 1, and keep their order."""
    adjusted = significance.holm(p_values)
    assert all(before <= after <= 1 for before, after in zip(p_values, adjusted, strict=True))
    order = np.argsort(p_values, kind="stable")
    assert list(np.array(adjusted)[order]) == sorted(adjusted)
