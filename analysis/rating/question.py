"""Rating as a kind of question: how good is this video, on a scale?"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis import reviewers
from analysis.clustering import Target
from analysis.counts import distinct
from analysis.intervals import Interval
from analysis.ordered_agreement import ordered_agreement
from analysis.questions.assumptions import TwoMethodScores, scored_methods
from analysis.questions.comparisons import (
    Difference,
    IntervalEstimate,
    Size,
    bound,
    compared,
    estimate_row,
    ordered,
    target_of,
)
from analysis.questions.judged import JudgedVideos, judged_videos
from analysis.questions.kinds import no_number, number_of
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.rating.diversity import rating_diversity
from analysis.rating.means import MeanDifference, MethodRatings, compare_means, method_ratings
from analysis.rating.opinion_scores import OpinionScores, opinion_scores, without_bias
from analysis.rating.ratings import Ratings, Scale
from analysis.rating.records import (
    Coefficient,
    RatedMethod,
    RatingContrast,
    RatingDetails,
    RatingModelResult,
    VideoScore,
)
from analysis.records.figures import Stack, Stacks
from analysis.records.questions import Findings, Measure
from analysis.score_models import RatingModel
from crowd.questions.rating import SCALES

Array = np.ndarray

MEASURE = Measure(name="mean rating", unit="points of the scale", percent=False, more="is rated higher than")

#: The ends of a slider, and of the scales that a table without a study file may have, narrow ones first.
SLIDER = SCALES[max(SCALES)]
USUAL = sorted([*SCALES.values(), (1, 7)], key=lambda ends: ends[1])

#: Single videos are listed up to this number; the CSV of a study has them all.
MOST_VIDEOS = 10_000


@dataclass(frozen=True, slots=True)
class RatingKind:
    """The kind."""

    columns: tuple[str, ...] = ("video_id", "method")
    details: type = RatingDetails
    measure: Measure = MEASURE

    def mistake(self, answer: str) -> str | None:
        """What is wrong with an answer; None where it is a number."""
        return no_number(answer)

    def analyse(self, rows: QuestionRows, plan: QuestionPlan) -> Findings:
        """Mean ratings of methods and their differences, with what else is usual to report of opinion scores.

        Raises:
            ValueError: a rating is not on the declared scale.
        """
        ratings, units = ratings_of(rows)
        found = {row.method: row for row in method_ratings(ratings, plan.rules.confidence)}
        methods = ordered(
            estimate_row(name, row.mean, row.mean_intervals, _size(row), plan) for name, row in found.items()
        )

        def difference(a: str, b: str) -> Difference | None:
            own = compare_means(ratings, a, b)
            return None if own is None else _difference(own, found, ratings, plan)

        names = [row.name for row in methods]
        rng = np.random.default_rng(plan.seed)
        scores = opinion_scores(ratings.value, ratings.video, len(rows.words("video_id")), plan.rules.confidence)
        return Findings(
            measure=MEASURE,
            methods=methods,
            comparisons=compared(names, difference, plan),
            units=units,
            details=RatingDetails(
                low=ratings.scale.low,
                high=ratings.scale.high,
                slider=ratings.scale.slider,
                points=_points(ratings.scale),
                rated=[_rated(found[name], target_of(plan.rules)) for name in names],
                videos=_videos(rows, ratings, scores),
                diversity=_diversity(scores, ratings.scale, rng, plan.rules.confidence),
                **_agreement(ratings, rng, plan.rules.confidence),
                model=_model(ratings, plan),
            ),
            notes=_of_scale(rows, ratings),
        )

    def assumed(self, settings: Mapping[str, Any]) -> RatingModel:
        """The usual spreads, which are those of five points, on the question's scale."""
        low, high = SCALES[int(settings.get("points", 5))]
        usual, steps = RatingModel(), (high - low) / 4
        return RatingModel(
            difference=usual.difference * steps,
            mean=(low + high) / 2,
            points=high - low + 1,
            lowest=low,
            sd_prompt=usual.sd_prompt * steps,
            sd_people=usual.sd_people * steps,
            sd_answer=usual.sd_answer * steps,
        )

    def scored(self, rows: QuestionRows) -> TwoMethodScores:
        """The ratings of the two methods that have the most."""
        ratings, _ = ratings_of(rows)
        return scored_methods(ratings.value, ratings.method, ratings.methods, rows.worker, ratings.unit)

    def judged(self, rows: QuestionRows) -> JudgedVideos:
        """Videos by their ratings."""
        value = np.array([number_of(word) for word in rows.words("answer")])[rows.code("answer")]
        return judged_videos(rows, value, "mean")

    def agreement(self, details: RatingDetails) -> tuple[str, float | None, float | None, float | None]:
        """Of ratings as ranks; a slider has no coefficient."""
        found = details.ordinal_alpha or Coefficient(value=None, ci_low=None, ci_high=None)
        return "Krippendorff’s ordinal α", found.value, found.ci_low, found.ci_high

    def stacks(self, details: RatingDetails) -> Stacks:
        """Each method's ratings by point, the highest first."""
        rows = [
            Stack(name=row.name, shares=[count / sum(row.distribution) for count in reversed(row.distribution)])
            for row in details.rated
        ]
        return Stacks(parts=[f"{point:g}" for point in reversed(details.points)], rows=rows)


