"""The variance that every kind of question shares: against regressions, analysis of variance, and in small designs."""

import math

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from analysis import clustering
from analysis.clustering import ROUNDING, TARGETS, UNBOUNDED, Contrast, cluster, contrast
from analysis.variance import Part

Array = np.ndarray


def drawn(seed: int, people: int = 12, units: int = 9, share: float = 0.7) -> tuple[Array, Array, Array]:
    """Values with effects of both kinds in an incomplete design, and the codes of participants and units."""
    rng = np.random.default_rng(seed)
    person, unit = np.nonzero(rng.random((people, units)) < share)
    person, unit = (np.unique(codes, return_inverse=True)[1] for codes in (person, unit))
    values = rng.normal(0, 1, people)[person] + rng.normal(0, 0.7, units)[unit] + rng.normal(0, 1, len(unit))
    return values, person, unit


def mean_of(values: Array, person: Array, unit: Array) -> Contrast:
    return contrast([values.mean()], cluster((values - values.mean()) / len(values), person, unit))


def test_terms_are_those_of_regression() -> None:
    """Without corrections the three terms are those of statsmodels' two-way clustered variance of least squares."""
    values, person, unit = drawn(1)
    x = np.column_stack([np.ones(len(values)), np.random.default_rng(2).normal(size=len(values))])
    fit = sm.OLS(values, x).fit()
    both, by_person, by_unit = cov_cluster_2groups(fit, person, unit, use_correction=False)
    found = cluster(fit.resid[:, None] * x @ np.linalg.inv(x.T @ x), person, unit)
    assert found.participants.products == pytest.approx(by_person, rel=1e-10)
    assert found.units.products == pytest.approx(by_unit, rel=1e-10)
    assert found.participants.products + found.units.products - found.both == pytest.approx(both, rel=1e-10)


def test_complete_design_has_the_variance_of_anova() -> None:
    """Where all participants see all units, V is (MS participants + MS units − MS residual)/n, but for 1/n of it."""
    for seed in range(20):
        values, person, unit = drawn(seed, 12, 9, 1.0)
        table = values.reshape(12, 9)
        rows, columns = table.mean(axis=1), table.mean(axis=0)
        rest = table - rows[:, None] - columns + table.mean()
        mean_squares = (9 * rows.var(ddof=1), 12 * columns.var(ddof=1), (rest**2).sum() / (11 * 8))
        expected = (mean_squares[0] + mean_squares[1] - mean_squares[2]) / len(values)
        found = mean_of(values, person, unit)
        assert found.these.variance == pytest.approx(mean_squares[0] / len(values), rel=1e-10)
        assert found.these.df == pytest.approx(11)
        if expected > found.these.variance:
            assert found.new.variance == pytest.approx(expected, rel=0.03)


def test_two_groups_of_participants_are_welchs() -> None:
    """One answer per participant and nobody about both estimates: variance and degrees of freedom are Welch's."""
    rng = np.random.default_rng(3)
    values, first = rng.normal(size=30), np.arange(30) < 12
    means = np.array([values[first].mean(), values[~first].mean()])
    weights = np.stack([first / 12, ~first / 18], axis=1)
    found = cluster((values[:, None] - means) * weights, np.arange(30), np.arange(30) % 7, weights)
    welch = sm.stats.CompareMeans(sm.stats.DescrStatsW(values[first]), sm.stats.DescrStatsW(values[~first]))
    part = found.part([1, -1], "these")
    assert part.variance == pytest.approx(welch.std_meandiff_separatevar**2, rel=1e-10)
    assert part.df == pytest.approx(welch.dof_satt(), rel=1e-10)


