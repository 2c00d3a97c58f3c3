"""Order and fatigue: whether accuracy changes over a participant's items."""

from dataclasses import dataclass

import numpy as np

from analysis.answers import Answers
from analysis.comparisons import Rules
from analysis.counts import KEPT
from analysis.intervals import Interval, t_probability, t_quantile
from analysis.labels import UNCLEAR
from analysis.records.answers import OrderAndFatigue, QuarterAccuracies, TrendResult
from analysis.shown import places

Array = np.ndarray

#: Above this number of answers, a random sample of participants is taken.
MOST_ANSWERS = 200_000

#: Most rounds of centring, and the largest mean that may be left after them, in items.
ROUNDS, SMALL = 100, 1e-6


@dataclass(frozen=True, slots=True)
class Trend:
    """Change of accuracy per item, with an interval over participants."""

    slope: float
    interval: Interval
    p_value: float
    num_answers: int
    num_participants: int


def trend(right: Array, position: Array, video: Array, participant: Array, confidence: float = 0.95) -> Trend | None:
    """Least-squares slope of right answers over positions, each video and each participant compared with itself.

    Neither harder videos at later places nor better participants with longer tasks enter it, nor a method that came
    later. The interval is Student's, clustered by participant.

    Args:
        right: (answers,) 0 or 1.
        position: (answers,) place of the item, as a number.
        video: (answers,) codes from 0.
        participant: (answers,) codes from 0.
        confidence: of the interval.

    Returns:
        None where positions do not vary within videos and participants, or with fewer than two participants.
    """
    groups = [np.unique(codes, return_inverse=True)[1].reshape(-1) for codes in (video, participant)]
    x, y = _centred(position, groups), _centred(right, groups)
    information, number = float(x @ x), int(groups[1].max(initial=-1)) + 1
    if number < 2 or information < SMALL * max(len(x), 1):
        return None
    slope = float(x @ y) / information
    scores = np.bincount(groups[1], x * (y - slope * x), number)
    error = float(np.sqrt((scores**2).sum() * number / (number - 1))) / information
    half = t_quantile(number - 1, confidence) * error
    p = t_probability(slope / error, number - 1) if error > 0 else 1.0
    return Trend(slope, Interval(slope - half, slope + half), p, len(x), number)


def _centred(values: Array, groups: list[Array]) -> Array:
    """The values less the means of their groups, of both kinds of groups at once (alternating projections)."""
    centred = np.asarray(values, dtype=float)
    sizes = [np.bincount(codes) for codes in groups]
    for _ in range(ROUNDS):
        largest = 0.0
        for codes, size in zip(groups, sizes, strict=True):
            mean = np.bincount(codes, centred) / size
            centred = centred - mean.take(codes)
            largest = max(largest, float(np.abs(mean).max(initial=0.0)))
        if largest < SMALL:
            break
    return np.asarray(centred)


def quarters(participant: Array, order: list[Array]) -> Array:
    """(answers,) which quarter of the participant's items each is, 0 to 3; −1 of those who have fewer than four.

    Args:
        participant: (answers,) codes from 0.
        order: what comes first, the most important last, as `numpy.lexsort` takes it.
    """
    places = np.lexsort([*order, participant])
    person = participant[places]
    number = np.bincount(person)
    first = np.cumsum(number) - number
    rank = np.arange(len(person)) - first[person]
    found = np.where(number[person] >= 4, 4 * rank // np.maximum(number[person], 1), -1)
    quarter = np.empty(len(person), dtype=int)
    quarter[places] = found
    return quarter


def order_and_fatigue(
    answers: Answers, names: list[str], rules: Rules, seed: int, *, tested: bool = True
) -> OrderAndFatigue | None:
    """Trends and quarters of each method and of all together; None where no positions were recorded.

    Args:
        answers: after the exclusions.
        names: methods, in the report's order.
        rules: of the plan.
        seed: of the sample of participants.
        tested: whether there are p-values.
    """
    if "position" not in answers.telemetry:
        return None
    single = np.flatnonzero(answers.videos.single)
    where = f"{KEPT} AND position IS NOT NULL AND isfinite(position)"
    if rules.policy == "committed only":
        where += f" AND answer < {answers.options.index(UNCLEAR) - 1}"
    total = int(answers.scalar(f"SELECT count(*) FROM answers WHERE {where}"))  # noqa: S608  built of constants
    sampled = total > MOST_ANSWERS
    if sampled:
        where += f" AND hash(worker + {seed}) % 1000000 < {MOST_ANSWERS / total * 1e6:.0f}"
    has_times = "submitted_at" in {row[0] for row in answers.connection.execute("DESCRIBE answers").fetchall()}
    time = "coalesce(epoch(submitted_at), 0)" if has_times else "0"
    found = answers.arrays(
        f"SELECT worker, video, correct, position, {time}::DOUBLE AS time FROM answers WHERE {where}"  # noqa: S608
    )
    worker, video = found["worker"].astype(np.intp), found["video"].astype(np.intp)
    chosen = np.isin(video, single)
    worker, video = worker[chosen], video[chosen]
    right, position, time_s = (found[name].astype(float)[chosen] for name in ("correct", "position", "time"))
    if not len(worker):
        return None
    code = {name: place for place, name in enumerate(names)}
    method = places(answers.videos.method, names)[video]
    quarter = quarters(worker, [position, time_s])
    rows, by_quarter = [], []
    for name, place in [*code.items(), *([("all", -1)] if len(names) > 1 else [])]:
        own = method == place if place >= 0 else method >= 0
        found_trend = trend(right[own], position[own], video[own], worker[own], rules.confidence)
        rows.append(_row(name, found_trend, tested=tested))
        by_quarter.append(QuarterAccuracies(method=name, accuracies=_by_quarter(right[own], quarter[own], method[own])))
    return OrderAndFatigue(rows=rows, quarters=by_quarter, sampled=sampled, n_answers=len(worker))


def _row(name: str, found: Trend | None, *, tested: bool) -> TrendResult:
    if found is None:
        return TrendResult(method=name, change_per_ten=None, ci_low=None, ci_high=None, p_value=None, n_workers=None)
    return TrendResult(
        method=name,
        change_per_ten=10 * found.slope,
        ci_low=10 * found.interval.low,
        ci_high=10 * found.interval.high,
        p_value=found.p_value if tested else None,
        n_workers=found.num_participants,
    )


def _by_quarter(right: Array, quarter: Array, method: Array) -> list[float | None]:
    """Accuracy in each quarter, methods weighted alike in all of them; None where a method has no answers in it."""
    chosen = quarter >= 0
    methods, own = np.unique(method[chosen], return_inverse=True)
    key, size = quarter[chosen] * len(methods) + own.reshape(-1), 4 * len(methods)
    n, s = np.bincount(key, minlength=size), np.bincount(key, right[chosen], size)
    shape = (4, len(methods))
    n, s = n.reshape(shape), s.reshape(shape)
    share = n.sum(axis=0) / max(n.sum(), 1)
    return [float((share * s[row] / n[row]).sum()) if len(methods) and n[row].all() else None for row in range(4)]
