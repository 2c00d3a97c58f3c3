"""The mixed model in the report."""

import numpy as np
import pandas as pd
import pytest

from analysis import analyse
from tests.analysis.tables import LABELS, table

pytestmark = pytest.mark.mixed
THREE = LABELS[:3]


def test_the_mixed_model_stands_beside_the_comparison() -> None:
    """It is about the first comparison, in its direction, over the answers that count, and the page shows it."""
    frame = table({"b": 0.45, "a": 0.8, "real": 0.95}, videos=2, workers=12)
    gold = frame.head(20).assign(kind="gold", answer="Other")
    report = analyse(pd.concat([frame.assign(kind="evaluation"), gold], ignore_index=True))
    found, pair = report.to_dict()["mixed"], report.to_dict()["comparisons"][0]
    assert (found["a"], found["b"], found["n_answers"]) == (pair["a"], pair["b"], 2 * 22 * 12)
    assert found["odds_ratio"] == pytest.approx(np.exp(found["log_odds"]))
    assert found["difference"] == pytest.approx(pair["difference"], abs=0.03)
    assert found["ci_low"] < found["difference"] < found["ci_high"]
    assert found["converged"]
    assert found["p_value"] <= found["p_adjusted"] < 0.001
    assert "For reviewers: a mixed model" in report.to_html()
    assert "odds ratio" in report.to_markdown()


def test_dropped_answers_are_not_in_the_mixed_model() -> None:
    """Where the plan drops Other and Unclear, so does the model."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, videos=4)
    found = analyse(frame, unclear="dropped").to_dict()
    named = ~frame["answer"].isin(["Other", "Unclear"])
    assert found["mixed"]["n_answers"] == int(named.sum()) < len(frame)


def test_a_mixed_model_that_cannot_be_fitted_says_why() -> None:
    """Separation is a sentence in the report, not an error."""
    report = analyse(table({"a": 1.0, "b": 0.5}, labels=THREE))
    assert report.to_dict()["mixed"]["why_not"].startswith("The model could not be fitted: a: every answer is right")
    assert "could not be fitted" in report.to_html()


def test_the_mixed_model_is_fitted_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """By default few answers have it and many have not; asking decides."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE)
    assert analyse(frame, mixed=False).to_dict()["mixed"] is None
    monkeypatch.setattr("analysis.reviewers.UNASKED", 10)
    assert analyse(frame).to_dict()["mixed"] is None
    assert analyse(frame, mixed=True).to_dict()["mixed"] is not None
