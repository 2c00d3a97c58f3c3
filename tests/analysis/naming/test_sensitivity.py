"""The first comparison under other rules."""

import numpy as np

from analysis import analyse
from tests.analysis.tables import table


def test_rows_that_cannot_be_computed_say_so() -> None:
    """A filter that leaves a method without answers gives a row without numbers and with the reason."""
    frame = table({"a": 0.8, "b": 0.4}, labels=("cat", "dog"))
    frame["watched_fraction"] = np.where(frame["method"] == "a", 0.1, 1.0)
    report = analyse(frame)
    row = next(row for row in report.to_dict()["sensitivity"] if row["name"] == "strict filter")
    assert (row["difference"], row["p_value"]) == (None, None)
    assert "cannot be computed" in row["changed"]
    assert "cannot be computed" in report.to_html()
    assert all(each["name"] != "first answer of each participant" for each in report.to_dict()["sensitivity"])
