"""Methods compared on one question: every pair with its intervals and tests, adjusted for the others, as naming has."""

import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from analysis import multiplicity
from analysis.clustering import TARGETS, Target
from analysis.comparisons import Rules
from analysis.equivalence import equivalence
from analysis.intervals import Interval
from analysis.multiplicity import Adjusted
from analysis.questions.plan import QuestionPlan
from analysis.records.comparisons import EquivalenceTest
from analysis.records.questions import MethodEstimate, QuestionComparison
from analysis.sequential import always_valid, nominal_level
from analysis.variance import Part
from crowd.texts import did_you_mean


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """What an estimate rests on."""

    n_answers: int
    n_units: int
    n_workers: int


class Inferred(Protocol):
    """An estimate with its intervals and tests, such as `analysis.clustering.Contrast`."""

    @property
    def value(self) -> float:
        """The estimate."""

    def interval(self, target: Target, confidence: float) -> Interval:
        """The interval of that confidence."""

    def p_value(self, target: Target, value: float) -> float:
        """Two-sided p of that value."""

    def part(self, target: Target) -> Part:
        """The variance with its degrees of freedom."""


@dataclass(frozen=True, kw_only=True, slots=True)
class IntervalEstimate:
    """What was inferred, or the same with its sign turned, within the values that there can be."""

    found: Inferred
    #: The smallest and the largest value that there can be.
    limits: tuple[float, float]
    #: Whether tests and intervals hold at all looks at a running study together.
    sequential: bool = False
    turned: bool = False

    @property
    def value(self) -> float:
        """The estimate."""
        return -self.found.value if self.turned else self.found.value

    def interval(self, target: Target, confidence: float) -> Interval:
        """The interval within the limits, which it reaches where nothing can be inferred."""
        part = self.found.part(target)
        if self.sequential and part.known:
            confidence = 1 - nominal_level(1 - confidence, self._relative(part))
        low, high = self.found.interval(target, confidence)
        if self.turned:
            low, high = -high, -low
        return Interval(max(low, self.limits[0]), min(high, self.limits[1]))

    def p_value(self, target: Target, value: float = 0.0) -> float:
        """Two-sided p of that value."""
        p, part = self.found.p_value(target, -value if self.turned else value), self.found.part(target)
        return always_valid(p, self._relative(part)) if self.sequential and part.known and p < 1 else p

    def one_sided(self, target: Target, value: float, *, above: bool) -> float:
        """One-sided p against the null that the truth is `value` or less (`above`), or `value` or more."""
        half = self.p_value(target, value) / 2
        return half if (self.value > value) == above else 1 - half

    def mirrored(self) -> "IntervalEstimate":
        """The same with its sign turned."""
        return replace(self, turned=not self.turned, limits=(-self.limits[1], -self.limits[0]))

    def _relative(self, part: Part) -> float:
        """The variance where the limits of a difference are −1 and 1, for which the sequence is tuned."""
        reach = (self.limits[1] - self.limits[0]) / 2
        return part.variance / reach**2


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """Method `a` less method `b`."""

    a: str
    b: str
    estimate: IntervalEstimate
    size: Size

    def turned(self) -> "Difference":
        """Method `b` less method `a`."""
        return replace(self, a=self.b, b=self.a, estimate=self.estimate.mirrored())


#: Adjusts several comparisons for each other, given the target and the level of all together.
Adjust = Callable[[Sequence[Difference], Target, float], list[Adjusted]]


def target_of(rules: Rules) -> Target:
    """The plan's target; labels are random only in naming."""
    return "these" if rules.target == "these-videos" else "new"


def method_estimate(name: str, found: IntervalEstimate, size: Size, plan: QuestionPlan) -> MethodEstimate:
    """The estimate of one method as report.json has it."""
    intervals = {target: found.interval(target, plan.rules.confidence) for target in TARGETS}
    return estimate_row(name, found.value, intervals, size, plan)


def estimate_row(
    name: str, value: float, intervals: Mapping[Target, Interval], size: Size, plan: QuestionPlan
) -> MethodEstimate:
    """The same from its interval for each target."""
    new, these = intervals["new"], intervals["these"]
    own = these if target_of(plan.rules) == "these" else new
    return MethodEstimate(
        name=name,
        control=name == plan.control,
        estimate=value,
        ci_low=bound(own.low),
        ci_high=bound(own.high),
        new_low=bound(new.low),
        new_high=bound(new.high),
        these_low=bound(these.low),
        these_high=bound(these.high),
        n_answers=size.n_answers,
        n_units=size.n_units,
        n_workers=size.n_workers,
    )


def ordered(rows: Iterable[MethodEstimate], *, higher_is_better: bool = True) -> list[MethodEstimate]:
    """The best method first and the control last; of equal ones the first by name."""
    sign = -1 if higher_is_better else 1
    return sorted(rows, key=lambda row: (row.control, sign * row.estimate, row.name))


def bound(value: float) -> float | None:
    """A bound as report.json has it: null where it is infinite."""
    return value if math.isfinite(value) else None


