"""Two methods compared: one difference, and for each target its interval and its test; other tests beside them."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from analysis import checks, multiplicity
from analysis.checks import Check
from analysis.counts import Counts
from analysis.inference import TARGETS, Inference, Target, infer
from analysis.intervals import Interval
from analysis.layout import Layout, Unit
from analysis.multiplicity import Adjusted
from analysis.scoring import Scored, score

Array = np.ndarray

#: The name of the primary test.
CLUSTERED_T = "clustered t"

#: The tests by rearrangement that a plan can ask for beside the primary one, by its word.
DECLARED = {"sign-flip": checks.LABELS, "permutation": checks.PERMUTATION}

#: Two class mixes further apart than this, in total variation, are called uneven.
UNEVEN = 0.02


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """How a comparison is made; the defaults are those of a study file."""

    #: A policy of `analysis.scoring.POLICIES`.
    policy: str = "planned"
    #: `auto` or `t`; `sign-flip` or `permutation`: a difference must pass that test too.
    primary_test: str = "auto"
    target: Target = "new-videos"
    confidence: float = 0.95
    #: `equal`: every class counts the same; `videos`: as its share of the methods' videos.
    class_weights: str = "equal"
    #: `holm`, `max-t` or `none`.
    adjustment: str = "holm"
    #: The difference that would not matter; 0 where none was declared.
    margin: float = 0.0
    #: Whether tests and intervals hold at all looks at a running study together.
    sequential: bool = False


@dataclass(frozen=True, slots=True)
class Conclusion:
    """What one target says of a difference: the test and, at every level, the interval that agrees with it.

    A wider target holds the narrower ones: its interval is around theirs, its p the largest.
    """

    inferences: tuple[Inference, ...]
    #: The p of a test by rearrangement that the plan asks for too.
    exact: float | None = None

    def interval(self, confidence: float) -> Interval:
        """The interval of that confidence."""
        found = self.inferences[0].interval(confidence)
        for inference in self.inferences[1:]:
            found = found.around(inference.interval(confidence))
        if self.exact is not None and self.exact >= 1 - confidence:
            found = found.around(Interval(0.0, 0.0))
        return found

    def p_value(self, value: float = 0.0) -> float:
        """Two-sided p of that difference."""
        p = max(inference.p_value(value) for inference in self.inferences)
        return p if self.exact is None or value else max(p, self.exact)

    def one_sided(self, value: float, *, above: bool) -> float:
        """One-sided p against differences of `value` or less (`above`), or of `value` or more."""
        return max(inference.one_sided(value, above=above) for inference in self.inferences)

    def mirrored(self) -> "Conclusion":
        """The same seen from the other method."""
        return replace(self, inferences=tuple(inference.mirrored() for inference in self.inferences))


@dataclass(frozen=True, kw_only=True, slots=True)
class Participants:
    """Who answered about both methods, and who about one of them."""

    both: int
    only_a: int
    only_b: int

    @property
    def nesting(self) -> str:
        """`crossed`: everybody saw both methods; `nested`: nobody did; `partly nested`."""
        if not self.both:
            return "nested"
        return "partly nested" if self.only_a or self.only_b else "crossed"


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Method `a` minus method `b`, on the classes that both have."""

    a: str
    b: str
    #: Weighted mean over the shared classes of each method's share of right answers.
    accuracies: tuple[float, float]
    conclusions: dict[Target, Conclusion]
    #: The target and the level of the plan.
    target: Target
    confidence: float
    #: No outcome gives less: 1 where nothing can be inferred, else that of a test by rearrangement that is asked for.
    smallest_p: float
    #: Tests by rearrangement, by name; those that the design allows.
    checks: dict[str, Check]
    #: The difference of all right answers by all answers, whatever their classes.
    raw_difference: float
    #: Whether the methods' classes are mixed differently, or weighted differently than shown.
    uneven: bool
    participants: Participants
    #: What is random within the classes.
    unit: Unit
    #: Items that both methods have a video of; 0 where nothing pairs them.
    num_items: int
    separated: bool
    #: Classes that only one of the methods has, which are left out; empty where all or none are shared.
    unshared: list[str]
    shared_classes: int
    num_videos: tuple[int, int]
    num_workers: int
    chance: float
    layout: Layout

    @property
    def difference(self) -> float:
        """Of the two accuracies."""
        return self.accuracies[0] - self.accuracies[1]

    @property
    def conclusion(self) -> Conclusion:
        """For the plan's target."""
        return self.conclusions[self.target]

    @property
    def p_value(self) -> float:
        """For the plan's target."""
        return self.conclusion.p_value()

    @property
    def risk_ratio(self) -> float | None:
        """Of the two accuracies; None where the second is 0."""
        return self.accuracies[0] / self.accuracies[1] if self.accuracies[1] else None

    @property
    def cohens_h(self) -> float:
        """2·asin√p_a − 2·asin√p_b (Cohen 1988)."""
        return 2 * math.asin(math.sqrt(self.accuracies[0])) - 2 * math.asin(math.sqrt(self.accuracies[1]))

    @property
    def chance_corrected(self) -> float:
        """Difference of (accuracy − chance)/(1 − chance)."""
        return self.difference / (1 - self.chance) if self.chance < 1 else self.difference

    def interval(self, target: Target | None = None, confidence: float | None = None) -> Interval:
        """The interval for a target; by default the plan's, at its level."""
        return self.conclusions[target or self.target].interval(confidence or self.confidence)

    def equivalence(self, margin: float) -> float:
        """The p of two one-sided tests (Schuirmann 1987) that the methods differ by less than the margin."""
        return max(self.conclusion.one_sided(-margin, above=True), self.conclusion.one_sided(margin, above=False))

    def not_inferior(self, margin: float) -> float:
        """The one-sided p that `a` is not worse than `b` by the margin or more."""
        return self.conclusion.one_sided(-margin, above=True)

    @property
    def df(self) -> float:
        """Degrees of freedom of the difference, for the plan's target."""
        return self.conclusion.inferences[0].part.df

    def swapped(self) -> "Comparison":
        """The same comparison seen from the other method."""
        return replace(
            self,
            a=self.b,
            b=self.a,
            accuracies=self.accuracies[::-1],
            conclusions={target: found.mirrored() for target, found in self.conclusions.items()},
            raw_difference=-self.raw_difference,
            participants=replace(self.participants, only_a=self.participants.only_b, only_b=self.participants.only_a),
            num_videos=self.num_videos[::-1],
        )


