"""A small run of benchmarks/calibration.py: our tests keep their level, the usual ones do not."""

import json
from pathlib import Path
from typing import Any

import pytest

from analysis.simulator import StudyModel
from benchmarks.calibration import DESIGNS, calibrate

RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "calibration.json"

#: The test that the report would choose for each design.
PRIMARY = {"K=10": "permutation over videos", "11 classes, 1 video each": "sign-flip over classes"}


@pytest.mark.parametrize("design", list(PRIMARY))
def test_small_run(design: str) -> None:
    """Over 120 null studies the primary test rejects few, the interval covers most, and pooled z fails."""
    model = DESIGNS[design]
    small = StudyModel(videos=model.videos, num_labels=model.num_labels, num_workers=80)
    found = calibrate(small, 120, seed=5)
    assert found["primary"] == PRIMARY[design]
    assert found["rejected"][PRIMARY[design]] <= 0.11
    assert found["covered"]["difference, ours"] >= 0.88
    assert found["rejected"]["pooled z on answers"] > 0.3
    assert found["covered"]["difference, Newcombe on answers"] < 0.8


#: Standard error of a rate of 5 % over 2,000 studies.
ERROR = 0.0049


def committed() -> dict[str, Any]:
    return dict(json.loads(RESULT.read_text()))


@pytest.mark.skipif(not RESULT.exists(), reason="no calibration has been run")
def test_committed_run() -> None:
    """The committed run holds the promised rates: level at K ≥ 10, stress grid, coverage, and a control that fails."""
    result = committed()
    assert result["studies"] >= 2000
    assert result["commit"]
    for name, found in result["designs"].items():
        rejected, covered = found["rejected"], found["covered"]
        if found["model"]["accuracies"][0] == found["model"]["accuracies"][1]:
            low, high = (0.025, 0.075) if "stress" in name or "K=5 " in name else (0.040, 0.062)
            low, high = low - ERROR, high + ERROR
            assert low <= rejected[found["primary"]] <= high, name
            assert rejected["pooled z on answers"] > 0.3, name
        floor = 0.94 if "K=20" in name or "K=50" in name else 0.925
        assert floor <= covered["difference, ours"] <= 0.99, name