KIND = RatingKind()


def ratings_of(rows: QuestionRows) -> tuple[Ratings, str]:
    """The ratings of rows, and what is random beside participants.

    Raises:
        ValueError: a rating is not on the declared scale.
    """
    value = np.array([number_of(word) for word in rows.words("answer")])[rows.code("answer")]
    used, method = distinct(rows.code("method"))
    unit, named = rows.units()
    scale = scale_of(rows, value)
    rows.refuse(
        ~scale.holds(value), f": answer is not on the scale from {scale.low:g} to {scale.high:g} of its question"
    )
    ratings = Ratings(
        value=value,
        participant=rows.worker,
        video=rows.code("video_id"),
        method=method,
        prompt=unit if named == "prompts" else None,
        methods=[rows.words("method")[code] for code in used],
        scale=scale,
    )
    return ratings, named


def scale_of(rows: QuestionRows, value: Array) -> Scale:
    """The declared scale; of a table alone the first usual one that holds all ratings, in steps if they are whole."""
    if declared := SCALES.get(int(rows.question.settings.get("points", 0))):
        return Scale(low=declared[0], high=declared[1], slider=declared == SLIDER)
    held = [ends for ends in USUAL if ends[0] <= value.min() and value.max() <= ends[1]]
    low, high = held[0] if held else (math.floor(value.min()), math.ceil(value.max()))
    whole = bool(held) and not (value % 1).any()
    return Scale(low=low, high=max(high, low + 1), slider=(low, high) == SLIDER or not whole)


def _of_scale(rows: QuestionRows, ratings: Ratings) -> list[str]:
    """What a scale that nobody declared was taken to be, where the ratings do not show both of its ends."""
    low, high = (float(end) for end in (ratings.value.min(), ratings.value.max()))
    scale = ratings.scale
    if rows.question.settings.get("points") in SCALES or (low, high) == (scale.low, scale.high):
        return []
    return [
        f"No study file says what the scale is. Ratings are from {low:g} to {high:g}, and it is taken to be "
        f"{scale.low:g} to {scale.high:g}. On another scale the means and differences are the same; shares of the "
        "highest points, SOS a and the ends of intervals are not."
    ]


def _size(row: MethodRatings) -> Size:
    return Size(n_answers=row.num_ratings, n_units=row.num_units, n_workers=row.num_participants)


def _difference(
    own: MeanDifference, found: dict[str, MethodRatings], ratings: Ratings, plan: QuestionPlan
) -> Difference:
    both = found[own.a], found[own.b]
    codes = [ratings.methods.index(name) for name in (own.a, own.b)]
    units = own.num_shared or len(np.unique(ratings.unit[np.isin(ratings.method, codes)]))
    size = Size(
        n_answers=sum(row.num_ratings for row in both),
        n_units=units,
        n_workers=max(row.num_participants for row in both),
    )
    estimate = IntervalEstimate(found=own.contrast, limits=(-own.range, own.range), sequential=plan.rules.sequential)
    return Difference(a=own.a, b=own.b, estimate=estimate, size=size)


