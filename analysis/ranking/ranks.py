"""Mean ranks, shares of first and last places, and who of two is ahead, clustered by participant and prompt."""

from dataclasses import dataclass

import numpy as np

from analysis.clustering import Contrast, Target, cluster, contrast
from analysis.intervals import Interval
from analysis.ranking.rankings import Rankings, implied_pairs
from analysis.shares import Share, share_of
from analysis.variance import Part

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class MethodRanks:
    """Where the answers put one method, over those that were shown it."""

    method: str
    num_answers: int
    #: Mean rank, 1 the best. Means of methods that were shown among different numbers of others do not compare.
    mean_rank: Contrast
    #: Shares of answers that put it first, and last.
    first: Share
    last: Share


@dataclass(frozen=True, slots=True)
class PairOrder:
    """Method `a` against `b`, in the answers from which their order is known."""

    a: str
    b: str
    num_answers: int
    #: Share of these answers that put `a` ahead.
    ahead: Share

    @property
    def value(self) -> float:
        """Share that put `a` ahead less the share that put `b` ahead, −1 to 1: a preference's net win rate."""
        return 2 * self.ahead.value - 1

    def interval(self, target: Target, confidence: float = 0.95) -> Interval:
        """Its interval."""
        low, high = self.ahead.interval(target, confidence)
        return Interval(2 * low - 1, 2 * high - 1)

    def p_value(self, target: Target, value: float = 0.0) -> float:
        """Two-sided p of that value; p < α exactly where the interval of 1 − α leaves it out."""
        return self.ahead.p_value(target, (1 + value) / 2)

    def part(self, target: Target) -> Part:
        """Its variance."""
        part = self.ahead.part(target)
        return Part(4 * part.variance, part.df)


def method_ranks(rankings: Rankings) -> list[MethodRanks]:
    """One row for each method that was shown."""
    ranks, found = rankings.ranks, []
    shown = ~np.isnan(ranks)
    for code, method in enumerate(rankings.methods):
        rows = shown[:, code]
        if rows.any():
            own = (ranks[rows, code], rankings.sizes[rows], rankings.participant[rows], rankings.prompt[rows])
            found.append(_of_method(method, *own))
    return found


def _of_method(method: str, rank: Array, sizes: Array, participant: Array, prompt: Array) -> MethodRanks:
    mean = float(rank.mean())
    clustered = cluster((rank - mean) / len(rank), participant, prompt)
    first, last = share_of(rank == 1, participant, prompt), share_of(rank == sizes, participant, prompt)
    assert first is not None  # noqa: S101  there are answers
    assert last is not None  # noqa: S101
    return MethodRanks(method, len(rank), contrast([mean], clustered), first, last)


def pair_orders(rankings: Rankings) -> list[PairOrder]:
    """One row for each two methods of which an answer tells the order.

    The pairs that one answer implies depend on each other, but a row has at most one of them.
    """
    pairs, found = implied_pairs(rankings), []
    participant, prompt = rankings.participant[pairs.answer], rankings.prompt[pairs.answer]
    low, high = np.minimum(pairs.winner, pairs.loser), np.maximum(pairs.winner, pairs.loser)
    won, key = pairs.winner == low, low * len(rankings.methods) + high
    order = np.argsort(key, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(key[order])) + 1):
        ahead = share_of(won[rows], participant[rows], prompt[rows])
        if ahead is not None:
            a, b = (rankings.methods[codes[rows[0]]] for codes in (low, high))
            found.append(PairOrder(a, b, len(rows), ahead))
    return found
