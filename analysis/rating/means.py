"""Mean ratings of methods and their differences, clustered by participant and by prompt (or video).

Each unit, a prompt where prompts are known and otherwise a video, has the same weight in its method's mean, however
many ratings it got. A difference between two methods that share prompts is over the prompts they share.
"""

from dataclasses import dataclass

import numpy as np

from analysis.clustering import TARGETS, Clustered, Contrast, Target, cluster
from analysis.intervals import UNKNOWN, Interval, clustered, t_quantile, wilson
from analysis.rating.ratings import Ratings, Scale
from analysis.variance import Part

Array = np.ndarray

#: How many of the highest points count for the top share.
TOP = 2
#: Bins of a slider's distribution.
BINS = 10
#: Fewest prompts that two methods must share to be compared on these.
LEAST_SHARED = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class MethodRatings:
    """What one method's videos were rated; intervals by target: `these` videos, or `new` ones."""

    method: str
    mean: float
    mean_intervals: dict[Target, Interval]
    #: Share of ratings at the two highest points; None for a slider.
    top_two: float | None
    top_two_intervals: dict[Target, Interval] | None
    #: (points,) how many ratings each point got; on a slider (10,) in bins of equal width.
    distribution: Array
    num_ratings: int
    num_videos: int
    #: Prompts where they are known, otherwise videos.
    num_units: int
    num_participants: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MeanDifference:
    """The mean rating of `a` less that of `b`, with its variances."""

    a: str
    b: str
    means: tuple[float, float]
    contrast: Contrast
    #: Prompts that both have, over which the difference is; None where they are not compared by prompt.
    num_shared: int | None
    #: The difference's largest absolute value.
    range: float

    @property
    def difference(self) -> float:
        """In points of the scale."""
        return self.contrast.value

    def interval(self, target: Target, confidence: float = 0.95) -> Interval:
        """Student's interval, within what a difference can be."""
        low, high = self.contrast.interval(target, confidence)
        return Interval(max(low, -self.range), min(high, self.range))

    def p_value(self, target: Target, value: float = 0.0) -> float:
        """Two-sided, of the difference being `value`; 1 where nothing can be inferred."""
        return self.contrast.p_value(target, value)

    def one_sided(self, target: Target, value: float, *, above: bool) -> float:
        """One-sided, against the null that the difference is `value` or less (`above`), or `value` or more."""
        return self.contrast.one_sided(target, value, above=above)


def method_ratings(ratings: Ratings, confidence: float = 0.95) -> list[MethodRatings]:
    """One row for each method that has ratings, in the order of `ratings.methods`."""
    return [
        _method(ratings.where(ratings.method == code), name, confidence)
        for code, name in enumerate(ratings.methods)
        if (ratings.method == code).any()
    ]


def _method(own: Ratings, name: str, confidence: float) -> MethodRatings:
    scale, share = own.scale, unit_weights(own)
    mean = _estimate(own, own.value, share)
    high = None if scale.slider else (own.value > scale.high - TOP).astype(float)
    numbers = [len(np.unique(codes)) for codes in (own.video, own.unit, own.participant)]
    edges = np.linspace(scale.low, scale.high, BINS + 1) if scale.slider else np.arange(scale.low, scale.high + 2) - 0.5
    top = None if high is None else _estimate(own, high, share)
    return MethodRatings(
        method=name,
        mean=mean.value,
        mean_intervals=mean_intervals(mean, scale, confidence),
        top_two=None if top is None else top.value,
        top_two_intervals=None if top is None else _share_intervals(top, len(own), numbers[1:], confidence),
        distribution=np.histogram(own.value, edges)[0],
        num_ratings=len(own),
        num_videos=numbers[0],
        num_units=numbers[1],
        num_participants=numbers[2],
    )


def _estimate(own: Ratings, values: Array, share: Array) -> Contrast:
    """The weighted mean of some values with both its variances."""
    return _contrast(own, values, share, np.zeros(len(own), int), np.ones(1))


def _contrast(own: Ratings, values: Array, share: Array, place: Array, signs: Array) -> Contrast:
    """Σ signs × weighted mean, of the means of several groups of ratings, with both variances.

    Args:
        own: the ratings.
        values: (ratings,) of which the means are.
        share: (ratings,) weights, whose sum is 1 in each group.
        place: (ratings,) codes of groups.
        signs: (groups,).
    """
    means = _weighted_means(values, share, place, len(signs))

    def clusters(deviation: Array) -> Clustered:
        weights = share[:, None] * (place[:, None] == np.arange(len(signs)))
        return cluster(weights * deviation[:, None], own.participant, own.unit, weights)

    deviation = values - means[place]
    about_videos = _about_videos(own, values, deviation) * np.sqrt(1 - _leverage(own, share, place))
    these = clusters(about_videos).part(signs, "these")
    return Contrast(float(signs @ means), these, _between(clusters(deviation), signs))


def _between(clusters: Clustered, signs: Array) -> Part:
    """The variance for new units with fewer degrees of freedom, between those of W + U and those of V.

    Satterthwaite's (W + U)²/(W²/df_W + U²/df_U) counts the spread of single ratings twice, V once; but V in its place
    leaves too few degrees where there is little else. The mean of both keeps the test between (`benchmarks.ratings`).
    """
    part = clusters.part(signs, "new")
    both = clusters.participants.part(signs).variance + clusters.units.part(signs).variance
    if not part.known or not part.variance < both:
        return part
    return Part(part.variance, part.df * ((both + part.variance) / 2 / both) ** 2)


