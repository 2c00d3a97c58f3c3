"""Published values that our estimates and tests must give, and those that our oracles must give."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels
import statsmodels.api as sm
from statsmodels.stats.contingency_tables import StratifiedTable, mcnemar
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from analysis.agreement import fleiss, krippendorff
from analysis.answers import read_answers
from analysis.comparisons import layout_of
from analysis.counts import count
from analysis.intervals import clustered, newcombe, wilson
from analysis.multiplicity import holm
from analysis.naming.dawid_skene import dawid_skene
from analysis.scoring import score
from analysis.variance import over_units, overlap

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


def test_holm() -> None:
    """Holm's adjustment (Scandinavian Journal of Statistics 1979) keeps the order given and never decreases."""
    p = [0.01, 0.04, 0.03, 0.005]
    assert holm(p) == pytest.approx([0.03, 0.06, 0.06, 0.02])
    assert holm(p) == pytest.approx(list(multipletests(p, method="holm")[1]))


def test_fleiss_diagnoses() -> None:
    """κ of the 30 psychiatric diagnoses of Fleiss (Psychological Bulletin 1971, table 1) is .4302445."""
    rows = (
        "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
        "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
    )
    assert float(fleiss(np.array([[int(n) for n in row] for row in rows.split()]))) == pytest.approx(
        0.4302445, abs=5e-8
    )


def counted(rows: list[str], categories: int) -> np.ndarray:
    """A table (units, categories) from one string of digits per observer, `.` for nothing."""
    table = np.zeros((len(rows[0]), categories), dtype=int)
    for row in rows:
        for unit, value in enumerate(row):
            if value != ".":
                table[unit, int(value) - 1] += 1
    return table


@pytest.mark.parametrize(
    ("rows", "categories", "alpha"),
    [
        (["123321412...", "1233224125.3", ".3332342251.", "12332441251."], 5, 0.7434),
        ([".....34121133.3", "1.213343.......", "..21344.21133.4"], 4, 0.691),
    ],
    ids=["Krippendorff 2011, Computing Krippendorff's Alpha-Reliability, data C", "Wikipedia, Krippendorff's alpha"],
)
def test_krippendorff(rows: list[str], categories: int, alpha: float) -> None:
    """Nominal α is as published."""
    assert float(krippendorff(counted(rows, categories))) == pytest.approx(alpha, abs=5e-4)


def test_dawid_skene_anaesthetists() -> None:
    """The class priors of Dawid & Skene (Applied Statistics 1979, table 1: 45 patients) are .40, .42, .11, .07."""
    # Each group is a patient: the first anaesthetist three times, then the four others.
    patients = """
        1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 4444444 2223343 1111111
        2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 1111111 1111111
        2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 3333432
        1111111 1111111 1212111 2322222 1211111 2222222
    """
    answers = [
        (item, worker, int(group[place]) - 1)
        for item, group in enumerate(patients.split())
        for place, worker in enumerate((0, 0, 0, 1, 2, 3, 4))
    ]
    item, worker, response = np.array(answers).T
    model = dawid_skene(item, worker, response, (45, 5, 4), iterations=500, tolerance=1e-9)
    assert model.prior == pytest.approx([0.40, 0.42, 0.11, 0.07], abs=5e-3)
    assert model.confusion.sum(axis=2) == pytest.approx(np.ones((5, 4)))


def test_two_way_variance_is_that_of_regression() -> None:
    """Without corrections, each term of V is that of statsmodels' two-way clustered OLS variance, in any design."""
    rng = np.random.default_rng(4)
    workers, videos = np.nonzero(rng.random((15, 12)) < 0.7)
    right, method = rng.integers(0, 2, len(workers)), (videos >= 5).astype(int)
    words = {"worker_id": workers, "video_id": videos, "method": np.array(["a", "b"])[method], "label": "x"}
    with read_answers(pd.DataFrame({**words, "answer": np.where(right, "x", "Other")})) as answers:
        layout = layout_of(score(count(answers)), (0, 1))
    fit = sm.OLS(right.astype(float), np.column_stack([np.ones(len(right)), method])).fit()
    both, by_worker, by_video = cov_cluster_2groups(fit, workers, videos, use_correction=False)
    first, second = layout.workers
    assert float(((first.psi - second.psi) ** 2).sum()) == pytest.approx(by_worker[1, 1], rel=1e-12)
    n = np.bincount(videos)
    own = [np.bincount(videos[method == m], fit.resid[method == m], 12) / (method == m).sum() for m in (0, 1)]
    share = [np.where(own[m] == 0, 0, n / n[:5].sum() if m == 0 else n / n[5:].sum()) for m in (0, 1)]
    lifted = sum(float((own[m] ** 2 / (1 - share[m])).sum()) for m in (0, 1))
    assert over_units(layout, (1.0, -1.0), "video").variance == pytest.approx(lifted, rel=1e-12)
    single = overlap(layout, (1.0, -1.0), "video")
    assert by_worker[1, 1] + by_video[1, 1] - single == pytest.approx(both[1, 1], rel=1e-12)


def test_oracle_two_way_variance() -> None:
    """Petersen's panel has two-way errors .0651 (intercept), .0536 (slope) by the variance that ours is held to.

    M. A. Petersen, Review of Financial Studies 2009, and the table beside his test data, which statsmodels (BSD) ships.
    """
    firm, year, x, y = np.loadtxt(Path(statsmodels.__file__).parent / "stats" / "tests" / "test_data.txt").T
    fit = sm.OLS(y, sm.add_constant(x)).fit()
    both, by_firm, by_year = cov_cluster_2groups(fit, firm.astype(int), year.astype(int))
    assert np.sqrt(np.diag(both)) == pytest.approx([0.0651, 0.0536], abs=5e-5)
    assert np.sqrt(np.diag(by_firm)) == pytest.approx([0.0670, 0.0506], abs=5e-5)
    assert np.sqrt(np.diag(by_year)) == pytest.approx([0.0234, 0.0334], abs=5e-5)


def test_oracle_mcnemar() -> None:
    """McNemar's χ² of [[101, 121], [59, 33]] is 20.67222 corrected, 21.35556 without (statsmodels, from R)."""
    votes = [[101, 121], [59, 33]]
    corrected = mcnemar(votes, exact=False, correction=True)
    assert corrected.statistic == pytest.approx(20.67222, abs=5e-6)
    assert corrected.pvalue == pytest.approx(5.450095e-06, rel=1e-6)
    assert mcnemar(votes, exact=False, correction=False).statistic == pytest.approx(21.35556, abs=5e-6)


def test_oracle_cochran_mantel_haenszel() -> None:
    """The Berkeley admissions (R's UCBAdmissions) give CMH 1.4269, p .2323, common odds ratio .9047."""
    admitted = [(512, 89), (353, 17), (120, 202), (138, 131), (53, 94), (22, 24)]
    rejected = [(313, 19), (207, 8), (205, 391), (279, 244), (138, 299), (351, 317)]
    tables = [np.array([yes, no], float) for yes, no in zip(admitted, rejected, strict=True)]
    found = StratifiedTable(tables)
    test = found.test_null_odds(correction=True)
    assert (test.statistic, test.pvalue) == pytest.approx((1.4269, 0.2323), abs=5e-5)
    assert found.oddsratio_pooled == pytest.approx(0.9047, abs=5e-5)


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
