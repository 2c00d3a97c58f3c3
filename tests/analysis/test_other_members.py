"""Other members of the kinds of false sentences that reports once had, each a family of small tables."""

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import Report, analyse, analyse_study
from crowd.design.study import Study
from crowd.fileformat import unstamped
from tests.analysis.tables import LABELS, table
from tests.analysis.test_plan import study_directory

pytestmark = pytest.mark.thorough

TWO = ("cat", "dog")
NONE: dict[str, Any] = {}


def two_methods(**columns: Any) -> pd.DataFrame:
    return table({"x": 0.9, "y": 0.5}, labels=TWO, videos=4, simulated=False, **columns)


def text_of(report: Report) -> str:
    return "\n".join([report.to_html(), report.to_markdown(), repr(report)])


@pytest.mark.parametrize("unit", [1e-300, 1e-9, 0.5, 7.0, 1e9, 1e300, 1e308])
def test_the_unit_of_weights_is_nothing(unit: float) -> None:
    """Weights times any number that a table can hold give the same report, whose answers are counted, not weighed."""
    frame = two_methods()
    plain = analyse(frame, mixed=False).to_dict()
    weighted = analyse(frame.assign(weight=unit), mixed=False).to_dict()
    assert weighted["methods"] == plain["methods"]
    assert weighted["power"] == plain["power"]
    assert [row["ci_low"] for row in weighted["comparisons"]] == [row["ci_low"] for row in plain["comparisons"]]


def test_weighted_answers_are_counted() -> None:
    """With unequal weights every number of answers is still that of answers."""
    frame = two_methods()
    report = analyse(frame.assign(weight=np.where(frame["method"] == "x", 5.0, 0.5)), mixed=False)
    assert [row["n_answers"] for row in report.to_dict()["methods"]] == [96, 96]
    assert {row["all"]["n_answers"] for row in report.to_dict()["by_class"]} == {96}
    assert "gave 192 answers" in report.to_markdown().replace("\u202f", "")


@pytest.mark.parametrize(
    ("change", "choices", "reason"),
    [
        (lambda frame: frame.assign(weight=0), {}, "all have a weight of 0"),
        (lambda frame: frame.assign(answer="Unclear"), {"unclear": "dropped"}, "which the plan drops"),
        (lambda frame: frame.assign(excluded="min_answer_s"), {}, "answered too fast: 192"),
        (lambda frame: frame.assign(excluded=True), {}, "true: 192"),
    ],
)
def test_no_answer_is_left(change: Callable[[pd.DataFrame], Any], choices: dict[str, Any], reason: str) -> None:
    """A table of which nothing counts is refused with where all of it went."""
    with pytest.raises(ValueError, match=f"no answer is left to count.*{reason}.*collect more answers"):
        analyse(change(two_methods()), **choices)


@pytest.mark.parametrize("others", [("x",), ("x", "z")])
@pytest.mark.parametrize("why", ["excluded", "weight", "unclear", "people only"])
def test_methods_without_answers_are_named(why: str, others: tuple[str, ...]) -> None:
    """A method whose answers are all left out is named: it is not as if it had never been there."""
    frame = table({"y": 0.5, **dict.fromkeys(others, 0.9)}, labels=TWO, simulated=False)
    of_y, choices = frame["method"] == "y", NONE
    if why == "excluded":
        frame["excluded"] = np.where(of_y, "min_answer_s", "")
    elif why == "weight":
        frame["weight"] = np.where(of_y, 0, 1)
    elif why == "unclear":
        frame["answer"], choices = np.where(of_y, "Unclear", frame["label"]), {"unclear": "dropped"}
    else:
        frame["worker_id"] += np.where(of_y, "-bot", "")
        frame["simulated"], choices = of_y, {"people_only": True}
    report = analyse(frame, **choices)
    assert report.to_dict()["uncounted"] == ["y"]
    assert "All answers to videos of y were left out" in text_of(report)
    assert "no second method" not in text_of(report)


@pytest.mark.parametrize("value", [False, "False", "no", 0, 0.0, "0", "", None, " "])
def test_what_is_not_excluded_counts(value: Any) -> None:
    """A column of truth values that says of no row that it is excluded excludes none."""
    frame = two_methods()
    frame["excluded"] = [value] * len(frame)
    assert analyse(frame, mixed=False).to_dict()["funnel"]["counted"] == len(frame)


