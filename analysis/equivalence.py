"""Equivalence and non-inferiority of any difference, by two one-sided tests against a declared margin.

The tests need a one-sided p of any value and the interval of any confidence. Naming's `Conclusion` has both; an
estimate with a standard error, such as a difference of mean ratings or a net win rate, has them as `Targeted`.
"""

from dataclasses import dataclass
from typing import Protocol

from analysis.clustering import Contrast, Target
from analysis.intervals import Interval
from analysis.records.comparisons import EquivalenceTest


class Testable(Protocol):
    """A difference that can be tested against any value."""

    def interval(self, confidence: float) -> Interval:
        """The interval of that confidence."""
        ...

    def one_sided(self, value: float, *, above: bool) -> float:
        """One-sided p against differences of `value` or less (`above`), or of `value` or more."""
        ...


@dataclass(frozen=True, slots=True)
class Targeted:
    """An estimate with its standard error, for one target.

    Any estimate whose error over its root of variance is Student's t is `Contrast(estimate, part, part)`.
    """

    contrast: Contrast
    target: Target

    def interval(self, confidence: float) -> Interval:
        """The interval of that confidence; the whole line where nothing can be inferred."""
        return self.contrast.interval(self.target, confidence)

    def one_sided(self, value: float, *, above: bool) -> float:
        """One-sided p against a true value of `value` or less (`above`), or of `value` or more."""
        return self.contrast.one_sided(self.target, value, above=above)


def equivalence(difference: Testable, margin: float, confidence: float = 0.95) -> EquivalenceTest:
    """Two one-sided tests (Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 1987).

    At the level α = 1 − confidence the difference is smaller than the margin if the interval of 1 − 2α lies within
    ±margin; the first is not inferior if that interval lies above −margin.

    Args:
        difference: first less second; larger is better.
        margin: the smallest difference that would matter, above 0, in the unit of the difference.
        confidence: of the study's intervals, between 0 and 1.

    Raises:
        ValueError: a margin that is not above 0, or a confidence outside (0, 1).
    """
    if not margin > 0:
        raise ValueError(f"margin: must be above 0, is {margin}")
    if not 0 < confidence < 1:
        raise ValueError(f"confidence: must be between 0 and 1, is {confidence}")
    first = difference.one_sided(-margin, above=True)
    second = difference.one_sided(margin, above=False)
    # At a confidence of 50 % the interval of both tests is a point; of 0 there is none.
    interval = difference.interval(max(1 - 2 * (1 - confidence), 1e-9))
    return EquivalenceTest(
        margin=margin,
        p_equivalence=max(first, second),
        p_a_not_inferior=first,
        p_b_not_inferior=second,
        ci_low=interval.low,
        ci_high=interval.high,
    )
