"""How far participants agree about ordered answers: ordinal and interval Krippendorff α, with intervals over videos."""

from dataclasses import dataclass

import numpy as np

from analysis.agreement import CHUNK, Agreement, resampling_weights, with_interval

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class OrderedAgreement:
    """Both coefficients over the same bootstrap samples of videos."""

    ordinal: Agreement
    interval: Agreement


def ordinal_alpha(table: Array) -> float:
    """Ordinal α (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability); NaN where nothing varies.

    Args:
        table: (units, points) how often each point was given, ascending; units with fewer than two answers don't count.
    """
    rated = _rated(table)
    return float(_alpha(rated, np.ones((1, len(rated))), None)[0])


def interval_alpha(table: Array, points: Array) -> float:
    """Interval α (ibid.), in which the distance of two points is their difference; NaN where nothing varies.

    Args:
        table: as in `ordinal_alpha`.
        points: (points,) their values.
    """
    rated = _rated(table)
    return float(_alpha(rated, np.ones((1, len(rated))), points)[0])


def ordered_agreement(
    table: Array, points: Array, rng: np.random.Generator, confidence: float = 0.95
) -> OrderedAgreement:
    """Both coefficients with percentile bootstrap intervals over units; the arguments as above."""
    rated = _rated(table)
    if np.count_nonzero(rated.sum(axis=0)) < 2:
        return OrderedAgreement(Agreement(None, None, None), Agreement(None, None, None))
    step = max(1, CHUNK // max(rated.size, 1))
    sampled = [
        [_alpha(rated, weights, values) for values in (None, points)]
        for weights in resampling_weights(len(rated), step, rng)
    ]
    ordinal, interval = (np.concatenate([part[place] for part in sampled]) for place in (0, 1))
    return OrderedAgreement(
        with_interval(np.array(ordinal_alpha(rated)), ordinal, len(rated), confidence),
        with_interval(np.array(interval_alpha(rated, points)), interval, len(rated), confidence),
    )


def _rated(table: Array) -> Array:
    return np.asarray(table[table.sum(axis=1) > 1], float)


def _alpha(table: Array, weights: Array, points: Array | None) -> Array:
    """(samples,) α of units counted `weights` (samples, units) times; ordinal where `points` is None.

    Ordinal α is interval α of midranks: what Krippendorff sums up between two points, half of both of them and all that
    lies between, is the difference of their midranks among the answers of the sample.
    """
    n = table.sum(axis=1)
    totals = weights @ table
    answers = totals.sum(axis=1)
    values = np.broadcast_to(points, totals.shape) if points is not None else np.cumsum(totals, axis=1) - totals / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        values = values - ((totals * values).sum(axis=1) / answers)[:, None]
        within = ((weights * (n / (n - 1))) @ table * values**2).sum(axis=1)
        within -= (weights / (n - 1) * (values @ table.T) ** 2).sum(axis=1)
        everywhere = answers * (totals * values**2).sum(axis=1) - (totals * values).sum(axis=1) ** 2
        return np.asarray(1 - (answers - 1) * within / everywhere)
