"""Prediction-powered estimates: people's answers about some videos, and a machine's score of all of them.

PPI++ (Angelopoulos, Duchi & Zrnic 2023, arXiv:2311.01453) of a mean: with people's mean ȳ and the machine's mean f̄ over
the videos that people answered about, and the machine's mean f̃ over the others,

θ̂ = ȳ − λ·(f̄ − f̃).

Whatever the machine says, θ̂ estimates what people say, as long as the videos that they answered about are a random
sample of all. λ is chosen to make the variance smallest ("power tuning"): 0 is people alone. It may be negative and
have any size, so that the machine's scale means nothing.

PPI++ takes answers for independent. Here the variance is clustered by participants and by units (prompts or videos), as
in `analysis.clustering`, and allows for the choice of λ from few units: influences have the weights of the regression
estimator, 1 − (f̄ − f̃)·Z/ΣZ² with Z a unit's contribution to f̄ − f̃; they are divided by 1 − Z²/ΣZ², as the leverage of
a regression demands (the jackknife's HC3: MacKinnon & White, Journal of Econometrics 1985); one degree of freedom is
spent. λ is shrunk by the positive part of 1 − 1/F, with F the statistic of its test: where the machine explains no more
than chance would, λ is 0 and the result is that of people alone.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.clustering import Clustered, Contrast, cluster, contrast
from analysis.intervals import UNKNOWN, Interval, clustered, t_quantile
from analysis.variance import ALL, NOTHING, Part, satterthwaite

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class ScoredVideos:
    """One method's videos. Codes of participants and units are from 0 and mean the same for every method.

    Raises:
        ValueError: there are no answers, lengths differ, or a score is not finite.
    """

    score: Array
    """(answers,) people's scores: 1 and 0 for right and wrong, points of a rating, 1, 0 and −1 for won, tied, lost."""
    participant: Array
    """(answers,) codes."""
    unit: Array
    """(answers,) codes of prompts; of videos where nothing pairs them."""
    machine: Array
    """(answers,) the machine's score of the answer's video, on any scale."""
    other_machine: Array
    """(videos,) the machine's scores of the videos without answers."""
    other_unit: Array
    """(videos,) codes of these videos' units."""

    def __post_init__(self) -> None:
        """Check lengths and values."""
        if not len(self.score):
            raise ValueError("score: there are no answers")
        for name, like in (("participant", "score"), ("unit", "score"), ("machine", "score")):
            if len(getattr(self, name)) != len(getattr(self, like)):
                raise ValueError(f"{name}: has {len(getattr(self, name))} values, {like} has {len(self.score)}")
        if len(self.other_machine) != len(self.other_unit):
            raise ValueError(
                f"other_unit: has {len(self.other_unit)} values, other_machine has {len(self.other_machine)}"
            )
        for name in ("score", "machine", "other_machine"):
            if not np.isfinite(getattr(self, name)).all():
                raise ValueError(f"{name}: has values that are no finite numbers")


@dataclass(frozen=True, kw_only=True, slots=True)
class PredictionPowered:
    """An estimate with the machine's help, beside that of people alone.

    Its target is new units and new participants; it says nothing of exactly these videos.
    """

    powered: Contrast
    """With the machine; the same as `alone` where `tuning` is 0."""
    alone: Contrast
    """People's answers alone."""
    tuning: float
    """λ, how much of the machine's difference is taken; 0 where the machine is of no use."""
    num_answers: int
    """Answers that the estimate is made of."""
    num_clusters: int
    """Units with answers, or participants where they are fewer."""

    @property
    def relative_width(self) -> float:
        """Width of the 95 % interval, divided by that of people alone; 1 where nothing can be inferred."""
        own, alone = (found.interval("new") for found in (self.powered, self.alone))
        return (own.high - own.low) / (alone.high - alone.low) if math.isfinite(alone.high - own.high) else 1.0

    def share_interval(self, confidence: float = 0.95, *, alone: bool = False) -> Interval:
        """The interval of the mean of scores that are 0 or 1: clustered Wilson, as that of an accuracy.

        Near 0 and 1 Student's interval of `powered` would be too narrow, and reach beyond.

        Args:
            confidence: of the interval.
            alone: of people's answers alone.
        """
        own = self.alone if alone else self.powered
        if not own.new.known:
            return UNKNOWN
        p, quantile = min(max(own.value, 0.0), 1.0), t_quantile(own.new.df, confidence)
        return clustered(p, own.new.variance, self.num_answers, self.num_clusters, quantile)


