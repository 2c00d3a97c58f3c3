"""`crowd.lifecycle.exclusions`: what the declared rules leave out, and how many that are."""

from collections import Counter
from typing import Any

import pytest

from crowd.design.study import Study
from crowd.lifecycle.exclusions import RULES, exclude, excluded_counts

NEVER = {**Study(max_attention_failures=-1).plan}


def row(worker: str, task: str, video: str, **values: Any) -> dict[str, Any]:
    """A good answer."""
    return {
        "worker_id": worker,
        "assignment_id": task,
        "video_id": video,
        "label": "x",
        "answer": "x",
        "kind": "evaluation",
        "submitted_at": f"2026-11-22T00:00:0{task[-1]}",
        "time_to_answer_s": 5.0,
        "watched_fraction": 1.0,
        **values,
    }


def left_out(rows: list[dict[str, Any]], **rules: Any) -> list[str]:
    """Each row's rule."""
    exclude(rows, NEVER | rules)
    return [one["excluded"] for one in rows]


def test_wrong_answers_to_videos_leave_nobody_out() -> None:
    """However wrong the evaluated answers are, the rules do not look at them."""
    rows = [row("w", "a1", f"v{number}", answer="y") for number in range(5)]
    strict = {"max_attention_failures": 0, "min_gold_accuracy": 1.0, "min_answer_s": 5.0, "min_watched_fraction": 1.0}
    assert left_out(rows, **strict) == [""] * 5


def test_failed_attention_leaves_the_task_out() -> None:
    """More failures than allowed take the whole task, another task of the same person stays."""
    rows = [row("w", "a1", "v1"), row("w", "a1", "t", kind="attention", answer="y"), row("w", "a2", "v2")]
    assert left_out(rows, max_attention_failures=0) == ["max_attention_failures"] * 2 + [""]
    assert left_out(rows, max_attention_failures=1) == [""] * 3
    assert left_out(rows) == [""] * 3


def test_poor_gold_leaves_the_person_out() -> None:
    """The share of gold that is right, over all tasks, decides on the person; without gold nobody is judged."""
    rows = [row("w", "a1", "v1", kind="gold", answer="y"), row("w", "a2", "v2", kind="gold"), row("w", "a2", "v3")]
    assert left_out(rows, min_gold_accuracy=0.6) == ["min_gold_accuracy"] * 3
    assert left_out(rows, min_gold_accuracy=0.5) == [""] * 3
    assert left_out([row("w", "a1", "v1")], min_gold_accuracy=1.0) == [""]


def test_hasty_tasks_are_left_out() -> None:
    """The median time of a task's clips decides; unknown times do not count."""
    rows = [row("w", "a1", f"v{place}", time_to_answer_s=time) for place, time in enumerate((1.0, 1.2, 9.0, None))]
    assert left_out(rows, min_answer_s=1.3) == ["min_answer_s"] * 4
    assert left_out(rows, min_answer_s=1.2) == [""] * 4


def test_answers_to_unwatched_clips_are_left_out() -> None:
    """Only the single answer goes."""
    rows = [
        row("w", "a1", "v1", watched_fraction=0.4),
        row("w", "a1", "v2", watched_fraction=None),
        row("w", "a1", "v3"),
    ]
    assert left_out(rows, min_watched_fraction=0.5) == ["min_watched_fraction", "", ""]


def test_the_first_answer_that_counts_stands() -> None:
    """A later answer to the same video is left out, unless the earlier one was; practice may be repeated."""
    rows = [row("w", "a2", "v1"), row("w", "a1", "v1"), row("u", "a3", "v1")]
    assert left_out(rows) == ["repeat", "", ""]
    rows[1]["watched_fraction"] = 0.1
    assert left_out(rows, min_watched_fraction=0.5) == ["", "min_watched_fraction", ""]
    practice = [row("w", "a1", "v1", kind="training"), row("w", "a2", "v1", kind="training"), row("w", "a2", "v1")]
    assert left_out(practice) == [""] * 3


def test_counts_by_rule() -> None:
    """Every rule is counted, in answers that were evaluated, tasks and people."""
    rows = [row("w", "a1", "v1"), row("w", "a1", "t", kind="attention", answer="y"), row("u", "a2", "v1")]
    exclude(rows, NEVER | {"max_attention_failures": 0})
    counts = excluded_counts(rows)
    assert list(counts) == list(RULES)
    assert counts["max_attention_failures"] == {"answers": 1, "assignments": 1, "workers": 1}
    assert sum(sum(one.values()) for name, one in counts.items() if name != "max_attention_failures") == 0
    assert Counter(one["excluded"] for one in rows) == {"max_attention_failures": 2, "": 1}


@pytest.mark.parametrize("rule", [name for name in RULES if name != "repeat"])
def test_rules_are_keys_of_the_study_file(rule: str) -> None:
    """Each rule is declared in the plan."""
    assert rule in Study().plan
