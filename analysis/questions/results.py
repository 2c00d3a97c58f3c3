"""The results of one question, by its kind; and the sections of a report without naming."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

from analysis import wording
from analysis.collection import Collection
from analysis.extent import Extent, Progress, check_control, looks
from analysis.metrics.machine import NO_SCORES, Automatic
from analysis.people import Respondents, participants
from analysis.plan import Plan
from analysis.questions.exclusions import counted, without_programs
from analysis.questions.kinds import ScoresVideos, kind_of
from analysis.questions.machine import beside
from analysis.questions.participants import describe_participants
from analysis.questions.plan import QuestionPlan
from analysis.questions.rows import Question, QuestionRows
from analysis.records.contents import UNWRITTEN, ReportContents
from analysis.records.participants import ExclusionFlow, ExclusionStep
from analysis.records.questions import Findings, Measure, QuestionResult
from analysis.unanswered import NoAnswersLeftError, reasons
from analysis.versions import versions

#: What is said of a table with weights.
UNWEIGHTED = "The column weight counts in naming only: here all answers count the same."


#: What stands for the measure of a question without results.
NO_MEASURE = Measure(name="answers", unit="answers", percent=False, more="has more answers than")


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
    automatic: Automatic = NO_SCORES,
) -> Analysed:
    """Leave out what does not count, and analyse the rest as the question's kind does.

    Raises:
        NoAnswersLeftError: no answer is left to count.
        ValueError: the plan does not suit the answers.
    """
    question = rows.question
    progress(f"question {question.id}")
    rows, steps = without_programs(rows) if extent.people_only else (rows, [])
    left = counted(rows, steps)
    if not len(left.rows):
        message = f"{rows.table}: no answer to question {question.id!r} is left to count ({reasons(left.funnel)})"
        raise NoAnswersLeftError(message, left.funnel, left.exclusions)
    kind = kind_of(question.kind)
    found = kind.analyse(left.rows, question_plan(plan, extent, collection))
    judged = kind.judged(left.rows) if automatic and isinstance(kind, ScoresVideos) else None
    if rows.weighted:
        found = replace(found, notes=[*found.notes, UNWEIGHTED])
    result = QuestionResult(
        **{field.name: getattr(found, field.name) for field in fields(Findings)},
        id=question.id,
        kind=question.kind,
        text=question.text,
        primary=False,
        top_level=False,
        metrics=[],
        funnel=left.funnel,
        exclusions=left.exclusions,
    )
    if judged:
        result = beside(result, judged, automatic, plan, extent)
    people = participants(rows.workers, left.rows.worker)
    return Analysed(rows=rows, participants=people, result=result)


def unanswered(question: Question, error: NoAnswersLeftError) -> QuestionResult:
    """The question in the report, without results; the note has the steps that left out its answers."""
    why = f" ({reasons(error.funnel)})" if error.funnel.steps else ""
    return QuestionResult(
        measure=NO_MEASURE,
        methods=[],
        comparisons=[],
        notes=[f"No answer is left to count{why}: there is no result."],
        id=question.id,
        kind=question.kind,
        text=question.text,
        primary=False,
        top_level=False,
        metrics=[],
        funnel=error.funnel,
        exclusions=error.exclusions,
    )


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
    questions: Sequence[Analysed],
    plan: Plan,
    extent: Extent,
    collection: Collection,
    people: Respondents,
    unanswered: Sequence[QuestionResult] = (),
) -> ReportContents:
    """A report in which no question is naming; the headline, the questions and the inputs are missing still."""
    rules, programs = plan.rules, people.programs()
    results = [*(one.result for one in questions), *unanswered]
    check_control(plan, _methods(results))
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
        funnel=_together([one.funnel for one in results]),
        several_labels=[],
        collection=collection.noted,
        stopped=collection.stopped,
        seed=extent.seed,
        inputs=[],
        versions=versions(),
    )


def _methods(results: Sequence[QuestionResult]) -> list[str]:
    """The methods that questions are about, those among them whose answers were all left out."""
    left_out = [row.method for one in results if one.exclusions for row in one.exclusions.methods]
    return sorted({*left_out, *(row.name for one in results for row in one.methods)})


def _together(flows: Sequence[ExclusionFlow]) -> ExclusionFlow:
    """From the answers to all questions to those that count."""
    steps: dict[str, ExclusionStep] = {}
    for step in (step for flow in flows for step in flow.steps):
        before = steps[step.name].removed if step.name in steps else 0
        steps[step.name] = ExclusionStep(name=step.name, removed=before + step.removed, rule=step.rule)
    return ExclusionFlow(
        rows=sum(flow.rows for flow in flows), steps=list(steps.values()), counted=sum(flow.counted for flow in flows)
    )
