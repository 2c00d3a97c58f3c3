"""Where no finite estimate exists."""

from itertools import product

import numpy as np
import pytest

from analysis.glmm import fit
from analysis.separation import SeparationError
from tests.analysis.crossed_studies import fitted, study


def test_separation_is_said() -> None:
    """A method that is always right has no finite odds: an error names it."""
    answers = study(1)
    answers["right"] = answers["right"] | (answers["method"] == 0)
    with pytest.raises(SeparationError, match=r"^a: every answer is right, or every answer is wrong"):
        fitted(answers)


def test_separation_by_several_columns_is_found() -> None:
    """Nothing alone separates here, but the two columns together do."""
    x = np.array([[1, a, b] for a, b in product((0, 1), (0, 1))] * 5, float)
    y = np.tile([1.0, 0.0, 0.0, 0.0], 5)
    with pytest.raises(SeparationError, match="columns") as caught:
        fit(y, np.ones(20), x, [(np.arange(20) // 4, 5)])
    assert caught.value.columns


def test_variance_without_end_is_said() -> None:
    """Participants who are always right, or always wrong, give no finite variance."""
    answers = study(1)
    answers["right"] = answers["worker"] % 2 == 0
    with pytest.raises(SeparationError, match=r"^participant: their variance grows without end") as caught:
        fitted(answers)
    assert caught.value.factors == [1]
