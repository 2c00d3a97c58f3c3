"""Calibration of preferences: a small run of benchmarks/preferences.py, and the committed run against its limits."""

import json
from pathlib import Path
from typing import Any

import pytest

from benchmarks.preferences import DESIGNS, broken, markdown, net_win_rates

ROOT = Path(__file__).parents[3]


def committed() -> dict[str, Any]:
    return dict(json.loads((ROOT / "benchmarks" / "results" / "preferences.json").read_text()))


@pytest.mark.parametrize("name", ["10 × 10", "30 × 30"])
def test_small_run(name: str) -> None:
    """Over 150 null studies the test of the net win rate rejects few; the sign test of single votes rejects more."""
    _, found = net_win_rates((name, 150, 5))
    assert found["rejected"] <= 0.1
    assert found["binomial"] > found["rejected"]


def test_committed_run_keeps_its_limits() -> None:
    """The committed run has every design and model of today, and all within their limits."""
    result = committed()
    assert list(result["tests"]) == list(DESIGNS)
    assert len(result["strengths"]) == 3
    assert broken(result) == []


def test_limits_can_be_broken() -> None:
    """A rate outside its limits is named, and so is a control that holds."""
    result = committed()
    for found in result["tests"].values():
        found["binomial"] = 0.05
    result["tests"]["10 × 10"]["rejected"] = 0.0601
    result["strengths"]["davidson"]["strengths"] = 0.92
    assert broken(result) == [
        "10 × 10: rejects 0.0601 of true values, not 0.04 to 0.06",
        "the binomial test of single votes, the control, holds in every design",
        "davidson: intervals hold 0.9200 of the strengths, not .93 to .97",
    ]


def test_documented_tables() -> None:
    """The tables of docs/statistics.md are those of the committed run."""
    assert markdown(committed()) in (ROOT / "docs" / "statistics.md").read_text(encoding="utf-8")
