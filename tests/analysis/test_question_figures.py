"""Figures of questions other than naming: which there are, and what stands in them."""

import pandas as pd

from analysis import analyse
from analysis.drawing import figure_data, question_figures
from analysis.figures import figures
from tests.analysis.questions.tables import naming_rows, preference_rows


def test_every_question_has_its_figures() -> None:
    """Answers, methods, differences and strengths of a preference, as SVG and as PDF, with the report's marks."""
    report = analyse(pd.concat([naming_rows(), preference_rows(simulated=True)], ignore_index=True))
    files = figures(figure_data(report), ["questions"])
    names = [
        f"question-1-{what}.{kind}"
        for what in ("answers", "methods", "differences", "strengths")
        for kind in ("svg", "pdf")
    ]
    assert sorted(files) == sorted(names)
    for name, content in files.items():
        if name.endswith(".svg"):
            assert "imulated participants" in content.decode()
    assert "first preferred" in files["question-1-answers.svg"].decode()
    assert "net win rate (points)" in files["question-1-differences.svg"].decode()
    assert "rank 1" in files["question-1-strengths.svg"].decode()


def test_naming_at_the_top_has_no_second_set_of_figures() -> None:
    """The figures of the report's own keys are those of naming; `questions` adds none for it."""
    report = analyse(naming_rows())
    assert question_figures(report.questions) == []
    assert figures(figure_data(report), ["questions"]) == {}
