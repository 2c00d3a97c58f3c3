"""Orders as an answers table has them: `a > b > c`, or `a > b = c > d` where the best and the worst were asked for."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

#: Between ranks, and between the methods of one rank.
BETTER, SAME = ">", "="


@dataclass(frozen=True, slots=True)
class Orders:
    """Answers that were read; the fields are those of `analysis.ranking.rankings.Rankings`."""

    methods: list[str]
    order: Array
    best_and_worst: bool


def read_order(answer: str) -> list[list[str]]:
    """The names of each rank, best first.

    Raises:
        ValueError: there are fewer than two names, one of them is empty or given twice, or the best or the worst is
            not a single one.
    """
    ranks = [[name.strip() for name in rank.split(SAME)] for rank in answer.split(BETTER)]
    names = [name for rank in ranks for name in rank]
    if len(ranks) < 2 or not all(names):
        raise ValueError(f"answer {answer!r} is no order: expected names from best to worst, as in 'a > b > c'")
    if len(set(names)) < len(names):
        raise ValueError(f"answer {answer!r} names one twice")
    if len(ranks[0]) > 1 or len(ranks[-1]) > 1 or (len(ranks) > 3 and len(names) > len(ranks)):
        raise ValueError(f"answer {answer!r} has ties beside those between the best and the worst")
    return ranks


def read_orders(answers: Sequence[str]) -> Orders:
    """The methods in the order of the alphabet, and their codes in each answer.

    Where an answer has several methods between the best and the worst, all answers are taken to tell these two only.

    Raises:
        ValueError: an answer is no order.
    """
    read = [read_order(answer) for answer in answers]
    rows = [[name for rank in ranks for name in rank] for ranks in read]
    methods = sorted({name for row in rows for name in row})
    code = {name: place for place, name in enumerate(methods)}
    order = np.full((len(rows), max(map(len, rows), default=0)), -1)
    for place, row in enumerate(rows):
        order[place, : len(row)] = [code[name] for name in row]
    return Orders(methods, order, any(len(rank) > 1 for ranks in read for rank in ranks))
