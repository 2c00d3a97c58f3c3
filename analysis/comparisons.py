"""Two methods compared: the difference, its intervals, the test that the design calls for and the others beside it."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from analysis import significance
from analysis.counts import Counts, Scored, score
from analysis.estimates import Estimate, Interval, Unit, estimate, newcombe, t_quantile, variance

Array = np.ndarray

#: Fewer classes than this cannot give p < .05 by flipping signs.
MIN_PAIRS = 6

#: What a p-value can rest on. The last is for exactly these videos, the others for new ones.
Test = Literal[
    "sign-flip over classes",
    "permutation over videos within classes",
    "permutation over videos",
    "sign-flip over participants",
]

#: What each test takes as drawn at random beside participants.
UNITS: dict[Test, Unit | None] = {
    "sign-flip over classes": "class",
    "permutation over videos within classes": "video within class",
    "permutation over videos": "video",
    "sign-flip over participants": None,
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """How a comparison is made; the defaults are those of a study file."""

    #: A policy of `analysis.counts.POLICIES`.
    policy: str = "planned"
    #: `auto`, `sign-flip` or `permutation`.
    primary_test: str = "auto"
    #: `new-videos` or `these-videos`.
    target: str = "new-videos"
    confidence: float = 0.95


@dataclass(frozen=True, slots=True)
class Comparison:
    """Method `a` minus method `b`."""

    a: str
    b: str
    difference: float
    #: For new videos of these methods (target A) and for exactly these videos (target B).
    new_videos: Interval
    these_videos: Interval
    p_value: float
    test: Test
    smallest_attainable_p: float
    #: p of every test that could be done, the primary one among them; None where the data allow none.
    tests: dict[str, float | None]
    #: Mean over classes of the difference of video means; equal to `difference` in balanced studies.
    macro_difference: float
    risk_ratio: float | None
    cohens_h: float
    #: Difference of (accuracy − chance)/(1 − chance), chance being one over the number of labels.
    chance_corrected: float
    separated: bool
    #: Classes that only one of the methods has, which are left out; empty where all or none are shared.
    unshared: list[str]
    shared_classes: int
    estimates: tuple[Estimate, Estimate]


def choose_test(strata: list[tuple[Array, Array]], rules: Rules) -> Test:
    """The primary test, from the plan and the design alone, never from the outcome.

    Args:
        strata: video means of both methods per class; empty where the methods share no class.
        rules: what the plan says.
    """
    if rules.target == "these-videos":
        return "sign-flip over participants"
    if rules.primary_test == "sign-flip" or (rules.primary_test == "auto" and len(strata) >= MIN_PAIRS):
        return "sign-flip over classes"
    if len(strata) > 1 and all(min(len(a), len(b)) > 1 for a, b in strata):
        return "permutation over videos within classes"
    return "permutation over videos"


def compare(
    counts: Counts,
    a: str,
    b: str,
    rng: np.random.Generator,
    rules: Rules | None = None,
    *,
    primary_only: bool = False,
) -> Comparison | None:
    """Compare two methods on the classes that both have, or on all where they share none; None without answers.

    Args:
        counts: what was counted.
        a: a method.
        b: another.
        rng: draws rearrangements.
        rules: what the plan says.
        primary_only: leave out the tests beside the primary one.

    Raises:
        ValueError: the plan asks for a test that the design does not allow.
    """
    rules = rules or Rules()
    pair, shared, unshared = _on_common_ground(counts.where(methods=[a, b]), a, b)
    codes = counts.methods.index(a), counts.methods.index(b)
    first, second = (estimate(pair.where(methods=[name]), rules.policy, rules.confidence) for name in (a, b))
    if first is None or second is None:
        return None
    scored = score(pair, rules.policy)
    strata = [pair for pair in by_class(scored, *codes) if min(map(len, pair))] if shared else []
    everything = means(scored, codes[0]), means(scored, codes[1])
    chosen = choose_test(strata, rules)
    tests = all_tests(scored, codes, strata, everything, rng, only=chosen if primary_only else None)
    p_value = tests[chosen]
    if p_value is None:
        raise ValueError(f"{a} and {b}: the plan asks for a {chosen}, which their design does not allow")
    p, q = first.accuracy, second.accuracy
    unit = UNITS[chosen] or UNITS[choose_test(strata, replace(rules, target="new-videos"))]
    return Comparison(
        a=a,
        b=b,
        difference=p - q,
        new_videos=difference_interval(scored, codes, (first, second), unit, rules.confidence),
        these_videos=difference_interval(scored, codes, (first, second), None, rules.confidence),
        p_value=p_value,
        test=chosen,
        smallest_attainable_p=smallest_p(chosen, strata, everything, scored, codes),
        tests=tests,
        macro_difference=_macro(strata, everything),
        risk_ratio=p / q if q else None,
        cohens_h=2 * math.asin(math.sqrt(p)) - 2 * math.asin(math.sqrt(q)),
        chance_corrected=chance_corrected(p, len(counts.labels)) - chance_corrected(q, len(counts.labels)),
        separated=first.separated or second.separated,
        unshared=[counts.labels[code] for code in unshared],
        shared_classes=len(shared),
        estimates=(first, second),
    )


def _on_common_ground(pair: Counts, a: str, b: str) -> tuple[Counts, list[int], list[int]]:
    """The part about classes that both methods have, these classes, and those of one method alone."""
    classes = [set(pair.video_label[pair.video_method == pair.methods.index(name)].tolist()) for name in (a, b)]
    shared, unshared = sorted(classes[0] & classes[1]), sorted(classes[0] ^ classes[1])
    return (pair.of_labels(shared), shared, unshared) if shared and unshared else (pair, shared, [])


def _macro(strata: list[tuple[Array, Array]], everything: tuple[Array, Array]) -> float:
    """Mean over classes of the difference of video means; over all videos where no class is shared."""
    return float(np.mean([a.mean() - b.mean() for a, b in strata or [everything]]))


def chance_corrected(p: float, labels: int) -> float:
    """(p − chance)/(1 − chance) with chance one over the number of labels; p itself where there is one label."""
    return (p - 1 / labels) / (1 - 1 / labels) if labels > 1 else p


def worker_differences(scored: Scored, codes: tuple[int, int]) -> Array:
    """(workers,) each participant's own difference of accuracies, of those who saw both methods."""
    counts, accuracies = scored.counts, []
    for code in codes:
        chosen = counts.cell_method == code
        n, s = (
            np.bincount(counts.cell_worker[chosen], values[chosen], counts.num_workers)
            for values in (scored.cell_n, scored.cell_s)
        )
        accuracies.append(np.where(n > 0, s / np.maximum(n, 1), np.nan))
    differences = accuracies[0] - accuracies[1]
    kept: Array = differences[~np.isnan(differences)]
    return kept


