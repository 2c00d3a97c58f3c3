"""Preference as a kind of question: which of two videos of one prompt is better?"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from analysis.clustering import Target
from analysis.columns import PAIR_METHODS, PAIR_VIDEOS
from analysis.counts import distinct
from analysis.intervals import Interval
from analysis.multiplicity import Adjusted
from analysis.preference import rates
from analysis.preference.rates import PreferenceRates
from analysis.preference.records import PairOutcomes, PositionEffect, PreferenceDetails, StrengthModel
from analysis.preference.reported import strength_notes, strength_rows
from analysis.preference.strengths import Strengths
from analysis.preference.transitivity import Transitivity, circular_triads, transitivity
from analysis.preference.votes import WORDS, Votes, outcomes
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
from analysis.questions.judged import JudgedVideos, judged_pairs
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.figures import Stack, Stacks
from analysis.records.questions import Findings, Measure, QuestionComparison
from analysis.score_models import PreferenceModel
from analysis.variance import Part
from crowd.texts import listed

Array = np.ndarray

#: With more methods than this the test of transitivity takes longer than all else, and is left out.
MOST_TESTED = 20

#: A pair with so many votes was not shown one way round by chance: with random sides that has a probability of 1 in 32.
ONE_SIDED = 6

MEASURE = Measure(
    name="net win rate",
    unit="points",
    percent=True,
    more="is preferred to",
    contrast="of the first method against the second, its wins less its losses",
)


#: Where a strength has no finite estimate.
ALWAYS = "Some methods won all their votes against the others, or lost all"


@dataclass(frozen=True, slots=True)
class NetWinRate:
    """The net win rate of one method against another, or against all."""

    rates: PreferenceRates

    @property
    def value(self) -> float:
        """Wins less losses, −1 to 1."""
        return self.rates.net

    def interval(self, target: Target, confidence: float) -> Interval:
        """The interval of that confidence."""
        return self.rates.net_interval(target, confidence)

    def p_value(self, target: Target, value: float) -> float:
        """Two-sided p of that net win rate."""
        return self.rates.p_value(target, value)

    def part(self, target: Target) -> Part:
        """The variance: four times that of P(win) + ½ P(tie)."""
        part = self.rates.score.found.part(target)
        return Part(4 * part.variance, part.df)


@dataclass(frozen=True, slots=True)
class PreferenceKind:
    """The kind."""

    columns: tuple[str, ...] = PAIR_METHODS
    details: type = PreferenceDetails
    measure: Measure = MEASURE

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is a preference."""
        try:
            outcomes([answer])
        except ValueError:
            return f"is none of {', '.join(WORDS)}, nor a whole number from −3 to 3"
        return None

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """Net win rates of every pair, and the strengths that explain them together.

        Raises:
            ValueError: a row has the same method on both sides, or nothing says which prompt it is about.
        """
        votes = votes_of(rows)
        pairs = {frozenset((pair.a, pair.b)): pair for pair in rates.by_pair(votes)}
        methods = ordered(
            method_estimate(own.a, _estimate(own, plan), _size(own), plan) for own in rates.by_method(votes)
        )

        def difference(a: str, b: str) -> Difference | None:
            own = pairs.get(frozenset((a, b)))
            if own is None:
                return None
            found = Difference(a=own.a, b=own.b, estimate=_estimate(own, plan), size=_size(own))
            return found if found.a == a else found.turned()

        def adjust(family: Sequence[Difference], target: Target, alpha: float) -> list[Adjusted]:
            own, rng = [pairs[frozenset((one.a, one.b))] for one in family], np.random.default_rng(plan.seed)
            return rates.adjusted(own, votes, target, plan.rules.adjustment, alpha, rng)

        comparisons = compared([row.name for row in methods], difference, plan, adjust=adjust)
        model = Strengths(votes, "davidson")  # Bradley and Terry's where nobody calls a tie
        return Findings(
            measure=MEASURE,
            methods=methods,
            comparisons=comparisons,
            strengths=strength_rows(model, plan) if plan.tested else [],
            units="prompts",
            details=PreferenceDetails(
                pairs=_outcomes(pairs.values(), comparisons, plan),
                position=_position(votes, plan),
                model=_model(model, plan),
            ),
            notes=[*strength_notes(model, ALWAYS), *_of_sides(votes), *_of_strengths(votes)],
        )

    def assumed(self, settings: Mapping[str, Any]) -> PreferenceModel:
        """Ties as far as the question allows them; a scale has its middle point."""
        return PreferenceModel(ties=0.0) if settings.get("ties") == "none" else PreferenceModel()

    def scored(self, rows: QuestionRows) -> TwoMethodScores:
        """1, 0 and −1 for the first method of the pair with the most votes."""
        votes = votes_of(rows)
        pair = max(rates.by_pair(votes), key=lambda pair: pair.score.num_answers)
        a, b = (votes.methods.index(name) for name in (pair.a, pair.b))
        own = np.flatnonzero(np.isin(votes.left, (a, b)) & np.isin(votes.right, (a, b)))
        votes = votes.take(own)
        return TwoMethodScores(
            methods=(pair.a, pair.b),
            score=np.where(votes.left == a, votes.signs, -votes.signs),
            second=np.zeros(len(votes), bool),
            participant=votes.participant,
            unit=votes.prompt,
        )

    def judged(self, rows: QuestionRows) -> JudgedVideos | None:
        """Videos by their net wins."""
        return judged_pairs(rows, -votes_of(rows).signs)

    def stacks(self, details: PreferenceDetails) -> Stacks:
        """Votes for the first method, ties, and votes for the second of each pair."""
        rows = [Stack(name=f"{row.a} − {row.b}", shares=[row.win, row.tie, row.loss]) for row in details.pairs]
        return Stacks(parts=["first preferred", "tie", "second preferred"], rows=rows)


