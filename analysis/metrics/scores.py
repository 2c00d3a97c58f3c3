"""People's scores of videos beside a metric's, and resamples of them by participant and by unit."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy import sparse

Array = np.ndarray

#: Digits that means keep, so that what is equal but for rounding is tied.
DIGITS = 12

#: How many resamples are computed together.
CHUNK = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class Scores:
    """Videos that both people and the metric scored."""

    total: sparse.csr_array
    """(participants, videos) sum of the scores that a participant gave a video."""
    answers: sparse.csr_array
    """(participants, videos) how many."""
    metric: Array
    """(videos,) the metric's score."""
    system: Array
    """(videos,) codes of methods."""
    unit: Array
    """(videos,) codes of prompts; of videos where nothing pairs them."""

    @property
    def num_participants(self) -> int:
        """Participants with answers."""
        return int(self.total.shape[0])

    @property
    def num_units(self) -> int:
        """Prompts, or videos where nothing pairs them."""
        return int(self.unit.max(initial=-1)) + 1

    def means(self, participants: Array | None = None) -> Array:
        """(…, videos) people's mean scores; NaN where nobody is left who answered.

        Args:
            participants: (…, participants) how often each counts; by default once.
        """
        weights = np.ones(self.num_participants) if participants is None else participants
        total, answers = weights @ self.total, weights @ self.answers
        means = np.divide(total, answers, out=np.full(total.shape, np.nan), where=answers > 0)
        return np.asarray(np.round(means, DIGITS))

    def of_systems(self, values: Array, weights: Array) -> Array:
        """(systems,) means over each system's videos; NaN for a system without any."""
        size = int(self.system.max()) + 1
        total = np.bincount(self.system, weights * np.where(weights > 0, values, 0.0), size)
        number = np.bincount(self.system, weights, size)
        means = np.divide(total, number, out=np.full(size, np.nan), where=number > 0)
        return np.asarray(np.round(means, DIGITS))


def scores(score: Array, participant: Array, video: Array, metric: Array, system: Array, unit: Array) -> Scores:
    """Collect answers by participant and video; videos without answers or without a metric are left out.

    Args:
        score: (answers,) 1 and 0 for right and wrong, points of a rating, 1, 0 and −1 for won, tied and lost.
        participant: (answers,) codes from 0.
        video: (answers,) codes from 0.
        metric: (videos,) the metric's score; NaN where it has none.
        system: (videos,) codes of methods from 0.
        unit: (videos,) codes of prompts from 0; of videos where nothing pairs them.

    Raises:
        ValueError: lengths differ, a score is not finite, or nothing is left.
    """
    for name, column, like in (
        ("participant", participant, score),
        ("video", video, score),
        ("system", system, metric),
        ("unit", unit, metric),
    ):
        if len(column) != len(like):
            raise ValueError(f"{name}: has {len(column)} values, {len(like)} are expected")
    if not np.isfinite(score).all():
        raise ValueError("score: has values that are no finite numbers")
    kept = np.isfinite(metric) & (np.bincount(video, minlength=len(metric)) > 0)
    if not kept.any():
        raise ValueError("metric: no video has both answers and a metric")
    use = kept[video]
    place = (np.cumsum(kept) - 1)[video[use]]
    _, person = np.unique(participant[use], return_inverse=True)
    shape = (int(person.max()) + 1, int(kept.sum()))
    values = np.asarray(score[use], float)
    return Scores(
        total=sparse.csr_array(sparse.coo_array((values, (person, place)), shape=shape)),
        answers=sparse.csr_array(sparse.coo_array((np.ones(len(values)), (person, place)), shape=shape)),
        metric=np.round(np.asarray(metric[kept], float), DIGITS),
        system=np.unique(system[kept], return_inverse=True)[1],
        unit=np.unique(unit[kept], return_inverse=True)[1],
    )


def scores_of_votes(outcome: Array, participant: Array, left: Array, right: Array) -> tuple[Array, Array, Array]:
    """Votes between two videos as scores of both, so that a video's mean score is its net win rate.

    Args:
        outcome: (votes,) negative where the left video is better, positive where the right one is, 0 for a tie.
        participant: (votes,) codes.
        left: (votes,) codes of videos.
        right: (votes,) codes of videos.

    Returns:
        (2 × votes,) scores 1, 0 or −1, codes of participants, codes of videos: arguments of `scores`.
    """
    sign = np.sign(outcome)
    return np.concatenate([-sign, sign]), np.tile(participant, 2), np.concatenate([left, right])


@dataclass(frozen=True, slots=True)
class Resample:
    """One resample: people's means of videos, and how often each video is in it."""

    means: Array
    weights: Array


def resamples(own: Scores, number: int, rng: np.random.Generator) -> Iterator[tuple[Resample, Resample, Resample]]:
    """Resample participants, units, and both, with replacement; the third of a triple has the draws of the first two.

    Deutsch, Dror & Roth (TACL 2021, doi:10.1162/tacl_a_00417) resample systems and inputs in this way; here systems are
    given, and inputs (units) and participants are resampled. Resampling both is Owen's pigeonhole bootstrap (Annals of
    Applied Statistics 2007, doi:10.1214/07-AOAS122).
    """
    given = own.means()
    for start in range(0, number, CHUNK):
        size = min(CHUNK, number - start)
        means = own.means(_draws(own.num_participants, size, rng))
        weights = _draws(own.num_units, size, rng)[:, own.unit]
        for row, weight in zip(means, weights, strict=True):
            answered = np.isfinite(row)
            yield (
                Resample(row, answered.astype(float)),
                Resample(given, weight),
                Resample(row, np.where(answered, weight, 0.0)),
            )


def _draws(size: int, number: int, rng: np.random.Generator) -> Array:
    """(number, size) how often each of `size` is drawn in `size` draws."""
    drawn = rng.integers(0, size, (number, size)) + size * np.arange(number)[:, None]
    return np.bincount(drawn.reshape(-1), minlength=number * size).reshape(number, size).astype(float)
