"""Prediction-powered estimates of one question: a machine's scores of all videos beside people's answers to some."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from analysis.extent import Extent
from analysis.formats import equals, isolated
from analysis.intervals import Interval, t_probability
from analysis.metrics.machine import Automatic, MachineScores
from analysis.plan import Plan
from analysis.prediction_powered import PredictionPowered, ScoredVideos, difference, mean
from analysis.questions.comparisons import bound
from analysis.questions.judged import JudgedVideos, validations
from analysis.records.machine import MachineHelp, PoweredDifference, PoweredMethod
from analysis.records.questions import MethodEstimate, QuestionComparison, QuestionResult
from crowd.texts import listed

Array = np.ndarray

#: Below this p, divided by the number of methods, a note says that videos with answers look like no random sample.
UNLIKE = 0.01

#: Why people alone may have other figures than in the question's section, by what is estimated.
OTHERWISE = {
    "share": "every answer counts the same, and “Other” and “Unclear” count as wrong",
    "mean": "every rating counts the same, and not every prompt",
}

#: Estimates that differ by less are the same.
ROUNDING = 1e-9


def beside(
    result: QuestionResult, judged: JudgedVideos, automatic: Automatic, plan: Plan, extent: Extent
) -> QuestionResult:
    """The result with its metrics, and with what the machine adds where its estimates are of single videos.

    Raises:
        ValueError: a metric or the machine does not suit the answers.
    """
    confidence = plan.rules.confidence
    metrics = validations(judged, automatic.metrics, seed=extent.seed, confidence=confidence)
    powered = None
    if automatic.machine and judged.estimates:
        powered = machine_help(judged, automatic.machine, plan, result.methods, result.comparisons)
    return replace(result, metrics=metrics, machine=powered)


def machine_help(
    judged: JudgedVideos,
    machine: MachineScores,
    plan: Plan,
    methods: Sequence[MethodEstimate],
    comparisons: Sequence[QuestionComparison],
) -> MachineHelp:
    """Each method's estimate with the machine's help, and the difference of the first pair.

    Args:
        judged: people's scores, whose `estimates` is `share` or `mean`.
        machine: its scores, of every video with answers among others.
        plan: the rules in force.
        methods: the question's.
        comparisons: the question's, the first of which is estimated; empty in an unfinished study.

    Raises:
        ValueError: a video with answers has no score or another method, or no method has videos without answers.
    """
    own = _matched(judged, machine)
    named = [(row.name, own[row.name]) for row in methods if row.name in own]
    if all(len(one.scored.other_machine) < 2 for _, one in named):
        raise ValueError(
            f"machine {machine.name!r}: people answered about every video in {machine.table}; prediction-powered "
            "estimates need videos without answers"
        )
    confidence, share = plan.rules.confidence, judged.estimates == "share"
    rows = [_of_method(name, one, confidence, share=share) for name, one in named]
    pair = comparisons[0] if comparisons else None
    return MachineHelp(
        machine=machine.name,
        table=Path(machine.table).name,
        methods=rows,
        difference=_of_pair(pair, own, confidence, share=share) if pair else None,
        notes=_notes(rows, machine, plan, methods, judged.estimates),
    )


@dataclass(frozen=True, slots=True)
class _Method:
    """One method's videos: the answers with their scores, and what the machine says of videos with and without."""

    scored: ScoredVideos
    seen: Array
    seen_unit: Array


def _matched(judged: JudgedVideos, machine: MachineScores) -> dict[str, _Method]:
    """Each method's videos with answers beside the machine's others, by the method's name."""
    place = {video: row for row, video in enumerate(machine.video_id)}
    answered = np.unique(judged.video)
    _check_answered(judged, machine, answered, place)
    row_of = np.full(len(judged.video_id), -1)
    row_of[answered] = [place[judged.video_id[video]] for video in answered]
    unit = _units(judged, machine, answered, row_of)
    known = set(judged.video_id)
    other = np.array([video not in known for video in machine.video_id])
    methods = np.array(machine.method, object)
    found = {}
    for code in np.unique(judged.method[answered]):
        own, rows = answered[judged.method[answered] == code], judged.method[judged.video] == code
        seen, beyond = row_of[own], np.flatnonzero(other & (methods == judged.methods[code]))
        video = row_of[judged.video[rows]]
        scored = ScoredVideos(
            score=judged.score[rows],
            participant=judged.participant[rows],
            unit=unit[video],
            machine=machine.score[video],
            other_machine=machine.score[beyond],
            other_unit=unit[beyond],
        )
        found[judged.methods[code]] = _Method(scored, machine.score[seen], unit[seen])
    return found


def _units(judged: JudgedVideos, machine: MachineScores, answered: Array, row_of: Array) -> Array:
    """(videos of the machine,) codes of what videos share, as the answers name it; others are units of their own."""
    items = list(machine.item)
    for video in answered:
        items[row_of[video]] = judged.item[video]
    names = [(item, "") if item else ("", video) for item, video in zip(items, machine.video_id, strict=True)]
    codes = {name: code for code, name in enumerate(dict.fromkeys(names))}
    return np.array([codes[name] for name in names])


