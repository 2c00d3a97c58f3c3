"""Degenerate data give a clear report: every figure finite, every page complete."""

import json
import math
import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import pandas as pd
import pytest

from analysis import Report, analyse
from crowd.fileformat import unstamped
from tests.analysis.tables import table

TWO = ("cat", "dog")


def all_numbers(value: Any) -> list[float]:
    """Every number in a report."""
    if isinstance(value, dict):
        return [number for part in value.values() for number in all_numbers(part)]
    if isinstance(value, list):
        return [number for part in value for number in all_numbers(part)]
    return [float(value)] if isinstance(value, (int, float)) and not isinstance(value, bool) else []


def checked(frame: pd.DataFrame) -> Report:
    """The report, with every number looked at."""
    report = analyse(frame)
    assert all(math.isfinite(number) for number in all_numbers(report.to_dict()))
    assert unstamped(Path("report.json"), json.loads(report.to_json())) == report.to_dict()
    for text in (report.to_html(), repr(report), report.to_markdown(), report.to_latex()):
        assert not re.search(r"\b(nan|None|inf)\b", text)
    for row in report.to_dict()["methods"]:
        assert 0 <= row["ci_low"] <= row["accuracy"] <= row["ci_high"] <= 1
    for row in report.to_dict()["comparisons"]:
        assert -1 <= row["ci_low"] <= row["difference"] <= row["ci_high"] <= 1
        assert row["smallest_attainable_p"] - 1e-12 <= row["p_value"] <= row["p_holm"] <= 1
    return report


@pytest.mark.thorough
def test_one_method() -> None:
    """One method has an accuracy and no comparison, and the headline says so."""
    report = checked(table({"only": 0.7}))
    assert report.to_dict()["comparisons"] == []
    assert "no second method" in report.to_dict()["headline"]["detail"]


def test_one_video_each() -> None:
    """One video says nothing of others: its interval is 0 to 1 and the smallest attainable p is 1."""
    report = checked(table({"a": 0.9, "b": 0.2}, labels=("cat",), videos=1))
    pair = report.to_dict()["comparisons"][0]
    assert (pair["p_value"], pair["smallest_attainable_p"]) == (1.0, 1.0)
    assert report.to_dict()["methods"][0]["ci_low"] == 0
    assert report.to_dict()["headline"]["title"].startswith("Too few videos")


@pytest.mark.parametrize(("a", "b"), [(1.0, 0.5), (1.0, 1.0), (0.0, 0.0), (1.0, 0.0)])
def test_separation(a: float, b: float) -> None:
    """All right or all wrong is said to be so, and its interval has a width."""
    report = checked(table({"a": a, "b": b}))
    assert report.to_dict()["comparisons"][0]["separated"]
    for row in report.to_dict()["methods"]:
        assert row["ci_low"] < row["ci_high"]
    interval = report.to_dict()["comparisons"][0]
    assert interval["ci_low"] < interval["ci_high"]


def test_one_worker() -> None:
    """One participant is allowed; nothing is inferred to these videos, since there is no second one."""
    row = checked(table({"a": 0.8, "b": 0.4}, workers=1)).to_dict()["methods"][0]
    assert (row["these_low"], row["these_high"]) == (0.0, 1.0)


def test_three_against_three() -> None:
    """Three videos each can never give a permutation p < .10, and the report says so whatever they show."""
    report = checked(table({"a": 1.0, "b": 0.05}, labels=("cat",), videos=3))
    assert report.to_dict()["comparisons"][0]["attainable"]["permutation over videos"] == pytest.approx(0.10)
    assert "at least .100" in report.to_html()
    assert "(.100)" in report.to_markdown()


def test_labels_of_one_method_only() -> None:
    """Methods are compared on the labels that both have; with none in common, on all, and the report says which."""
    frame = table({"a": 0.8, "b": 0.5}, labels=("cat", "dog", "horse"))
    part = frame[~((frame["method"] == "a") & (frame["label"] == "cat"))]
    pair = checked(part).to_dict()["comparisons"][0]
    assert (pair["unshared_classes"], pair["shared_classes"]) == (["cat"], 2)
    none = frame[(frame["method"] == "a") == (frame["label"] == "cat")]
    report = checked(none)
    assert report.to_dict()["comparisons"][0]["shared_classes"] == 0
    assert "the methods have no label in common" in report.to_html()