KIND = PreferenceKind()


def votes_of(rows: QuestionRows) -> Votes:
    """The votes of rows; what has no prompt is told apart by its two videos.

    Raises:
        ValueError: a row has the same method on both sides, or neither a prompt nor two videos.
    """
    left, right = (rows.code(name) for name in PAIR_METHODS)
    rows.refuse(left == right, ": left_method and right_method are the same; a preference is between two methods")
    used, methods = distinct(np.concatenate([left, right]))
    left, right = np.split(methods, 2)
    answers, answer = distinct(rows.code("answer"))
    outcome, strength, both = outcomes([rows.words("answer")[code] for code in answers])
    return Votes(
        methods=[rows.words(PAIR_METHODS[0])[code] for code in used],
        left=left,
        right=right,
        participant=distinct(rows.worker)[1],
        prompt=_prompts(rows),
        outcome=outcome[answer],
        strength=None if strength is None else strength[answer],
        both=None if both is None else both[answer],
    )


def _prompts(rows: QuestionRows) -> Array:
    """(rows,) codes of what each vote is about."""
    item = rows.item().code
    first, second = (rows.code(name) for name in PAIR_VIDEOS)
    unknown = (item < 0) & ((first < 0) | (second < 0))
    rows.refuse(unknown, ": has neither prompt nor pair, nor left_video_id and right_video_id")
    size = max(int(first.max(initial=0)), int(second.max(initial=0))) + 1
    videos = np.minimum(first, second).astype(np.int64) * size + np.maximum(first, second)
    return distinct(np.where(item < 0, videos + int(item.max(initial=-1)) + 1, item))[1]


def _estimate(own: PreferenceRates, plan: QuestionPlan) -> IntervalEstimate:
    return IntervalEstimate(found=NetWinRate(own), limits=(-1.0, 1.0), sequential=plan.rules.sequential)


def _size(own: PreferenceRates) -> Size:
    return Size(n_answers=own.score.num_answers, n_units=own.score.num_units, n_workers=own.score.num_participants)


def _outcomes(
    pairs: Iterable[PreferenceRates], comparisons: Sequence[QuestionComparison], plan: QuestionPlan
) -> list[PairOutcomes]:
    """The shares of each pair, the first method as in the comparisons."""
    place = {(row.a, row.b): number for number, row in enumerate(comparisons)}
    rows = [_outcome(own, plan) for own in pairs]
    rows = [_turned(row) if (row.b, row.a) in place else row for row in rows]
    return sorted(rows, key=lambda row: place.get((row.a, row.b), 0))


