"""How many videos and participants a comparison needs: by formula and by simulating the study."""

import math
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy import special

from analysis.comparisons import Comparison, Rules, compare
from analysis.counts import Counts
from analysis.intervals import root, t_quantile
from analysis.power_question import People
from analysis.records.comparisons import DetectableDifference, VideosNeeded
from analysis.simulator import Drawn, Spreads, StudyModel, studies
from analysis.variance import Part, satterthwaite
from analysis.variance_components import Components, of_answers, of_model

#: Most videos per method that a search considers.
MAX_VIDEOS = 100_000

#: True differences for which a report says how many videos they take.
SIZES = (0.2, 0.1, 0.05)


@dataclass(frozen=True, kw_only=True, slots=True)
class ComparisonDesign:
    """A comparison of two methods, as planned."""

    #: Videos of each method, over all classes.
    videos: int = 22
    #: Classes that both methods have.
    classes: int = 11
    workers: int = 60
    #: Answers that each video gets.
    answers_per_video: int = 9

    def __post_init__(self) -> None:
        """Check that the design can exist."""
        for name in ("videos", "classes", "workers", "answers_per_video"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name.replace('_', ' ')}: must be at least 1, is {getattr(self, name)}")
        if self.videos < 2:
            raise ValueError("videos: 2 of each method are the fewest that tell anything of other videos, is 1")
        if self.videos < self.classes:
            raise ValueError(f"videos: {self.videos} of each method are fewer than the {self.classes} labels (classes)")
        if self.answers_per_video > self.workers:
            raise ValueError(
                f"answers per video: {self.answers_per_video} cannot come from {self.workers} participants"
            )

    @property
    def video_df(self) -> int:
        """Degrees of freedom of the videos' term: within classes, or over classes with one video of each method."""
        return 2 * (self.videos - self.classes) or max(self.classes - 1, 1)


@dataclass(frozen=True, slots=True)
class Precision:
    """How precisely a design estimates a difference of two accuracies."""

    #: Standard error of the difference, a fraction.
    error: float
    #: Satterthwaite's degrees of freedom over participants and videos, as in the report.
    df: float


def precision(design: ComparisonDesign, components: Components) -> Precision:
    """Standard error and degrees of freedom of the difference."""
    videos, workers, single = components.of_difference(design.videos, design.answers_per_video, design.workers)
    own = [Part(workers + single, max(design.workers - 1, 1)), Part(videos + single, design.video_df)]
    return Precision(math.sqrt(videos + workers + single), satterthwaite(own))


def power(difference: float, error: float, df: float, alpha: float = 0.05, null_error: float | None = None) -> float:
    """Probability that a two-sided t-test finds a true difference.

    Args:
        difference: the true one.
        error: standard error of the estimate.
        df: degrees of freedom.
        alpha: level of the test.
        null_error: the standard error that the test takes, if it is that without a difference.
    """
    critical, shift = t_quantile(df, 1 - alpha) * (null_error or error) / error, difference / error
    above, below = 1 - special.nctdtr(df, shift, critical), special.nctdtr(df, shift, -critical)
    # Far out, SciPy gives NaN for what is 1 or 0 to all digits.
    return float(np.nan_to_num(above, nan=float(shift > critical)) + np.nan_to_num(below, nan=0.0))


def detectable(error: float, df: float, target: float = 0.8, alpha: float = 0.05) -> float:
    """The smallest true difference found with probability `target`; more than 1 means none."""
    return error * root(lambda shift: power(shift, 1.0, df, alpha) - target, 1e-6, 200.0)


def exaggeration(difference: float, error: float, df: float, alpha: float = 0.05) -> tuple[float, float]:
    """Type-M and Type-S error (Gelman & Carlin 2014), in the closed form of Lu, Qiu & Deng (2019).

    Returns:
        How many times too large a significant estimate is on average, and how likely it has the wrong sign.
    """
    critical = t_quantile(df, 1 - alpha)
    shift = abs(difference) / error
    above, below = special.ndtr(shift - critical), special.ndtr(-critical - shift)
    found = above + below
    mean = _density(critical - shift) + _density(critical + shift) + shift * (above - below)
    return float(mean / (found * shift)), float(below / found)


def _density(z: float) -> float:
    """Of the standard normal."""
    return math.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def videos_needed(
    difference: float, design: ComparisonDesign, components: Components, target: float = 0.8, alpha: float = 0.05
) -> int | None:
    """The fewest videos per method, in whole classes, that find a difference; None where no number does."""

    def enough(rounds: int) -> bool:
        videos = max(2, rounds * design.classes)
        tried = replace(design, videos=videos)
        found = precision(tried, components)
        return power(difference, found.error, found.df, alpha) >= target

    low, high = 0, 1
    while not enough(high):
        low, high = high, high * 2
        if high * design.classes > MAX_VIDEOS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return max(2, high * design.classes)


@dataclass(frozen=True, slots=True)
class Simulated:
    """The operating characteristics of a design, from simulated studies."""

    studies: int
    #: Share that found the difference, by the test of the report.
    power: float
    #: Share that found a difference where there is none.
    false_positives: float
    #: Share of intervals that held the true difference.
    coverage: float
    type_m: float | None
    type_s: float | None