@pytest.mark.thorough
def test_unicode_and_markup() -> None:
    """Labels and methods in any script, with markup in them, are shown as text in every file."""
    method, label = "提案<script>alert(1)</script>", "ネコ|*_&$ %~"
    report = checked(table({method: 0.9, "b & c_1": 0.5}, labels=(label, "🐕")))
    assert "<script" not in report.to_html()
    assert "提案&lt;script&gt;" in report.to_html()
    assert r"b \& c\_1" in report.to_latex()
    assert r"ネコ\|\*\_\&\$ %\~" in report.to_markdown()
    assert "提案".encode() in report.figures()["accuracy.svg"]


@pytest.mark.thorough
def test_everything_simulated_says_so(tmp_path: Path) -> None:
    """Every output of simulated answers says that they are not people's; people's answers don't."""
    checked(table({"a": 0.8, "b": 0.4}, labels=TWO)).save(tmp_path)
    for name in (
        "report.json",
        "report.html",
        "report.md",
        "table1.tex",
        "methods.md",
        "methods.tex",
        "figures/accuracy.svg",
        "figures/classes.svg",
    ):
        assert "simulated participants" in (tmp_path / name).read_text().lower(), name
    people = analyse(table({"a": 0.8, "b": 0.4}, labels=TWO, simulated=False))
    assert people.to_dict()["simulated"] is False
    assert people.to_dict()["notice"] is None
    assert "imulated" not in people.to_html()
    mixed = table({"a": 0.8, "b": 0.4}, labels=TWO)
    mixed["simulated"] = mixed["worker_id"] == "w0"
    assert analyse(mixed).to_dict()["notice"].startswith("Simulated participants: 1 of 12")


@pytest.mark.thorough
def test_saving_twice_gives_the_same_files(tmp_path: Path) -> None:
    """The same answers and seed give the same bytes."""
    frame = table({"a": 0.8, "b": 0.4}, labels=TWO)
    files = []
    for name in ("one", "two"):
        analyse(frame, seed=3).save(tmp_path / name)
        files.append({p.name: p.read_bytes() for p in sorted((tmp_path / name).rglob("*")) if p.is_file()})
    assert files[0] == files[1]


def test_notebook() -> None:
    """A report shows itself in a notebook and prints its table."""
    report = analyse(table({"a": 0.8, "b": 0.4}, labels=TWO))
    assert "<table>" in report._repr_html_()
    assert "Simulated participants" in report._repr_html_()
    assert "95 % interval" in repr(report)
    assert [row.name for row in report.methods] == ["a", "b"]
    assert len(report.comparisons) == 1


@pytest.mark.thorough
@pytest.mark.parametrize("template", ["label {}", "thing {} moving left"])
def test_hundreds_of_labels(template: str, tmp_path: Path) -> None:
    """Any number of labels gives a report in seconds; what would be too large to read is left out, and it says so."""
    labels = tuple(template.format(number) for number in range(300))
    report = checked(table({"ours": 0.6, "real": 0.9}, labels=labels, videos=1, workers=3))
    assert len(report.to_dict()["by_class"]) == 300
    assert report.to_dict()["methods"][0]["n_answers"] == 900
    assert "Confusion tables of 300 labels are left out" in report.to_html()
    assert set(report.figures()) == {
        f"{name}.{kind}" for name in ("accuracy", "differences") for kind in ("svg", "pdf")
    }


NAMES = ("win $$ fast", "50 % <b>&amp;", "שלום עולם", "x" * 170)
MORE_NAMES = ("$x^2$", r"\frac", "a_b", "=1+1", "long words " * 16)


@pytest.mark.parametrize("name", [*NAMES, *(pytest.param(name, marks=pytest.mark.thorough) for name in MORE_NAMES)])
def test_no_name_is_markup(name: str) -> None:
    """Labels and methods are drawn as they stand, whatever they would mean to matplotlib, and long ones are cut."""
    report = checked(table({name: 0.9, "b": 0.5}, labels=(name, "cat"), videos=2, workers=3))
    figures = report.figures()
    for file in ("accuracy.svg", "classes.svg", "confusion.svg"):
        drawn = figures[file].decode()
        assert "".join(escape(name)[:20].split()) in "".join(drawn.split())
        width = float(re.search(r'width="([\d.]+)pt"', drawn)[1])  # type: ignore[index]
        assert width < 900
        assert 'x="-' not in drawn


@pytest.mark.thorough
def test_dollars() -> None:
    """The smallest table with dollars gives a report."""
    rows = [("w1", "a", "ours", "win $$ fast", "win $$ fast"), ("w1", "b", "real", "win $$ fast", "Other")]
    report = checked(pd.DataFrame(rows, columns=["worker_id", "video_id", "method", "label", "answer"]))
    assert b"win $$ fast" in report.figures()["classes.svg"]
    assert r"\$\$" not in report.to_html()
