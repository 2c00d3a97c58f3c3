"""How much participants differ about one video: the parameter a of the SOS hypothesis."""

from dataclasses import dataclass

import numpy as np

from analysis.agreement import CHUNK, resampling_weights
from analysis.rating.opinion_scores import OpinionScores
from analysis.rating.ratings import Scale

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Diversity:
    """The SOS parameter with its bootstrap interval over videos; without one where fewer than two videos tell it."""

    a: float
    low: float | None
    high: float | None
    num_videos: int


def rating_diversity(
    scores: OpinionScores, scale: Scale, rng: np.random.Generator, confidence: float = 0.95
) -> Diversity | None:
    """The least squares a of σ² = a·(x − low)(high − x), x a video's MOS and σ² the variance of its ratings.

    0: all give a video the same points; 1: all give the lowest or the highest. Values of one application are alike
    (video about .2), so that an unusual one points to an unclear question or to careless answers. On the points 1 to K
    the formula is σ² = a·(−x² + (K + 1)x − K) of Hoßfeld, Schatz & Egger, SOS: The MOS is not enough!, QoMEX 2011,
    doi:10.1109/QoMEX.2011.6065690.

    Returns:
        None where no video has two ratings and a MOS inside the scale.
    """
    possible = (scores.mos - scale.low) * (scale.high - scores.mos)
    told = (scores.count > 1) & (possible > 0)
    if not told.any():
        return None
    products = np.column_stack([scores.sd[told] ** 2 * possible[told], possible[told] ** 2])
    above, below = products.sum(axis=0)
    number = len(products)
    if number < 2:
        return Diversity(float(above / below), None, None, number)
    step = max(1, CHUNK // number)
    sums = np.concatenate([weights @ products for weights in resampling_weights(number, step, rng)])
    sampled = sums[:, 0][sums[:, 1] > 0] / sums[:, 1][sums[:, 1] > 0]
    low, high = np.quantile(sampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Diversity(float(above / below), float(low), float(high), number)
