"""How far participants agree with each other: nominal Krippendorff α and Fleiss κ from counts, with intervals."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

#: `krippendorff` or `fleiss`.
Coefficient = Callable[..., Array]

#: Most random numbers drawn for the bootstrap; 2,000 resamples as long as there are fewer than 10,000 videos.
MAX_DRAWS = 20_000_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its bootstrap interval over videos; None where nothing varies."""

    value: float | None
    low: float | None
    high: float | None


def krippendorff(table: Array, weights: Array | None = None) -> Array:
    """Nominal α = 1 − D_o/D_e (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).

    Args:
        table: (units, categories) how often each category was given; units with fewer than two answers don't count.
        weights: (…, units) how often each unit counts; once by default.

    Returns:
        (…,) α; NaN where all answers are of one category.
    """
    n = table.sum(axis=1)
    table, n = table[n > 1].astype(float), n[n > 1].astype(float)
    weights = np.ones(len(n)) if weights is None else weights
    disagreement = (n**2 - (table**2).sum(axis=1)) / (n - 1)
    totals = weights @ table
    all_answers = totals.sum(axis=-1)
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (weights @ disagreement) / all_answers
        by_chance = (all_answers**2 - (totals**2).sum(axis=-1)) / (all_answers * (all_answers - 1))
        return np.asarray(1 - observed / by_chance)


def fleiss(table: Array, weights: Array | None = None) -> Array:
    """Fleiss' κ (Psychological Bulletin 1971), with unequal numbers of answers allowed: P_i over n_i(n_i − 1).

    Arguments and result as in `krippendorff`.
    """
    n = table.sum(axis=1)
    table, n = table[n > 1].astype(float), n[n > 1].astype(float)
    weights = np.ones(len(n)) if weights is None else weights
    agreeing = ((table**2).sum(axis=1) - n) / (n * (n - 1))
    totals = weights @ table
    with np.errstate(invalid="ignore", divide="ignore"):
        observed = (weights @ agreeing) / weights.sum(axis=-1)
        by_chance = ((totals / totals.sum(axis=-1, keepdims=True)) ** 2).sum(axis=-1)
        return np.asarray((observed - by_chance) / (1 - by_chance))


def with_interval(coefficient: Coefficient, table: Array, rng: np.random.Generator, confidence: float) -> Agreement:
    """A coefficient with the percentile interval of a bootstrap over units."""
    table = table[table.sum(axis=1) > 1]
    if len(table) < 1 or (table.sum(axis=0) > 0).sum() < 2:
        return Agreement(None, None, None)
    value = float(coefficient(table))
    if len(table) < 2:
        return Agreement(value, None, None)
    draws = max(200, min(2000, MAX_DRAWS // len(table)))
    resampled = np.concatenate(
        [
            coefficient(table, rng.multinomial(len(table), np.full(len(table), 1 / len(table)), size=100))
            for _ in range(draws // 100)
        ]
    )
    resampled = resampled[np.isfinite(resampled)]
    if len(resampled) < draws / 2:
        return Agreement(value, None, None)
    low, high = np.quantile(resampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Agreement(value, float(low), float(high))