def compared(
    names: Sequence[str],
    difference: Callable[[str, str], Difference | None],
    plan: QuestionPlan,
    *,
    higher_is_better: bool = True,
    adjust: Adjust | None = None,
) -> list[QuestionComparison]:
    """Every pair of methods: planned ones in the plan's order, then the others, those with the control last.

    Planned pairs are adjusted for each other, other pairs for all of their family; pairs with the control are a family
    of their own. Within a pair the method that did better stands first.

    Args:
        names: the methods with answers that count, in the order of the report.
        difference: the first method less the second; None where nothing compares them.
        plan: the rules.
        higher_is_better: whether a larger estimate is the better one.
        adjust: adjusts several comparisons for each other as the plan says; by default Holm's does.

    Raises:
        ValueError: the plan names a method that has no answers.
    """
    if not plan.tested:
        return []
    for name in itertools.chain(*plan.pairs):
        if name not in names:
            meant = did_you_mean(name, names)
            raise ValueError(
                f"comparisons: no method {name!r}{meant} in the answers; there are {', '.join(sorted(names))}"
            )
    wanted = [frozenset(pair) for pair in plan.pairs]
    rest = [pair for pair in itertools.combinations(names, 2) if frozenset(pair) not in wanted]
    found = [one for a, b in (*plan.pairs, *rest) if (one := difference(a, b)) is not None]
    tested = [_tested(one, higher_is_better=higher_is_better) for one in found]
    rows: list[QuestionComparison] = []
    for control in (False, True):
        family = [one for one in tested if (plan.control in one.pair) == control]
        planned = [one for one in family if not wanted or one.pair in wanted]
        others = [one for one in family if wanted and one.pair not in wanted]
        rows += _adjusted(planned, planned, plan, adjust, planned=True, control=control)
        rows += _adjusted(others, family, plan, adjust, planned=False, control=control)
    place = {pair: number for number, pair in enumerate(wanted)}
    return sorted(rows, key=lambda row: (not row.planned, place.get(frozenset((row.a, row.b)), 0), row.control))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Tested:
    """A difference with its p for each target, which may take long to find."""

    one: Difference
    p_values: dict[Target, float]
    higher_is_better: bool

    @property
    def pair(self) -> frozenset[str]:
        return frozenset((self.one.a, self.one.b))


def _tested(one: Difference, *, higher_is_better: bool) -> _Tested:
    """The difference with the better method first."""
    worse = one.estimate.value < 0 if higher_is_better else one.estimate.value > 0
    one = one.turned() if worse else one
    p_values = {target: one.estimate.p_value(target) for target in TARGETS}
    return _Tested(one=one, p_values=p_values, higher_is_better=higher_is_better)


def _adjusted(
    pairs: list[_Tested],
    family: list[_Tested],
    plan: QuestionPlan,
    adjust: Adjust | None,
    *,
    planned: bool,
    control: bool,
) -> list[QuestionComparison]:
    if not pairs:
        return []
    target, alpha = target_of(plan.rules), 1 - plan.rules.confidence
    # What holds at all looks is adjusted by Holm: the joint distribution is that of a single look.
    joint = adjust is not None and plan.rules.adjustment == "max-t" and not plan.rules.sequential
    if adjust and joint:
        adjusted = adjust([tested.one for tested in family], target, alpha)
    else:
        alone = plan.rules.adjustment == "none" or len(family) < 2
        p_values = [tested.p_values[target] for tested in family]
        adjusted = (multiplicity.unadjusted if alone else multiplicity.by_holm)(p_values, alpha)
    by_pair = {tested.pair: found for tested, found in zip(family, adjusted, strict=True)}
    return [
        _comparison(tested, by_pair[tested.pair], len(family), plan, planned=planned, control=control)
        for tested in pairs
    ]


def _comparison(
    tested: _Tested, adjusted: Adjusted, family: int, plan: QuestionPlan, *, planned: bool, control: bool
) -> QuestionComparison:
    """A comparison as report.json has it."""
    one, rules, target = tested.one, plan.rules, target_of(plan.rules)
    estimate = one.estimate
    new, these = (estimate.interval(each, rules.confidence) for each in ("new", "these"))
    own, shared = these if target == "these" else new, estimate.interval(target, 1 - adjusted.level)
    part = estimate.found.part(target)
    return QuestionComparison(
        a=one.a,
        b=one.b,
        control=control,
        planned=planned,
        difference=estimate.value,
        ci_low=bound(own.low),
        ci_high=bound(own.high),
        p_value=tested.p_values[target],
        p_adjusted=adjusted.p_value,
        adjusted_low=bound(shared.low),
        adjusted_high=bound(shared.high),
        adjusted_confidence=1 - adjusted.level,
        family=family,
        new_low=bound(new.low),
        new_high=bound(new.high),
        p_new=tested.p_values["new"],
        these_low=bound(these.low),
        these_high=bound(these.high),
        p_these=tested.p_values["these"],
        df=part.df if part.known else None,
        n_answers=one.size.n_answers,
        n_units=one.size.n_units,
        n_workers=one.size.n_workers,
        equivalence=_equivalence(estimate, rules, higher_is_better=tested.higher_is_better),
    )


@dataclass(frozen=True, slots=True)
class _Towards:
    """A difference for one target, larger where the first method is better."""

    estimate: IntervalEstimate
    target: Target

    def interval(self, confidence: float) -> Interval:
        return self.estimate.interval(self.target, confidence)

    def one_sided(self, value: float, *, above: bool) -> float:
        return self.estimate.one_sided(self.target, value, above=above)


def _equivalence(estimate: IntervalEstimate, rules: Rules, *, higher_is_better: bool) -> EquivalenceTest | None:
    """Two one-sided tests against the margin; None without one."""
    if not rules.margin:
        return None
    target = target_of(rules)
    if higher_is_better:
        return equivalence(_Towards(estimate, target), rules.margin, rules.confidence)
    found = equivalence(_Towards(estimate.mirrored(), target), rules.margin, rules.confidence)
    return replace(found, ci_low=-found.ci_high, ci_high=-found.ci_low)
