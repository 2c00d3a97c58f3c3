"""Published values that our estimates and tests must give, and those that our oracles must give."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import StratifiedTable, mcnemar
from statsmodels.stats.multitest import multipletests

from analysis.agreement import fleiss, krippendorff
from analysis.multiplicity import holm
from analysis.naming.dawid_skene import dawid_skene

NORMAL = 1.959963984540054


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
