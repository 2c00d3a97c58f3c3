"""Shares of answers and their differences, with intervals clustered by participant and by prompt or video."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.clustering import Contrast, Target, cluster, contrast
from analysis.comparisons import Conclusion
from analysis.inference import DIFFERENCE, FIRST, SECOND, Inference
from analysis.intervals import LARGEST_QUANTILE, UNKNOWN, Interval, clustered, root, t_probability, t_quantile
from analysis.variance import Part

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class Share:
    """A share of answers, or a mean of values between 0 and 1, with clustered intervals and the test that inverts them.

    The interval is the clustered Wilson interval of `analysis.intervals`, with Student's quantile; p < α exactly where
    the interval of 1 − α leaves the value out. Where all answers are equal their variance is unknown, and the interval
    is Wilson's for as many answers as there are clusters.
    """

    found: Contrast
    num_answers: int
    num_participants: int
    num_units: int

    @property
    def value(self) -> float:
        """The share."""
        return self.found.value

    def part(self, target: Target) -> Part:
        """The variance for that target alone."""
        return self.found.part(target)

    def clusters(self, target: Target) -> int:
        """How many answers count where all of a cluster agree."""
        return self.num_participants if target == "these" else min(self.num_participants, self.num_units)

    def interval(self, target: Target, confidence: float = 0.95) -> Interval:
        """The interval of that confidence, for new units never narrower than for these; 0 to 1 where unknown."""
        own = [self._at(each, t_quantile(self._df(each), confidence)) for each in self._targets(target)]
        return own[0].around(own[-1]) if own else UNKNOWN

    def p_value(self, target: Target, value: float = 0.5) -> float:
        """Two-sided p of that value; 1 where nothing is known."""
        return max((self._p(each, value) for each in self._targets(target)), default=1.0)

    def _p(self, target: Target, value: float) -> float:
        above = self.value - value
        if abs(above) < 1e-12:
            return 1.0

        def beyond(quantile: float) -> float:
            interval = self._at(target, quantile)
            return interval.low - value if above > 0 else value - interval.high

        far = 4.0
        while beyond(far) > 0:
            if far > LARGEST_QUANTILE:
                return t_probability(far, self._df(target))
            far *= 4
        return t_probability(root(beyond, 0.0, far), self._df(target))

    def _targets(self, target: Target) -> list[Target]:
        """The targets whose interval must hold; none where clusters are too few to say anything."""
        if self.num_participants < 2 or (target == "new" and self.num_units < 2):
            return []
        return ["these"] if target == "these" else ["these", "new"]

    def _df(self, target: Target) -> float:
        part = self.part(target)
        return part.df if part.known else self.clusters(target) - 1

    def _at(self, target: Target, quantile: float) -> Interval:
        part = self.part(target)
        variance = part.variance if part.known else 0.0
        return clustered(min(max(self.value, 0.0), 1.0), variance, self.num_answers, self.clusters(target), quantile)


def by_method(answers: int, method: Array | None, methods: Sequence[str]) -> list[tuple[str | None, Array]]:
    """The places of each method's answers, for methods with any; all under None where answers are about no method."""
    if method is None:
        return [(None, np.arange(answers))]
    groups = [(name, np.flatnonzero(method == code)) for code, name in enumerate(methods)]
    return [(name, rows) for name, rows in groups if len(rows)]


def share_of(chosen: Array, participants: Array, units: Array) -> Share | None:
    """The share of the answers that are chosen, or the mean of values between 0 and 1; None without answers.

    Args:
        chosen: (answers,) whether each counts, or how much.
        participants: (answers,) codes from 0.
        units: (answers,) codes from 0 of what is random beside participants: prompts, or videos where none are shared.
    """
    if not len(chosen):
        return None
    value = float(np.mean(chosen))
    psi = (chosen - value) / len(chosen)
    return Share(
        found=contrast([value], cluster(psi, participants, units)),
        num_answers=len(chosen),
        num_participants=len(np.unique(participants)),
        num_units=len(np.unique(units)),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ShareDifference:
    """The difference of two groups' shares, first less second, inferred as for naming.

    Intervals are Newcombe's, from clustered Wilson intervals; tests invert them. Where the variance is unknown,
    these are Wilson's for as many answers as there are clusters, as for a share.
    """

    value: float
    these: Conclusion
    #: Holds for these units too.
    new: Conclusion

    def conclusion(self, target: Target) -> Conclusion:
        """All that is inferred for that target."""
        return self.these if target == "these" else self.new

    def interval(self, target: Target, confidence: float = 0.95) -> Interval:
        """The interval of that confidence; −1 to 1 where nothing can be inferred."""
        return self.conclusion(target).interval(confidence)

    def p_value(self, target: Target, value: float = 0.0) -> float:
        """Two-sided p of that difference."""
        return self.conclusion(target).p_value(value)

    def part(self, target: Target) -> Part:
        """The variance for that target alone."""
        return self.conclusion(target).inferences[0].part


def difference_of_shares(chosen: Array, second: Array, participants: Array, units: Array) -> ShareDifference | None:
    """Compare the answers of two groups, such as those about two methods; None where a group has no answers.

    Args:
        chosen: (answers,) whether each counts.
        second: (answers,) whether each belongs to the second group.
        participants: (answers,) codes from 0.
        units: (answers,) codes from 0 as for `share_of`; the two groups' answers about one unit are paired.
    """
    groups = [~second, second]
    own = [share_of(chosen[group], participants[group], units[group]) for group in groups]
    if own[0] is None or own[1] is None:
        return None
    first, other = own[0], own[1]
    weights = np.column_stack([group / group.sum() for group in groups])
    psi = weights * (chosen[:, None] - np.array([first.value, other.value]))
    found = cluster(psi, participants, units, weights)

    def inference(target: Target) -> Inference:
        variances = [found.part(signs, target).variance for signs in (FIRST, SECOND)]
        clusters = (first.clusters(target), other.clusters(target))
        return Inference(
            (first.value, other.value),
            (first.num_answers, other.num_answers),
            clusters,
            _shares(variances),
            _or_by_clusters(found.part(DIFFERENCE, target), min(clusters)),
        )

    these, new = inference("these"), inference("new")
    return ShareDifference(value=first.value - other.value, these=Conclusion((these,)), new=Conclusion((new, these)))


def _or_by_clusters(part: Part, clusters: int) -> Part:
    """No variance instead of an unknown one, where there are clusters to take Wilson's interval for."""
    return part if part.known or clusters < 2 else Part(0.0, clusters - 1)


def _shares(variances: list[float]) -> tuple[float, float]:
    """Whose variance the difference's is; half each where that is unknown."""
    known = [variance if np.isfinite(variance) else 0.0 for variance in variances]
    total = sum(known)
    return (known[0] / total, known[1] / total) if total > 0 else (0.5, 0.5)
