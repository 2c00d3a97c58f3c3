"""Strengths as report.json has them, of preferences and of rankings."""

import math

import numpy as np

from analysis.preference.strengths import Strengths
from analysis.questions.comparisons import bound, target_of
from analysis.questions.plan import QuestionPlan
from analysis.records.questions import MethodStrength


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
