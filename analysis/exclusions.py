"""Which answers are left out, by which rule, and how many of each method that takes.

Exclusion that differs between methods can bias a comparison, so every rule is counted method by method.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from analysis.answers import Answers
from analysis.counts import Counts
from analysis.formats import listed, percent
from analysis.records.participants import ExclusionsSummary, MethodExclusions, RemovedAnswers, RuleExclusions
from analysis.retest import Retest, retest

#: What each rule of a study file leaves out; `crowd` applies the rules when it collects and names them in `excluded`.
RULES = {
    "max_attention_failures": "tasks with too many wrong attention items",
    "min_gold_accuracy": "participants with too few gold items right",
    "min_answer_s": "tasks answered too fast",
    "min_watched_fraction": "answers given after seeing too little of the video",
    "not_sent": "answers of visitors not sent by the recruiter",
    "not_paid": "answers of visits that were returned, timed out or rejected at the recruiter",
    "repeat": "a participant's later answers to the same video",
}

#: A warning is given where shares of excluded answers differ by more than `MUCH` and at least `FEWEST` were excluded.
MUCH, FEWEST = 0.05, 10

#: Steps that judge no answer, and so are no part of the share excluded.
NEUTRAL = ("answers of programs", "videos of several labels")


@dataclass(frozen=True, kw_only=True, slots=True)
class Exclusion:
    """One step from the answers in the table to those that count."""

    name: str
    """What it leaves out."""
    removed: int
    """How many answers."""
    rule: str
    """By which rule."""
    by_method: Mapping[str, RemovedAnswers] = field(default_factory=dict)
    """What it took from each method; empty where it took no evaluation answers."""
    retest: Retest | None = None
    """Where it took repeated answers, how these agreed with the first ones."""


def apply_exclusions(answers: Answers) -> list[Exclusion]:
    """Remove repeated answers, and count what else never enters accuracy.

    That is control items, answers that a declared rule excluded at collection, and videos of several labels.
    """
    found = [_controls(answers), _repeats(answers), *_declared(answers), _several_labels(answers)]
    return [step for step in found if step is not None]


def _controls(answers: Answers) -> Exclusion | None:
    number = int(answers.scalar("SELECT count(*) FROM controls"))
    if not number:
        return None
    return Exclusion(name="gold, training and attention items", removed=number, rule="never part of accuracy")


def _repeats(answers: Answers) -> Exclusion | None:
    found = remove_duplicates(answers)
    if not found.number:
        return None
    return Exclusion(
        name="repeated answers",
        removed=found.number,
        rule="a participant's first answer to a video counts (by submission time, then order in the file)",
        by_method=found.by_method,
        retest=found.retest,
    )


def _declared(answers: Answers) -> list[Exclusion]:
    """One step per rule of the study file."""
    rows = "(SELECT excluded AS rule, worker, video FROM answers WHERE excluded IS NOT NULL)"
    return [
        Exclusion(
            name=RULES.get(rule, rule),
            removed=sum(one.answers for one in found.values()),
            rule=f"excluded at collection: {rule}",
            by_method=found,
        )
        for rule, found in by_rule(answers, rows).items()
    ]


def _several_labels(answers: Answers) -> Exclusion | None:
    several = answers.videos.several
    if not several:
        return None
    found = by_method(answers, "excluded IS NULL AND video IN ?", [several])
    return Exclusion(
        name="videos of several labels",
        removed=sum(one.answers for one in found.values()),
        rule="only videos of one label enter the primary analysis",
        by_method=found,
    )


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Repeated answers: how many were removed, of which methods, and how they agreed with the first ones."""

    number: int
    by_method: dict[str, RemovedAnswers]
    retest: Retest | None


def remove_duplicates(answers: Answers) -> Duplicates:
    """Keep each worker's first answer to a video.

    Repeats are looked for in a sorted array of one integer per answer, which costs a tenth of a GROUP BY.
    """
    pair = f"worker::BIGINT * {len(answers.videos)} + video"
    pairs = answers.arrays(f"SELECT {pair} AS pair FROM answers")["pair"]  # noqa: S608
    pairs.sort()
    repeated = np.unique(pairs[1:][pairs[1:] == pairs[:-1]])
    if not len(repeated):
        return Duplicates(0, {}, None)
    columns = [row[0] for row in answers.connection.execute("DESCRIBE answers").fetchall()]
    order = "excluded IS NOT NULL, " + ("submitted_at NULLS LAST, " if "submitted_at" in columns else "") + "rowid"
    answers.connection.register("repeated", {"pair": repeated})
    answers.connection.execute(
        "CREATE TEMP TABLE attempts AS SELECT rowid AS id, worker, video, answer, excluded, row_number() OVER "  # noqa: S608
        f"(PARTITION BY worker, video ORDER BY {order}) AS place FROM answers "
        f"WHERE {pair} IN (SELECT pair FROM repeated)"
    )
    answers.connection.unregister("repeated")
    later = "rowid IN (SELECT id FROM attempts WHERE place > 1)"
    found = by_method(answers, later)
    agreed = retest(answers)
    answers.connection.execute(f"DELETE FROM answers WHERE {later}")  # noqa: S608  a constant
    answers.connection.execute("DROP TABLE attempts")
    return Duplicates(sum(one.answers for one in found.values()), found, agreed)