def _check_answered(judged: JudgedVideos, machine: MachineScores, answered: Array, place: dict[str, int]) -> None:
    """Refuse videos with answers that the machine's table lacks or calls another method's."""
    begin = f"machine {machine.name!r}: {machine.table}"
    missing = [judged.video_id[video] for video in answered if judged.video_id[video] not in place]
    if missing:
        raise ValueError(f"{begin} lacks {len(missing)} videos with answers: {listed(missing, most=5)}")
    for video in answered:
        name, method = judged.video_id[video], judged.methods[judged.method[video]]
        if machine.method[place[name]] != method:
            raise ValueError(
                f"{begin} has {name!r} of method {machine.method[place[name]]!r}, the answers of {method!r}"
            )
    if any(judged.item[video] for video in answered) and not any(machine.item):
        raise ValueError(f"{begin} has no column prompt (or pair), which the answers have")


def _of_method(name: str, own: _Method, confidence: float, *, share: bool) -> PoweredMethod:
    found = mean(own.scored)
    intervals = [
        found.share_interval(confidence, alone=alone) if share else each.interval("new", confidence)
        for alone, each in ((False, found.powered), (True, found.alone))
    ]
    rows = _rows(found, *intervals)
    if share:
        rows["estimate"] = min(max(found.powered.value, 0.0), 1.0)
    return PoweredMethod(
        name=name,
        n_answers=len(own.scored.score),
        n_videos=len(own.seen),
        n_others=len(own.scored.other_machine),
        p_sampling=sampling_p(own.seen, own.seen_unit, own.scored.other_machine, own.scored.other_unit),
        **rows,
    )


def _of_pair(pair: QuestionComparison, own: dict[str, _Method], confidence: float, *, share: bool) -> PoweredDifference:
    found = difference(own[pair.a].scored, own[pair.b].scored)
    limits = (-1.0, 1.0) if share else (-math.inf, math.inf)
    intervals = [_within(each.interval("new", confidence), limits) for each in (found.powered, found.alone)]
    return PoweredDifference(a=pair.a, b=pair.b, **_rows(found, *intervals))


def _within(interval: Interval, limits: tuple[float, float]) -> Interval:
    return Interval(max(interval.low, limits[0]), min(interval.high, limits[1]))


def _rows(found: PredictionPowered, own: Interval, alone: Interval) -> dict[str, Any]:
    """The entries that means and differences have alike."""
    wide = alone.high - alone.low
    known = found.alone.new.known and math.isfinite(wide) and wide > 0
    return {
        "estimate": found.powered.value,
        "ci_low": bound(own.low),
        "ci_high": bound(own.high),
        "alone": found.alone.value,
        "alone_low": bound(alone.low),
        "alone_high": bound(alone.high),
        "relative_width": (own.high - own.low) / wide if known else None,
        "tuning": found.tuning,
    }


def sampling_p(seen: Array, seen_unit: Array, others: Array, other_unit: Array) -> float | None:
    """Two-sided p of the machine's mean score being the same of videos with answers and of others.

    What each unit contributes to the difference of the means is squared and summed, with K/(K − 1); K is the fewer of
    the units with answers and of those without. Student's t has K − 1 degrees of freedom.

    Args:
        seen: (videos,) the machine's scores of videos with answers.
        seen_unit: (videos,) codes of their units.
        others: (videos,) its scores of videos without.
        other_unit: (videos,) codes of these.

    Returns:
        p; None with fewer than two units of either, or where nothing varies.
    """
    units = min(len(np.unique(codes)) for codes in (seen_unit, other_unit))
    if units < 2:
        return None
    size = int(max(seen_unit.max(), other_unit.max())) + 1
    parts = [
        np.bincount(codes, (values - values.mean()) / len(values), size)
        for values, codes in ((seen, seen_unit), (others, other_unit))
    ]
    variance = float(((parts[0] - parts[1]) ** 2).sum()) * units / (units - 1)
    if variance <= 0:
        return None
    return t_probability((seen.mean() - others.mean()) / math.sqrt(variance), units - 1)


def _notes(
    rows: Sequence[PoweredMethod],
    machine: MachineScores,
    plan: Plan,
    methods: Sequence[MethodEstimate],
    estimates: str | None,
) -> list[str]:
    notes = [
        f"{isolated(machine.name)} scores the videos of {isolated(row.name)} with answers unlike the others "
        f"({equals(row.p_sampling)}): they look like no random sample, so that its estimate may be wrong."
        for row in rows
        if row.p_sampling is not None and row.p_sampling * len(rows) < UNLIKE
    ]
    reported = {row.name: row.estimate for row in methods}
    if any(abs(reported[row.name] - row.alone) > ROUNDING for row in rows):
        notes.append(f"People alone have other figures here than above: {OTHERWISE[estimates or 'mean']}.")
    if plan.rules.target == "these-videos":
        notes.append(
            "The plan’s target is these videos, of which a machine says nothing: the estimates here are for new ones."
        )
    if plan.rules.sequential:
        notes.append("The intervals here hold at one look, not at all looks of a running study together.")
    return notes
