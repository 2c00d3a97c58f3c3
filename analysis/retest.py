"""Repeats as test and retest: how often participants who saw a video again gave the same answer."""

from dataclasses import dataclass

import numpy as np

from analysis.answers import Answers
from analysis.intervals import UNKNOWN, Interval, clustered, t_quantile
from analysis.records.answers import RetestResult

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class Retest:
    """Pairs of first and second answers of one participant to one video."""

    participant: Array
    first: Array
    second: Array
    num_options: int

    @property
    def agreement(self) -> float:
        """Share of pairs with the same answer."""
        return float((self.first == self.second).mean())

    def interval(self, confidence: float) -> Interval:
        """Wilson's interval of the agreement with participants as clusters; 0 to 1 with one participant."""
        same = (self.first == self.second).astype(float)
        _, person = np.unique(self.participant, return_inverse=True)
        number, n, p = int(person.max()) + 1, len(same), float(same.mean())
        if number < 2:
            return UNKNOWN
        rests = np.bincount(person.reshape(-1), same - p, number)
        variance = float((rests**2).sum()) / n**2 * number / (number - 1)
        # One pair each is Wilson's own variance; pairs of one person that disagree by turns are taken for no more.
        variance = max(variance, p * (1 - p) / n)
        return clustered(p, variance, n, number, t_quantile(number - 1, confidence))

    @property
    def kappa(self) -> float | None:
        """Cohen's κ (1960); None where chance alone explains all."""
        chance = float(
            np.bincount(self.first, minlength=self.num_options) @ np.bincount(self.second, minlength=self.num_options)
        )
        chance /= len(self.first) ** 2
        return (self.agreement - chance) / (1 - chance) if chance < 1 else None


def retest(answers: Answers) -> Retest | None:
    """First and second answers from the table `attempts`, without pairs that another rule excludes."""
    found = answers.arrays(
        "SELECT a.worker, a.answer AS first, b.answer AS second FROM attempts a JOIN attempts b "
        "ON a.worker = b.worker AND a.video = b.video AND a.place = 1 AND b.place = 2 "
        "WHERE a.excluded IS NULL AND coalesce(b.excluded, 'repeat') = 'repeat' ORDER BY a.worker, a.video"
    )
    worker, first, second = (found[name].astype(np.intp) for name in ("worker", "first", "second"))
    return Retest(worker, first, second, len(answers.options)) if len(worker) else None


def retest_result(found: Retest | None, confidence: float) -> RetestResult | None:
    """How often repeated answers agree, with its interval; None without repeats."""
    if found is None:
        return None
    interval = found.interval(confidence)
    return RetestResult(
        pairs=len(found.first),
        participants=len(np.unique(found.participant)),
        agreement=found.agreement,
        ci_low=interval.low,
        ci_high=interval.high,
        kappa=found.kappa,
    )
