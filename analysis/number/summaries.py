"""Mean, median and quartiles of numbers, with intervals clustered by participant and by prompt or video."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from analysis.clustering import UNBOUNDED, Contrast, Target, cluster, contrast
from analysis.intervals import Interval
from analysis.shares import Share, by_method, share_of

Array = np.ndarray

QUARTILES = (0.25, 0.5, 0.75)


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile with Woodruff's intervals (JASA 1952, doi:10.1080/01621459.1952.10483443)."""

    share: float
    value: float
    these: Interval
    new: Interval


@dataclass(frozen=True, slots=True)
class NumberSummary:
    """The numbers given about one method, or by all participants who are asked once."""

    #: None where the question is not about a method's video.
    method: str | None
    num_answers: int
    mean: Contrast
    #: At `QUARTILES`.
    quartiles: list[Quantile]


def number_summaries(
    values: Array,
    participants: Array,
    units: Array | None = None,
    method: Array | None = None,
    methods: Sequence[str] = (),
    confidence: float = 0.95,
) -> list[NumberSummary]:
    """Summarise numbers, for each method where there are any.

    Of a question that each participant is asked once, give neither units nor methods: both targets are then the same,
    and the interval of the mean is Student's.

    Args:
        values: (answers,) the numbers.
        participants: (answers,) codes from 0.
        units: (answers,) codes from 0 of prompts or videos; None where the question is not about any.
        method: (answers,) codes of methods.
        methods: their names.
        confidence: of the quartiles' intervals.

    Raises:
        ValueError: a value is not a finite number.
    """
    if not np.isfinite(values).all():
        raise ValueError(f"values: answer {int(np.isfinite(values).argmin())} is not a finite number")
    units = participants if units is None else units
    return [
        _summary(name, values[rows], participants[rows], units[rows], confidence)
        for name, rows in by_method(len(values), method, methods)
    ]


def _summary(name: str | None, values: Array, participants: Array, units: Array, confidence: float) -> NumberSummary:
    mean = float(values.mean())
    clustered = cluster((values - mean) / len(values), participants, units)
    quartiles = [_quantile(share, values, participants, units, confidence) for share in QUARTILES]
    return NumberSummary(name, len(values), contrast([mean], clustered), quartiles)


def _quantile(share: float, values: Array, participants: Array, units: Array, confidence: float) -> Quantile:
    """Woodruff: the quantiles at the ends of the clustered interval of the share of answers up to the quantile."""
    value = float(np.quantile(values, share))
    below = share_of(values <= value, participants, units)
    assert below is not None  # noqa: S101  there are answers
    centred = _centred(below, share)

    def ends(target: Target) -> Interval:
        if not centred.found.part(target).known:
            return UNBOUNDED
        low, high = (float(np.quantile(values, end)) for end in centred.interval(target, confidence))
        return Interval(low, high)

    return Quantile(share, value, ends("these"), ends("new"))


def _centred(below: Share, share: float) -> Share:
    """The share that the quantile stands for, with the design effect of the one found: equal values move that away."""
    spread = below.value * (1 - below.value)
    ratio = share * (1 - share) / spread if spread else math.inf
    these, new = (replace(part, variance=part.variance * ratio) for part in (below.found.these, below.found.new))
    return replace(below, found=Contrast(share, these, new))
