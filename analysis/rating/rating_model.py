"""The model of a question's ratings: a cumulative link model with crossed random intercepts.

Methods are fixed; participants, participant × method, videos and, where methods share them, prompts are random and
normal on the logit scale. It stands beside the means and rests on more assumptions: that a method moves all thresholds
alike, and that participants use the points alike but for a shift.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from scipy import sparse

from analysis.crossed_answers import INTERACTION, LABEL, PARTICIPANT, VIDEO, Cells, grouping, sample
from analysis.formats import listed
from analysis.glmm import MixedModel
from analysis.intervals import Interval
from analysis.method_contrasts import Widening
from analysis.rating.cumulative_mixed import fit
from analysis.rating.ratings import Ratings
from analysis.separation import SeparationError

Array = np.ndarray

#: The name of the prompts' variance in `FittedRatingModel.sd`; the others are those of `analysis.crossed_answers`.
PROMPT = "prompt"
#: Beyond so many different points there is no model: a slider is not a scale of points.
MOST_POINTS = 15
#: Beyond so many ratings the model is fitted to those of a random sample of participants.
MOST_RATINGS = 100_000


@dataclass(frozen=True, kw_only=True, slots=True)
class OddsContrast:
    """Method `a` against method `b`: odds of a rating above any point, given participant and video."""

    a: str
    b: str
    #: On the logit scale: positive where `a` is rated higher.
    log_odds: float
    standard_error: float
    #: Units (prompts where they are random, otherwise videos) less what is estimated of them.
    df: float
    #: Two-sided, from Student's t with `df` and the standard error times √(units / df).
    p_value: float
    odds_ratio: float
    odds_ratio_interval: Interval


@dataclass(frozen=True, kw_only=True, slots=True)
class FittedRatingModel:
    """The fitted model of a question's ratings, with what a reader must know of it in `notes`."""

    methods: list[str]
    #: One per pair of methods, in their order.
    contrasts: list[OddsContrast]
    #: (points,) the points that were given, and (points − 1,) the thresholds above all but the last.
    points: Array
    thresholds: Array
    #: Standard deviation on the logit scale by grouping factor; 0 is the bound of what it can be.
    sd: dict[str, float]
    log_likelihood: float
    num_ratings: int
    converged: bool
    notes: list[str]
    model: MixedModel


def rating_model(ratings: Ratings, *, confidence: float = 0.95, seed: int = 0) -> FittedRatingModel:
    """Fit the model to all methods that have ratings.

    Args:
        ratings: of one question.
        confidence: of the intervals.
        seed: of the sample of participants, where one is drawn.

    Raises:
        ValueError: fewer than two methods have ratings, more than `MOST_POINTS` different points were given, or no
            participant and no video has two ratings.
        SeparationError: a method was only given the lowest or the highest point, or a variance grows without end.
    """
    cells, sampled = _cells(ratings, seed)
    order = [int(code) for code in np.unique(cells.method)]
    names = [ratings.methods[code] for code in order]
    points, point = np.unique(cells.right, return_inverse=True)
    if len(order) < 2:
        raise ValueError(f"two methods with ratings are needed, found {names}")
    if len(points) > MOST_POINTS:
        raise ValueError(f"{len(points)} different ratings were given; the model takes at most {MOST_POINTS} points")
    paired = ratings.prompt is not None and len(np.unique(cells.label)) < len(np.unique(cells.video))
    factors = {
        PROMPT if name == LABEL else name: factor for name, factor in grouping(cells, random_labels=paired).items()
    }
    model = _fitted(point, cells, order, factors, names)
    sd = {name: float(value) for name, value in zip(factors, model.sd, strict=True)}
    units = len(np.unique(cells.label if paired else cells.video))
    widening = _widening(units, 1 if paired else len(order), VIDEO in factors, confidence)
    number = len(points) - 1
    return FittedRatingModel(
        methods=names,
        contrasts=[_contrast(model, number, places, names, widening) for places in combinations(range(len(order)), 2)],
        points=points,
        thresholds=model.beta[:number],
        sd=sd,
        log_likelihood=model.log_likelihood,
        num_ratings=len(cells.right),
        converged=model.converged,
        notes=list(_notes(model, sd, sampled=sampled)),
        model=model,
    )


