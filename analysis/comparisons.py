"""Two methods compared: the difference, its intervals, the test that the design calls for and the others beside it."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from analysis import significance
from analysis.counts import Counts, Scored, score
from analysis.estimates import Estimate, Interval, Unit, estimate, newcombe, t_quantile, variance

Array = np.ndarray

#: Fewer classes than this cannot give p < .05 by flipping signs.
MIN_PAIRS = 6

Test = Literal["sign-flip over classes", "permutation over videos within classes", "permutation over videos"]

#: What each test takes as the unit that is drawn at random.
UNITS: dict[Test, Unit] = {
    "sign-flip over classes": "class",
    "permutation over videos within classes": "video within class",
    "permutation over videos": "video",
}


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
    chance_corrected: float | None
    separated: bool
    #: Classes that only one of the methods has, which are left out; empty where all or none are shared.
    unshared: list[str]
    shared_classes: int
    estimates: tuple[Estimate, Estimate]


def choose_test(strata: list[tuple[Array, Array]]) -> Test:
    """The primary test, from the design alone, never from the outcome."""
    if len(strata) >= MIN_PAIRS:
        return "sign-flip over classes"
    if len(strata) > 1 and all(min(len(a), len(b)) > 1 for a, b in strata):
        return "permutation over videos within classes"
    return "permutation over videos"


def compare(
    counts: Counts,
    a: str,
    b: str,
    rng: np.random.Generator,
    *,
    policy: str = "planned",
    test: Test | None = None,
) -> Comparison | None:
    """Compare two methods on the classes that both have, or on all where they share none; None without answers."""
    pair = counts.where(methods=[a, b])
    codes = counts.methods.index(a), counts.methods.index(b)
    classes = [set(pair.video_label[pair.video_method == code].tolist()) for code in codes]
    shared = sorted(classes[0] & classes[1])
    unshared = sorted(classes[0] ^ classes[1]) if shared else []
    if unshared:
        pair = pair.of_labels(shared)
    scored = score(pair, policy)
    estimates = estimate(pair.where(methods=[a]), policy), estimate(pair.where(methods=[b]), policy)
    if estimates[0] is None or estimates[1] is None:
        return None
    strata = by_class(scored, *codes) if shared else []
    if any(min(len(x), len(y)) == 0 for x, y in strata):
        strata = []
    everything = [means(scored, code) for code in codes]
    chosen = test or choose_test(strata)
    differences = np.array([x.mean() - y.mean() for x, y in strata])
    tests = all_tests(scored, codes, strata, (everything[0], everything[1]), rng)
    p_value = tests[chosen]
    if p_value is None:
        raise ValueError(f"{a} and {b}: the plan asks for {chosen}, which their videos do not allow")
    p, q = estimates[0].accuracy, estimates[1].accuracy
    chance = 1 / len(counts.labels)
    return Comparison(
        a=a,
        b=b,
        difference=p - q,
        new_videos=difference_interval(scored, codes, (estimates[0], estimates[1]), UNITS[chosen]),
        these_videos=difference_interval(scored, codes, (estimates[0], estimates[1]), None),
        p_value=p_value,
        test=chosen,
        smallest_attainable_p=smallest_p(chosen, strata, (everything[0], everything[1])),
        tests=tests,
        macro_difference=float(differences.mean())
        if len(strata)
        else float(everything[0].mean() - everything[1].mean()),
        risk_ratio=p / q if q else None,
        cohens_h=2 * math.asin(math.sqrt(p)) - 2 * math.asin(math.sqrt(q)),
        chance_corrected=(p - q) / (1 - chance) if chance < 1 else None,
        separated=estimates[0].separated or estimates[1].separated,
        unshared=[counts.labels[code] for code in unshared],
        shared_classes=len(shared),
        estimates=(estimates[0], estimates[1]),
    )


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
) -> dict[str, float | None]:
    """Every test's p, the primary one among them; None where the data allow none."""
    tests: dict[str, float | None] = {
        "sign-flip over classes": None,
        "permutation over videos within classes": None,
        "paired t over classes": None,
    }
    if len(strata) > 1:
        differences = np.array([a.mean() - b.mean() for a, b in strata])
        tests["sign-flip over classes"] = float(significance.sign_flip(differences, rng))
        tests["paired t over classes"] = significance.paired_t(differences)
        if all(min(len(a), len(b)) > 1 for a, b in strata):
            tests["permutation over videos within classes"] = float(significance.permutation(strata, rng)[()])
    tests["permutation over videos"] = float(significance.permutation([everything], rng)[()])
    tests["Welch on video means"] = significance.welch(*everything)
    n = [scored.video_n[scored.counts.video_method == code].sum() for code in codes]
    s = [scored.video_s[scored.counts.video_method == code].sum() for code in codes]
    for name, unit in (("two-way t by video", "video"), ("two-way t by class", "class")):
        if unit == "class" and len(strata) < 2:
            continue
        allowed = unit == "class" or min(len(values) for values in everything) > 1
        v = variance(scored, {codes[0]: 1.0, codes[1]: -1.0}, unit)  # type: ignore[arg-type]
        df = degrees(scored, codes, unit)  # type: ignore[arg-type]
        tests[name] = significance.t_test(s[0] / n[0] - s[1] / n[1], v.two_way, df) if allowed else None
    return tests


def degrees(scored: Scored, codes: tuple[int, int], unit: Unit) -> int:
    """Degrees of freedom: units less what they were centred on."""
    counts = scored.counts
    used = np.isin(counts.video_method, codes)
    if unit == "class":
        return len(np.unique(counts.video_label[used])) - 1
    strata = counts.video_method[used] * len(counts.labels) + counts.video_label[used] * (unit != "video")
    return int(used.sum() - len(np.unique(strata)))


def difference_interval(
    scored: Scored, codes: tuple[int, int], estimates: tuple[Estimate, Estimate], unit: Unit | None
) -> Interval:
    """Δ ± t·√V; from the two methods' own intervals where one is all right or all wrong. No unit: for these videos."""
    a, b = estimates
    difference = a.accuracy - b.accuracy
    contrast = {codes[0]: 1.0, codes[1]: -1.0}
    if unit is None:
        v = variance(scored, contrast, "video").worker
        df = len(np.unique(scored.counts.cell_worker)) - 1
        intervals = a.these_videos, b.these_videos
    else:
        v = variance(scored, contrast, unit).two_way
        df = degrees(scored, codes, unit)
        intervals = a.new_videos, b.new_videos
    few = unit in ("video", "video within class") and min(a.num_videos, b.num_videos) < 2
    if a.separated or b.separated or few or v <= 0 or df < 1:
        return newcombe(a.accuracy, intervals[0], b.accuracy, intervals[1])
    half = t_quantile(df) * math.sqrt(v)
    return Interval(max(-1.0, difference - half), min(1.0, difference + half))


def smallest_p(test: Test, strata: list[tuple[Array, Array]], everything: tuple[Array, Array]) -> float:
    """The smallest p that the test can give on this design."""
    if test == "sign-flip over classes":
        return significance.smallest_sign_flip(len(strata))
    groups = strata if test == "permutation over videos within classes" else [everything]
    return significance.smallest_permutation([(len(a), len(b)) for a, b in groups])
