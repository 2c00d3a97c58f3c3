"""The confidence sequence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special

from analysis import sequential


def test_the_sequential_boundary_is_as_published(monkeypatch: pytest.MonkeyPatch) -> None:
    """The normal mixture with ρ = 12.60056 has its boundary at 30.35209 for v = 100 and α = .05.

    Howard, Ramdas, McAuliffe & Sekhon (Annals of Statistics 2021), from the unit tests of their library.
    """
    monkeypatch.setattr(sequential, "TUNED_FOR", math.sqrt(1 / 12.60056))
    level = sequential.nominal_level(0.05, 1 / 100)
    assert -float(special.ndtri(level / 2)) == pytest.approx(30.35209 / 10, abs=1e-6)


@given(st.floats(1e-6, 0.999), st.floats(1e-6, 0.2))
def test_the_sequential_p_inverts_its_level(alpha: float, variance: float) -> None:
    """A look whose p is the nominal level of α has the always-valid p α, and none is smaller than its own p."""
    level = sequential.nominal_level(alpha, variance)
    assert sequential.always_valid(level, variance) == pytest.approx(alpha, rel=1e-6)
    assert level <= alpha
