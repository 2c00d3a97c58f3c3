"""What a power analysis answers, and which questions it refuses."""

from typing import Any

import pytest

from analysis.planning import answered
from analysis.power_question import PowerQuestion


def question(**options: Any) -> PowerQuestion:
    usual: dict[str, Any] = {"videos": 22, "classes": 11, "workers": 60, "answers_per_video": None, "difference": None}
    usual |= {"accuracy": 0.65, "power": 0.8, "confidence": 0.95, "pilot": None, "studies": 0, "seed": 0}
    return PowerQuestion(**usual | options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"videos": 0}, "videos: must be at least 1"),
        ({"seed": -1}, "seed: must not be negative"),
        ({"columns": {"worker_id": "w"}}, "column: names a column of a pilot"),
    ],
)
def test_designs_that_cannot_be(options: dict[str, Any], message: str) -> None:
    """An option that means nothing is refused by its name instead of passed over."""
    with pytest.raises(ValueError, match=message):
        answered(question(**options))


def test_comparisons_cost_power() -> None:
    """Several comparisons make the detectable difference larger, as one at their share of the level."""

    def detectable(**options: Any) -> str:
        return next(line for line in answered(question(**options)).lines if line.startswith("detectable"))

    assert detectable(comparisons=5) == detectable(confidence=0.99) != detectable()


@pytest.mark.parametrize("seed", range(8))
def test_few_simulated_studies_prove_nothing(seed: int) -> None:
    """Two of twenty false positives in a sound design are chance, and no warning."""
    lines = answered(question(studies=20, seed=seed, classes=1)).lines
    assert not any("false positives instead" in line for line in lines)
