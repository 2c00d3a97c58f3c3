"""What reports once said falsely, each with a small table of its kind and what is right."""

import itertools
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analysis import analyse, analyse_study, formats
from analysis.comparisons import compare
from analysis.simulator import StudyModel, studies
from crowd.design.study import Study
from tests.analysis.tables import LABELS, table
from tests.analysis.test_plan import study_directory

COLUMNS = ["worker_id", "video_id", "method", "label", "answer"]


def answers(cells: Iterable[tuple[str, str, int, int, int]], people: int = 10) -> pd.DataFrame:
    """A table from (method, label, videos, right answers to each video, first worker): everybody sees everything."""
    rows = [
        (f"w{first + worker}", f"{method}-{label}-{video}", method, label, label if worker < right else "Other")
        for method, label, videos, right, first in cells
        for video in range(videos)
        for worker in range(people)
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def mixed(easy: tuple[int, int], hard: tuple[int, int]) -> pd.DataFrame:
    """`y` is better in every label, but `x` is shown mostly in the easy ones and `y` mostly in the hard ones."""
    cells = []
    for label in range(8):
        for method, many in (("x", label < 4), ("y", label >= 4)):
            right = (easy if label < 4 else hard)[method == "y"]
            cells.append((method, f"L{label}", 6 if many else 1, right, 0))
    return answers(cells, people=50)


def first(frame: pd.DataFrame, **choices: Any) -> dict[str, Any]:
    return dict(analyse(frame, **choices).to_dict()["comparisons"][0])


def headline(frame: pd.DataFrame, **choices: Any) -> str:
    return str(analyse(frame, **choices).to_dict()["headline"]["title"])


@pytest.mark.parametrize(("easy", "hard"), [((45, 49), (15, 21)), ((40, 45), (15, 20)), ((50, 50), (10, 25))])
@pytest.mark.parametrize("swap", [False, True])
def test_the_sign_is_that_of_the_labels_not_of_their_mix(
    easy: tuple[int, int], hard: tuple[int, int], swap: bool
) -> None:
    """The method that is better in every label stands first, whatever its mix; the raw difference stands beside."""
    frame = mixed(easy, hard)
    if swap:
        frame["method"] = frame["method"].map({"x": "y", "y": "x"})
    better = "x" if swap else "y"
    report = analyse(frame)
    row = report.to_dict()["comparisons"][0]
    assert row["a"] == better
    assert row["difference"] == pytest.approx(np.mean([(easy[1] - easy[0]) / 50, (hard[1] - hard[0]) / 50]))
    assert row["raw_difference"] < 0 < row["difference"]
    assert row["ci_low"] <= row["difference"] <= row["ci_high"]
    assert row["uneven"]
    assert f"{better} is recognised less" not in report.to_html()
    assert "not shown with the same mix" in " ".join(report.to_dict()["headline"]["remarks"])
    assert "not shown with the same mix" in report.to_html()


def test_even_mixes_have_one_difference() -> None:
    """Where both methods have the same mix nothing is said of mixes and both differences agree."""
    row = first(answers([(m, f"L{c}", 3, 6 + (m == "a"), 0) for m in "ab" for c in range(4)]))
    assert not row["uneven"]
    assert row["raw_difference"] == pytest.approx(row["difference"])


def test_the_direction_comes_from_the_comparison() -> None:
    """With easy labels of its own one method is more often right over all, and the other one in what both have."""
    shared = [(m, f"L{c}", 4, 9 if m == "y" else 4, 0) for m in "xy" for c in range(6)]
    own = [("x", f"easy{c}", 12, 10, 0) for c in range(6)]
    contents = analyse(answers(shared + own)).to_dict()
    accuracy = {row["name"]: row["accuracy"] for row in contents["methods"]}
    assert accuracy["x"] > 0.8
    row = contents["comparisons"][0]
    assert (row["a"], row["shared_classes"], row["unshared_classes"]) == ("y", 6, [f"easy{c}" for c in range(6)])
    assert row["p_value"] < 0.05
    assert contents["headline"]["title"].startswith("y is recognised more often than x, by 50.0 points")


def test_labels_are_given() -> None:
    """With 6 labels and 3 methods of very different accuracy, every pair is told apart after Holm."""
    accuracies = {"good": 0.94, "middle": 0.6, "bad": 0.3}
    labels = tuple(f"L{c}" for c in range(6))
    contents = analyse(table(accuracies, labels=labels, videos=4, workers=20)).to_dict()
    assert [row["family"] for row in contents["comparisons"]] == [3, 3, 3]
    assert all(row["p_adjusted"] < 0.001 for row in contents["comparisons"])
    assert all(row["attainable"]["sign-flip over labels"] * 3 > 0.05 for row in contents["comparisons"])
    assert "for these 6 labels" in contents["headline"]["scope"]


@pytest.mark.thorough
def test_new_labels_are_a_target_of_their_own() -> None:
    """Where the advantage differs by label, the interval for new labels is the wider one, and is said to be so."""
    cells = [(m, f"L{c}", 3, (9 if c % 2 else 3) if m == "a" else 5, 0) for m in "ab" for c in range(8)]
    given, new = first(answers(cells)), first(answers(cells), target="new-labels")
    assert new["ci_low"] < given["ci_low"]
    assert (new["ci_low"], new["p_value"]) == (new["labels_low"], new["p_labels"])
    assert "labels like these 8" in analyse(answers(cells), target="new-labels").to_dict()["headline"]["scope"]


@pytest.mark.parametrize("rows", [1, 2])
def test_one_lonely_video_does_not_undo_the_labels(rows: int) -> None:
    """A label with one video leaves the others' stratification as it is: its spread is theirs, and no more."""
    cells = [(m, f"L{c}", 5, 9 - 4 * (c % 2), 0) for m in "ab" for c in range(4)]
    full = first(answers(cells))
    lonely = first(answers([*cells[:4], *cells[4:7], ("b", "L3", rows, 5, 0)]))
    assert lonely["unit"] == "video"
    width = lonely["new_high"] - lonely["new_low"]
    assert width < 2.5 * (full["new_high"] - full["new_low"])


@pytest.mark.parametrize("target", ["new-videos", "these-videos", "new-labels"])
@pytest.mark.parametrize("nesting", ["nested", "partly nested"])
def test_people_nested_in_methods_are_compared_too(target: str, nesting: str) -> None:
    """A table in which each method had its own people gives a report for every target, and says so."""
    frame = table({"a": 0.8, "b": 0.5}, labels=("cat", "dog"), videos=4, workers=8)
    own = frame["method"].map({"a": "A", "b": "B"}) + frame["worker_id"]
    shared = frame["worker_id"].isin(["w0", "w1"]) & (nesting == "partly nested")
    report = analyse(frame.assign(worker_id=own.where(~shared, frame["worker_id"])), target=target)
    row = report.to_dict()["comparisons"][0]
    assert row["participants"]["nesting"] == nesting
    assert 0 < row["p_value"] <= 1
    assert ("others judged" if nesting == "nested" else "partly nested") in report.to_html()
    assert "sign-flip over participants" not in row["tests"] or nesting == "partly nested"


@pytest.mark.thorough
def test_nested_people_are_a_sample() -> None:
    """With six people of its own each, equal methods are told apart in at most 7.5 % of 400 studies."""
    model = StudyModel(num_workers=12, people="nested", videos=(2, 2), num_labels=4)
    rng = np.random.default_rng(5)
    found = [compare(one.counts, "a", "b", rng, primary_only=True) for one in studies(model, 400, rng)]
    assert np.mean([pair is not None and pair.p_value < 0.05 for pair in found]) <= 0.075


def test_the_headline_gives_the_interval() -> None:
    """The headline has the difference with its interval, adjusted where there are more, and no “at least”."""
    frame = table({"best": 0.9, "good": 0.7, "bad": 0.3}, videos=2, workers=12)
    contents = analyse(frame).to_dict()
    row = contents["comparisons"][0]
    low, high = 100 * row["adjusted_low"], 100 * row["adjusted_high"]
    level = formats.level(row["adjusted_confidence"])
    assert f"({level} interval {low:.1f} to {high:.1f})" in contents["headline"]["title"]
    assert row["adjusted_low"] <= row["ci_low"]
    assert "at least" not in contents["headline"]["title"]


@pytest.mark.parametrize("confidence", [0.9, 0.99])
def test_every_output_names_its_level(confidence: float) -> None:
    """At another confidence no output speaks of 95 %."""
    report = analyse(table({"a": 0.8, "b": 0.4}), confidence=confidence)
    for text in (report.to_html(), repr(report), report.to_markdown(), report.to_latex(), report._repr_html_()):
        plain = text.replace("\u00a0", " ").replace("\\%", "%").replace("\\,", " ")
        assert "95 % interval" not in plain
        assert f"{100 * confidence:.0f} % interval" in plain


def test_two_participants_prove_nothing() -> None:
    """No difference between two people's answers is “no clear difference”, never equality."""
    frame = answers([(m, f"L{c}", 2, 1, 0) for m in "ab" for c in range(3)], people=2)
    report = analyse(frame)
    assert report.to_dict()["comparisons"][0]["difference"] == 0
    assert report.to_dict()["headline"]["title"].startswith(("No clear difference", "Too few"))
    assert "equally often" not in report.to_html()


@pytest.mark.parametrize(("margin", "equal"), [(0.15, True), (0.01, False)])
def test_only_a_declared_margin_makes_methods_equal(margin: float, equal: bool) -> None:
    """Two methods as good as each other are called equal within a margin that the interval lies in, not else."""
    rng = np.random.default_rng(1)
    cells = [(m, f"L{c}", 4, int(rng.integers(14, 17)), 0) for m in "ab" for c in range(10)]
    report = analyse(answers(cells, people=20), margin=margin)
    row = report.to_dict()["comparisons"][0]
    assert (row["equivalence"]["p_equivalence"] < 0.05) == equal
    inside = -margin < row["equivalence"]["ci_low"] and row["equivalence"]["ci_high"] < margin
    assert inside == equal
    assert ("equally often, within" in report.to_dict()["headline"]["title"]) == equal


def test_the_control_has_the_name_that_the_plan_gives() -> None:
    """A control of another name than “real” is never in the headline."""
    frame = table({"ours": 0.7, "theirs": 0.55, "genuine": 0.99}, videos=2, workers=12)
    contents = analyse(frame, gold_method="genuine").to_dict()
    assert "genuine" not in contents["headline"]["title"]
    assert [row["name"] for row in contents["methods"] if row["control"]] == ["genuine"]


def test_people_among_programs_are_counted() -> None:
    """Where some answerers are people, the notice does not say that the results are about programs alone."""
    frame = table({"a": 0.8, "b": 0.4}, labels=("cat", "dog"), workers=5)
    frame["simulated"] = frame["worker_id"].isin(["w0", "w1", "w2"])
    notice = str(analyse(frame).to_dict()["notice"])
    assert "3 of 5 participants whose answers count are programs" in notice
    assert "say nothing about people" not in notice


def test_items_pair_the_methods() -> None:
    """With a column that names the clip, a difference that is the same in all clips is found."""
    rows = []
    for clip, (method, better) in itertools.product(range(24), (("audio-visual", 1), ("face", 0))):
        right = 2 + 16 * (clip % 2) + better
        rows += [
            (
                f"w{w}",
                f"{method}{clip}",
                method,
                "anger",
                "anger" if (w + clip) % 20 < right else "Other",
                f"clip{clip}",
            )
            for w in range(20)
        ]
    frame = pd.DataFrame(rows, columns=[*COLUMNS, "pair"])
    alone, paired = first(frame.drop(columns="pair")), first(frame)
    assert alone["difference"] == paired["difference"] == pytest.approx(0.05)
    assert alone["p_value"] > 0.5
    assert paired["p_value"] < 0.001
    assert (paired["unit"], paired["items"]) == ("item", 24)


@pytest.mark.parametrize(
    "make",
    [
        lambda: table({"a": 0.9, "b": 0.85}, videos=5, workers=5, seed=3),
        lambda: table({"a": 0.97, "b": 0.9, "c": 0.6}, labels=("cat",), videos=8, workers=6),
        lambda: table({"a": 0.6, "b": 0.55}, labels=("cat", "dog"), videos=3, workers=3, seed=1),
    ],
)
def test_no_interval_for_new_videos_is_the_narrower_one(make: Callable[[], pd.DataFrame]) -> None:
    """Whatever the table, methods and differences are known less exactly for new videos than for these."""
    contents = analyse(make()).to_dict()
    for row in [*contents["methods"], *contents["comparisons"]]:
        assert row["new_low"] <= row["these_low"]
        assert row["these_high"] <= row["new_high"]


@pytest.mark.thorough
def test_an_unfinished_study_is_interim(tmp_path: Path) -> None:
    """While tasks are out every output says INTERIM with n of N and there is no test, but by a declared rule."""
    study_directory(tmp_path, Study(options=LABELS))
    (tmp_path / "funnel.json").write_text(json.dumps({"wanted": 27, "submitted": 9}))
    report = analyse_study(tmp_path)
    assert report.to_dict()["comparisons"] == []
    for text in (report.to_html(), repr(report), report.to_markdown(), report._repr_html_()):
        assert "INTERIM: 9 of 27" in text
    assert "interim" in report.to_latex().lower()
    declared = tmp_path / "declared"
    declared.mkdir()
    study_directory(declared, Study(options=LABELS, sequential="confidence-sequence"))
    (declared / "funnel.json").write_text(json.dumps({"wanted": 27, "submitted": 9}))
    rule = analyse_study(declared)
    assert rule.to_dict()["comparisons"][0]["p_value"] < 0.05
    assert rule.to_dict()["headline"]["title"].startswith("INTERIM")
    (tmp_path / "funnel.json").write_text(json.dumps({"wanted": 27, "submitted": 27}))
    finished = analyse_study(tmp_path)
    assert finished.to_dict()["interim"] is None
    width = [
        found.to_dict()["comparisons"][0]["ci_high"] - found.to_dict()["comparisons"][0]["ci_low"]
        for found in (rule, finished)
    ]
    assert width[0] > width[1]


def test_a_test_about_new_videos_is_not_claimed_for_these() -> None:
    """A plan that asks for a sign-flip over labels and for these videos is told that the test is another one."""
    report = analyse(table({"a": 0.8, "b": 0.4}), target="these-videos", primary_test="sign-flip")
    assert any("is a test for new videos" in text for text in report.to_dict()["headline"]["remarks"])
    assert report.to_dict()["comparisons"][0]["test"] == "clustered t"
