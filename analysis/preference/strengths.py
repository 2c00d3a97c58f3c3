"""Strengths of methods from a fitted model, with intervals clustered by participant and prompt, and ranks.

The covariance is the sandwich: scores of single votes, summed over participants and over prompts, between the inverse
information on both sides. A method that never lost (or never won) has an infinite estimate and an interval with one
end; Wald's interval would be a matter of when the iteration stopped.
"""

import math
from dataclasses import dataclass

import numpy as np
from scipy import special

from analysis.clustering import Clustered, Contrast, Target, cluster
from analysis.intervals import Interval
from analysis.preference.fitting import Fit, fit, scores_of, table_of
from analysis.preference.models import ModelName
from analysis.preference.unbeaten import never_lost, open_interval
from analysis.preference.votes import Votes
from analysis.variance import NOTHING

Array = np.ndarray

#: Draws of the largest of several statistics.
DRAWS = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Strength:
    """One method's log strength relative to the mean of those it is comparable with, or to an anchor."""

    name: str
    #: Infinite where the method never lost to the others, or never won; NaN where nothing compares them.
    value: float
    #: Intervals of the confidence asked for, for these prompts and for new ones.
    these: Interval
    new: Interval
    #: The best and the worst rank, 1 the best, that hold for all methods together.
    rank_low: int
    rank_high: int


