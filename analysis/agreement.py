"""How far participants agree with each other: nominal Krippendorff α and Fleiss κ from counts, with intervals."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Array = np.ndarray

#: `krippendorff` or `fleiss`.
Coefficient = Callable[..., Array]

#: Most random numbers drawn for the bootstrap; 2,000 samples as long as there are fewer than 2,500 videos.
MAX_DRAWS = 5_000_000
LEAST_SAMPLES, MOST_SAMPLES = 400, 2000


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


def agreement(table: Array, rng: np.random.Generator, confidence: float) -> tuple[Agreement, Agreement]:
    """α and κ with percentile intervals over the same bootstrap samples of units.

    Arguments as in `krippendorff`; `rng` draws the samples.
    """
    rated = table[table.sum(axis=1) > 1]
    if not len(rated) or (rated.sum(axis=0) > 0).sum() < 2:
        return Agreement(None, None, None), Agreement(None, None, None)
    weights = _samples(len(rated), rng)
    alpha, kappa = (_with_interval(coefficient, rated, weights, confidence) for coefficient in (krippendorff, fleiss))
    return alpha, kappa


def _samples(units: int, rng: np.random.Generator) -> Array:
    """(samples, units) how often each unit is in each bootstrap sample of as many units."""
    number = max(LEAST_SAMPLES, min(MOST_SAMPLES, MAX_DRAWS // units))
    return np.array([np.bincount(rng.integers(0, units, units), minlength=units) for _ in range(number)], float)


def _with_interval(coefficient: Coefficient, table: Array, weights: Array, confidence: float) -> Agreement:
    value = float(coefficient(table))
    sampled = coefficient(table, weights)
    sampled = sampled[np.isfinite(sampled)]
    if len(table) < 2 or len(sampled) < len(weights) / 2:
        return Agreement(value, None, None)
    low, high = np.quantile(sampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Agreement(value, float(low), float(high))