@pytest.mark.parametrize("value", [math.inf, -math.inf, math.nan, 1e300, "inf", "x", ""])
@pytest.mark.parametrize("column", ["time_to_answer_s", "watched_fraction", "replays", "position"])
def test_measurements_that_are_none(column: str, value: Any) -> None:
    """A recorded number that is no number is a missing one, and the report is whole."""
    frame = two_methods(**{column: 1.0})
    frame[column] = frame[column].astype(object)
    frame.loc[0, column] = value
    report = analyse(frame, mixed=False)
    assert unstamped(Path("report.json"), json.loads(report.to_json())) == report.to_dict()


@pytest.mark.parametrize("how", ["e\u0301", " \u00e9 ", "\u00e9\u200b"])
def test_rules_name_methods_as_they_are_read(how: str) -> None:
    """A method in a rule is the one that reads so in the table."""
    frame = two_methods()
    frame["method"] = frame["method"].map({"x": "\u00e9", "y": "y"})
    assert analyse(frame, mixed=False, comparisons=[f"{how} - y"]).to_dict()["comparisons"][0]["planned"]
    assert analyse(frame, mixed=False, gold_method=how).to_dict()["comparisons"][0]["control"]


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({"comparisons": ["x - z"]}, "comparisons: no method 'z' in the answers; there are x, y"),
        ({"gold_method": "z"}, "gold_method: no method 'z' in the answers; there are x, y"),
        ({"comparisons": [1]}, "comparisons: must be a list of texts"),
        ({"comparisons": None}, "comparisons: must be a list of texts"),
        ({"confidence": "0.95"}, "confidence: must be a number"),
        ({"margin": None}, "margin: must be a number"),
        ({"margin": True}, "margin: must be a number"),
        ({"gold_method": None}, "gold_method: must be a text"),
        ({"seed": -1}, "seed: must not be negative"),
    ],
)
def test_rules_that_cannot_be(choices: dict[str, Any], message: str) -> None:
    """A rule of the wrong kind, or about a method that is not there, is refused by its name."""
    with pytest.raises(ValueError, match=f"^{message}"):
        analyse(two_methods(), **choices)


def test_half_confidence_has_an_interval_of_nothing() -> None:
    """At a confidence of 50 % the interval of the tests of equivalence is the estimate, not another level's."""
    equal = analyse(two_methods(), mixed=False, confidence=0.5, margin=0.3).to_dict()["comparisons"][0]
    assert equal["equivalence"]["ci_low"] == pytest.approx(equal["difference"], abs=1e-6)
    assert equal["equivalence"]["ci_high"] == pytest.approx(equal["difference"], abs=1e-6)


@pytest.mark.thorough
@pytest.mark.parametrize("declared", [True, False])
@pytest.mark.parametrize("chosen_in", ["file", "command"])
def test_looking_early_cannot_be_declared_while_looking(tmp_path: Path, declared: bool, chosen_in: str) -> None:
    """An unfinished study has tests only where the published plan declares the rule that allows them."""
    plan = Study(options=LABELS)
    rule = replace(plan, sequential="confidence-sequence")
    directory = study_directory(tmp_path, rule if declared or chosen_in == "file" else plan, rule if declared else plan)
    (tmp_path / "funnel.json").write_text(json.dumps({"submitted": 40, "wanted": 198, "ended": False}))
    choices: dict[str, Any] = {"sequential": "confidence-sequence"} if chosen_in == "command" and not declared else {}
    report = analyse_study(directory, **choices)
    assert bool(report.to_dict()["comparisons"]) == declared
    assert ("The plan declares a confidence sequence" in text_of(report)) == declared


@pytest.mark.thorough
@pytest.mark.parametrize("choices", [{}, {"target": "these-videos"}])
def test_rules_that_nobody_declared_say_so(choices: dict[str, Any], tmp_path: Path) -> None:
    """The default analysis is called that only where it is; one that was chosen or changed is on the first screen."""
    report = analyse(two_methods(), mixed=False, **choices)
    assert ("This report uses the default rules" in report.to_html()) == (not choices)
    remarks = report.to_dict()["headline"]["remarks"]
    assert any("not declared before collection: target" in text for text in remarks) == bool(choices)
    published = analyse_study(study_directory(tmp_path, Study(options=LABELS)), mixed=False, **choices)
    remarks = published.to_dict()["headline"]["remarks"]
    assert any("target is these-videos, published was new-videos" in text for text in remarks) == bool(choices)


