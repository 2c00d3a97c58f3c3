"""What each rule of the funnel took from each method: exclusion that differs between methods can bias a comparison."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from analysis.answers import Answers
from analysis.counts import Counts
from analysis.formats import listed, percent
from analysis.retest import Retest

#: Shares of excluded answers further apart than this are pointed out, where at least `FEWEST` answers were excluded.
MUCH, FEWEST = 0.05, 10

#: Steps that judge no answer, and so are no part of the share excluded.
NEUTRAL = ("answers of programs", "videos of several labels")


@dataclass(frozen=True, slots=True)
class Removed:
    """Of one method by one rule: evaluation answers, and the participants who gave them."""

    answers: int
    participants: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Step:
    """One step of the funnel: how many answers it took, of which methods, and the rule."""

    name: str
    removed: int
    rule: str
    by_method: Mapping[str, Removed] = field(default_factory=dict)
    #: Where it took repeated answers: how these agreed with the first ones.
    retest: Retest | None = None


def by_method(answers: Answers, where: str, parameters: Sequence[Any] = ()) -> dict[str, Removed]:
    """What `where` (SQL over the table `answers`) takes from each method."""
    rows = f"(SELECT '' AS rule, worker, video FROM answers WHERE {where})"  # noqa: S608  the callers' own SQL
    return by_rule(answers, rows, parameters).get("", {})


def by_rule(answers: Answers, rows: str, parameters: Sequence[Any] = ()) -> dict[str, dict[str, Removed]]:
    """For each rule what it takes from each method; `rows` is SQL of a table with `rule`, `worker` and `video`."""
    codes = {"video": np.arange(len(answers.videos), dtype=np.int32), "method": answers.videos.method}
    answers.connection.register("methods_of_videos", codes)
    found = answers.connection.execute(
        "SELECT rule, method, count(*), count(DISTINCT worker) "  # noqa: S608  the callers' own SQL
        f"FROM {rows} JOIN methods_of_videos USING (video) GROUP BY rule, method ORDER BY rule, method",
        list(parameters),
    ).fetchall()
    answers.connection.unregister("methods_of_videos")
    table: dict[str, dict[str, Removed]] = {}
    for rule, method, number, participants in found:
        table.setdefault(str(rule), {})[str(method)] = Removed(int(number), int(participants))
    return table


def exclusions(steps: Sequence[Step], counts: Counts, methods: Sequence[str]) -> dict[str, Any] | None:
    """The report's section: what every rule took from every method, and whether that differs much; None if nothing.

    Args:
        steps: of the funnel.
        counts: what was counted after them, without weights.
        methods: names, in the report's order.
    """
    taking = [step for step in steps if step.by_method]
    if not taking:
        return None
    rows = []
    counted = np.bincount(counts.video_method, counts.by_video.sum(axis=1), len(counts.methods))
    names = [*methods, *sorted({name for step in taking for name in step.by_method} - set(methods))]
    for name in names:
        left = int(counted[counts.methods.index(name)])
        own = {step.name: step.by_method[name].answers for step in taking if name in step.by_method}
        excluded = sum(number for step, number in own.items() if step not in NEUTRAL)
        given = left + excluded
        rows.append(
            {
                "method": name,
                "given": left + sum(own.values()),
                "counted": left,
                "excluded": excluded,
                "share": excluded / given if given else None,
            }
        )
    rules = [
        {
            "name": step.name,
            "rule": step.rule,
            "judged": step.name not in NEUTRAL,
            "methods": {
                name: {"answers": found.answers, "participants": found.participants}
                for name, found in step.by_method.items()
            },
        }
        for step in taking
    ]
    return {"methods": rows, "rules": rules, "note": _differential(rows)}


def _differential(rows: list[dict[str, Any]]) -> str | None:
    """What is said where one method lost a much larger share of its answers than another."""
    known = [row for row in rows if row["share"] is not None]
    if len(known) < 2 or sum(row["excluded"] for row in known) < FEWEST:
        return None
    most, least = max(known, key=lambda row: row["share"]), min(known, key=lambda row: row["share"])
    if most["share"] - least["share"] <= MUCH:
        return None
    shares = listed([f"{percent(row['share'])} of {row['method']}" for row in (most, least)])
    return (
        f"Differential exclusion: {shares} were excluded. Where rules leave out other kinds of answers of one method "
        "than of another, the comparison is biased; the table of other rules shows it without exclusions."
    )
