"""Every pair of methods compared, in the order in which a report shows them, and as report.json has them."""

import itertools
from dataclasses import dataclass

import numpy as np

from analysis.comparisons import CLUSTERED_T, DECLARED, Comparison, Rules, adjusted, compare
from analysis.counts import Counts
from analysis.equivalence import equivalence
from analysis.multiplicity import Adjusted, holm
from analysis.plan import Plan
from analysis.questions.plan import QuestionPlan
from analysis.records.comparisons import EquivalenceTest, MethodComparison, ParticipantNesting
from analysis.scoring import score
from crowd.texts import did_you_mean

#: With more pairs than this, tests by rearrangement are left out, unless the plan asks for one.
MOST_CHECKED = 30


@dataclass(frozen=True, slots=True)
class Pair:
    """A comparison with its place among the others."""

    found: Comparison
    planned: bool
    #: Whether one of the methods is the control.
    control: bool
    adjusted: Adjusted
    p_holm: float
    #: How many comparisons it is adjusted with, itself among them.
    family: int


def compared(counts: Counts, names: list[str], plan: Plan | QuestionPlan, rng: np.random.Generator) -> list[Pair]:
    """Planned pairs in the plan's order; without a plan those of the most accurate methods first; then the others.

    Pairs with the control are a family of their own: they cost the others nothing. A pair that was not planned is
    adjusted with all of its family. Within a pair the method with the larger accuracy in that comparison stands first.

    Raises:
        ValueError: the plan names a method that has no answers, or asks for a test that a design does not allow.
    """
    for name in itertools.chain(*plan.pairs):
        if name not in counts.methods:
            meant = did_you_mean(name, counts.methods)
            raise ValueError(
                f"comparisons: no method {name!r}{meant} in the answers; there are {', '.join(counts.methods)}"
            )
    pairs = list(plan.pairs) + [
        pair for pair in itertools.combinations(names, 2) if frozenset(pair) not in map(frozenset, plan.pairs)
    ]
    scored = score(counts, plan.rules.policy)
    many = len(pairs) > MOST_CHECKED
    wanted_test = "t" if plan.rules.target == "these-videos" else plan.rules.primary_test
    if wanted_test == "permutation" and counts.squared is not None:
        raise ValueError(
            "primary_test: permutation needs answers that count the same, and this table has a column weight; choose "
            'primary_test = "t", or remove the column'
        )
    try:
        found = [compare(scored, a, b, rng, plan.rules, primary_only=many) for a, b in pairs]
    except ValueError as error:
        raise ValueError(f'primary_test: {error}; choose primary_test = "t"') from error
    oriented = [pair if pair.difference >= 0 else pair.swapped() for pair in found if pair is not None]
    wanted = {frozenset(pair) for pair in plan.pairs}
    rows: list[Pair] = []
    for control in (False, True):
        family = [pair for pair in oriented if (plan.control in (pair.a, pair.b)) == control]
        planned = [pair for pair in family if not wanted or frozenset((pair.a, pair.b)) in wanted]
        others = [pair for pair in family if pair not in planned]
        rows += _adjusted(planned, planned, plan.rules, rng, planned=True, control=control)
        rows += _adjusted(others, family, plan.rules, rng, planned=False, control=control)
    order = {frozenset(pair): place for place, pair in enumerate(plan.pairs)}
    return sorted(
        rows, key=lambda row: (not row.planned, order.get(frozenset((row.found.a, row.found.b)), 0), row.control)
    )


def _adjusted(
    pairs: list[Comparison],
    family: list[Comparison],
    rules: Rules,
    rng: np.random.Generator,
    *,
    planned: bool,
    control: bool,
) -> list[Pair]:
    if not pairs:
        return []
    found = dict(zip(map(id, family), adjusted(family, rules, rng), strict=True))
    by_holm = dict(zip(map(id, family), holm([pair.p_value for pair in family]), strict=True))
    return [Pair(pair, planned, control, found[id(pair)], by_holm[id(pair)], len(family)) for pair in pairs]


def comparison(pair: Pair, plan: Plan | QuestionPlan) -> MethodComparison:
    """A comparison as report.json has it."""
    found, rules = pair.found, plan.rules
    new, these, labels = (found.interval(target) for target in ("new-videos", "these-videos", "new-labels"))
    own, shared = found.interval(), found.interval(confidence=1 - pair.adjusted.level)
    return MethodComparison(
        a=found.a,
        b=found.b,
        control=pair.control,
        planned=pair.planned,
        accuracy_a=found.accuracies[0],
        accuracy_b=found.accuracies[1],
        difference=found.difference,
        ci_low=own.low,
        ci_high=own.high,
        p_value=found.p_value,
        p_holm=pair.p_holm,
        p_adjusted=pair.adjusted.p_value,
        adjusted_low=shared.low,
        adjusted_high=shared.high,
        adjusted_confidence=1 - pair.adjusted.level,
        family=pair.family,
        new_low=new.low,
        new_high=new.high,
        p_new=found.conclusions["new-videos"].p_value(),
        these_low=these.low,
        these_high=these.high,
        p_these=found.conclusions["these-videos"].p_value(),
        labels_low=labels.low,
        labels_high=labels.high,
        p_labels=found.conclusions["new-labels"].p_value(),
        test=test_name(rules),
        df=found.df if found.conclusion.inferences[0].part.known else None,
        smallest_attainable_p=found.smallest_p,
        smallest_adjusted_p=min(1.0, found.smallest_p * pair.family),
        tests={name: found.checks[name].p_value for name in found.checks},
        attainable={name: found.checks[name].smallest for name in found.checks},
        raw_difference=found.raw_difference,
        uneven=found.uneven,
        macro_difference=found.difference if rules.class_weights == "equal" else None,
        participants=ParticipantNesting(
            nesting=found.participants.nesting,
            both=found.participants.both,
            only_a=found.participants.only_a,
            only_b=found.participants.only_b,
        ),
        unit=found.unit,
        items=found.num_items,
        unpaired=_unpaired(found),
        videos_a=found.num_videos[0],
        videos_b=found.num_videos[1],
        risk_ratio=found.risk_ratio,
        cohens_h=found.cohens_h,
        chance_corrected_difference=found.chance_corrected,
        separated=found.separated,
        shared_classes=found.shared_classes,
        unshared_classes=found.unshared,
        equivalence=_equivalence(found, rules),
    )


def _unpaired(found: Comparison) -> int:
    """How many videos of the labels that count are of no item of both methods, where there are such items."""
    items, layout = found.layout.scored.counts.video_item, found.layout
    if items is None or not found.num_items:
        return 0
    own = [
        layout.of_videos(place, items)[layout.counting.take(layout.video_label[place])]
        for place in range(len(layout.methods))
    ]
    both = (set(own[0].tolist()) & set(own[1].tolist())) - {-1}
    return sum(1 for item in np.concatenate(own).tolist() if item not in both)


def test_name(rules: Rules) -> str:
    """The primary test in words."""
    if rules.primary_test in DECLARED and rules.target != "these-videos":
        return f"{CLUSTERED_T} and {DECLARED[rules.primary_test]}"
    return CLUSTERED_T


def _equivalence(found: Comparison, rules: Rules) -> EquivalenceTest | None:
    """The tests against the plan's margin; None without one."""
    return equivalence(found.conclusion, rules.margin, rules.confidence) if rules.margin else None
