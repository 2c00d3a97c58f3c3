"""Two-way clustered variances of any estimate that is a sum over answers, and the intervals and tests that follow.

An estimate enters by its influences ψ: what each answer adds to estimate − truth, as w·(y − ȳ) for a mean with weights
w. Answers of one participant are correlated, and so are those about one unit (a prompt, or a video):

V = participants + units − what both count (Cameron, Gelbach & Miller, JBES 2011, doi:10.1198/jbes.2010.07136), each
one-way term with its leverage (Bell & McCaffrey, Survey Methodology 2002), and with what centring takes from it added,
as in `analysis.variance`.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from scipy import sparse

from analysis.counts import distinct
from analysis.intervals import Interval, t_probability, t_quantile
from analysis.variance import ALL, NOTHING, Part, satterthwaite

Array = np.ndarray

#: What an inference is about: exactly these prompts (or videos), with other participants; or new ones of both.
Target = Literal["these", "new"]
TARGETS: tuple[Target, ...] = ("these", "new")

#: The whole line, where nothing can be inferred.
UNBOUNDED = Interval(-math.inf, math.inf)

#: Up to so many sums of clusters × estimates are kept in one table; more stay sparse until the end.
LARGEST_TABLE = 20_000_000

#: A variance below this is rounding: influences that are all 0 say nothing of how answers vary. So is one that is so
#: many times smaller than the terms it is made of, which cancel.
ROUNDING, CANCELLING = 1e-20, 1e-12


@dataclass(frozen=True, kw_only=True, slots=True)
class VarianceTerm:
    """Sums over clusters of one kind, of products of two estimates.

    `shares` and `squares` are (1, 1) where all estimates have the same weights.
    """

    #: (estimates, estimates) Σ of products of Σψ, and of Σψ/√(1 − h) with h the cluster's share of the estimate.
    products: Array
    lifted: Array
    #: Σ h·h′, and Σ h²·h′².
    shares: Array
    squares: Array
    #: (estimates,) the largest share of a cluster.
    largest: Array

    def part(self, contrast: Array) -> Part:
        """The variance that these clusters alone give a contrast; unknown where a cluster is the only one.

        Degrees of freedom: (Σh²)²/Σh⁴ − 1, that is clusters − 1 where all are equal; Satterthwaite's over the
        estimates where no cluster has answers for two of them.
        """
        used = np.flatnonzero(contrast) if len(self.largest) > 1 else np.array([0])
        if not len(used) or (self.largest[used] >= ALL).any() or (self.largest[used] <= 0).any():
            return NOTHING
        shares = self.shares[np.ix_(used, used)]
        if len(used) > 1 and not (shares - np.diag(np.diag(shares))).any():
            parts = [self._together(np.where(np.arange(len(contrast)) == place, contrast, 0.0)) for place in used]
            return Part(sum(part.variance for part in parts), satterthwaite(parts))
        return self._together(contrast)

    def _together(self, contrast: Array) -> Part:
        weights = contrast**2 if len(self.largest) > 1 else np.ones(1)
        effective = float(weights @ np.diag(self.shares)) ** 2 / float(weights @ self.squares @ weights)
        return Part(float(contrast @ self.lifted @ contrast), effective - 1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Clustered:
    """What the variance of any contrast of some estimates is made of."""

    participants: VarianceTerm
    units: VarianceTerm
    #: (estimates, estimates) Σ over participant × unit of products of Σψ, which both terms count.
    both: Array
    #: The same of shares.
    both_shares: Array

    def part(self, contrast: Sequence[float] | Array, target: Target) -> Part:
        """The variance and degrees of freedom of Σ contrast × estimate; never below the participants' term.

        Unknown where there is one participant (or, for new ones, one unit), or where answers do not vary at all.
        """
        signs = np.asarray(contrast, float)
        people = self.participants.part(signs)
        if target == "these" or not people.known:
            return self._varying(people, signs)
        units = self.units.part(signs)
        if not units.known:
            return NOTHING
        overlap = float(signs @ self.both @ signs)
        both = people.variance + units.variance - overlap + self._shortfall(signs)
        return self._varying(Part(max(both, people.variance), satterthwaite([people, units])), signs)

    def _varying(self, part: Part, contrast: Array) -> Part:
        """The part, unknown where its variance is only rounding."""
        terms = np.diag(self.participants.lifted + self.units.lifted + self.both)
        size = float(np.abs(contrast) @ np.sqrt(terms)) ** 2
        least = ROUNDING * float(contrast @ contrast) + CANCELLING * size
        return part if part.variance > least else NOTHING

    def total(self, target: Target) -> Part:
        """The sum of the variances of all estimates, where these have the same weights."""
        every = np.ones(len(self.both))
        people, units = (
            Part(float(np.trace(term.lifted)), own.df) if (own := term.part(every)).known else NOTHING
            for term in (self.participants, self.units)
        )
        if target == "these" or not people.known or not units.known:
            return people if target == "these" else NOTHING
        both = people.variance + units.variance - float(np.trace(self.both))
        both += sum(float(np.trace(lost)) for lost in self._lost())
        return Part(max(both, people.variance), satterthwaite([people, units]))

    def _shortfall(self, contrast: Array) -> float:
        return sum(max(float(contrast @ lost @ contrast), 0.0) for lost in self._lost())

    def _lost(self) -> list[Array]:
        """(estimates, estimates) what centring takes from the participants' term, and from the units', by moments.

        Residuals about a mean add up to 0, so that products of two units' residuals are −σ²/(K − 1) in the mean. The
        participants' term has such products where a participant saw several units, and the units' term those of
        participants. Where N participants all see K units, V would be too small by (σ²_units + σ²_participants)/(N·K).
        """
        found = []
        for own, other in ((self.units, self.participants), (self.participants, self.units)):
            variance = _ratio(own.products - self.both, own.shares - self.both_shares)
            found.append(variance * (other.shares - self.both_shares) * _ratio(own.shares, 1 - own.shares))
        return found

    def root(self, target: Target) -> Array:
        """(estimates, columns) R with R·Rᵀ = what clusters contribute to the estimates' covariances.

        Without the term for what both kinds of clusters count, so that it always is a covariance: for correlations.
        """
        own = self.participants.lifted + (self.units.lifted if target == "new" else 0.0)
        values, vectors = np.linalg.eigh(own)
        return np.asarray(vectors * np.sqrt(np.maximum(values, 0.0)))

    def correlation(self, contrasts: Array, target: Target) -> Array:
        """(contrasts, contrasts) correlation of several contrasts, each a row of signs."""
        rows = contrasts @ self.root(target)
        rows = rows / np.sqrt(np.maximum((rows**2).sum(axis=1), 1e-300))[:, None]
        return np.asarray(np.clip(rows @ rows.T, -1.0, 1.0))

    def mapped(self, matrix: Array) -> "Clustered":
        """The same for estimates × matrix, where all estimates have the same weights.

        Args:
            matrix: (estimates, new estimates).

        Raises:
            ValueError: each estimate has weights of its own.
        """
        if self.both_shares.size > 1:
            raise ValueError("estimates with weights of their own cannot be mapped: give one weight per answer")

        def through(products: Array) -> Array:
            return np.asarray(matrix.T @ products @ matrix)

        people, units = (
            replace(term, products=through(term.products), lifted=through(term.lifted))
            for term in (self.participants, self.units)
        )
        return Clustered(participants=people, units=units, both=through(self.both), both_shares=self.both_shares)


@dataclass(frozen=True, slots=True)
class Contrast:
    """An estimate with its variance for each target, from which Student's intervals and tests follow.

    What holds for new units holds for new participants too: its interval is never narrower, its p never smaller.
    """

    value: float
    these: Part
    new: Part

    def part(self, target: Target) -> Part:
        """The variance for that target alone."""
        return self.these if target == "these" else self.new

    def _parts(self, target: Target) -> list[Part]:
        """The target's own part first; that of the narrower target where there is one."""
        own = self.part(target)
        return [own, self.these] if target == "new" and own.known and self.these.known else [own]

    def interval(self, target: Target, confidence: float = 0.95) -> Interval:
        """The interval of that confidence; the whole line where nothing can be inferred."""
        found = [self._alone(part, confidence) for part in self._parts(target)]
        return found[0] if len(found) == 1 else found[0].around(found[1])

    def _alone(self, part: Part, confidence: float) -> Interval:
        if not part.known:
            return UNBOUNDED
        half = t_quantile(part.df, confidence) * math.sqrt(part.variance)
        return Interval(self.value - half, self.value + half)

    def p_value(self, target: Target, value: float = 0.0) -> float:
        """Two-sided p of that value; 1 where nothing can be inferred."""
        parts = self._parts(target)
        if not parts[0].known:
            return 1.0
        return max(t_probability((self.value - value) / math.sqrt(part.variance), part.df) for part in parts)

    def one_sided(self, target: Target, value: float, *, above: bool) -> float:
        """One-sided p against the null that the truth is `value` or less (`above`), or `value` or more."""
        half = self.p_value(target, value) / 2
        return half if (self.value > value) == above else 1 - half


