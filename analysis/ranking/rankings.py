"""Rankings as arrays: who put which methods in which order, for which prompt."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Rankings:
    """The answers to one question that asks for an order.

    Raises:
        ValueError: arrays whose shapes do not fit, an answer that orders fewer than two methods or one method twice.
    """

    #: Names of the methods; a method's place in this list is its code.
    methods: Sequence[str]
    #: (answers, places) codes of methods, best first; −1 after the last of an answer with fewer.
    order: Array
    #: (answers,) code of each answer's participant, from 0 on.
    participant: Array
    #: (answers,) code of each answer's prompt, from 0 on.
    prompt: Array
    #: Whether only the first and the last place were asked for; the methods between them are in any order.
    best_and_worst: bool = False

    def __post_init__(self) -> None:
        """Check that these are orders."""
        if self.order.ndim != 2:
            raise ValueError(f"order: must be (answers, places), has {self.order.ndim} dimensions")
        for name in ("participant", "prompt"):
            if len(getattr(self, name)) != len(self.order):
                raise ValueError(f"{name}: has {len(getattr(self, name))} values for {len(self.order)} answers")
        if self.order.size and not -1 <= self.order.min() <= self.order.max() < len(self.methods):
            raise ValueError(f"order: codes must be −1 to {len(self.methods) - 1}")
        self._check_places()

    def _check_places(self) -> None:
        filled = self.order >= 0
        if (filled[:, 1:] & ~filled[:, :-1]).any():
            raise ValueError("order: −1 may only follow the last method of an answer")
        if len(self.order) and self.sizes.min() < 2:
            raise ValueError(f"order: answer {int(self.sizes.argmin())} orders fewer than two methods")
        codes = np.sort(self.order, axis=1)
        twice = ((codes[:, 1:] == codes[:, :-1]) & (codes[:, 1:] >= 0)).any(axis=1)
        if twice.any():
            raise ValueError(f"order: answer {int(twice.argmax())} names a method twice")

    @property
    def sizes(self) -> Array:
        """(answers,) how many methods each answer orders."""
        return np.asarray((self.order >= 0).sum(axis=1))

    @property
    def ranks(self) -> Array:
        """(answers, methods) rank of each method, 1 the best; NaN where it was not shown.

        With `best_and_worst` the methods between the two share the mean of their ranks.
        """
        places, sizes = np.broadcast_to(np.arange(self.order.shape[1]), self.order.shape), self.sizes[:, None]
        rank = places + 1.0
        if self.best_and_worst:
            rank = np.where((places > 0) & (places < sizes - 1), (sizes + 1) / 2, rank)
        found = np.full((len(self.order), len(self.methods)), np.nan)
        answer, place = np.nonzero(self.order >= 0)
        found[answer, self.order[answer, place]] = rank[answer, place]
        return found


@dataclass(frozen=True, slots=True)
class ImpliedPairs:
    """What rankings say about pairs of methods; each array is (pairs,)."""

    #: Code of the method that is ahead, and of the one that is behind.
    winner: Array
    loser: Array
    #: The answer that says so.
    answer: Array


def implied_pairs(rankings: Rankings) -> ImpliedPairs:
    """The pairs of methods whose order is known from the rankings.

    An order of k methods has k(k − 1)/2 pairs, which are not independent: cluster by participant and prompt. The best
    and the worst of k have 2k − 3, since nothing is known about those between.
    """
    order, sizes = rankings.order, rankings.sizes
    parts = []
    for first in range(order.shape[1]):
        for second in range(first + 1, order.shape[1]):
            known = sizes > second
            if rankings.best_and_worst:
                known &= (first == 0) | (second == sizes - 1)
            answer = np.flatnonzero(known)
            parts.append((order[answer, first], order[answer, second], answer))
    winner, loser, answer = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return ImpliedPairs(winner, loser, answer)
