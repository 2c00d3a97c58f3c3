"""The linear algebra of crossed random effects, against dense matrices."""

import numpy as np
import pytest

from analysis import crossed, factors
from analysis.crossed import System
from analysis.factors import FactorLayout
from tests.analysis.crossed_studies import small


@pytest.mark.parametrize("chosen", [(0, 1, 2), (1, 2, 3), (2, 3)])
def test_system_is_that_of_dense_matrices(chosen: tuple[int, ...]) -> None:
    """Solutions, determinant, leverages and traces equal numpy's; with probes, solutions still do."""
    _, _, groups = small()
    layout = FactorLayout([groups[one] for one in chosen])
    weights, sd = np.random.default_rng(1).random(200), np.array([0.7, 0.4, 1.1])[: len(chosen)]
    z = layout.z.toarray() * layout.by_level(sd)
    h = np.eye(z.shape[1]) + z.T @ (weights[:, None] * z)
    system, inverse = System(layout, weights, sd), np.linalg.inv(h)
    assert system.solve(np.eye(len(h))) == pytest.approx(inverse, abs=1e-12)
    assert system.log_determinant() == (pytest.approx(np.linalg.slogdet(h)[1]), 0)
    assert system.inverse().leverage == pytest.approx(np.einsum("ij,jk,ik->i", z, inverse, z))
    freedom = [layout.part(1 - np.diag(inverse), factor).sum() for factor in range(len(chosen))]
    assert system.inverse().freedom == pytest.approx(freedom)


def test_probes_estimate_what_dense_matrices_give(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over many probes, determinant, leverages and traces agree; solutions agree at once."""
    _, _, groups = small()
    layout, weights, sd = FactorLayout(groups), np.random.default_rng(1).random(200), np.array([0.7, 0.4, 1.1, 0.5])
    exact = System(layout, weights, sd)
    solution, inverse, determinant = exact.solve(np.eye(34)), exact.inverse(), exact.log_determinant()[0]
    monkeypatch.setattr(factors, "DENSE_ORDER", 0)
    monkeypatch.setattr(crossed, "PROBES", 4000)
    probed = System(layout, weights, sd)
    assert probed.solve(np.eye(34)) == pytest.approx(solution, abs=1e-6)
    value, error = probed.log_determinant()
    assert 0 < error < 0.1
    assert value == pytest.approx(determinant, abs=4 * error)
    assert probed.log_determinant(final=True) == (pytest.approx(determinant), 0)
    assert probed.inverse().leverage == pytest.approx(inverse.leverage, abs=0.05)
    assert probed.inverse().freedom == pytest.approx(inverse.freedom, abs=0.3)
