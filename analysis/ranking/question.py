"""Ranking as a kind of question: in which order are these videos of one prompt?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.counts import distinct
from analysis.preference.reported import strength_notes, strength_rows
from analysis.questions.assumptions import TwoMethodScores
from analysis.questions.comparisons import (
    Difference,
    IntervalEstimate,
    Size,
    bound,
    compared,
    method_estimate,
    ordered,
    target_of,
)
from analysis.questions.kinds import reason
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.ranking.orders import read_order, read_orders
from analysis.ranking.rankings import Rankings, implied_pairs
from analysis.ranking.ranks import MethodRanks, PairOrder, method_ranks, pair_orders
from analysis.ranking.records import RankedMethod, RankingDetails
from analysis.ranking.strengths import RankingStrengths
from analysis.records.questions import Findings, Measure, MethodEstimate
from analysis.score_models import PreferenceModel
from analysis.shares import Share, share_of

MEASURE = Measure(
    name="net win rate",
    unit="points",
    percent=True,
    more="is ranked above",
    contrast="of the first method against the second, its wins less its losses",
)


@dataclass(frozen=True, slots=True)
class RankingKind:
    """The kind."""

    columns: tuple[str, ...] = ("prompt",)
    details: type = RankingDetails
    measure: Measure = MEASURE

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is an order."""
        return reason(read_order, answer)

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """Who of two methods is ahead, strengths, and mean ranks."""
        rankings = rankings_of(rows)
        pairs = {frozenset((pair.a, pair.b)): pair for pair in pair_orders(rankings)}
        shown = {row.method: row for row in method_ranks(rankings)}
        methods = ordered(_method(rankings, code, plan) for code in range(len(rankings.methods)))

        def difference(a: str, b: str) -> Difference | None:
            own = pairs.get(frozenset((a, b)))
            if own is None:
                return None
            estimate = IntervalEstimate(found=own, limits=(-1.0, 1.0), sequential=plan.rules.sequential)
            found = Difference(a=own.a, b=own.b, estimate=estimate, size=_size(own.ahead))
            return found if found.a == a else found.turned()

        names = [row.name for row in methods]
        model = RankingStrengths(rankings)
        return Findings(
            measure=MEASURE,
            methods=methods,
            comparisons=compared(names, difference, plan),
            strengths=strength_rows(model, plan) if plan.tested else [],
            units="prompts",
            details=RankingDetails(
                best_and_worst=rankings.best_and_worst,
                ranked=[_ranked(shown[name], plan) for name in names],
                groups=model.groups,
            ),
            notes=strength_notes(model, "Some methods were always put before the others, or always behind them"),
        )

    def assumed(self, settings: Mapping[str, Any]) -> PreferenceModel:
        """Each two methods of an answer as a preference without ties."""
        return PreferenceModel(ties=0.0)

    def scored(self, rows: QuestionRows) -> TwoMethodScores:
        """1 and −1 for the first method of the pair whose order most answers tell."""
        rankings = rankings_of(rows)
        found = max(pair_orders(rankings), key=lambda pair: pair.num_answers)
        a, b = (list(rankings.methods).index(name) for name in (found.a, found.b))
        pairs = implied_pairs(rankings)
        own = np.isin(pairs.winner, (a, b)) & np.isin(pairs.loser, (a, b))
        answer = pairs.answer[own]
        return TwoMethodScores(
            methods=(found.a, found.b),
            score=np.where(pairs.winner[own] == a, 1.0, -1.0),
            second=np.zeros(len(answer), bool),
            participant=rankings.participant[answer],
            unit=rankings.prompt[answer],
        )


KIND = RankingKind()


def rankings_of(rows: QuestionRows) -> Rankings:
    """The rankings of rows; each distinct order is read once."""
    used, answer = distinct(rows.code("answer"))
    found = read_orders([rows.words("answer")[code] for code in used])
    return Rankings(
        methods=found.methods,
        order=found.order[answer],
        participant=rows.worker,
        prompt=distinct(rows.item().code)[1],
        best_and_worst=found.best_and_worst or bool(rows.question.settings.get("best_worst")),
    )


def _method(rankings: Rankings, code: int, plan: QuestionPlan) -> MethodEstimate:
    """One method's net win rate against those that it was shown with, which follows from its rank."""
    ranks, sizes = rankings.ranks[:, code], rankings.sizes
    rows = np.flatnonzero(~np.isnan(ranks))
    below = (sizes[rows] - ranks[rows]) / (sizes[rows] - 1)
    share = share_of(below, rankings.participant[rows], rankings.prompt[rows])
    assert share is not None  # noqa: S101  every method is in an answer
    name = rankings.methods[code]
    own = IntervalEstimate(
        found=PairOrder(name, "", len(rows), share), limits=(-1.0, 1.0), sequential=plan.rules.sequential
    )
    return method_estimate(name, own, _size(share), plan)


def _size(share: Share) -> Size:
    return Size(n_answers=share.num_answers, n_units=share.num_units, n_workers=share.num_participants)


def _ranked(row: MethodRanks, plan: QuestionPlan) -> RankedMethod:
    target, confidence = target_of(plan.rules), plan.rules.confidence
    mean, first, last = (own.interval(target, confidence) for own in (row.mean_rank, row.first, row.last))
    return RankedMethod(
        name=row.method,
        mean_rank=row.mean_rank.value,
        mean_rank_low=bound(mean.low),
        mean_rank_high=bound(mean.high),
        first=row.first.value,
        first_low=first.low,
        first_high=first.high,
        last=row.last.value,
        last_low=last.low,
        last_high=last.high,
    )