def compare(
    counts: Counts | Scored,
    a: str,
    b: str,
    rng: np.random.Generator,
    rules: Rules | None = None,
    *,
    primary_only: bool = False,
) -> Comparison | None:
    """Compare two methods on the classes that both have, or on all as one where they share none; None without answers.

    Args:
        counts: what was counted, or scored by the policy of the rules.
        a: a method.
        b: another.
        rng: draws rearrangements.
        rules: what the plan says.
        primary_only: leave out the tests beside the primary one.

    Raises:
        ValueError: the plan asks for a test that the design does not allow.
    """
    rules = rules or Rules()
    scored = counts if isinstance(counts, Scored) else score(counts, rules.policy)
    counts = scored.counts
    codes = (counts.methods.index(a), counts.methods.index(b))
    mixes = [_mix(scored, code) for code in codes]
    if not all(mix.any() for mix in mixes):
        return None
    layout = layout_of(scored, codes, rules.class_weights)
    shared = (mixes[0] > 0) & (mixes[1] > 0)
    found = {target: infer(layout, target, sequential=rules.sequential) for target in TARGETS}
    tests = _checks(layout, rules, rng, primary_only=primary_only)
    exact = None
    if rules.primary_test in DECLARED and rules.target != "these-videos":
        check = tests.get(DECLARED[rules.primary_test])
        if check is None:
            name = DECLARED[rules.primary_test]
            raise ValueError(f"{a} and {b}: the plan asks for a {name}, which their design does not allow")
        exact = check
    conclusions = _conclusions(found, None if exact is None else exact.p_value)
    raw = [float(scored.video_s[own].sum() / scored.video_n[own].sum()) for own in layout.videos]
    p = layout.accuracies
    unshared = np.flatnonzero((mixes[0] > 0) != (mixes[1] > 0)) if shared.any() else np.array([], int)
    apart = abs(raw[0] - raw[1] - (p[0] - p[1])) > 0.0005
    return Comparison(
        a=a,
        b=b,
        accuracies=(p[0], p[1]),
        conclusions=conclusions,
        target=rules.target,
        confidence=rules.confidence,
        smallest_p=_smallest(conclusions[rules.target], exact),
        checks=tests,
        raw_difference=raw[0] - raw[1],
        uneven=apart and (len(unshared) > 0 or float(np.abs(mixes[0] - mixes[1]).sum()) / 2 > UNEVEN),
        participants=Participants(
            both=layout.num_both,
            only_a=layout.num_present[0] - layout.num_both,
            only_b=layout.num_present[1] - layout.num_both,
        ),
        unit=layout.unit,
        num_items=_shared_items(layout),
        separated=any(each in (0.0, 1.0) for each in p),
        unshared=[counts.labels[code] for code in unshared],
        shared_classes=int(shared.sum()),
        num_videos=(int(layout.num_videos[0].sum()), int(layout.num_videos[1].sum())),
        num_workers=sum(layout.num_present) - layout.num_both,
        chance=1 / len(counts.labels) if len(counts.labels) > 1 else 0.0,
        layout=layout,
    )


