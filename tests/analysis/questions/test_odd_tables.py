"""Tables that say next to nothing: each kind still reports what it can, and no form of a report holds NaN or None."""

import re
from collections.abc import Callable

import pandas as pd
import pytest

from analysis import Report, analyse
from tests.analysis.questions.tables import TABLES, preference_rows

pytestmark = pytest.mark.thorough

ODD: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "one participant": lambda rows: rows[rows["worker_id"] == rows["worker_id"].iloc[0]],
    "one answer": lambda rows: rows[:1],
    "answers all alike": lambda rows: rows.assign(answer=rows["answer"].iloc[0]),
    "one prompt": lambda rows: rows[rows["prompt"] == rows["prompt"].iloc[0]] if "prompt" in rows else rows[:2],
}

#: Of one pair of methods.
VOTES: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "all ties": lambda rows: rows.assign(answer="tie"),
    "all left": lambda rows: rows.assign(answer="left"),
    "all strongest": lambda rows: rows.assign(answer="-3"),
    "one way round": lambda rows: rows[rows["left_method"] == "a"],
    "one way round, all left": lambda rows: rows[rows["left_method"] == "a"].assign(answer="left"),
    "no prompts": lambda rows: rows.assign(prompt=None),
    "few prompts known": lambda rows: rows.assign(prompt=rows["prompt"].where(rows.index % 3 == 0)),
}

NO_NUMBER = re.compile(r"(?<![\w-])(nan|NaN|inf|Infinity|None)(?![\w-])(?! of these)")


def flaws(report: Report) -> list[str]:
    """What no reader may see."""
    page = re.sub(r"<style>.*?</style>|<script.*?</script>", "", report.to_html(), flags=re.DOTALL)
    forms = (page, report.to_markdown(), report.to_latex(), report.to_json(), repr(report))
    return [found.group() for form in forms for found in NO_NUMBER.finditer(form)]


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("kind", TABLES)
def test_every_kind_reports_an_odd_table(kind: str, odd: str) -> None:
    report = analyse(ODD[odd](TABLES[kind]()), mixed=False)
    assert flaws(report) == []
    assert report.headline.title


@pytest.mark.parametrize("odd", VOTES)
def test_votes_on_one_pair(odd: str) -> None:
    """A pair of methods whose votes tell little, in every form of the report."""
    votes = preference_rows(methods=("a", "b"), strengths=(1.0, 0.0), prompts=4, workers=5)
    report = analyse(VOTES[odd](votes), mixed=False)
    assert flaws(report) == []
    (question,) = report.questions
    assert (question.details.position is None) == (odd == "all ties" or odd.startswith("one way round"))
    if odd in ("all ties", "all left"):
        assert any("Nothing can be inferred" in remark for remark in report.headline.remarks)