class Strengths:
    """A fitted model with its clustered covariance.

    Args:
        votes: at least one.
        model: `bradley-terry`, `rao-kupper` or `davidson`.
        position: whether the side has an effect.

    Raises:
        ValueError: an unknown model.
    """

    def __init__(self, votes: Votes, model: ModelName = "bradley-terry", *, position: bool = True) -> None:
        self.votes = votes
        self.fit: Fit = fit(table_of(votes), model, position=position)
        scores = cluster(scores_of(self.fit, votes), votes.participant, votes.prompt)
        self.clustered: Clustered = scores.mapped(self.fit.inverse)

    @property
    def groups(self) -> list[list[str]]:
        """The methods among which all differences are finite, the largest group first."""
        group = self.fit.connected.group
        found = [[self.votes.methods[place] for place in np.flatnonzero(group == each)] for each in np.unique(group)]
        return sorted(found, key=len, reverse=True)

    def incomparable(self) -> list[tuple[str, str]]:
        """Pairs of methods that no chain of votes compares."""
        names, connected = self.votes.methods, self.fit.connected
        return [
            (names[a], names[b])
            for a in range(len(names))
            for b in range(a + 1, len(names))
            if not connected.comparable(a, b)
        ]

    def position(self) -> Contrast | None:
        """Log odds in favour of the left video between equal methods; None where there is no finite estimate."""
        if self.fit.position is None:
            return None
        return self._contrast(self.fit.position, self._row({len(self.votes.methods): 1.0}))

    def difference(self, a: int, b: int) -> Contrast:
        """Strength of method `a` less that of `b`, by their codes; infinite where one never lost, NaN for strangers."""
        connected = self.fit.connected
        if connected.group[a] == connected.group[b]:
            return self._contrast(float(self.fit.strength[a] - self.fit.strength[b]), self._row({a: 1.0, b: -1.0}))
        return Contrast(self._sign(a, b) * math.inf, NOTHING, NOTHING)

    def relative(self, method: int, others: Array) -> Contrast:
        """Strength of a method less the mean of some others of one group, by their codes."""
        connected = self.fit.connected
        if connected.group[method] != connected.group[others[0]]:
            return Contrast(self._sign(method, int(others[0])) * math.inf, NOTHING, NOTHING)
        row = self._row({int(other): -1 / len(others) for other in others})
        row[method] += 1.0
        return self._contrast(float(self.fit.strength[method] - self.fit.strength[others].mean()), row)

    def interval(self, method: int, others: Array, target: Target, confidence: float = 0.95) -> Interval:
        """The interval of `relative`: with one end where the estimate is infinite, a point for the anchor itself."""
        if others.tolist() == [method]:
            return Interval(0.0, 0.0)
        found = self.relative(method, others)
        if math.isfinite(found.value):
            return found.interval(target, confidence)
        return open_interval(self.votes, self.fit, method, others, target, confidence)

    def summary(
        self,
        *,
        anchor: str | None = None,
        confidence: float = 0.95,
        target: Target = "new",
        rng: np.random.Generator | None = None,
    ) -> list[Strength]:
        """Every method, in the order of the votes' methods.

        Args:
            anchor: the method whose strength is 0; by default the mean of the largest group is.
            confidence: of each interval, and of all ranks together.
            target: what ranks hold for.
            rng: draws the joint distribution of all differences, by default from seed 0.

        Raises:
            ValueError: no method has the name of the anchor.
        """
        names, connected = self.votes.methods, self.fit.connected
        if anchor is not None and anchor not in names:
            raise ValueError(f"anchor {anchor!r} is none of the methods {', '.join(names)}")
        main = connected.group == connected.main
        others = np.flatnonzero(main) if anchor is None else np.array([names.index(anchor)])
        better = self.better(target, confidence, rng or np.random.default_rng(0))
        return [
            Strength(
                name=name,
                value=self.relative(place, others).value,
                these=self.interval(place, others, "these", confidence),
                new=self.interval(place, others, "new", confidence),
                rank_low=1 + int(better[:, place].sum()),
                rank_high=len(names) - int(better[place].sum()),
            )
            for place, name in enumerate(names)
        ]

    def better(self, target: Target, confidence: float, rng: np.random.Generator) -> Array:
        """(methods, methods) whether the row's method is better than the column's, all statements holding together.

        Ranks follow from the simultaneous intervals of all differences of strengths, by the distribution of the
        largest |t| (Hothorn, Bretz & Westfall, Biometrical Journal 2008, doi:10.1002/bimj.200810425; ranks: Mogstad,
        Romano, Shaikh & Wilhelm, Review of Economic Studies 2024, doi:10.1093/restud/rdad006).
        """
        size = len(self.votes.methods)
        level = self.simultaneous_level(target, confidence, rng)
        found = np.zeros((size, size), bool)
        for a in range(size):
            for b in range(a + 1, size):
                difference = self.difference(a, b)
                if not math.isfinite(difference.value):
                    found[a, b] = never_lost(self.votes, a, b, target, level)
                    found[b, a] = never_lost(self.votes, b, a, target, level)
                elif difference.p_value(target) < level:
                    found[a, b], found[b, a] = difference.value > 0, difference.value < 0
        return found

    def simultaneous_level(self, target: Target, confidence: float, rng: np.random.Generator) -> float:
        """The level of each difference at which all together have the confidence asked for.

        Statistics are jointly Student's t with the fewest degrees of freedom of a difference that is known.
        """
        group = self.fit.connected.group
        a, b = np.triu_indices(len(group), 1)
        same = group[a] == group[b]
        parts = [self.difference(i, j).part(target) for i, j in zip(a[same], b[same], strict=True)]
        known = [part.df for part in parts if part.known]
        alpha = 1 - confidence
        if len(parts) < 2 or not known:
            return alpha / max(len(a), 1)
        df = max(min(known), 1.0)
        # Pairs between groups are not part of the joint distribution: they take their share of the level by Bonferroni.
        share = alpha * len(parts) / len(a)
        half = self.clustered.root(target)[: len(group)]
        rows = half[a[same]] - half[b[same]]
        spread = np.sqrt((rows**2).sum(axis=1))
        rows = rows[spread > 0] / spread[spread > 0][:, None]
        largest = np.concatenate([_largest(rows, df, DRAWS // 20, rng) for _ in range(20)])
        level = float(2 * special.stdtr(df, -np.quantile(largest, 1 - share)))
        return min(level, alpha / len(a) if share < alpha else level)

    def _row(self, signs: dict[int, float]) -> Array:
        row = np.zeros(self.fit.width)
        row[list(signs)] = list(signs.values())
        return row

    def _contrast(self, value: float, row: Array) -> Contrast:
        return Contrast(value, self.clustered.part(row, "these"), self.clustered.part(row, "new"))

    def _sign(self, a: int, b: int) -> float:
        connected = self.fit.connected
        if not connected.comparable(a, b):
            return math.nan
        return 1.0 if connected.infinitely_better(a, b) else -1.0


def _largest(rows: Array, df: float, draws: int, rng: np.random.Generator) -> Array:
    """(draws,) the largest |t| of several statistics whose correlation is rows·rowsᵀ."""
    normal = np.abs(rng.standard_normal((draws, rows.shape[1])) @ rows.T).max(axis=1)
    return np.asarray(normal / np.sqrt(rng.chisquare(df, draws) / df))
