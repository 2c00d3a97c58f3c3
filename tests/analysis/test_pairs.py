"""Pairs of methods: which are compared, in which order and family."""

from typing import Any

import pandas as pd
import pytest

from analysis import analyse
from tests.analysis.tables import table

TWO = ("cat", "dog")


def first(frame: pd.DataFrame, **choices: Any) -> dict[str, Any]:
    return dict(analyse(frame, **choices).to_dict()["comparisons"][0])


def test_everything_is_about_the_first_planned_pair() -> None:
    """Headline, sensitivity and power are about the first planned pair, though another pair is further apart."""
    frame = table({"best": 0.95, "good": 0.8, "bad": 0.3}, videos=2, workers=12)
    contents = analyse(frame, comparisons=("bad - good", "best - bad")).to_dict()
    row = contents["comparisons"][0]
    assert {row["a"], row["b"]} == {"good", "bad"}
    assert contents["headline"]["title"].startswith("good is recognised more often than bad")
    assert sorted(contents["power"]["pair"]) == ["bad", "good"]
    assert contents["sensitivity"][0]["difference"] == row["difference"]
    assert [each["planned"] for each in contents["comparisons"]] == [True, True, False]


def test_controls_cost_the_comparison_nothing() -> None:
    """With real clips among the methods the p of ours against theirs stays what it was."""
    frame = table({"ours": 0.7, "theirs": 0.55, "real": 0.95}, videos=2, workers=12)
    alone, all_ = first(frame[frame["method"] != "real"]), analyse(frame).to_dict()["comparisons"]
    assert all_[0]["p_adjusted"] == alone["p_value"]
    assert [(row["control"], row["family"]) for row in all_] == [(False, 1), (True, 2), (True, 2)]


def test_many_methods_are_compared_without_rearrangements() -> None:
    """With 36 pairs each has its difference, interval and p, and none has a test by rearrangement."""
    frame = table({f"m{number}": 0.3 + 0.05 * number for number in range(9)}, labels=("cat", "dog"), workers=6)
    rows = analyse(frame).to_dict()["comparisons"]
    assert len(rows) == 36
    assert all(row["tests"] == {} and 0 < row["p_value"] <= 1 for row in rows)


def two_methods(**columns: Any) -> pd.DataFrame:
    return table({"x": 0.9, "y": 0.5}, labels=TWO, videos=4, simulated=False, **columns)


@pytest.mark.parametrize("pairs", [("x - y", "y - x"), ("x - y", "x - y"), ("x  - y", "x - y")])
def test_a_comparison_that_is_planned_twice_is_one(pairs: tuple[str, ...]) -> None:
    """A pair costs its family nothing for standing twice in the plan, whichever way round."""
    row = analyse(two_methods(), mixed=False, comparisons=pairs).to_dict()["comparisons"][0]
    assert (row["family"], row["p_adjusted"]) == (1, row["p_value"])


def test_the_first_planned_pair_is_first_even_with_the_control() -> None:
    """The plan's order is that of the report, whichever of its pairs is with the control."""
    frame = table({"a": 0.9, "b": 0.5, "real": 0.95}, labels=TWO, videos=4, simulated=False)
    report = analyse(frame, mixed=False, comparisons=("real - a", "a - b"))
    found = [{row["a"], row["b"]} for row in report.to_dict()["comparisons"]]
    assert found == [{"real", "a"}, {"a", "b"}, {"real", "b"}]
    assert "real" in report.to_dict()["headline"]["title"]
    assert set(report.to_dict()["power"]["pair"]) == {"real", "a"}
