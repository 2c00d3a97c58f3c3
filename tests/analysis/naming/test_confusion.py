"""What was answered instead."""

import re

from analysis import analyse
from tests.analysis.tables import table


def test_labels_written_right_to_left_are_isolated_where_confusions_are_told() -> None:
    """Of many labels the commonest confusions are told in a sentence, whose order such labels leave alone."""
    labels = tuple(f"כלב {number}" for number in range(61))
    report = analyse(table({"a": 0.2, "b": 0.1}, labels=labels, videos=1, workers=3))
    told = report.answered.left_out
    assert told.count("\u2068") == told.count("\u2069") > 4
    assert re.search("\u2068כלב [0-9]+\u2069 as \u2068כלב", told)


def test_many_videos_of_classes_with_one_each() -> None:
    """With a thousand classes of one video each, kinds of answer are compared by drawing rearrangements."""
    labels = tuple(f"label {number}" for number in range(520))
    report = analyse(table({"a": 0.6, "b": 0.9}, labels=labels, videos=1, workers=1))
    assert report.to_dict()["answered"]["tests"][0]["p_value"] < 0.05