def _cells(ratings: Ratings, seed: int) -> tuple[Cells, bool]:
    """The ratings as rows of a crossed design, in which a label is a prompt; and whether they are a sample."""
    one = np.ones(len(ratings))
    prompt = np.zeros(len(ratings), int) if ratings.prompt is None else ratings.prompt
    cells = Cells(ratings.participant, ratings.video, ratings.method, prompt, ratings.value, one)
    sampled = len(ratings) > MOST_RATINGS
    return (sample(cells, MOST_RATINGS, seed) if sampled else cells), sampled


def _fitted(
    point: Array, cells: Cells, order: list[int], factors: dict[str, tuple[Array, int]], names: list[str]
) -> MixedModel:
    """The core's fit, with a column per method but the first, and its errors in the words of a study."""
    x = sparse.csr_array((cells.method[:, None] == np.array(order[1:])).astype(float))
    number = int(point.max())
    try:
        return fit(point, x, list(factors.values()))
    except SeparationError as error:
        what = [names[1 + column - number] for column in error.columns if column >= number]
        what = what or ([names[0]] if error.columns else [list(factors)[k] for k in error.factors])
        why = "their variance grows without end" if error.factors else "only the lowest or the highest point was given"
        raise SeparationError(f"{', '.join(what)}: {why}", columns=error.columns, factors=error.factors) from error


def _widening(units: int, estimated: int, random: bool, confidence: float) -> Widening:
    """What makes up for few units; nothing where they have no variance in the model."""
    df = float(max(units - estimated, 0)) if random else math.inf
    return Widening(df, math.sqrt(units / df) if 0 < df < math.inf else 1.0, confidence)


def _contrast(
    model: MixedModel, num_thresholds: int, places: tuple[int, int], names: list[str], widening: Widening
) -> OddsContrast:
    """One method against another, by their places; the first has no column of its own."""
    sign = np.zeros(len(model.covariance))
    for place, value in zip(places, (1.0, -1.0), strict=True):
        if place:
            sign[num_thresholds + place - 1] = value
    log_odds = float(sign[: len(model.beta)] @ model.beta)
    error = math.sqrt(float(sign @ model.covariance @ sign))
    half = widening.half(error)
    return OddsContrast(
        a=names[places[0]],
        b=names[places[1]],
        log_odds=log_odds,
        standard_error=error,
        df=widening.df,
        p_value=widening.p(log_odds / error),
        odds_ratio=_exp(log_odds),
        odds_ratio_interval=Interval(_exp(log_odds - half), _exp(log_odds + half)),
    )


def _exp(log_odds: float) -> float:
    """Without an overflow, where few ratings give an error of hundreds."""
    return math.exp(log_odds) if log_odds < 700 else math.inf


def _notes(model: MixedModel, sd: dict[str, float], *, sampled: bool) -> Iterator[str]:
    if not model.converged:
        yield f"The fit did not converge: its largest gradient is {model.gradient:.2g} per standard error."
    zero = [name for name, value in sd.items() if value == 0]
    if zero:
        yield f"Estimated as zero: the variance of {listed(zero)}."
    missing = [name for name in (VIDEO, PARTICIPANT, INTERACTION) if name not in sd]
    if missing:
        yield f"Not in the model, since the ratings do not suffice to estimate it: the variance of {listed(missing)}."
    if sampled:
        yield f"The model is fitted to at most {MOST_RATINGS:,} ratings, those of a random sample of participants."
    if model.errors_from == "information":
        yield "Standard errors are those given the variances, since there are too many ratings for the full Hessian."