def mean(videos: ScoredVideos, tuning: float | None = None) -> PredictionPowered:
    """The mean over people's answers to a method's videos, every answer counting the same.

    Args:
        videos: the method's.
        tuning: λ; by default the one with the smallest variance.
    """
    return _estimate(_stack([1.0], [videos]), tuning)


def difference(a: ScoredVideos, b: ScoredVideos, tuning: float | None = None) -> PredictionPowered:
    """The difference of two methods' means, `a` less `b`, with one λ for both.

    λ is tuned for the difference, so the result may differ a little from the difference of two `mean`s.

    Args:
        a: one method's videos.
        b: another's; participants and units that both share have the same codes.
        tuning: λ; by default the one with the smallest variance.
    """
    return _estimate(_stack([1.0, -1.0], [a, b]), tuning)


def labelled_needed(labelled: int, available: int, correlation: float) -> int:
    """Videos that people must answer about with a machine's help, to know as much as from more videos without.

    With n of T videos the variance that videos contribute is σ²/n·(1 − ρ²·(1 − n/T)), ρ being the correlation of the
    machine with people's mean scores of videos, with as many answers to a video as in the study. Equated with σ²/m for
    m videos without a machine, n = (1 − ρ²)/(1/m − ρ²/T). What participants contribute stays: the machine replaces
    videos, and the answers to them, but no variety of people.

    Args:
        labelled: m, videos that people alone would answer about.
        available: T, videos of the method that the machine scores.
        correlation: ρ, as `analysis.metrics` finds by video (Pearson).

    Raises:
        ValueError: labelled is not from 1 to available, or the correlation is not from −1 to 1.
    """
    if not 1 <= labelled <= available:
        raise ValueError(f"labelled: must be from 1 to the {available} videos available, is {labelled}")
    if not -1 <= correlation <= 1:
        raise ValueError(f"correlation: must be from -1 to 1, is {correlation}")
    if labelled == available:
        return labelled
    square = correlation**2
    needed = (1 - square) / (1 / labelled - square / available)
    return max(1, math.ceil(needed - 1e-6))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Stacked:
    """The answers and the other videos of one method, or of two."""

    signs: Array
    method: Array
    participant: Array
    unit: Array
    weight: Array
    """(answers,) one over the answers of the method."""
    people: Array
    machine: Array
    """(answers,) scores, less their method's mean."""
    other_unit: Array
    other: Array
    """(videos,) signed: the machine's scores less their method's mean, over its number of videos."""
    estimate: float
    """Of people alone."""
    shift: float
    """f̄ − f̃, signed and summed over methods."""
    num_others: int
    """Fewest other videos of a method."""

    @property
    def pull(self) -> Array:
        """(units,) Z, each unit's contribution to the shift."""
        size = int(max(self.unit.max(initial=-1), self.other_unit.max(initial=-1))) + 1
        answered = np.bincount(self.unit, self.signs[self.method] * self.weight * self.machine, size)
        return np.asarray(answered - np.bincount(self.other_unit, self.other, size))


def _stack(signs: Sequence[float], methods: Sequence[ScoredVideos]) -> _Stacked:
    others = [len(own.other_machine) if len(own.other_machine) > 1 else 0 for own in methods]
    weights = [np.full(len(own.score), 1 / len(own.score)) for own in methods]
    means = [float(own.score.mean()) for own in methods]
    machine = [own.machine.mean() if number else 0.0 for own, number in zip(methods, others, strict=True)]
    beyond = [own.other_machine.mean() if number else 0.0 for own, number in zip(methods, others, strict=True)]
    rows = list(zip(signs, methods, others, strict=True))
    return _Stacked(
        signs=np.asarray(signs),
        method=np.repeat(np.arange(len(methods)), [len(own.score) for own in methods]),
        participant=np.concatenate([own.participant for own in methods]),
        unit=np.concatenate([own.unit for own in methods]),
        weight=np.concatenate(weights),
        people=np.concatenate([_centred(own.score) for own in methods]),
        # Where nothing is left for the machine to add, its scores count for nothing.
        machine=np.concatenate([_centred(own.machine) * (number > 0) for _, own, number in rows]),
        other_unit=np.concatenate([own.other_unit[:number] for _, own, number in rows]).astype(np.intp),
        other=np.concatenate([sign * _centred(own.other_machine[:n]) / max(n, 1) for sign, own, n in rows]),
        estimate=float(np.dot(signs, means)),
        shift=float(np.dot(signs, np.subtract(machine, beyond))),
        num_others=min((number for number in others if number), default=0),
    )


