"""Descriptions of participants: gold items, speed, patterns of carelessness. They exclude nobody."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import special

from analysis.answers import Answers
from analysis.intervals import wilson
from analysis.records.participants import (
    AttentionScore,
    CarelessnessPattern,
    CarelessParticipant,
    GoldScore,
    ParticipantsSummary,
    Quartiles,
)
from analysis.shown import Workers

Array = np.ndarray

#: An answer faster than this cannot rest on having watched.
FAST_S = 1.0


@dataclass(frozen=True, slots=True)
class WorkerTable:
    """One entry per participant in each array; NaN where nothing is known."""

    answers: Array
    #: Geometric mean of the time to answer, in seconds.
    typical_time_s: Array
    fast_share: Array
    #: Share of the option that the participant chose most.
    modal_share: Array
    #: Share of Other and Unclear.
    uncommitted_share: Array
    watched_fraction: Array
    focus_losses: Array
    gold: Array
    gold_right: Array
    attention: Array
    attention_right: Array


def worker_table(answers: Answers) -> WorkerTable:
    """Describe every participant from evaluation, gold and attention items."""
    number, options = len(answers.workers), len(answers.options)
    chosen = answers.arrays("SELECT worker, answer, count(*) AS n FROM answers GROUP BY ALL")
    table = np.zeros((number, options), dtype=np.int64)
    np.add.at(table, (chosen["worker"].astype(int), chosen["answer"].astype(int)), chosen["n"].astype(np.int64))
    total = table.sum(axis=1)
    some = np.maximum(total, 1)
    time = _per_worker(
        answers,
        "time_to_answer_s",
        "exp(avg(ln(time_to_answer_s)) FILTER (WHERE time_to_answer_s > 0)) AS a, "
        f"avg((time_to_answer_s < {FAST_S})::INT) AS b",
    )
    watched = _per_worker(answers, "watched_fraction", "avg(watched_fraction) AS a")
    lost = _per_worker(answers, "focus_losses", "avg(focus_losses) AS a")
    controls = answers.arrays(
        "SELECT worker, kind = 'gold' AS gold, count(*) AS n, sum(correct::INT) AS s FROM controls "
        "WHERE kind IN ('gold', 'attention') GROUP BY ALL"
    )
    gold = controls["gold"].astype(bool)
    worker = controls["worker"].astype(int)
    n, s = controls["n"].astype(float), controls["s"].astype(float)
    return WorkerTable(
        answers=total,
        typical_time_s=time["a"],
        fast_share=time["b"],
        modal_share=table.max(axis=1) / some,
        uncommitted_share=table[:, -2:].sum(axis=1) / some,
        watched_fraction=watched["a"],
        focus_losses=lost["a"],
        gold=np.bincount(worker[gold], n[gold], number),
        gold_right=np.bincount(worker[gold], s[gold], number),
        attention=np.bincount(worker[~gold], n[~gold], number),
        attention_right=np.bincount(worker[~gold], s[~gold], number),
    )


def _per_worker(answers: Answers, column: str, columns: str) -> dict[str, Array]:
    """Aggregates per worker; NaN for workers without a value, and for all where the table lacks the column."""
    found = {name: np.full(len(answers.workers), np.nan) for name in ("a", "b")}
    if column in answers.telemetry:
        query = f"SELECT worker, {columns} FROM answers WHERE {column} IS NOT NULL GROUP BY worker"  # noqa: S608
        values = answers.arrays(query)
        for name in found.keys() & values.keys():
            found[name][values["worker"].astype(int)] = values[name].astype(float)
    return found


#: Patterns of carelessness: each with its rule in words, and which participants show it.
PATTERNS: dict[str, tuple[str, Any]] = {
    "fast": (f"half of the answers within {FAST_S:g} s", lambda t: t.fast_share >= 0.5),
    "one answer": (
        "one option for at least 60 % of 8 or more answers",
        lambda t: (t.answers >= 8) & (t.modal_share >= 0.6),
    ),
    "uncommitted": (
        "Other or Unclear for at least 60 % of 8 or more answers",
        lambda t: (t.answers >= 8) & (t.uncommitted_share >= 0.6),
    ),
    "gold": ("at most half of three or more gold items right", lambda t: (t.gold >= 3) & (t.gold_right <= t.gold / 2)),
    "attention": ("an attention item wrong", lambda t: t.attention_right < t.attention),
    "unwatched": ("on average less than half of the video seen", lambda t: t.watched_fraction < 0.5),
    "distracted": ("on average at least one loss of focus per item", lambda t: t.focus_losses >= 1),
}


def describe_workers(answers: Answers, confidence: float) -> ParticipantsSummary:
    """All participants described: how much and how fast they answered, gold items, patterns of carelessness."""
    return described(worker_table(answers), answers.workers, confidence)


def described(table: WorkerTable, workers: Workers, confidence: float) -> ParticipantsSummary:
    """The same from what is known of each participant."""
    quantile = float(special.ndtri((1 + confidence) / 2))
    with np.errstate(invalid="ignore"):
        shown = {name: np.asarray(shows(table), bool) for name, (_, shows) in PATTERNS.items()}
    known = {"gold": bool((table.gold >= 3).any()), "attention": bool(table.attention.any())}
    times = {
        "fast": table.fast_share,
        "uncommitted": table.uncommitted_share,
        "unwatched": table.watched_fraction,
        "distracted": table.focus_losses,
    }
    known |= {name: bool(np.isfinite(values).any()) for name, values in times.items()}
    number = np.sum(list(shown.values()), axis=0)
    worst = [int(code) for code in np.argsort(-number, kind="stable")[:12] if number[code]]
    gold, right = float(table.gold.sum()), float(table.gold_right.sum())
    return ParticipantsSummary(
        number=len(workers),
        simulated=int(workers.simulated.sum()),
        answers_per_worker=quartiles(table.answers[table.answers > 0]),
        typical_time_s=quartiles(table.typical_time_s),
        gold=_gold(right, gold, quantile, int((table.gold > 0).sum())) if gold else None,
        attention=_attention(table),
        patterns=[
            CarelessnessPattern(name=name, rule=rule, workers=int(shown[name].sum()) if known.get(name, True) else None)
            for name, (rule, _) in PATTERNS.items()
        ],
        most_patterns=[_one(workers, table, shown, code, quantile) for code in worst],
    )


def quartiles(values: Array) -> Quartiles | None:
    """Quartiles of what is known; None where nothing is."""
    known = values[np.isfinite(values)]
    if not len(known):
        return None
    low, middle, high = np.quantile(known, [0.25, 0.5, 0.75])
    return Quartiles(quartile_1=float(low), median=float(middle), quartile_3=float(high))


def _attention(table: WorkerTable) -> AttentionScore | None:
    items = int(table.attention.sum())
    return AttentionScore(items=items, right=int(table.attention_right.sum())) if items else None


def _gold(right: float, items: float, quantile: float, workers: int) -> GoldScore:
    interval = wilson(right / items, items, quantile)
    return GoldScore(
        items=int(items), workers=workers, accuracy=right / items, ci_low=interval.low, ci_high=interval.high
    )


def _one(
    workers: Workers, table: WorkerTable, shown: dict[str, Array], code: int, quantile: float
) -> CarelessParticipant:
    time = float(table.typical_time_s[code])
    items = float(table.gold[code])
    return CarelessParticipant(
        worker_id=str(workers.worker_id[code]),
        answers=int(table.answers[code]),
        typical_time_s=time if np.isfinite(time) else None,
        modal_share=float(table.modal_share[code]),
        gold=_gold(float(table.gold_right[code]), items, quantile, 1) if items else None,
        patterns=[name for name, flags in shown.items() if flags[code]],
    )
