"""Accuracy: the share of right answers to each method's videos, with its intervals."""

from dataclasses import asdict, replace

import numpy as np

from analysis.answers import Answers
from analysis.comparisons import Rules, chance_corrected
from analysis.counts import KEPT, Counts
from analysis.estimates import Estimate, estimate
from analysis.records.accuracies import AccuracyEstimate, MethodAccuracy, SeveralLabelsScore
from analysis.scoring import score
from crowd.texts import parts


def accuracy_of(counts: Counts, policy: str, rules: Rules) -> AccuracyEstimate | None:
    """The share of answers that a policy of `analysis.scoring` takes as right; None without answers."""
    value = estimate(counts, policy, rules.confidence)
    return None if value is None else _described(value, _num_answers(counts, value, policy), rules)


def _num_answers(counts: Counts, value: Estimate, policy: str) -> int:
    """How many answers an estimate rests on, whatever they weigh."""
    if counts.unweighted is None:
        return value.num_answers
    return int(score(replace(counts, by_video=counts.unweighted, squared=None), policy).video_n.sum())


def _described(value: Estimate, num_answers: int, rules: Rules) -> AccuracyEstimate:
    """An estimate as report.json has it: `ci_*` for the plan's target, `new_*` and `these_*` for each target."""
    interval = value.these_videos if rules.target == "these-videos" else value.new_videos
    return AccuracyEstimate(
        accuracy=value.accuracy,
        ci_low=interval.low,
        ci_high=interval.high,
        new_low=value.new_videos.low,
        new_high=value.new_videos.high,
        these_low=value.these_videos.low,
        these_high=value.these_videos.high,
        n_answers=num_answers,
        n_videos=value.num_videos,
        n_workers=value.num_workers,
        separated=value.separated,
    )


def method_accuracy(counts: Counts, name: str, control: str, rules: Rules) -> MethodAccuracy | None:
    """A method's accuracy, and how often its answers name a label; None without answers."""
    own = counts.where(methods=[name])
    found = accuracy_of(own, rules.policy, rules)
    if found is None:
        return None
    return MethodAccuracy(
        name=name,
        control=name == control,
        **asdict(found),
        chance_corrected=chance_corrected(found.accuracy, len(counts.labels)),
        commitment=accuracy_of(own, "commitment", rules),
        when_committed=accuracy_of(own, "committed only", rules),
    )


def several_labels(answers: Answers) -> list[SeveralLabelsScore]:
    """Videos of several labels, secondary: per method the mean score, half for naming one label of two or more."""
    chosen = answers.videos.several
    if not chosen:
        return []
    code = {text: place for place, text in enumerate(answers.options)}
    found = answers.arrays(
        f"SELECT video, answer, count(*) AS n FROM answers WHERE {KEPT} AND video IN ? GROUP BY ALL",  # noqa: S608
        [chosen],
    )
    truths = {video: {code[part] for part in parts(answers.videos.label[video])} for video in chosen}
    right = np.array(
        [answer in truths[int(video)] for video, answer in zip(found["video"], found["answer"], strict=True)], float
    )
    methods = answers.videos.method[found["video"].astype(int)]
    rows = []
    for name in sorted(set(methods)):
        own = methods == name
        n = int(found["n"][own].sum())
        score = float((0.5 * right[own] * found["n"][own]).sum() / n)
        num_videos = len(set(found["video"][own].tolist()))
        rows.append(SeveralLabelsScore(method=name, score=score, n_answers=n, n_videos=num_videos))
    return rows
