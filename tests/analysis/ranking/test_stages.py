"""The stages of rankings."""

import numpy as np

from analysis.ranking.rankings import Rankings
from analysis.ranking.stages import Stages, stages_of


def read(stages: Stages) -> list[tuple[int, int, int, set[int]]]:
    """Answer, sign, the chosen one, the others."""
    found = []
    for row, sign, answer in zip(stages.alternatives.tolist(), stages.sign, stages.answer, strict=True):
        left = [code for code in row if code >= 0]
        found.append((int(answer), int(sign), left[0], set(left[1:])))
    return sorted(found)


def of(order: list[list[int]], *, best_and_worst: bool) -> Stages:
    codes = np.arange(len(order))
    return stages_of(
        Rankings(
            methods=["a", "b", "c", "d"],
            order=np.array(order),
            participant=codes,
            prompt=codes,
            best_and_worst=best_and_worst,
        )
    )


def test_an_order_is_one_choice_less_than_it_has_places() -> None:
    """The best of all, the best of the others, and so on; the last place is no choice."""
    found = read(of([[1, 0, 3, 2], [2, 3, -1, -1]], best_and_worst=False))
    assert found == [(0, 1, 0, {2, 3}), (0, 1, 1, {0, 2, 3}), (0, 1, 3, {2}), (1, 1, 2, {3})]


def test_best_and_worst_are_two_choices() -> None:
    """The best of all, then the worst of the others; of two methods the best says all."""
    found = read(of([[1, 0, 3, 2], [2, 3, -1, -1], [3, 2, 0, -1]], best_and_worst=True))
    assert found == [(0, -1, 2, {0, 3}), (0, 1, 1, {0, 2, 3}), (1, 1, 2, {3}), (2, -1, 0, {2}), (2, 1, 3, {0, 2})]
