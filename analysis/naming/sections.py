"""Everything that report.json holds of a naming question, computed from its answers and a plan."""

from dataclasses import replace

import numpy as np

from analysis import wording
from analysis.agreement import agreements
from analysis.answers import Answers
from analysis.collection import Collection
from analysis.counts import Counts, count
from analysis.drawing import FigureDrawing
from analysis.exclusions import Exclusion, apply_exclusions, exclusions
from analysis.extent import Extent, Progress, check_control, looks
from analysis.fatigue import order_and_fatigue
from analysis.naming import subgroups
from analysis.naming.accuracy import method_accuracy, several_labels
from analysis.naming.confusion import answered, distance_tests
from analysis.naming.diagnosis import diagnose
from analysis.naming.sensitivity import sensitivity
from analysis.pairs import compared, comparison
from analysis.people import Respondents, leave_out_programs, participants
from analysis.plan import Plan
from analysis.power_analysis import detectable_difference
from analysis.records.accuracies import MethodAccuracy
from analysis.records.contents import UNWRITTEN, InputTable, ReportContents
from analysis.records.figures import FigureData
from analysis.records.participants import ExclusionFlow, ExclusionStep
from analysis.response_times import response_times
from analysis.retest import retest_result
from analysis.reviewers import reviewers_model
from analysis.unanswered import NoAnswersLeftError
from analysis.versions import versions
from analysis.workers import describe_workers


def naming_sections(
    answers: Answers,
    plan: Plan,
    extent: Extent,
    collection: Collection,
    progress: Progress,
    drawing: FigureDrawing | None,
    others: Respondents,
) -> ReportContents:
    """Compute every section that is about naming; the headline and the other questions are missing still.

    Args:
        answers: the checked answers; exclusions change them.
        plan: the rules in force.
        extent: what is covered beside the plan.
        collection: what was noted when the answers were collected.
        progress: called with the name of each stage.
        drawing: draws the figures meanwhile; None for none.
        others: who answered other questions.

    Raises:
        NoAnswersLeftError: no answer is left to count.
        ValueError: the plan does not suit the answers.
    """
    interim, stopped = collection.interim, collection.stopped
    rng = np.random.default_rng(extent.seed)
    progress("counting")
    steps = leave_out_programs(answers) if extent.people_only else []
    steps += apply_exclusions(answers)
    weighted, rules = answers.has_weights, plan.rules
    counts = count(answers, weighted=weighted)
    plain = count(answers) if weighted else counts
    methods = _methods(answers, counts, plain, plan, steps)
    names = [row.name for row in methods]
    programs = (participants(answers.workers, plain.cell_worker) | others).programs()
    shares = answered(plain, names)
    if drawing:
        drawing.begin(
            FigureData(
                confidence=rules.confidence,
                target=rules.target,
                labels=answers.labels,
                marks=wording.marks_of(programs, interim, stopped),
                methods=methods,
                answered=shares,
            )
        )
    progress("comparing")
    check_control(plan, answers.methods)
    tested, sequential = looks(plan, collection)
    pairs = compared(counts, names, plan, rng) if tested else []
    comparisons = [comparison(pair, plan) for pair in pairs]
    main = pairs[0].found if pairs else None
    by_class = subgroups.by_group(counts, names, subgroups.classes(counts), rules)
    if drawing:
        drawing.add(comparisons=comparisons, by_class=by_class)
    by_object = subgroups.by_group(counts, names, subgroups.objects(counts), rules)
    by_direction = subgroups.by_group(counts, names, subgroups.directions(counts), rules)
    halves = subgroups.halves_apart(counts, names, rules)
    progress("confusions and agreement")
    if tested:
        shares = replace(shares, tests=distance_tests(plain, names, rng))
    agreement = agreements(plain, names, rng, rules.confidence)
    progress("response times")
    times = response_times(answers)
    progress("participants")
    workers = describe_workers(answers, rules.confidence)
    diagnosis = diagnose(answers, extent.seed)
    excluded = exclusions(steps, plain, names)
    retest = retest_result(next((step.retest for step in steps if step.retest), None), rules.confidence)
    progress("order and fatigue")
    trend = order_and_fatigue(answers, names, rules, extent.seed, tested=tested)
    progress("sensitivity and power")
    varied = sensitivity(answers, counts, main, rules, rng) if main else []
    power = detectable_difference(counts, main, rules.confidence) if main else None
    progress("mixed model")
    mixed = reviewers_model(answers, main, rules, extent.seed, wanted=extent.mixed) if main else None
    return ReportContents(
        title=None,
        simulated=programs.number > 0,
        programs=programs,
        people_only=extent.people_only,
        notice=wording.notice(programs, collection.simulated_how),
        interim=interim,
        headline=UNWRITTEN,
        confidence=rules.confidence,
        target=rules.target,
        sequential=sequential,
        adjustment=rules.adjustment,
        class_weights=rules.class_weights,
        weighted=weighted,
        paired=any(answers.videos.item),
        methods=methods,
        uncounted=[name for name in answers.methods if name not in names],
        comparisons=comparisons,
        plan=plan.summary(),
        labels=answers.labels,
        by_class=by_class,
        by_object=by_object,
        by_direction=by_direction,
        halves=halves,
        answered=shares,
        agreement=agreement,
        response_times=times,
        workers=workers,
        diagnosis=diagnosis,
        exclusions=excluded,
        retest=retest,
        trend=trend,
        sensitivity=varied,
        power=power,
        mixed=mixed,
        funnel=_exclusion_flow(answers, steps, plain),
        several_labels=several_labels(answers),
        collection=collection.noted,
        stopped=stopped,
        seed=extent.seed,
        inputs=[InputTable(**answers.source)],
        versions=versions(),
    )