def _centred(values: Array) -> Array:
    """Less their mean; exactly 0 where they do not vary."""
    return np.asarray(values - values.mean()) if len(values) and np.ptp(values) else np.zeros(len(values))


def _estimate(rows: _Stacked, tuning: float | None) -> PredictionPowered:
    alone = _people(rows)
    used = _best(rows) if tuning is None else tuning
    return PredictionPowered(
        powered=_powered(rows, used, fitted=tuning is None) if used else alone,
        alone=alone,
        tuning=used,
        num_answers=len(rows.people),
        num_clusters=min(len(np.unique(rows.unit)), len(np.unique(rows.participant))),
    )


def _people(rows: _Stacked) -> Contrast:
    found = contrast([0.0] * len(rows.signs), _clustered(rows, rows.people), rows.signs)
    return Contrast(rows.estimate, found.these, found.new)


def _clustered(rows: _Stacked, residual: Array) -> Clustered:
    own = rows.method[:, None] == np.arange(len(rows.signs))
    weights = own * rows.weight[:, None]
    return cluster(weights * residual[:, None], rows.participant, rows.unit, weights)


def _best(rows: _Stacked) -> float:
    """λ = Σ Y·Z/Σ Z² over units, Y being a unit's contribution to people's estimate, shrunk by (1 − 1/F)₊.

    With every unit one video this is Cov(y, f)/((1 + n/N)·Var f), as in PPI++ (§6), but for the shrinkage. F tests the
    correlation of Y with the machine over the K units with answers, on 1 and K − 2 degrees of freedom; F > 1 where its
    square is above 1/(K − 1), from where on a machine is worth the noise of its λ (Mani et al. 2025, arXiv:2505.20178).
    """
    pull = rows.pull
    size = len(pull)
    people, machine = (
        np.bincount(rows.unit, rows.signs[rows.method] * rows.weight * values, size)
        for values in (rows.people, rows.machine)
    )
    spread = float(people @ people) * float(machine @ machine)
    if not spread or not pull.any():
        return 0.0
    square = min(float(people @ machine) ** 2 / spread, 1.0)
    spare = len(np.unique(rows.unit)) - 2
    kept = 1 - (1 - square) / (square * spare) if square * spare > 0 else 0.0
    return max(kept, 0.0) * float(people @ pull) / float(pull @ pull)


def _powered(rows: _Stacked, tuning: float, *, fitted: bool) -> Contrast:
    """The estimate with that λ; `fitted`: it was chosen from the same units."""
    value = rows.estimate - tuning * rows.shift
    regression, leverage = _regression(rows.pull, rows.shift) if fitted else (np.ones(len(rows.pull)),) * 2
    residual = (rows.people - tuning * rows.machine) * (regression * leverage)[rows.unit]
    answered = _clustered(rows, residual).part(rows.signs, "new")
    if not answered.known or not rows.num_others:
        return Contrast(value, NOTHING, NOTHING)
    size = len(rows.pull)
    by_unit = np.bincount(rows.unit, rows.signs[rows.method] * rows.weight * residual, size)
    others = np.bincount(rows.other_unit, tuning * rows.other * regression[rows.other_unit], size)
    spare = rows.num_others - 1.0
    beyond = Part(float(others @ others) * (1 + 1 / spare), spare)
    # The last term is of units with videos of both sorts, as prompts with several videos have.
    variance = answered.variance + beyond.variance + 2 * float(by_unit @ others)
    df = satterthwaite([answered, beyond]) - fitted
    return Contrast(value, NOTHING, Part(variance, df) if df > 0 and variance > 0 else NOTHING)


def _regression(pull: Array, shift: float) -> tuple[Array, Array]:
    """(units,) weights of the regression estimator, and what makes up for the leverage of its fit."""
    square = float(pull @ pull)
    return 1 - shift * pull / square, 1 / np.maximum(1 - pull**2 / square, 1 - ALL)
