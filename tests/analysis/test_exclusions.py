"""What rules leave out, counted method by method."""

import pandas as pd

from analysis import analyse
from tests.analysis.tables import LABELS, table

THREE = LABELS[:3]


def test_exclusions_are_counted_per_method() -> None:
    """Each rule's answers and participants are those of the method, and they add up to what was given."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, workers=10).assign(excluded="")
    frame.loc[(frame["method"] == "a") & frame["worker_id"].isin(["w1", "w2"]), "excluded"] = "min_answer_s"
    frame = pd.concat([frame, frame[(frame["method"] == "b") & (frame["worker_id"] == "w3")]], ignore_index=True)
    found = analyse(frame).to_dict()["exclusions"]
    rows = {row["method"]: row for row in found["methods"]}
    assert (rows["a"]["given"], rows["a"]["counted"], rows["a"]["excluded"]) == (60, 48, 12)
    assert (rows["b"]["given"], rows["b"]["counted"], rows["b"]["excluded"]) == (66, 60, 6)
    rules = {rule["name"]: rule["methods"] for rule in found["rules"]}
    assert rules == {
        "tasks answered too fast": {"a": {"answers": 12, "participants": 2}},
        "repeated answers": {"b": {"answers": 6, "participants": 1}},
    }
    assert found["note"].startswith("Differential exclusion: 20.0 % of a and 9.1 % of b were excluded.")


def test_equal_exclusion_is_not_pointed_out() -> None:
    """Nothing is said where methods lose about the same share, and there is no section where nothing was excluded."""
    frame = table({"a": 0.8, "b": 0.5}, labels=THREE, workers=10).assign(excluded="")
    assert analyse(frame).to_dict()["exclusions"] is None
    frame.loc[frame["worker_id"].isin(["w1", "w2"]), "excluded"] = "min_answer_s"
    report = analyse(frame)
    assert report.to_dict()["exclusions"]["note"] is None
    assert "What was left out of each method" in report.to_html()
