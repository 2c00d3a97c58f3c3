"""Strengths as report.json has them, of preferences and of rankings."""

import math

import numpy as np

from analysis.preference.strengths import Strengths
from analysis.questions.comparisons import bound, target_of
from analysis.questions.plan import QuestionPlan
from analysis.records.questions import MethodStrength
from crowd.texts import listed


def strength_rows(model: Strengths, plan: QuestionPlan) -> list[MethodStrength]:
    """The strongest first; those without a finite estimate by what they won."""
    target = target_of(plan.rules)
    found = model.summary(confidence=plan.rules.confidence, target=target, rng=np.random.default_rng(plan.seed))
    order = sorted(found, key=lambda one: (math.isnan(one.value), -one.value, one.name))
    rows = []
    for one in order:
        interval = one.these if target == "these" else one.new
        rows.append(
            MethodStrength(
                name=one.name,
                strength=bound(one.value),
                ci_low=bound(interval.low),
                ci_high=bound(interval.high),
                rank_low=one.rank_low,
                rank_high=one.rank_high,
            )
        )
    return rows


def strength_notes(model: Strengths, always: str) -> list[str]:
    """Why strengths are missing: nothing compares two methods, or what `always` says of those that beat all others."""
    if apart := model.incomparable():
        pairs = ", ".join(" and ".join(pair) for pair in apart[:3]) + (" and others" if len(apart) > 3 else "")
        return [f"No chain of answers compares {pairs}: their strengths cannot be set side by side."]
    if len(model.groups) < 2:
        return []
    zero = model.groups[0]
    return [
        f"{always}: their strengths have no finite estimate, and intervals are open at one end. Strength 0 is "
        f"{'the mean of ' if len(zero) > 1 else 'that of '}{listed(zero, most=3)}."
    ]
