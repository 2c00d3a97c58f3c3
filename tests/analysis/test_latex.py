"""Tables and methods section in LaTeX compile as they are, whatever methods, questions and options are called."""

import re
from pathlib import Path

import pandas as pd
import pytest

from analysis import analyse
from tests.analysis.questions.tables import every_kind
from tests.analysis.tables import LABELS, table
from tests.latex import compiled

#: What is special to LaTeX, to a row of a table, or to fonts.
NASTY = r"[a] \\input{x} & 50% #1_$^~{} <b> \"q\" ``'' -- − ½ α → ±"


@pytest.mark.thorough
def test_every_kind_of_question_compiles(tmp_path: Path) -> None:
    """Each kind has its tables, under labels of their own, and no line is too long."""
    report = analyse(every_kind(), mixed=False)
    text = report.to_latex()
    log = compiled(tmp_path, methods=report.to_methods_latex(), tables=text)
    labels = re.findall(r"\\label\{([^}]*)\}", text)
    assert len(labels) == len(set(labels))
    for one in ("pairs", "strengths", "points", "ranks", "tolerances", "shares", "numbers"):
        assert any(label.endswith(f"-{one}") for label in labels), one
    widest = max((float(points) for points in re.findall(r"Overfull \\hbox \(([\d.]+)pt", log)), default=0)
    assert widest < 15
    assert "Missing character" not in log


@pytest.mark.thorough
def test_any_name_compiles(tmp_path: Path) -> None:
    """Names that are commands elsewhere are text: of methods, questions, options and labels, in rows and captions."""
    rows = every_kind()
    names = {"ours": NASTY, "theirs": "[b]", "base": "* c"}
    for column in ("method", "left_method", "right_method"):
        rows[column] = rows[column].replace(names)
    rows["question"] = rows["question"] + " & [x]_%"
    chosen = rows["question_kind"] == "choice"
    rows.loc[chosen, "answer"] = rows.loc[chosen, "answer"].map(lambda answer: f"[{answer}] & {NASTY}")
    report = analyse(rows, mixed=False)
    compiled(tmp_path, methods=report.to_methods_latex(), tables=report.to_latex())


def test_accuracies_compile(tmp_path: Path) -> None:
    """The table of the paper, by itself."""
    frame: pd.DataFrame = table({NASTY: 0.8, "b": 0.6}, labels=LABELS[:3], workers=4)
    compiled(tmp_path, table1=analyse(frame, mixed=False).to_latex())
