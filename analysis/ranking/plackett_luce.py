"""The Plackett–Luce model: every method has a strength, and the better one of what is left comes next.

A method is chosen as the best with probability exp(θ)/Σ exp(θ) over the methods that are left (Luce 1959; Plackett,
Applied Statistics 1975, doi:10.2307/2346567), and as the worst with exp(−θ)/Σ exp(−θ) (Marley & Louviere, Journal of
Mathematical Psychology 2005, doi:10.1016/j.jmp.2005.05.003).
"""

from dataclasses import dataclass

import numpy as np
from scipy import sparse

from analysis.ranking.stages import Stages

Array = np.ndarray

#: Newton's steps, and the largest change of a strength in the last one.
STEPS, TOLERANCE = 100, 1e-9


@dataclass(frozen=True, slots=True)
class RankingFit:
    """The most likely strengths; only differences within a group mean anything."""

    #: (methods,) strengths on the logit scale, relative to the mean of their group.
    strength: Array
    log_likelihood: float
    #: (methods, methods) information about the strengths, and its inverse where each group's strengths sum to 0.
    information: Array
    inverse: Array


def fit(stages: Stages, group: Array | None = None) -> RankingFit:
    """The most likely strengths, by Newton's method; the log-likelihood is concave.

    Args:
        stages: of rankings; with groups, `stages.within(group)`.
        group: (methods,) number of each method's group, within which differences are finite; None for one group.
    """
    grouped, times = _grouped(stages)
    group = np.zeros(stages.num_methods, np.intp) if group is None else group
    # Of rank 1 in each group, as what the strengths of a group have in common is not estimated.
    common = (group[:, None] == group) / np.bincount(group)[group]
    strength = np.zeros(stages.num_methods)
    value, gradient, information = _derivatives(grouped, times, strength)
    for _ in range(STEPS):
        step = np.linalg.solve(information + common, gradient)
        tried = _derivatives(grouped, times, strength + step)
        while tried[0] < value - 1e-9 * abs(value):
            step = step / 2
            tried = _derivatives(grouped, times, strength + step)
        strength = strength + step
        value, gradient, information = tried
        if np.abs(step).max() < TOLERANCE:
            break
    return RankingFit(strength - common @ strength, value, information, np.linalg.inv(information + common) - common)


def scores(stages: Stages, strength: Array) -> sparse.csr_array:
    """(answers, methods) derivative of each answer's log-likelihood by the strengths."""
    surprise = -stages.sign[:, None] * _chances(stages, strength)[0]
    surprise[:, 0] += stages.sign
    stage, place = np.nonzero(stages.alternatives >= 0)
    cells = (stages.answer[stage], stages.alternatives[stage, place])
    return sparse.csr_array((surprise[stage, place], cells), shape=(stages.num_answers, stages.num_methods))


def _grouped(stages: Stages) -> tuple[Stages, Array]:
    """The different stages, and how often each occurs."""
    others = np.sort(stages.alternatives[:, 1:], axis=1)
    codes = np.column_stack([stages.sign > 0, stages.alternatives[:, 0], others]).astype(np.int64)
    # Equal rows have equal products with a random vector.
    key = codes @ np.random.default_rng(0).integers(1, 2**62, codes.shape[1])
    _, first, times = np.unique(key, return_index=True, return_counts=True)
    part = Stages(stages.alternatives[first], stages.sign[first], stages.answer[first], stages.num_methods, 0)
    return part, times.astype(float)


def _chances(stages: Stages, strength: Array) -> tuple[Array, Array]:
    """(stages, places) chance of each alternative, and (stages,) the log of the chosen one's."""
    shown = stages.alternatives >= 0
    utility = np.where(shown, stages.sign[:, None] * strength[stages.alternatives], -np.inf)
    utility -= utility.max(axis=1, keepdims=True, initial=-np.inf)
    weight = np.exp(utility)
    total = weight.sum(axis=1)
    return weight / total[:, None], utility[:, 0] - np.log(total)


def _derivatives(stages: Stages, times: Array, strength: Array) -> tuple[float, Array, Array]:
    """Log-likelihood, its gradient, and the information."""
    number, shown = stages.num_methods, stages.alternatives >= 0
    chance, log_chance = _chances(stages, strength)
    codes = np.where(shown, stages.alternatives, 0)
    signed = times * stages.sign
    expected = np.bincount(codes.ravel(), (signed[:, None] * chance).ravel(), number)
    gradient = np.bincount(codes[:, 0], signed, number) - expected
    information = np.diag(np.bincount(codes.ravel(), (times[:, None] * chance).ravel(), number))
    for first in range(codes.shape[1]):
        for second in range(codes.shape[1]):
            both = times * chance[:, first] * chance[:, second]
            pairs = np.bincount(codes[:, first] * number + codes[:, second], both, number**2)
            information = information - pairs.reshape(number, number)
    return float(times @ log_chance), gradient, information
