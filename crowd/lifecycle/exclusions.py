"""Applies the exclusion rules declared in the study file, which say which answers count.

The rules look at attention items, gold, times and how much was watched, never at evaluated answers. Excluded rows stay
in the table with the rule's name, so that the report can be made with and without them.
"""

import json
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from crowd.design.design import ATTENTION, EVALUATION, GOLD, TRAINING
from crowd.questions.ranking import Ranking
from crowd.texts import parts

Row = dict[str, Any]
Rule = Callable[[Sequence[Row], Mapping[str, Any]], Iterator[Row]]


def exclude(rows: Sequence[Row], plan: Mapping[str, Any], left_out: Mapping[str, str] = MappingProxyType({})) -> None:
    """Write into each row the first rule of the plan that excludes it, or nothing.

    `left_out` names the rule for assignments that do not count at all, by their ids (`FROM_RECRUITER`).

    Of a worker's answers to a question about the same video, pair or set only the first that counts is kept; the rule
    for the others is "repeat".
    """
    for row in rows:
        row["excluded"] = left_out.get(row["assignment_id"], "")
    for name, rule in RULES.items():
        for row in list(rule(rows, plan)):
            row["excluded"] = row["excluded"] or name


def excluded_counts(rows: Sequence[Row]) -> dict[str, dict[str, int]]:
    """For each rule, the number of evaluation answers, tasks and people that it affects."""
    counts = {}
    named = {row["excluded"] for row in rows}
    for name in [*RULES, *(rule for rule in FROM_RECRUITER if rule in named)]:
        touched = [row for row in rows if row["excluded"] == name]
        counts[name] = {
            "answers": sum(row["kind"] == EVALUATION for row in touched),
            "assignments": len({row["assignment_id"] for row in touched}),
            "workers": len({row["worker_id"] for row in touched}),
        }
    return counts


def _attention(rows: Sequence[Row], plan: Mapping[str, Any]) -> Iterator[Row]:
    """All rows of tasks with more failed attention items than the plan allows."""
    allowed = plan["max_attention_failures"]
    for task in _grouped(rows, "assignment_id"):
        failures = sum(row["answer"] != row["label"] for row in task if row["kind"] == ATTENTION)
        if 0 <= allowed < failures:
            yield from task


def _quiz(rows: Sequence[Row], plan: Mapping[str, Any]) -> Iterator[Row]:
    """All rows of tasks before which the quiz about the instructions was failed, unless it is only recorded."""
    if plan.get("quiz_failed", "exclude") != "record":
        yield from (row for row in rows if row.get("quiz") == "failed")


def _gold(rows: Sequence[Row], plan: Mapping[str, Any]) -> Iterator[Row]:
    """All rows of workers whose share of right gold answers is too small."""
    for work in _grouped(rows, "worker_id"):
        gold = [row["answer"] in parts(row["label"]) for row in work if row["kind"] == GOLD]
        if gold and sum(gold) / len(gold) < plan["min_gold_accuracy"]:
            yield from work


def _speed(rows: Sequence[Row], plan: Mapping[str, Any]) -> Iterator[Row]:
    """All rows of tasks whose median time to answer a clip is too short."""
    for task in _grouped(rows, "assignment_id"):
        shown = [row for row in task if row["kind"] in (EVALUATION, GOLD) and (row["video_id"] or row.get("prompt"))]
        times = [row["time_to_answer_s"] for row in shown]
        known = [time for time in times if time is not None]
        if known and statistics.median(known) < plan["min_answer_s"]:
            yield from task


def _watched(rows: Sequence[Row], plan: Mapping[str, Any]) -> Iterator[Row]:
    """Each answer given after watching too little of its clip."""
    for row in rows:
        seen = row["watched_fraction"]
        if row["kind"] in (EVALUATION, GOLD) and seen is not None and seen < plan["min_watched_fraction"]:
            yield row


def _repeat(rows: Sequence[Row], plan: Mapping[str, Any]) -> Iterator[Row]:
    """Each answer of a worker to a video that they have answered before, among the answers that still count."""
    answered: set[tuple[str, ...]] = set()
    for row in sorted(rows, key=lambda row: (row["submitted_at"], row["assignment_id"])):
        if row["excluded"] or row["kind"] in (ATTENTION, TRAINING):
            continue
        shown = sorted(row.get(name, "") for name in ("left_video_id", "right_video_id"))
        if row.get("question_kind") == Ranking.KIND:
            shown = sorted(json.loads(row["options"]))
        asked = (row["worker_id"], row.get("question", ""), row["video_id"], *shown)
        if asked in answered:
            yield row
        answered.add(asked)


def _grouped(rows: Sequence[Row], column: str) -> list[list[Row]]:
    groups: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return list(groups.values())


#: Rules that follow from the recruiter's record of a visit, not from the study file.
NOT_SENT, NOT_PAID = "not_sent", "not_paid"
FROM_RECRUITER = (NOT_SENT, NOT_PAID)
#: The rules in the order in which they are applied; the keys are those of the study file.
RULES: dict[str, Rule] = {
    "quiz_failed": _quiz,
    "max_attention_failures": _attention,
    "min_gold_accuracy": _gold,
    "min_answer_s": _speed,
    "min_watched_fraction": _watched,
    "repeat": _repeat,
}
