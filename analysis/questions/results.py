"""The results of one question, by its kind; and the sections of a report without naming."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from analysis import wording
from analysis.collection import Collection
from analysis.extent import Extent, Progress, check_control, looks
from analysis.metrics.columns import Metric
from analysis.people import Respondents, participants
from analysis.plan import Plan
from analysis.questions.exclusions import counted, without_programs
from analysis.questions.judged import validations
from analysis.questions.kinds import ScoresVideos, kind_of
from analysis.questions.participants import describe_participants
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import QuestionRows
from analysis.records.contents import UNWRITTEN, ReportContents
from analysis.records.participants import ExclusionFlow, ExclusionStep
from analysis.records.questions import Findings, QuestionResult
from analysis.versions import versions

#: What is said of a table with weights.
UNWEIGHTED = "The column weight counts in naming only: here all answers count the same."


@dataclass(frozen=True, kw_only=True, slots=True)
class Analysed:
    """A question with its rows and its results."""

    rows: QuestionRows
    participants: Respondents
    result: QuestionResult


def analysed(
    rows: QuestionRows,
    plan: Plan,
    extent: Extent,
    collection: Collection,
    progress: Progress,
    metrics: Sequence[Metric] = (),
) -> Analysed:
    """Leave out what does not count, and analyse the rest as the question's kind does.

    Raises:
        ValueError: no answer is left to count, or the plan does not suit the answers.
    """
    question = rows.question
    progress(f"question {question.id}")
    rows, steps = without_programs(rows) if extent.people_only else (rows, [])
    left = counted(rows, steps)
    if not len(left.rows):
        reasons = "; ".join(f"{step.name}: {step.removed}" for step in left.funnel.steps)
        raise ValueError(f"{rows.table}: no answer to question {question.id!r} is left to count ({reasons})")
    kind = kind_of(question.kind)
    found = kind.analyse(left.rows, question_plan(plan, extent, collection))
    judged = kind.judged(left.rows) if metrics and isinstance(kind, ScoresVideos) else None
    if rows.weighted:
        found = replace(found, notes=[*found.notes, UNWEIGHTED])
    result = QuestionResult(
        **{field.name: getattr(found, field.name) for field in fields(Findings)},
        id=question.id,
        kind=question.kind,
        text=question.text,
        primary=False,
        top_level=False,
        metrics=validations(judged, metrics, seed=extent.seed, confidence=plan.rules.confidence) if judged else [],
        funnel=left.funnel,
        exclusions=left.exclusions,
    )
    people = participants(rows.workers, left.rows.worker)
    return Analysed(rows=rows, participants=people, result=result)


def question_plan(plan: Plan, extent: Extent, collection: Collection) -> QuestionPlan:
    """The plan as the kinds of questions take it."""
    return QuestionPlan(
        rules=plan.rules,
        control=plan.control,
        pairs=tuple(plan.pairs),
        seed=extent.seed,
        mixed=extent.mixed,
        tested=looks(plan, collection)[0],
    )


def empty_sections(
    questions: Sequence[Analysed], plan: Plan, extent: Extent, collection: Collection, people: Respondents
) -> ReportContents:
    """A report in which no question is naming; the headline, the questions and the inputs are missing still."""
    rules, programs = plan.rules, people.programs()
    methods = sorted({row.name for one in questions for row in one.result.methods})
    check_control(plan, methods)
    return ReportContents(
        title=None,
        simulated=programs.number > 0,
        programs=programs,
        people_only=extent.people_only,
        notice=wording.notice(programs, collection.simulated_how),
        interim=collection.interim,
        headline=UNWRITTEN,
        confidence=rules.confidence,
        target=rules.target,
        sequential=looks(plan, collection)[1],
        adjustment=rules.adjustment,
        class_weights=rules.class_weights,
        weighted=False,
        paired=False,
        methods=[],
        uncounted=[],
        comparisons=[],
        plan=plan.summary(),
        labels=[],
        by_class=[],
        by_object=[],
        by_direction=[],
        halves=[],
        answered=None,
        agreement=[],
        response_times=[],
        workers=describe_participants([one.rows for one in questions], questions[0].rows.workers, rules.confidence),
        diagnosis=None,
        exclusions=None,
        retest=None,
        trend=None,
        sensitivity=[],
        power=None,
        mixed=None,
        funnel=_together([one.result.funnel for one in questions]),
        several_labels=[],
        collection=collection.noted,
        stopped=collection.stopped,
        seed=extent.seed,
        inputs=[],
        versions=versions(),
    )


def _together(flows: Sequence[ExclusionFlow]) -> ExclusionFlow:
    """From the answers to all questions to those that count."""
    steps: dict[str, ExclusionStep] = {}
    for step in (step for flow in flows for step in flow.steps):
        before = steps[step.name].removed if step.name in steps else 0
        steps[step.name] = ExclusionStep(name=step.name, removed=before + step.removed, rule=step.rule)
    return ExclusionFlow(
        rows=sum(flow.rows for flow in flows), steps=list(steps.values()), counted=sum(flow.counted for flow in flows)
    )
