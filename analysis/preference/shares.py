"""A share of votes, or a mean between 0 and 1, with clustered intervals and the test that inverts them."""

from dataclasses import dataclass

from analysis.clustering import Contrast, Target
from analysis.intervals import LARGEST_QUANTILE, UNKNOWN, Interval, clustered, root, t_probability, t_quantile
from analysis.variance import Part


@dataclass(frozen=True, kw_only=True, slots=True)
class VoteShare:
    """A mean of values between 0 and 1 over votes.

    The interval is the clustered Wilson interval of `analysis.intervals`, with Student's quantile. The test inverts it:
    p < α exactly where the interval of 1 − α leaves the value out. Where all votes agree their variance is unknown, and
    the interval is Wilson's for as many votes as there are clusters.
    """

    found: Contrast
    num_votes: int
    num_participants: int
    num_prompts: int

    @property
    def value(self) -> float:
        """The mean."""
        return self.found.value

    def interval(self, target: Target, confidence: float = 0.95) -> Interval:
        """The interval of that confidence, for new prompts never narrower than for these; 0 to 1 where unknown."""
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
        if self.num_participants < 2 or (target == "new" and self.num_prompts < 2):
            return []
        return ["these"] if target == "these" else ["these", "new"]

    def _part(self, target: Target) -> Part:
        return self.found.part(target)

    def _clusters(self, target: Target) -> int:
        return self.num_participants if target == "these" else min(self.num_participants, self.num_prompts)

    def _df(self, target: Target) -> float:
        part = self._part(target)
        return part.df if part.known else self._clusters(target) - 1

    def _at(self, target: Target, quantile: float) -> Interval:
        part = self._part(target)
        p = min(max(self.value, 0.0), 1.0)
        return clustered(p, part.variance if part.known else 0.0, self.num_votes, self._clusters(target), quantile)