def contrast(
    estimates: Sequence[float] | Array, clustered: Clustered, signs: Sequence[float] | Array | None = None
) -> Contrast:
    """Σ signs × estimate with its variances; `signs` may be left out for a single estimate."""
    row = np.ones(1) if signs is None else np.asarray(signs, float)
    value = float(row @ np.asarray(estimates, float))
    return Contrast(value, clustered.part(row, "these"), clustered.part(row, "new"))


def cluster(psi: Any, participants: Array, units: Array, weights: Any = None) -> Clustered:
    """Sum influences over participants, over units, and over both.

    Args:
        psi: (answers,) or (answers, estimates), an array or a SciPy sparse array.
        participants: (answers,) codes from 0.
        units: (answers,) codes of prompts or videos from 0.
        weights: (answers,) or (answers, estimates) each answer's share of an estimate, not negative, each column's sum
            1; None for estimates that all have the same share of every answer.

    Raises:
        ValueError: lengths differ.
    """
    psi = _columns(psi)
    if not psi.shape[0] == len(participants) == len(units):
        raise ValueError(
            f"psi, participants and units have {psi.shape[0]}, {len(participants)} and {len(units)} answers"
        )
    weights = _columns(np.full(len(units), 1 / max(len(units), 1)) if weights is None else weights)
    if weights.shape[0] != psi.shape[0] or weights.shape[1] not in (1, psi.shape[1]):
        raise ValueError(f"weights have the shape {weights.shape}, and psi {psi.shape}")
    cells = distinct(participants.astype(np.int64) * (int(units.max(initial=0)) + 1) + units)[1]
    return Clustered(
        participants=_term(psi, weights, participants),
        units=_term(psi, weights, units),
        both=_within(psi, cells),
        both_shares=_within(weights, cells),
    )