def simulate(
    model: StudyModel, number: int, rng: np.random.Generator, confidence: float = 0.95, rules: Rules | None = None
) -> Simulated:
    """Simulate studies with the model's difference and without, each analysed by the report's primary test.

    Args:
        model: two methods.
        number: studies of each kind.
        rng: draws them.
        confidence: 1 less the level of the test.
        rules: what else the plan says.
    """
    rules = replace(rules or Rules(), confidence=confidence)
    difference = model.accuracies[0] - model.accuracies[1]
    middle = float(np.mean(model.accuracies))
    alternative = [_outcome(drawn, rules, rng) for drawn in studies(model, number, rng)]
    null = replace(model, accuracies=(middle, middle))
    nothing = [_outcome(drawn, rules, rng) for drawn in studies(null, number, rng)]
    estimates = np.array([estimate for estimate, _, _ in alternative])
    found = np.array([rejects for _, rejects, _ in alternative])
    significant = estimates[found]
    some = len(significant) > 0 and difference != 0
    return Simulated(
        studies=number,
        power=float(found.mean()),
        false_positives=float(np.mean([rejects for _, rejects, _ in nothing])),
        coverage=float(np.mean([covers for _, _, covers in alternative])),
        type_m=float(np.abs(significant).mean() / abs(difference)) if some else None,
        type_s=float((significant * difference < 0).mean()) if some else None,
    )


def _outcome(drawn: Drawn, rules: Rules, rng: np.random.Generator) -> tuple[float, bool, bool]:
    """The estimated difference, whether the primary test rejects, whether its interval holds the truth."""
    found = compare(drawn.counts, "a", "b", rng, rules, primary_only=True)
    if found is None:
        return 0.0, False, True
    interval = found.interval()
    true = {"these-videos": drawn.these_videos, "new-videos": drawn.new_videos, "new-labels": drawn.new_labels}
    truth = true[rules.target][0] - true[rules.target][1]
    return found.difference, interval.low > 0 or interval.high < 0, interval.low <= truth <= interval.high


def as_nested(design: ComparisonDesign, spreads: Spreads) -> tuple[ComparisonDesign, Spreads]:
    """The design and spreads for `precision` where nobody sees both methods: half of the participants for each.

    Participants' differences, which cancel where everybody sees both, then count as the interaction.
    """
    if design.workers < 4:
        raise ValueError(f"workers: 2 for each method are the fewest where nobody sees both, is {design.workers}")
    half = design.workers // 2
    nested = replace(design, workers=half, answers_per_video=min(design.answers_per_video, half))
    return nested, replace(spreads, worker=0.0, worker_method=math.hypot(spreads.worker, spreads.worker_method))


def model_of(
    design: ComparisonDesign, accuracies: tuple[float, float], spreads: Spreads, people: People = "crossed"
) -> StudyModel:
    """The simulated study that a design describes; videos per class are rounded down."""
    per_class = max(1, design.videos // design.classes)
    total = 2 * per_class * design.classes
    seen = max(1, min(total, round(design.answers_per_video * total / design.workers)))
    return StudyModel(
        accuracies=accuracies,
        videos=(per_class, per_class),
        num_labels=design.classes,
        num_workers=design.workers,
        videos_per_worker=seen,
        people=people,
        spreads=spreads,
    )


def curve(design: ComparisonDesign, components: Components, alpha: float = 0.05) -> list[dict[str, Any]]:
    """Detectable difference over numbers of videos, for this many participants, a quarter and four times as many."""
    rows = []
    for factor in (0.25, 1, 4):
        workers = max(2, round(design.workers * factor))
        answers = max(1, min(workers, round(design.answers_per_video * factor)))
        points = []
        for rounds in (1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100):
            videos = rounds * design.classes
            if videos < 2:
                continue
            tried = replace(design, videos=videos, workers=workers, answers_per_video=answers)
            found = precision(tried, components)
            points.append([videos, detectable(found.error, found.df, alpha=alpha)])
        rows.append({"workers": workers, "answers_per_video": answers, "points": points})
    return rows


def components_of(accuracies: tuple[float, float], design: ComparisonDesign, spreads: Spreads) -> Components:
    """Components of the simulated study that a design describes."""
    return of_model(model_of(design, accuracies, spreads))


def detectable_difference(counts: Counts, main: Comparison, confidence: float) -> DetectableDifference | None:
    """What a study could detect, and how many videos smaller differences take; None for too small a study.

    Args:
        counts: what was counted.
        main: the comparison whose variances are taken.
        confidence: 1 less the level of the test.
    """
    pair = counts.where(methods=[main.a, main.b])
    videos, classes = min(main.num_videos), max(1, main.shared_classes)
    if videos < max(2, classes):
        return None
    workers = main.num_workers
    answers = max(1, min(workers, round(pair.num_answers / len(pair.video))))
    design = ComparisonDesign(videos=videos, classes=classes, workers=workers, answers_per_video=answers)
    components = of_answers(main.layout)
    found, alpha = precision(design, components), 1 - confidence
    known = found.error > 0
    return DetectableDifference(
        pair=[main.a, main.b],
        videos=videos,
        classes=classes,
        workers=workers,
        answers_per_video=answers,
        sd_video=components.video**0.5,
        sd_worker_method=components.worker_method**0.5,
        detectable=min(1.0, detectable(found.error, found.df, alpha=alpha)) if known else None,
        needed=[
            VideosNeeded(difference=size, videos=videos_needed(size, design, components, alpha=alpha))
            for size in (SIZES if known else ())
        ],
    )