def _weighted_means(values: Array, share: Array, place: Array, number: int) -> Array:
    """(groups,) to 12 digits: equal ones are equal."""
    return np.asarray(np.round(np.bincount(place, share * values, number), 12))


def _about_videos(own: Ratings, values: Array, otherwise: Array) -> Array:
    """(ratings,) deviations from the means of the videos, which are given where exactly these videos are meant.

    Of n ratings, deviations from their mean are too small by √(1 − 1/n), which is made up for. A video with one rating
    has the deviation `otherwise`.
    """
    count = np.bincount(own.video)[own.video]
    deviation = values - np.bincount(own.video, values)[own.video] / count
    return np.where(count > 1, deviation / np.sqrt(1 - 1 / np.maximum(count, 2)), otherwise)


def _leverage(own: Ratings, share: Array, place: Array) -> Array:
    """(ratings,) the participant's share of the group's weights, whose correction by `cluster` is not wanted twice."""
    key = own.participant.astype(np.int64) * (int(place.max(initial=0)) + 1) + place
    return np.asarray(np.minimum(np.bincount(key, share)[key], 1.0))


def mean_intervals(mean: Contrast, scale: Scale, confidence: float = 0.95) -> dict[Target, Interval]:
    """Intervals of a mean within the scale, for new units never narrower than for these; the scale where unknown.

    Wilson's (JASA 1927), with the scale as 0 to 1, Student's quantile, and the number n of answers for which p(1 − p)/n
    is the mean's variance. The variance thus goes with (x − low)·(high − x), as Hoßfeld, Schatz & Egger find that of
    ratings to do (QoMEX 2011, doi:10.1109/QoMEX.2011.6065690). Near an end of the scale Student's interval, which is
    symmetric, misses the truth on one side far more often than on the other.
    """
    these, new = (_mean_interval(mean.value, mean.part(target), scale, confidence) for target in TARGETS)
    return {"these": these, "new": new.around(these) if mean.these.known else new}


def _mean_interval(mean: float, part: Part, scale: Scale, confidence: float) -> Interval:
    span = scale.high - scale.low
    p = (mean - scale.low) / span
    if not part.known or not 0 < p < 1:
        return Interval(scale.low, scale.high)
    found = wilson(p, p * (1 - p) * span**2 / part.variance, t_quantile(part.df, confidence))
    return Interval(*(scale.low + span * end for end in found))


def _share_intervals(top: Contrast, num_ratings: int, clusters: list[int], confidence: float) -> dict[Target, Interval]:
    """Clustered Wilson intervals of a share, from the numbers of units and of participants."""
    units, participants = clusters
    these = _share_interval(top, "these", num_ratings, participants, confidence)
    new = _share_interval(top, "new", num_ratings, min(units, participants), confidence)
    return {"these": these, "new": new.around(these)}


def _share_interval(top: Contrast, target: Target, answers: int, clusters: int, confidence: float) -> Interval:
    part, p = top.part(target), top.value
    if part.known:
        return clustered(p, part.variance, answers, clusters, t_quantile(part.df, confidence))
    # No variance can be estimated where all are alike: as many answers count as there are clusters.
    return wilson(p, clusters, t_quantile(clusters - 1, confidence)) if p in (0, 1) and clusters > 1 else UNKNOWN


def unit_weights(ratings: Ratings) -> Array:
    """(ratings,) a rating's weight in the mean of its method: units weigh the same, and so do a unit's ratings."""
    width = int(ratings.unit.max(initial=0)) + 1
    key = ratings.method.astype(np.int64) * width + ratings.unit
    found, cell, count = np.unique(key, return_inverse=True, return_counts=True)
    num_units = np.bincount(found // width)
    return np.asarray(1 / count[cell] / num_units[ratings.method])


def compare_means(ratings: Ratings, a: str, b: str) -> MeanDifference | None:
    """The difference between two methods; None where one of them has no ratings.

    Raises:
        ValueError: a method is not among `ratings.methods`.
    """
    for name in (a, b):
        if name not in ratings.methods:
            raise ValueError(f"method {name!r} is none of {ratings.methods}")
    codes = [ratings.methods.index(name) for name in (a, b)]
    pair = ratings.where(np.isin(ratings.method, codes))
    shared = _shared(pair, codes)
    if len(shared) >= LEAST_SHARED:
        pair = pair.where(np.isin(pair.unit, shared))
    if not all((pair.method == code).any() for code in codes):
        return None
    place, share = (pair.method == codes[1]).astype(int), unit_weights(pair)
    means = _weighted_means(pair.value, share, place, 2)
    return MeanDifference(
        a=a,
        b=b,
        means=(float(means[0]), float(means[1])),
        contrast=_contrast(pair, pair.value, share, place, np.array([1.0, -1.0])),
        num_shared=len(shared) if len(shared) >= LEAST_SHARED else None,
        range=ratings.scale.high - ratings.scale.low,
    )


def _shared(pair: Ratings, codes: list[int]) -> Array:
    """Codes of the prompts for which both methods have ratings."""
    if pair.prompt is None:
        return np.zeros(0, np.int64)
    return np.asarray(np.intersect1d(*(pair.prompt[pair.method == code] for code in codes)))