@pytest.mark.parametrize("largest", [0, 10**6], ids=["large", "small"])
def test_sparse_and_dense_influences_are_the_same(largest: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A SciPy sparse array of influences and weights gives what the dense one gives, whatever its size."""
    monkeypatch.setattr(clustering, "LARGEST_TABLE", largest)
    _, person, unit = drawn(4)
    rng = np.random.default_rng(5)
    psi = rng.normal(size=(len(unit), 3)) * (rng.random((len(unit), 3)) < 0.5)
    weights = (psi != 0) / (psi != 0).sum(axis=0)
    dense = cluster(psi, person, unit, weights)
    thin = cluster(sparse.csr_array(psi), person, unit, sparse.csr_array(weights))
    for target in TARGETS:
        first, second = (each.part([1.0, -2.0, 0.5], target) for each in (dense, thin))
        assert (first.variance, first.df) == pytest.approx((second.variance, second.df))


def test_mapping_estimates_is_mapping_their_influences() -> None:
    """Sums of mapped influences are the mapped sums; estimates with weights of their own are refused."""
    _, person, unit = drawn(6)
    rng = np.random.default_rng(7)
    psi, matrix = rng.normal(size=(len(unit), 3)), rng.normal(size=(3, 2))
    before, after = cluster(psi, person, unit).mapped(matrix), cluster(psi @ matrix, person, unit)
    for target in TARGETS:
        first, second = (each.part([0.3, 1.0], target) for each in (before, after))
        assert (first.variance, first.df) == pytest.approx((second.variance, second.df))
    own = cluster(psi, person, unit, np.full(psi.shape, 1 / len(psi)))
    with pytest.raises(ValueError, match="weights of their own"):
        own.mapped(matrix)


def test_total_is_the_sum_of_the_variances() -> None:
    """Of estimates with the same weights, with the degrees of freedom of equal terms."""
    _, person, unit = drawn(10, 15, 12)
    psi = np.random.default_rng(11).normal(size=(len(unit), 3))
    found = cluster(psi - psi.mean(axis=0), person, unit)
    parts = [found.part(row, "these") for row in np.eye(3)]
    total = found.total("these")
    assert total.variance == pytest.approx(sum(part.variance for part in parts))
    assert total.df == pytest.approx(parts[0].df)
    assert found.total("new").variance >= total.variance
    assert not cluster(psi, np.zeros_like(person), unit).total("new").known


def test_two_copies_of_an_estimate_differ_by_nothing_certain() -> None:
    """Their difference has no variance, which is unknown rather than 0; their correlation is 1."""
    values, person, unit = drawn(8)
    psi = (values - values.mean()) / len(values)
    found = cluster(np.stack([psi, psi], axis=1), person, unit)
    for target in TARGETS:
        assert not found.part([1, -1], target).known
        assert found.correlation(np.eye(2), target) == pytest.approx(np.ones((2, 2)))


def test_sums_that_cancel_tell_nothing() -> None:
    """Two people whose answers about two methods differ by the same in the sum over items have no known variance."""
    person, unit, second = (codes.ravel() for codes in np.indices((2, 3, 2)))
    values = np.array([0, 1, 1, 1, 1, 1, 0, 1, 0, 1, 1, 0])
    weights = (second[:, None] == np.arange(2)) / 6
    means = np.array([values[second == place].mean() for place in (0, 1)])
    found = cluster(weights * (values[:, None] - means), person, unit, weights)
    assert not found.part([1, -1], "these").known
    assert found.part([1, 0], "these").known


@pytest.mark.parametrize(
    ("person", "unit", "unknown"),
    [
        ([0, 0, 0, 0], [0, 1, 2, 3], {"these", "new"}),
        ([0, 1, 2, 3], [0, 0, 0, 0], {"new"}),
        ([0, 1, 2, 3], [0, 1, 0, 1], set()),
    ],
    ids=["one participant", "one unit", "several of both"],
)
def test_one_of_a_kind_tells_nothing(person: list[int], unit: list[int], unknown: set[str]) -> None:
    """With one participant nothing is known, with one unit nothing of new ones: p is 1 and the interval has no end."""
    found = mean_of(np.array([1.0, 0.0, 0.5, -1.0]), np.array(person), np.array(unit))
    for target in TARGETS:
        assert found.part(target).known == (target not in unknown)
        if target in unknown:
            assert found.p_value(target, 3.0) == 1
            assert found.interval(target) == UNBOUNDED


def test_equal_answers_are_unknown() -> None:
    """Answers that do not vary say nothing of how others would, however many they are."""
    person, unit = np.divmod(np.arange(200), 10)
    found = mean_of(np.full(200, 0.1), person, unit)
    for target in TARGETS:
        assert not found.part(target).known
        assert found.p_value(target) == 1


def test_no_answers_are_unknown() -> None:
    """An estimate without answers has no variance."""
    empty = np.zeros(0, np.intp)
    assert not cluster(np.zeros(0), empty, empty).part([1.0], "new").known


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10_000), st.integers(2, 8), st.integers(2, 8), st.floats(0.3, 1.0))
def test_what_holds_for_new_units_holds_for_these(seed: int, people: int, units: int, share: float) -> None:
    """The interval for new units holds that for these; p < α exactly where the interval leaves the value out."""
    values, person, unit = drawn(seed, people, units, share)
    if len(values) < 2:
        return
    found = mean_of(values, person, unit)
    assert not found.new.known or found.new.variance >= found.these.variance > ROUNDING
    these, new = (found.interval(target, 0.9) for target in TARGETS)
    assert new.low <= these.low <= found.value <= these.high <= new.high or not found.new.known
    for target, interval in zip(TARGETS, (these, new), strict=True):
        for value in (-0.5, 0.0, 0.7):
            assert (found.p_value(target, value) < 0.1) == (not interval.low <= value <= interval.high)
            sides = found.one_sided(target, value, above=True) + found.one_sided(target, value, above=False)
            assert sides == pytest.approx(1)


@settings(deadline=None, max_examples=30)
@given(st.integers(0, 10_000), st.floats(0.01, 100))
def test_order_names_and_scale_do_not_matter(seed: int, scale: float) -> None:
    """Shuffled answers, renamed clusters and another scale give the same variance, but for the scale."""
    values, person, unit = drawn(seed)
    rng = np.random.default_rng(seed)
    order, names = rng.permutation(len(values)), rng.permutation(person.max() + 1)
    before, after = mean_of(values, person, unit), mean_of(scale * values[order], names[person][order], unit[order])
    for target in TARGETS:
        assert after.part(target).variance == pytest.approx(scale**2 * before.part(target).variance)
        assert after.part(target).df == pytest.approx(before.part(target).df)


def test_repeated_answers_of_a_cell_add_nothing() -> None:
    """Every answer given three times over by the same participant to the same unit leaves the variance as it was."""
    values, person, unit = drawn(9)
    once, thrice = mean_of(values, person, unit), mean_of(*(np.repeat(each, 3) for each in (values, person, unit)))
    for target in TARGETS:
        assert thrice.part(target).variance == pytest.approx(once.part(target).variance)


def test_null_is_rejected_as_often_as_asked() -> None:
    """Of 1,000 means whose truth is 0 the test at 5 % rejects 3.5 to 7 %, one of single answers over 15 %."""
    rng = np.random.default_rng(11)
    person, unit = np.divmod(np.arange(100), 10)
    rejected, alone = 0, 0
    for _ in range(1000):
        values = rng.normal(0, 0.7, 10)[person] + rng.normal(0, 0.7, 10)[unit] + rng.normal(0, 1, 100)
        rejected += mean_of(values, person, unit).p_value("new") < 0.05
        alone += abs(values.mean()) > 1.98 * values.std(ddof=1) / 10
    assert 35 <= rejected <= 70
    assert alone > 150


def test_lengths_are_checked() -> None:
    """Columns of different lengths are refused with their lengths."""
    codes = np.zeros(3, np.intp)
    with pytest.raises(ValueError, match="have 2, 3 and 3 answers"):
        cluster(np.zeros(2), codes, codes)
    with pytest.raises(ValueError, match=r"weights have the shape \(3, 2\), and psi \(3, 1\)"):
        cluster(np.zeros(3), codes, codes, np.zeros((3, 2)))


def test_unknown_parts_are_infinite() -> None:
    """A contrast of nothing known keeps its value and has no end."""
    nothing = Part(math.inf, 0.0)
    assert Contrast(0.3, nothing, nothing).interval("new") == UNBOUNDED
