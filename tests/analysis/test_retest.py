"""Repeats: how often second answers agree with first ones."""

import numpy as np
import pandas as pd
import pytest

from analysis import analyse
from analysis.answers import read_answers
from analysis.exclusions import apply_exclusions
from analysis.intervals import wilson
from analysis.retest import Retest
from tests.analysis.tables import LABELS, table

THREE = LABELS[:3]


def test_repeats_are_compared_with_first_answers() -> None:
    """Agreement, κ, pairs and participants of second answers are those counted by hand; third answers are no pair."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, workers=4)
    again = frame[(frame["method"] == "a") & frame["worker_id"].isin(["w0", "w1"])].copy()
    changed = again.index[:3]
    again.loc[changed, "answer"] = [
        "Other" if answer != "Other" else "Unclear" for answer in again.loc[changed, "answer"]
    ]
    third = again.head(2)
    report = analyse(pd.concat([frame, again, third], ignore_index=True))
    found = report.to_dict()["retest"]
    assert (found["pairs"], found["participants"]) == (12, 2)
    assert found["agreement"] == pytest.approx(9 / 12)
    assert found["ci_low"] < 9 / 12 < found["ci_high"]
    assert "saw 12 videos a second time" in report.to_html()
    assert analyse(frame).to_dict()["retest"] is None


def test_a_repeat_that_was_excluded_otherwise_is_no_pair() -> None:
    """Second answers that collecting marked as repeats count as pairs, those of a careless task do not."""
    frame = table({"a": 0.8}, labels=THREE, workers=4).assign(excluded="")
    for rule, pairs in (("repeat", len(frame)), ("min_answer_s", None)):
        with read_answers(pd.concat([frame, frame.assign(excluded=rule)])) as answers:
            found = next(step.retest for step in apply_exclusions(answers) if step.name == "repeated answers")
        assert (None if found is None else len(found.first)) == pairs


def test_kappa_and_interval_have_their_known_values() -> None:
    """κ of the usual textbook table is .40, and one pair each gives nearly Wilson's interval."""
    first = np.repeat([0, 0, 1, 1], [20, 5, 10, 15])
    second = np.repeat([0, 1, 0, 1], [20, 5, 10, 15])
    found = Retest(np.arange(50), first, second, 2)
    assert found.kappa == pytest.approx(0.4)
    assert found.agreement == pytest.approx(0.7)
    low, high = found.interval(0.95)
    expected = wilson(0.7, 50, 1.96)
    assert (low, high) == pytest.approx((expected.low, expected.high), abs=0.01)
    assert Retest(np.zeros(3, int), np.zeros(3, int), np.zeros(3, int), 2).kappa is None
