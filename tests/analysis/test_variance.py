"""The two-way variance, against regressions."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import statsmodels
import statsmodels.api as sm
from statsmodels.stats.sandwich_covariance import cov_cluster_2groups

from analysis.answers import read_answers
from analysis.comparisons import layout_of
from analysis.counts import count
from analysis.scoring import score
from analysis.variance import over_units, overlap


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
