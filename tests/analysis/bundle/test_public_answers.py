"""New pseudonyms and days change no figure of a report."""

import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analysis import analyse
from analysis.bundle.identifiers import KnownIds
from analysis.bundle.public_answers import PublicAnswers, alone_in_their_answers, public_answers
from crowd.design.design import Design
from crowd.texts import counted
from tests.analysis.tables import LABELS, table

DESIGN = Design(hits=(), videos=(), options=(*LABELS[:3], "Other", "Unclear"), seed=0, videos_dir="")


def published(rows: pd.DataFrame, folder: Path, **options: Any) -> PublicAnswers:
    """These answers as they are published."""
    rows.to_csv(folder / "answers.csv", index=False)
    return public_answers(folder / "answers.csv", DESIGN, KnownIds({}), **{"with_text": False, **options})


@settings(
    max_examples=3,
    deadline=None,
    phases=[Phase.generate],  # each example is two analyses
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(seed=st.integers(0, 99), repeated=st.integers(0, 20))
def test_re_keying_changes_no_figure(seed: int, repeated: int, tmp_path: Path) -> None:
    """Accuracies, intervals, p values, agreement, retest and trend, with repeated answers and several tasks."""
    rows = table({"ours": 0.8, "theirs": 0.5}, labels=LABELS[:3], workers=6, seed=seed)
    rows = pd.concat([rows, rows.sample(repeated, random_state=seed)], ignore_index=True)
    second = pd.to_timedelta(rows.groupby("worker_id").cumcount() // 4 * 7, unit="s")
    rows["submitted_at"] = (pd.Timestamp("2026-11-30T10:00:00Z") + second).map(pd.Timestamp.isoformat)
    rows["position"] = rows.groupby("worker_id").cumcount() % 4
    published(rows, tmp_path).rows.to_csv(tmp_path / "public.csv", index=False)
    own, again = analyse(tmp_path / "answers.csv"), analyse(tmp_path / "public.csv")
    for name in ("methods", "comparisons", "agreement", "retest", "trend", "funnel", "exclusions", "diagnosis"):
        assert alike(own.to_dict()[name], again.to_dict()[name]), name


def alike(one: Any, other: Any) -> bool:
    """Whether two parts of a report are the same, numbers up to the order in which they were summed."""
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(alike(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(alike, one, other))
    if isinstance(one, float) and other is not None:
        return math.isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)
    return bool(one == other)


def test_days_keep_the_order_of_tasks(tmp_path: Path) -> None:
    """A participant's tasks of one day are numbered from 0; what is no time is left out."""
    times = ["2026-11-30T18:00:00+00:00", "2026-11-30T09:15:00+00:00", "2026-12-01T01:00:00+00:00", "", "noon"]
    rows = pd.DataFrame({"worker_id": ["w"] * 5, "submitted_at": times, "question_kind": ["naming"] * 5})
    found = published(rows, tmp_path).rows["submitted_at"]
    assert list(found) == [
        "2026-11-30T00:00:01+00:00",
        "2026-11-30T00:00:00+00:00",
        "2026-12-01T00:00:00+00:00",
        "",
        "",
    ]


def test_options_are_in_the_studys_order(tmp_path: Path) -> None:
    """The order in which somebody saw them follows from their id, so it is not published."""
    shown = ['["Unclear", "car moving left", "Other", "car moving right"]', "", '["b.mp4", "a.mp4"]']
    rows = pd.DataFrame({"worker_id": list("abc"), "options": shown})
    found = set(published(rows, tmp_path).rows["options"])
    assert found == {'["car moving right", "car moving left", "Other", "Unclear"]', "", '["a.mp4", "b.mp4"]'}


@pytest.mark.parametrize("with_text", [False, True])
def test_columns_of_others_are_left_out_and_named(with_text: bool, tmp_path: Path) -> None:
    """A column that somebody added, such as a name, is not published."""
    rows = pd.DataFrame({"worker_id": ["a"], "name": ["Ann"], "comment": ["fine"]})
    found = published(rows, tmp_path, with_text=with_text)
    assert "name" not in found.rows
    assert any("not the study's: name" in line for line in found.removed)
    assert ("comment" in found.rows) == with_text
    assert list(found.texts) == ["fine"] * with_text


ASKED = (
    {"id": "age", "kind": "number", "text": "How old are you?", "low": 0, "high": 120},
    {"id": "job", "kind": "choice", "text": "What do you do?", "options": ["study", "work"]},
    {"id": "remark", "kind": "text", "text": "What struck you?"},
)


@pytest.mark.parametrize(
    ("told", "alone"),
    [
        ({"a": ("30", "work"), "b": ("30", "work"), "c": ("71", "work")}, 1),
        ({"a": ("30", "work"), "b": ("30", "study"), "c": ("30", "study")}, 1),
        ({"a": ("30", "work"), "b": ("30", "work")}, 0),
        ({"a": ("30", "work"), "b": ("31", "study")}, 2),
        ({}, 0),
    ],
)
def test_who_answered_about_themselves_like_nobody_else_is_counted(
    told: dict[str, tuple[str, str]], alone: int, tmp_path: Path
) -> None:
    """By all choices and numbers together that are asked once; texts are shown by themselves."""
    rows = [
        {"worker_id": worker, "question": name, "question_kind": kind, "answer": answer}
        for worker, answers in told.items()
        for name, kind, answer in zip(
            ("age", "job", "remark"), ("number", "choice", "text"), (*answers, worker), strict=True
        )
    ]
    rows.append({"worker_id": "z", "question": "what", "question_kind": "naming", "answer": "Other"})
    design = replace(DESIGN, plan={"questions": ASKED})
    found = alone_in_their_answers(published(pd.DataFrame(rows), tmp_path), design)
    assert (found is not None) == (alone > 0)
    assert found is None or found.text == f"{counted(alone, 'participant')} answered age, job like nobody else"


def test_formulas_are_escaped_as_in_other_tables(tmp_path: Path) -> None:
    """A text that a spreadsheet would run gets an apostrophe."""
    rows = pd.DataFrame({"worker_id": ["a"], "comment": ["=1+1"]})
    assert "'=1+1" in published(rows, tmp_path, with_text=True).to_csv()
