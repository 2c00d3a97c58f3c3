"""Rankings as stages: at each one a method is chosen out of those left, as the best or as the worst of them."""

from dataclasses import dataclass, replace

import numpy as np

from analysis.ranking.rankings import Rankings

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Stages:
    """The choices that rankings are made of."""

    #: (stages, places) codes of the methods that are left, the chosen one first; −1 where there is none.
    alternatives: Array
    #: (stages,) 1 where the best is chosen, −1 where the worst is.
    sign: Array
    #: (stages,) the answer that the stage belongs to.
    answer: Array
    num_methods: int
    num_answers: int

    def within(self, group: Array) -> "Stages":
        """The stages without the methods of other groups than the chosen one's: it is infinitely better than these.

        Args:
            group: (methods,) number of each method's group.
        """
        same = group[self.alternatives] == group[self.alternatives[:, :1]]
        return replace(self, alternatives=np.where(same, self.alternatives, -1))


def stages_of(rankings: Rankings) -> Stages:
    """The stages of each ranking.

    An order is the choice of the best, then of the best of the others, and so on (Plackett, Applied Statistics 1975,
    doi:10.2307/2346567). Best and worst are two choices: the best, then the worst of the others (Marley & Louviere,
    Journal of Mathematical Psychology 2005, doi:10.1016/j.jmp.2005.05.003).
    """
    parts = _best_and_worst(rankings) if rankings.best_and_worst else _one_after_another(rankings)
    rows, sign, answer = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    return Stages(rows, sign, answer, len(rankings.methods), len(rankings.order))


def _one_after_another(rankings: Rankings) -> list[tuple[Array, Array, Array]]:
    """The last place is no choice, so that k methods have k − 1 stages."""
    parts = []
    for place in range(rankings.order.shape[1] - 1):
        answer = np.flatnonzero(rankings.sizes > place + 1)
        rows = np.full((len(answer), rankings.order.shape[1]), -1)
        rows[:, : rows.shape[1] - place] = rankings.order[answer, place:]
        parts.append((rows, np.ones(len(answer)), answer))
    return parts


def _best_and_worst(rankings: Rankings) -> list[tuple[Array, Array, Array]]:
    """Of two methods the best says all."""
    order, sizes = rankings.order, rankings.sizes
    best = (order, np.ones(len(order)), np.arange(len(order)))
    answer = np.flatnonzero(sizes > 2)
    rows = np.full((len(answer), order.shape[1]), -1)
    rows[:, :-1] = order[answer, 1:]
    places, last = np.arange(len(answer)), sizes[answer] - 2
    rows[places, last], rows[:, 0] = rows[:, 0].copy(), rows[places, last]
    return [best, (rows, -np.ones(len(answer)), answer)]