def _outcome(own: PreferenceRates, plan: QuestionPlan) -> PairOutcomes:
    target, confidence = target_of(plan.rules), plan.rules.confidence
    shares = {name: getattr(own, name) for name in ("win", "tie", "loss", "score")}
    ends = {name: share.interval(target, confidence) for name, share in shares.items()}
    strength = own.strength_interval(target, confidence)
    return PairOutcomes(
        a=own.a,
        b=own.b,
        votes=own.score.num_answers,
        **{name: share.value for name, share in shares.items()},
        **{f"{name}_low": interval.low for name, interval in ends.items()},
        **{f"{name}_high": interval.high for name, interval in ends.items()},
        both_good=own.both_good,
        both_bad=own.both_bad,
        strength=own.strength.value if own.strength else None,
        strength_low=strength.low if strength else None,
        strength_high=strength.high if strength else None,
    )


def _turned(row: PairOutcomes) -> PairOutcomes:
    """The same with the other method first."""
    return replace(
        row,
        a=row.b,
        b=row.a,
        win=row.loss,
        win_low=row.loss_low,
        win_high=row.loss_high,
        loss=row.win,
        loss_low=row.win_low,
        loss_high=row.win_high,
        score=1 - row.score,
        score_low=1 - row.score_high,
        score_high=1 - row.score_low,
        strength=None if row.strength is None else -row.strength,
        strength_low=None if row.strength_high is None else -row.strength_high,
        strength_high=None if row.strength_low is None else -row.strength_low,
    )


def _position(votes: Votes, plan: QuestionPlan) -> PositionEffect | None:
    share, target = rates.left_share(votes), target_of(plan.rules)
    if share is None:
        return None
    low, high = share.interval(target, plan.rules.confidence)
    return PositionEffect(
        left=share.value, ci_low=low, ci_high=high, p_value=share.p_value(target) if plan.tested else None
    )


def _model(model: Strengths, plan: QuestionPlan) -> StrengthModel:
    position, votes = model.position(), model.votes
    if plan.tested and len(votes.methods) <= MOST_TESTED:
        checked = transitivity(votes, model.fit, target_of(plan.rules))
    else:
        circular, triads = circular_triads(rates.majorities(votes))
        checked = Transitivity(p_value=None, constraints=0, circular=circular, triads=triads)
    return StrengthModel(
        name=model.fit.model,
        position=None if position is None else bound(position.value),
        groups=model.groups,
        incomparable=[list(pair) for pair in model.incomparable()],
        p_transitivity=checked.p_value,
        circular=checked.circular,
        triads=checked.triads,
    )


def _of_sides(votes: Votes) -> list[str]:
    """What cannot be told where a pair was always shown the same way round."""
    size, both = len(votes.methods), rates.shown_both_ways(votes)
    if not len(votes) or both.all():
        return []
    said = "a preference for a method cannot be told from one for the side where it stood"
    if not both.any():
        return [f"Each pair was shown one way round only: {said}. No effect of the side is given."]
    counts = np.bincount((np.minimum(votes.left, votes.right) * size + np.maximum(votes.left, votes.right))[~both])
    pairs = [
        f"{votes.methods[key // size]} and {votes.methods[key % size]}" for key in np.flatnonzero(counts >= ONE_SIDED)
    ]
    return [f"Shown one way round only: {listed(pairs, most=3)}. Of such a pair {said}."] if pairs else []


def _of_strengths(votes: Votes) -> list[str]:
    """How many votes the mean strengths leave out, and numbers that may not be strengths."""
    if votes.strength is None:
        return []
    known = votes.strength[~np.isnan(votes.strength)]
    if len(known) >= ONE_SIDED and (known >= 0).all() and known.any():
        return [
            "No number is below 0. Numbers are read as how much better the right video is, 0 as a tie: if 1 and 0 say "
            "whether one video won, write left and right."
        ]
    unknown = len(votes) - len(known)
    if not unknown:
        return []
    return [
        f"{unknown:,} of {len(votes):,} votes say which video is better and not by how much: all shares count them, "
        "mean strengths do not."
    ]