def _points(scale: Scale) -> list[float]:
    points = scale.points
    return [float(point) for point in (np.linspace(scale.low, scale.high, 11)[:-1] if points is None else points)]


def _rated(row: MethodRatings, target: Target) -> RatedMethod:
    top: Interval | None = row.top_two_intervals[target] if row.top_two_intervals else None
    return RatedMethod(
        name=row.method,
        distribution=[int(count) for count in row.distribution],
        top_two=row.top_two,
        top_two_low=top.low if top else None,
        top_two_high=top.high if top else None,
        n_videos=row.num_videos,
    )


def _videos(rows: QuestionRows, ratings: Ratings, scores: OpinionScores) -> list[VideoScore]:
    """Each video's scores; none where there are too many to list."""
    seen, first = np.unique(ratings.video, return_index=True)
    if len(seen) > MOST_VIDEOS:
        return []
    try:
        plain = without_bias(ratings.value, ratings.video, ratings.participant, len(scores.mos), len(rows.workers))
        unbiased, errors = plain.score, plain.standard_error
    except ValueError:  # nobody has enough ratings
        unbiased = errors = np.full(len(scores.mos), np.nan)
    named = [
        VideoScore(
            video_id=rows.words("video_id")[video],
            method=ratings.methods[ratings.method[place]],
            ratings=int(scores.count[video]),
            mos=float(scores.mos[video]),
            sd=bound(float(scores.sd[video])),
            ci_low=bound(float(scores.low[video])),
            ci_high=bound(float(scores.high[video])),
            unbiased=bound(float(unbiased[video])),
            unbiased_se=bound(float(errors[video])),
        )
        for video, place in zip(seen.tolist(), first.tolist(), strict=True)
    ]
    return sorted(named, key=lambda row: (row.method, row.video_id))


def _diversity(scores: OpinionScores, scale: Scale, rng: np.random.Generator, confidence: float) -> Coefficient | None:
    found = rating_diversity(scores, scale, rng, confidence)
    return None if found is None else Coefficient(value=found.a, ci_low=found.low, ci_high=found.high)


def _agreement(ratings: Ratings, rng: np.random.Generator, confidence: float) -> dict[str, Coefficient | None]:
    """Ordinal and interval α; None for a slider, whose values are too many for a table of points."""
    points = ratings.scale.points
    if points is None:
        return {"ordinal_alpha": None, "interval_alpha": None}
    size, videos = len(points), int(ratings.video.max()) + 1
    cell = ratings.video * size + (ratings.value - ratings.scale.low).astype(np.intp)
    table = np.bincount(cell, minlength=videos * size).reshape(videos, size)
    found = ordered_agreement(table, points, rng, confidence)
    return {
        name: Coefficient(value=own.value, ci_low=own.low, ci_high=own.high)
        for name, own in (("ordinal_alpha", found.ordinal), ("interval_alpha", found.interval))
    }


def _model(ratings: Ratings, plan: QuestionPlan) -> RatingModelResult | None:
    """The cumulative link model where it is wanted, or by default where ratings are few."""
    few = len(ratings) <= reviewers.UNASKED
    if not plan.tested or plan.mixed is False or (plan.mixed is None and not few):
        return None
    from analysis.rating.rating_model import rating_model  # slow to load

    try:
        found = rating_model(ratings, confidence=plan.rules.confidence, seed=plan.seed)
    except ValueError as error:
        return RatingModelResult(contrasts=[], sd={}, n_ratings=0, notes=[f"Not fitted: {error}."])
    return RatingModelResult(
        contrasts=[
            RatingContrast(
                a=row.a,
                b=row.b,
                log_odds=row.log_odds,
                standard_error=row.standard_error,
                p_value=row.p_value,
                odds_ratio=bound(row.odds_ratio),
                odds_ratio_low=bound(row.odds_ratio_interval.low),
                odds_ratio_high=bound(row.odds_ratio_interval.high),
            )
            for row in found.contrasts
        ],
        sd=found.sd,
        n_ratings=found.num_ratings,
        notes=found.notes,
    )
