"""Calibration: a small run of benchmarks/calibration.py, and the committed run against what is promised."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.calibration import DESIGNS, broken, calibrate, markdown

RESULT = Path(__file__).parents[2] / "benchmarks" / "results" / "calibration.json"

#: The test that the report would choose for each design.
PRIMARY = {"K=10": "permutation over videos", "11 classes, 1 video each": "sign-flip over classes"}


@pytest.mark.parametrize("design", list(PRIMARY))
def test_small_run(design: str) -> None:
    """Over 120 null studies the primary test rejects few, the interval covers most, and pooled z fails."""
    found = calibrate(replace(DESIGNS[design], num_workers=80), 120, seed=5)
    assert found["primary"] == PRIMARY[design]
    assert found["rejected"][PRIMARY[design]] <= 0.11
    assert found["covered"]["difference, new videos"] >= 0.88
    assert found["covered"]["difference, these videos"] >= 0.88
    assert found["rejected"]["pooled z on answers"] > 0.3
    assert found["covered"]["difference, Newcombe on answers"] < 0.8


def committed() -> dict[str, Any]:
    return dict(json.loads(RESULT.read_text()))


def test_committed_run() -> None:
    """The committed run names its seed and commit, and has every design of today."""
    result = committed()
    assert result["studies"] >= 2000
    assert isinstance(result["seed"], int)
    assert len(result["commit"]) == 12, "made from a tree that no commit has"
    assert list(result["designs"]) == list(DESIGNS)


@pytest.mark.parametrize("design", list(DESIGNS))
def test_committed_run_keeps_its_promises(design: str) -> None:
    """The committed run breaks no promise of the design."""
    assert broken(design, committed()["designs"][design]) == []


def test_documented_table() -> None:
    """The table of docs/statistics.md is that of the committed run."""
    assert markdown(committed()) in (RESULT.parents[2] / "docs" / "statistics.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("design", "part", "name", "value"),
    [
        ("K=10", "rejected", "permutation over videos", 0.063),
        ("K=20", "rejected", "two-way t by video", 0.039),
        ("11 classes, 1 video each", "rejected", "sign-flip over classes", 0.0385),
        ("stress: 10 v 40 videos", "rejected", "permutation over videos", 0.08),
        ("K=50", "rejected", "pooled z on answers", 0.06),
        ("K=20", "covered", "difference, new videos", 0.935),
        ("K=10", "covered", "method, new videos", 0.92),
    ],
)
def test_promises_can_be_broken(design: str, part: str, name: str, value: float) -> None:
    """A rate outside its bounds, however near, is named."""
    found = committed()["designs"][design]
    found[part][name] = value
    assert broken(design, found) == [f"{design}: {name} is {value:.4f}, not {bounds(design, part, name)}"]


def bounds(design: str, part: str, name: str) -> str:
    if part == "covered":
        return "0.94 to 0.96" if design == "K=20" else "0.925 to 1.0"
    if "pooled" in name:
        return "0.3 to 1.0"
    if design.startswith("stress"):
        return "0.025 to 0.075"
    return "0.04 to 0.062" if name.startswith("permutation") else "0.04 to 0.06"
