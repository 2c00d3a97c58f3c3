"""How far participants agree with each other: nominal Krippendorff α and Fleiss κ from counts, with intervals."""

import functools
import operator
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analysis.counts import Counts
from analysis.records.answers import AgreementResult

Array = np.ndarray

#: Samples of the bootstrap.
SAMPLES = 2000

#: From so many units on, how often each is in a sample is Poisson's instead of drawn with a fixed total.
MANY = 200

#: Most random numbers that are drawn at a time, and most weights that are made of them at a time: as many as stay in a
#: processor's cache.
CHUNK = 4_000_000
BLOCK = 100_000


@dataclass(frozen=True, slots=True)
class Agreement:
    """A coefficient with its bootstrap interval over videos; None where nothing varies."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Sums:
    """What both coefficients need of rated units, added up; each array begins with (samples,), or has no samples.

    Sums of two groups of units add up to those of both, so that a bootstrap within each group is one of all.
    """

    #: Σ (n² − Σc²)/(n − 1) and Σ (Σc² − n)/(n(n − 1)) over units with n answers, c of each category.
    disagreement: Array
    agreeing: Array
    units: Array
    #: (…, categories) answers of each category, and (…, categories) as shares.
    totals: Array

    @classmethod
    def of(cls, table: Array) -> "Sums":
        """Of the units (rows of answers by category) that have two answers or more."""
        summands = cls.summands(table)
        return cls.split(np.ones(len(summands)) @ summands)

    @staticmethod
    def summands(table: Array) -> Array:
        """(units, 3 + categories) what each unit that has two answers or more adds to the sums."""
        n = table.sum(axis=1)
        table, n = table[n > 1].astype(float), n[n > 1].astype(float)
        squares = (table**2).sum(axis=1)
        return np.column_stack([(n**2 - squares) / (n - 1), (squares - n) / (n * (n - 1)), np.ones(len(n)), table])

    @classmethod
    def split(cls, added: Array) -> "Sums":
        """Of summands that were added up, (…, 3 + categories)."""
        return cls(added[..., 0], added[..., 1], added[..., 2], added[..., 3:])

    def __add__(self, other: "Sums") -> "Sums":
        return Sums(
            self.disagreement + other.disagreement,
            self.agreeing + other.agreeing,
            self.units + other.units,
            self.totals + other.totals,
        )

    def krippendorff(self) -> Array:
        """Nominal α = 1 − D_o/D_e; NaN where all answers are of one category."""
        answers = self.totals.sum(axis=-1)
        with np.errstate(invalid="ignore", divide="ignore"):
            by_chance = (answers**2 - (self.totals**2).sum(axis=-1)) / (answers * (answers - 1))
            return np.asarray(1 - self.disagreement / answers / by_chance)

    def fleiss(self) -> Array:
        """κ, with unequal numbers of answers allowed; NaN where all answers are of one category."""
        with np.errstate(invalid="ignore", divide="ignore"):
            shares = self.totals / self.totals.sum(axis=-1, keepdims=True)
            by_chance = (shares**2).sum(axis=-1)
            return np.asarray((self.agreeing / self.units - by_chance) / (1 - by_chance))


def krippendorff(table: Array) -> float:
    """Nominal α (Krippendorff 2011, Computing Krippendorff's Alpha-Reliability).

    Args:
        table: (units, categories) how often each category was given; units with fewer than two answers don't count.
    """
    return float(Sums.of(table).krippendorff())


def fleiss(table: Array) -> float:
    """Fleiss' κ (Psychological Bulletin 1971), P_i over n_i(n_i − 1); the argument as in `krippendorff`."""
    return float(Sums.of(table).fleiss())


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """A group of units: its sums, those of bootstrap samples of it, how many units and categories it has."""

    sums: Sums
    samples: Sums
    units: int
    categories: int

    @classmethod
    def of(cls, table: Array, rng: np.random.Generator) -> "Bootstrap | None":
        """Of the units with two answers or more; None without any."""
        rated = table[table.sum(axis=1) > 1]
        if not len(rated):
            return None
        step = max(1, CHUNK // len(rated))
        summands = Sums.summands(rated)
        added = np.concatenate([weights @ summands for weights in resampling_weights(len(rated), step, rng)])
        return cls(Sums.of(rated), Sums.split(added), len(rated), int((rated.sum(axis=0) > 0).sum()))

    def __add__(self, other: "Bootstrap") -> "Bootstrap":
        together = self.sums + other.sums
        categories = int((together.totals > 0).sum())
        return Bootstrap(together, self.samples + other.samples, self.units + other.units, categories)

    def agreement(self, confidence: float) -> tuple[Agreement, Agreement]:
        """α and κ with percentile intervals over the same samples; without values where nothing varies."""
        if self.categories < 2:
            return Agreement(None, None, None), Agreement(None, None, None)
        return (
            with_interval(self.sums.krippendorff(), self.samples.krippendorff(), self.units, confidence),
            with_interval(self.sums.fleiss(), self.samples.fleiss(), self.units, confidence),
        )


def resampling_weights(units: int, step: int, rng: np.random.Generator) -> Iterator[Array]:
    """(samples, units) how often each unit is in each bootstrap sample, some samples at a time of `step` drawn at once.

    Of many units each is in a sample Poisson(1) times, independently (Hanley & MacGibbon 2006): a random 16-bit number
    chooses how often.
    """
    often = np.arange(12)
    chances = np.exp(-1.0) / np.cumprod(np.maximum(often, 1))
    chosen = np.repeat(often, np.diff(np.r_[0, np.round(np.cumsum(chances) * 65536).astype(int)])).astype(float)
    for start in range(0, SAMPLES, step):
        number = min(step, SAMPLES - start)
        if units < MANY:
            yield np.array([np.bincount(rng.integers(0, units, units), minlength=units) for _ in range(number)], float)
        else:
            places = rng.integers(0, len(chosen), (number, units), dtype=np.uint16)
            rows = max(1, BLOCK // units)
            yield from (chosen.take(places[row : row + rows]) for row in range(0, number, rows))


def with_interval(value: Array, sampled: Array, units: int, confidence: float) -> Agreement:
    """A coefficient with the percentile interval of its samples; without one where most samples have no value."""
    sampled = sampled[np.isfinite(sampled)]
    if units < 2 or len(sampled) < SAMPLES / 2:
        return Agreement(float(value), None, None)
    low, high = np.quantile(sampled, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Agreement(float(value), float(low), float(high))


def agreements(
    counts: Counts, methods: list[str], rng: np.random.Generator, confidence: float
) -> list[AgreementResult]:
    """α and κ over each method's videos and, where there are several methods, over all, resampled within methods."""
    groups = {method: Bootstrap.of(counts.where(methods=[method]).by_video, rng) for method in methods}
    known = [group for group in groups.values() if group is not None]
    if len(methods) > 1:
        groups["all"] = functools.reduce(operator.add, known) if known else None
    return [_row(name, group, confidence) for name, group in groups.items()]


def _row(name: str, group: Bootstrap | None, confidence: float) -> AgreementResult:
    nothing = Agreement(None, None, None)
    alpha, kappa = (nothing, nothing) if group is None else group.agreement(confidence)
    return AgreementResult(
        method=name,
        alpha=alpha.value,
        alpha_low=alpha.low,
        alpha_high=alpha.high,
        kappa=kappa.value,
        kappa_low=kappa.low,
        kappa_high=kappa.high,
    )