def means(scored: Scored, method: int) -> Array:
    """(videos,) mean score of each of a method's videos."""
    chosen = scored.counts.video_method == method
    values: Array = scored.video_s[chosen] / scored.video_n[chosen]
    return values


def by_class(scored: Scored, a: int, b: int) -> list[tuple[Array, Array]]:
    """Per class, the video means of both methods."""
    mean = scored.video_s / scored.video_n
    counts = scored.counts
    return [
        tuple(mean[(counts.video_label == label) & (counts.video_method == method)] for method in (a, b))
        for label in np.unique(counts.video_label)
    ]


def all_tests(
    scored: Scored,
    codes: tuple[int, int],
    strata: list[tuple[Array, Array]],
    everything: tuple[Array, Array],
    rng: np.random.Generator,
    *,
    only: str | None = None,
) -> dict[str, float | None]:
    """The p of every test, or of one, by name; None where the data allow none."""
    differences = np.array([a.mean() - b.mean() for a, b in strata])
    classes, within = len(strata) > 1, len(strata) > 1 and all(min(len(a), len(b)) > 1 for a, b in strata)
    videos = min(map(len, everything)) > 1
    tests: dict[str, Callable[[], float | None]] = {
        "sign-flip over classes": lambda: float(significance.sign_flip(differences, rng)) if classes else None,
        "permutation over videos within classes": lambda: (
            float(significance.permutation(strata, rng)[()]) if within else None
        ),
        "permutation over videos": lambda: float(significance.permutation([everything], rng)[()]),
        "paired t over classes": lambda: significance.paired_t(differences),
        "Welch on video means": lambda: significance.welch(*everything),
        "two-way t by video": lambda: two_way_t(scored, codes, "video") if videos else None,
        "two-way t by class": lambda: two_way_t(scored, codes, "class") if classes else None,
        "sign-flip over participants": lambda: _of_participants(worker_differences(scored, codes), rng),
    }
    return {name: test() for name, test in tests.items() if only in (None, name)}


def _of_participants(own: Array, rng: np.random.Generator) -> float | None:
    return float(significance.sign_flip(own, rng)) if len(own) > 1 else None


def two_way_t(scored: Scored, codes: tuple[int, int], unit: Unit) -> float | None:
    """The p of the difference with its two-way variance and Student's t."""
    a, b = (
        scored.video_s[scored.counts.video_method == code].sum()
        / scored.video_n[scored.counts.video_method == code].sum()
        for code in codes
    )
    v = variance(scored, {codes[0]: 1.0, codes[1]: -1.0}, unit)
    return significance.t_test(float(a - b), v.two_way, v.df)


def difference_interval(
    scored: Scored,
    codes: tuple[int, int],
    estimates: tuple[Estimate, Estimate],
    unit: Unit | None,
    confidence: float = 0.95,
) -> Interval:
    """Δ ± t·√V; from the two methods' own intervals where one is all right or all wrong. No unit: for these videos."""
    a, b = estimates
    difference = a.accuracy - b.accuracy
    contrast = {codes[0]: 1.0, codes[1]: -1.0}
    parts = variance(scored, contrast, unit or "video")
    if unit is None:
        v, df, intervals = parts.one_way, float(parts.num_workers - 1), (a.these_videos, b.these_videos)
    else:
        v, df, intervals = parts.two_way, parts.df, (a.new_videos, b.new_videos)
    few = unit in ("video", "video within class") and min(a.num_videos, b.num_videos) < 2
    if a.separated or b.separated or few or v <= 0 or df < 1:
        return newcombe(a.accuracy, intervals[0], b.accuracy, intervals[1])
    half = t_quantile(df, confidence) * math.sqrt(v)
    return Interval(max(-1.0, difference - half), min(1.0, difference + half))


def smallest_p(
    test: Test,
    strata: list[tuple[Array, Array]],
    everything: tuple[Array, Array],
    scored: Scored,
    codes: tuple[int, int],
) -> float:
    """The smallest p that the test can give on this design."""
    if test == "sign-flip over participants":
        return significance.smallest_sign_flip(len(worker_differences(scored, codes)))
    if test == "sign-flip over classes":
        return significance.smallest_sign_flip(len(strata))
    groups = strata if test == "permutation over videos within classes" else [everything]
    return significance.smallest_permutation([(len(a), len(b)) for a, b in groups])
