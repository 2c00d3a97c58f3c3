"""An automatic metric beside people: coefficients by video and by system, with intervals, and the noise ceiling.

Intervals by video and, for exactly these systems, by system come from resampling units (prompts) and participants. By
video they are tanh(z ± t·s) with z the coefficient's artanh, s the standard deviation of the resamples' z and t
Student's with the fewer of units and participants less one degrees of freedom: a resample has more noise than the
answers themselves, which makes its correlations smaller, so that their quantiles would lie too low. The variance is
2(V_participants + V_units) − V_both, since resampling both counts the variance of single answers three times and each
alone counts it once. By system few values are possible, and the interval has the resamples' quantiles.

For other systems of which these are a sample, systems are independent pairs (`independent_interval`); of three nothing
is known.
"""

import math
from collections.abc import Sequence

import numpy as np

from analysis.intervals import Interval, t_quantile
from analysis.metrics.ceiling import ceiling, reliability
from analysis.metrics.coefficients import COEFFICIENTS, independent_interval, pairwise_accuracy
from analysis.metrics.scores import Resample, Scores, resamples
from analysis.records.metrics import MetricValidation, SystemCorrelation, VideoCorrelation

Array = np.ndarray
Triple = tuple[Resample, Resample, Resample]

#: Resamples of participants, of units and of both.
SAMPLES = 1_000

#: Fewer systems than this get a note.
FEW_SYSTEMS = 10

#: The share of pairs in the same order, as reports call it.
PAIRWISE = "pairwise accuracy"


def validate(
    own: Scores,
    rng: np.random.Generator,
    *,
    metric: str = "metric",
    lower_is_better: bool = False,
    confidence: float = 0.95,
    samples: int = SAMPLES,
) -> MetricValidation:
    """Compare a metric with people's mean scores.

    Args:
        own: the videos that both scored, as `analysis.metrics.scores.scores` collects them.
        rng: draws resamples and splits.
        metric: its name.
        lower_is_better: turn its scores round, as for a loss or a distance.
        confidence: of the intervals.
        samples: how often participants and units are resampled.

    Returns:
        Coefficients by video and by system, and what people's own agreement allows. Values that nothing determines are
        None.
    """
    sign = -1.0 if lower_is_better else 1.0
    given = Resample(own.means(), np.ones(len(own.metric)))
    drawn = list(resamples(own, samples, rng))
    systems = int(own.system.max()) + 1
    agreed = reliability(own, rng)
    return MetricValidation(
        metric=metric,
        lower_is_better=lower_is_better,
        num_videos=len(own.metric),
        num_systems=systems,
        num_units=own.num_units,
        num_participants=own.num_participants,
        by_video=_by_video(own, given, drawn, sign, confidence),
        by_system=_by_system(own, given, drawn, sign, confidence) if systems > 1 else [],
        reliability_by_video=agreed.videos,
        ceiling_by_video=ceiling(agreed.videos),
        reliability_by_system=agreed.systems,
        ceiling_by_system=ceiling(agreed.systems),
        notes=_notes(own, systems),
    )


def _by_video(
    own: Scores, given: Resample, drawn: Sequence[Triple], sign: float, confidence: float
) -> list[VideoCorrelation]:
    found = _of_videos(own, given, sign)
    resampled = np.array([[_of_videos(own, each, sign) for each in triple] for triple in drawn])
    df = min(own.num_participants, own.num_units) - 1
    rows = []
    for place, (name, value) in enumerate(zip(COEFFICIENTS, found, strict=True)):
        interval = _interval(value, resampled[:, :, place], df, confidence)
        rows.append(
            VideoCorrelation(
                name=name,
                value=value if math.isfinite(value) else None,
                ci_low=None if interval is None else interval.low,
                ci_high=None if interval is None else interval.high,
            )
        )
    return rows


def _of_videos(own: Scores, sample: Resample, sign: float) -> list[float]:
    place = np.repeat(np.arange(len(sample.weights)), sample.weights.astype(np.intp))
    people, metric = sample.means[place], sign * own.metric[place]
    return [coefficient(people, metric) for coefficient in COEFFICIENTS.values()]


def _interval(value: float, drawn: Array, df: int, confidence: float) -> Interval | None:
    """From (samples, 3) resamples of participants, of units and of both."""
    drawn = drawn[np.isfinite(drawn).all(axis=1)]
    if df < 1 or len(drawn) < 2 or not abs(value) < 1:
        return None
    participants, units, both = np.arctanh(np.clip(drawn, -1 + 1e-9, 1 - 1e-9)).var(axis=0, ddof=1)
    variance = max(2 * (participants + units) - both, participants, units)
    half = t_quantile(df, confidence) * math.sqrt(variance)
    return Interval(math.tanh(math.atanh(value) - half), math.tanh(math.atanh(value) + half))


def _by_system(
    own: Scores, given: Resample, drawn: Sequence[Triple], sign: float, confidence: float
) -> list[SystemCorrelation]:
    found = _of_systems(own, given, sign)
    resampled = np.array([_of_systems(own, both, sign) for _, _, both in drawn])
    systems = int(own.system.max()) + 1
    rows = []
    for place, (name, value) in enumerate(zip([*COEFFICIENTS, PAIRWISE], found, strict=True)):
        these = _quantiles(value, resampled[:, place], confidence)
        new = _other_systems(name, value, systems, confidence, these)
        rows.append(
            SystemCorrelation(
                name=name,
                value=value if math.isfinite(value) else None,
                ci_low=None if these is None else these.low,
                ci_high=None if these is None else these.high,
                new_low=None if new is None else new.low,
                new_high=None if new is None else new.high,
            )
        )
    return rows


def _of_systems(own: Scores, sample: Resample, sign: float) -> list[float]:
    people = own.of_systems(sample.means, sample.weights)
    metric = sign * own.of_systems(own.metric, sample.weights)
    people, metric = people[np.isfinite(people)], metric[np.isfinite(people)]
    return [
        *(coefficient(people, metric) for coefficient in COEFFICIENTS.values()),
        pairwise_accuracy(people, metric),
    ]


def _quantiles(value: float, drawn: Array, confidence: float) -> Interval | None:
    """The resamples' quantiles, with the value; None where most resamples have none."""
    known = drawn[np.isfinite(drawn)]
    if not math.isfinite(value) or len(known) < max(len(drawn) / 2, 2):
        return None
    low, high = np.quantile(known, [(1 - confidence) / 2, (1 + confidence) / 2])
    return Interval(float(low), float(high)).around(Interval(value, value))


def _other_systems(name: str, value: float, systems: int, confidence: float, these: Interval | None) -> Interval | None:
    """The interval for systems of which these are a sample; it holds that for these systems."""
    if not math.isfinite(value):
        return None
    if name == PAIRWISE:
        tau = independent_interval("kendall", 2 * value - 1, systems, confidence)
        found = Interval((tau.low + 1) / 2, (tau.high + 1) / 2)
    else:
        found = independent_interval(name, value, systems, confidence)
    return found if these is None else found.around(these)


def _notes(own: Scores, systems: int) -> list[str]:
    notes = []
    if 1 < systems < FEW_SYSTEMS:
        notes.append(
            f"{systems} systems say little about how the metric ranks others: see the intervals for other systems."
        )
    if systems >= FEW_SYSTEMS:
        notes.append(
            "The interval of Pearson’s r for these methods is somewhat too narrow: with 12 methods, 10 prompts and 10 "
            "people it held the truth in 91 % of simulated studies instead of 95 %."
        )
    if own.num_participants < 2 or own.num_units < 2:
        notes.append("One participant or one prompt gives no interval for others.")
    return notes