def test_a_study_that_ended_early_says_so_in_its_headline(tmp_path: Path) -> None:
    """The notices in report.json are those of every other output."""
    directory = study_directory(tmp_path, Study(options=LABELS))
    (tmp_path / "funnel.json").write_text(json.dumps({"submitted": 40, "wanted": 198, "ended": True}))
    notices = analyse_study(directory, mixed=False).to_dict()["headline"]["notices"]
    assert any(text.startswith("Ended early: 40 of 198 tasks are in") for text in notices)


ITEMS: dict[str, tuple[Callable[[pd.DataFrame], Any], str]] = {
    "one by one": (lambda frame: frame["video_id"].str[2:], "item by item: 8 items have videos of both."),
    "partly": (
        lambda frame: np.where(frame["label"] == "cat", frame["video_id"].str[2:], ""),
        "item by item: 4 items have videos of both; 8 videos without a counterpart count one by one.",
    ),
    "one": (
        lambda frame: np.where(frame["video_id"].str.endswith("cat/0"), "same", ""),
        "item by item: 1 item has videos of both; 14 videos without a counterpart count one by one.",
    ),
    "one per label": (lambda frame: frame["label"], "2 items have videos of both, but no label has several items"),
    "constant": (lambda frame: "same", "1 item has videos of both, but no label has several items"),
    "of one method": (
        lambda frame: np.where(frame["method"] == "x", frame["video_id"], ""),
        "the methods have no item in common",
    ),
    "of videos": (lambda frame: frame["video_id"], "the methods have no item in common"),
}


@pytest.mark.parametrize("name", ITEMS)
@pytest.mark.parametrize("column", ["pair", "prompt"])
def test_what_became_of_items(name: str, column: str) -> None:
    """A column of items is said to pair what it pairs, and to pair nothing where it does not."""
    make, said = ITEMS[name]
    frame = two_methods()
    report = analyse(frame.assign(**{column: make(frame)}), mixed=False)
    assert said in report.to_html()
    assert said in report.to_markdown().replace("\\", "")


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("shared", [1, 2, 3])
def test_no_p_is_smaller_than_the_smallest(seed: int, shared: int) -> None:
    """Where items pair some videos only, no test by rearrangement gives less than the least that it can give."""
    frame = table({"x": 0.8, "y": 0.4}, labels=TWO, videos=4, simulated=False, seed=seed)
    paired = frame["video_id"].str[-1].astype(int) < shared
    frame["pair"] = np.where(paired & (frame["label"] == "cat"), frame["video_id"].str[2:], "")
    row = analyse(frame, mixed=False).to_dict()["comparisons"][0]
    assert all(row["attainable"][test] <= p + 1e-12 for test, p in row["tests"].items())


def test_a_difference_within_the_margin_is_not_called_none() -> None:
    """Where both a difference and equivalence were shown, the headline says both."""
    report = analyse(two_methods(), mixed=False, margin=0.5)
    row = report.to_dict()["comparisons"][0]
    assert row["p_adjusted"] < 0.05
    assert row["equivalence"]["p_equivalence"] < 0.05
    title = "x is recognised more often than y, by less than the margin of 50.0 points"
    assert report.to_dict()["headline"]["title"] == title


@pytest.mark.parametrize("before", ["", "\n", "\n\n  \n", "\r\n\r\n", "sep=,\n", "\nsep=,\n", "\t\n"])
def test_blank_lines_before_the_header(before: str, tmp_path: Path) -> None:
    """Blank lines before a table are none of its lines."""
    path = tmp_path / "a.csv"
    path.write_text(before + two_methods().to_csv(index=False), newline="")
    assert analyse(path, mixed=False).to_dict()["funnel"]["counted"] == 192


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda text: text + text, "row 193 repeats the header"),
        (lambda text: text + text.splitlines()[0] + "\n", "row 193 repeats the header"),
        (lambda text: text.encode() + b"w,v,x,\x81,cat,false\n", "not UTF-8 or Windows-1252 text .*save it as UTF-8"),
        (lambda text: "\n \n\t\n", "an empty file"),
    ],
)
def test_what_is_wrong_with_a_file(change: Callable[[str], Any], message: str, tmp_path: Path) -> None:
    """A table that was put together, or is none, is refused with the place and what to do."""
    path, content = tmp_path / "a.csv", change(two_methods().to_csv(index=False))
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ValueError, match=message) as caught:
        analyse(path)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("taken", ["method", "label", "answer", "video_id"])
def test_a_column_that_is_said_to_be_another(taken: str) -> None:
    """Where a needed column was said to be another one, the error names both."""
    with pytest.raises(ValueError, match=f"no column {taken}; .*'{taken}' was said to be worker_id: say which"):
        analyse(two_methods(), columns={"worker_id": taken})