def _methods(
    answers: Answers, counts: Counts, plain: Counts, plan: Plan, steps: list[Exclusion]
) -> list[MethodAccuracy]:
    """Each method's accuracy, the largest first and the control last; refuse a table without answers that count."""
    rows = [method_accuracy(counts, name, plan.control, plan.rules) for name in answers.methods]
    methods = sorted((row for row in rows if row is not None), key=lambda row: (row.control, -row.accuracy))
    if not methods:
        raise NoAnswersLeftError(
            f"{answers.source['name']}: no answer is left to count ({_reasons(steps, counts, plain)}); collect "
            "more answers, or look at the rules that leave these out",
            _nothing_left(answers, steps, counts, plain),
            exclusions(steps, plain, []),
        )
    return methods


def _exclusion_flow(answers: Answers, steps: list[Exclusion], plain: Counts) -> ExclusionFlow:
    return ExclusionFlow(
        rows=answers.source["rows"],
        steps=[ExclusionStep(name=step.name, removed=step.removed, rule=step.rule) for step in steps],
        counted=plain.num_answers,
    )


def _nothing_left(answers: Answers, steps: list[Exclusion], counts: Counts, plain: Counts) -> ExclusionFlow:
    """The steps, with a last one for what the plan drops of answers that no step leaves out."""
    flow = _exclusion_flow(answers, steps, plain)
    if not plain.num_answers:
        return flow
    dropped, weightless = ("answers “Other” or “Unclear”", "unclear: dropped"), ("answers with a weight of 0", "weight")
    name, rule = dropped if counts.num_answers else weightless
    last = ExclusionStep(name=name, removed=plain.num_answers, rule=rule)
    return replace(flow, steps=[*flow.steps, last], counted=0)


def _reasons(steps: list[Exclusion], counts: Counts, plain: Counts) -> str:
    """Where all answers went."""
    reasons = [f"{step.name}: {step.removed}" for step in steps]
    if plain.num_answers:
        rest = "all others" if reasons else "all"
        dropped = "are “Other” or “Unclear”, which the plan drops" if counts.num_answers else "have a weight of 0"
        reasons.append(f"{rest} {dropped}")
    return "; ".join(reasons)