def _columns(values: Any) -> Any:
    return values[:, None] if values.ndim == 1 else values


def _term(psi: Any, weights: Any, codes: Array) -> VarianceTerm:
    sums, shares = (_dense(_summed(values, codes)) for values in (psi, weights))
    lifted = sums / np.sqrt(np.maximum(1 - shares, 1 - ALL))
    return VarianceTerm(
        products=_products(sums),
        lifted=_products(lifted),
        shares=_products(shares),
        squares=_products(shares**2),
        largest=shares.max(axis=0, initial=0.0),
    )


def _within(values: Any, cells: Array) -> Array:
    """Σ over cells of products of Σψ; only those with several answers are summed, since most have one."""
    several = np.flatnonzero(np.bincount(cells).take(cells) > 1)
    if not len(several):
        return _products(values)
    own = values[several]
    summed = _summed(own, distinct(cells[several])[1])
    return np.asarray(_products(values) - _products(own) + _products(summed))


def _summed(values: Any, codes: Array) -> Any:
    """(clusters, columns) sums over each cluster's answers."""
    size, number = int(codes.max(initial=-1)) + 1, len(codes)
    if values.shape[1] == 1 and not sparse.issparse(values):
        return np.asarray(np.bincount(codes, values[:, 0], size)[:, None])
    if sparse.issparse(values) and size * values.shape[1] <= LARGEST_TABLE:
        rows, width = values.tocsr(), values.shape[1]
        places = np.repeat(codes * width, np.diff(rows.indptr)) + rows.indices
        return np.bincount(places, rows.data, size * width).reshape(size, width)
    indicator = sparse.csc_array((np.ones(number), codes, np.arange(number + 1)), shape=(size, number))
    return indicator @ values


def _products(values: Any) -> Array:
    return np.asarray(_dense(values.T @ values))


def _dense(values: Any) -> Array:
    return np.asarray(values.toarray() if sparse.issparse(values) else values)


def _ratio(above: Array, below: Array) -> Array:
    """Above / below, 0 where there is nothing below."""
    out = np.zeros(np.broadcast_shapes(above.shape, below.shape))
    return np.asarray(np.divide(above, below, out=out, where=below > 1e-12))
