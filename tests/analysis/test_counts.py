"""Counting: codes are found alike by a table and by sorting."""

import numpy as np
import pytest

from analysis.counts import distinct


@pytest.mark.parametrize("highest", [0, 5, 100, 10**9])
@pytest.mark.parametrize("number", [0, 1, 7, 200])
def test_distinct_codes_are_those_of_sorting(number: int, highest: int) -> None:
    """Whether codes are dense or far apart, the ones that occur come in their order, each code with its place."""
    codes = np.random.default_rng(number).integers(0, highest + 1, number)
    found, place = distinct(codes)
    expected, inverse = np.unique(codes, return_inverse=True)
    assert found.tolist() == expected.tolist()
    assert place.tolist() == inverse.reshape(-1).tolist()