def by_method(answers: Answers, where: str, parameters: Sequence[Any] = ()) -> dict[str, RemovedAnswers]:
    """What `where` (SQL over the table `answers`) takes from each method."""
    rows = f"(SELECT '' AS rule, worker, video FROM answers WHERE {where})"  # noqa: S608  the callers' own SQL
    return by_rule(answers, rows, parameters).get("", {})


def by_rule(answers: Answers, rows: str, parameters: Sequence[Any] = ()) -> dict[str, dict[str, RemovedAnswers]]:
    """For each rule what it takes from each method; `rows` is SQL of a table with `rule`, `worker` and `video`."""
    codes = {"video": np.arange(len(answers.videos), dtype=np.int32), "method": answers.videos.method}
    answers.connection.register("methods_of_videos", codes)
    found = answers.connection.execute(
        "SELECT rule, method, count(*), count(DISTINCT worker) "  # noqa: S608  the callers' own SQL
        f"FROM {rows} JOIN methods_of_videos USING (video) GROUP BY rule, method ORDER BY rule, method",
        list(parameters),
    ).fetchall()
    answers.connection.unregister("methods_of_videos")
    table: dict[str, dict[str, RemovedAnswers]] = {}
    for rule, method, number, participants in found:
        removed = RemovedAnswers(answers=int(number), participants=int(participants))
        table.setdefault(str(rule), {})[str(method)] = removed
    return table


def exclusions(steps: Sequence[Exclusion], counts: Counts, methods: Sequence[str]) -> ExclusionsSummary | None:
    """What every rule took from every method, and whether that differs much; None where nothing was left out.

    Args:
        steps: those that were applied, in their order.
        counts: what was counted after them, without weights.
        methods: names, in the report's order.
    """
    counted = np.bincount(counts.video_method, counts.by_video.sum(axis=1), len(counts.methods))
    found = summary(steps, {name: int(counted[code]) for code, name in enumerate(counts.methods)}, methods)
    if found and found.note:
        return replace(found, note=f"{found.note[:-1]}; the table of other rules shows it without exclusions.")
    return found


def summary(steps: Sequence[Exclusion], counted: Mapping[str, int], methods: Sequence[str]) -> ExclusionsSummary | None:
    """The same from the number of answers of each method that count."""
    taking = [step for step in steps if step.by_method]
    if not taking:
        return None
    names = [*methods, *sorted({name for step in taking for name in step.by_method} - set(methods))]
    rows = [_of_method(name, counted.get(name, 0), taking) for name in names]
    rules = [
        RuleExclusions(name=step.name, rule=step.rule, judged=step.name not in NEUTRAL, methods=dict(step.by_method))
        for step in taking
    ]
    return ExclusionsSummary(methods=rows, rules=rules, note=_differential(rows))


def _of_method(name: str, counted: int, steps: Sequence[Exclusion]) -> MethodExclusions:
    own = {step.name: step.by_method[name].answers for step in steps if name in step.by_method}
    excluded = sum(number for step, number in own.items() if step not in NEUTRAL)
    given = counted + excluded
    return MethodExclusions(
        method=name,
        given=counted + sum(own.values()),
        counted=counted,
        excluded=excluded,
        share=excluded / given if given else None,
    )


def _differential(rows: list[MethodExclusions]) -> str | None:
    """The warning where one method lost a much larger share of its answers than another; None elsewhere."""
    known = [(row.share, row.method) for row in rows if row.share is not None]
    if len(known) < 2 or sum(row.excluded for row in rows if row.share is not None) < FEWEST:
        return None
    most, least = max(known, key=lambda row: row[0]), min(known, key=lambda row: row[0])
    if most[0] - least[0] <= MUCH:
        return None
    shares = listed([f"{percent(share)} of {method}" for share, method in (most, least)])
    return (
        f"Differential exclusion: {shares} were excluded. Where rules leave out other kinds of answers of one method "
        "than of another, the comparison is biased."
    )