def layout_of(scored: Scored, codes: tuple[int, int], class_weights: str = "equal") -> Layout:
    """Two methods on the classes that both have, weighted as the plan says; on all as one where they share none."""
    mixes = [_mix(scored, code) for code in codes]
    shared = (mixes[0] > 0) & (mixes[1] > 0)
    if not shared.any():
        return Layout(scored, codes, None)
    weights = shared * ((mixes[0] + mixes[1]) if class_weights == "videos" else 1.0)
    return Layout(scored, codes, weights / weights.sum())


def _mix(scored: Scored, method: int) -> Array:
    """(labels,) share of a method's videos that each class has."""
    own = scored.counts.video_method == method
    found = np.bincount(scored.counts.video_label[own], minlength=len(scored.counts.labels))
    return np.asarray(found / max(found.sum(), 1))


def _shared_items(layout: Layout) -> int:
    items = layout.scored.counts.video_item
    if items is None:
        return 0
    first, second = (set(layout.of_videos(place, items).tolist()) - {-1} for place in (0, 1))
    return len(first & second)


def _conclusions(found: dict[Target, Inference], exact: float | None) -> dict[Target, Conclusion]:
    these, new, labels = (found[target] for target in TARGETS)
    return {
        "these-videos": Conclusion((these,)),
        "new-videos": Conclusion((new, these), exact),
        "new-labels": Conclusion((labels, new, these), exact),
    }


def _smallest(conclusion: Conclusion, exact: Check | None) -> float:
    if not all(inference.part.known for inference in conclusion.inferences):
        return 1.0
    return 0.0 if exact is None else exact.smallest


def _checks(layout: Layout, rules: Rules, rng: np.random.Generator, *, primary_only: bool) -> dict[str, Check]:
    tests: dict[str, Callable[[Layout, np.random.Generator], Check | None]] = {
        checks.PERMUTATION: checks.over_videos,
        checks.LABELS: checks.over_labels,
        checks.PARTICIPANTS: checks.over_participants,
    }
    wanted = {DECLARED.get(rules.primary_test)} if primary_only else set(tests)
    found = {name: test(layout, rng) for name, test in tests.items() if name in wanted}
    return {name: check for name, check in found.items() if check is not None}


def chance_corrected(p: float, labels: int) -> float:
    """(p − chance)/(1 − chance) with chance one over the number of labels; p itself where there is one label."""
    return (p - 1 / labels) / (1 - 1 / labels) if labels > 1 else p


def adjusted(pairs: list[Comparison], rules: Rules, rng: np.random.Generator) -> list[Adjusted]:
    """The pairs' tests adjusted for each other as the plan says."""
    p_values, alpha = [pair.p_value for pair in pairs], 1 - rules.confidence
    if rules.adjustment == "none" or len(pairs) < 2:
        return multiplicity.unadjusted(p_values, alpha)
    if rules.adjustment == "max-t" and all(pair.conclusion.inferences[0].part.known for pair in pairs):
        correlation = multiplicity.correlation_of([pair.layout for pair in pairs])
        return multiplicity.by_max_t(p_values, [pair.df for pair in pairs], correlation, alpha, rng)
    return multiplicity.by_holm(p_values, alpha)
