"""Everything that report.json holds, computed from an answers table and a plan."""

from collections.abc import Sequence
from dataclasses import replace

from analysis import wording
from analysis.collection import Collection
from analysis.drawing import FigureDrawing, figure_data, question_figures
from analysis.extent import Extent, Progress
from analysis.naming.question import judged_answers, of_sections
from analysis.naming.sections import naming_sections
from analysis.people import Respondents
from analysis.plan import Plan
from analysis.questions.machine import beside
from analysis.questions.margin import of_the_margins_unit
from analysis.questions.results import Analysed, analysed, empty_sections, unanswered
from analysis.questions.rows import Question
from analysis.questions.table import AnswersTable
from analysis.records.contents import InputTable, ReportContents
from analysis.records.questions import QuestionResult
from analysis.unanswered import NoAnswersLeftError


def report_contents(
    table: AnswersTable,
    plan: Plan,
    extent: Extent,
    collection: Collection,
    progress: Progress,
    drawing: FigureDrawing | None,
) -> ReportContents:
    """Compute every section of report.json.

    Args:
        table: the checked table; exclusions change its answers.
        plan: the rules in force.
        extent: what is covered beside the plan.
        collection: what was noted when the answers were collected.
        progress: called with the name of each stage.
        drawing: draws the figures meanwhile; None for none.

    Raises:
        ValueError: no answer is left to count, or the plan does not suit the answers.
    """
    others, left_out = _others(table, plan, extent, collection, progress)
    people = Respondents()
    for one in others.values():
        people |= one.participants
    named = None
    if table.naming:
        try:
            named = naming_sections(table.naming, plan, extent, collection, progress, drawing, people)
        except NoAnswersLeftError as error:
            left_out[table.first_naming] = error
    if not others and not named:
        raise next(left_out[question.id] for question in table.questions)
    missing = {one.id: unanswered(one, left_out[one.id]) for one in table.questions if one.id in left_out}
    contents = named or empty_sections(list(others.values()), plan, extent, collection, people, list(missing.values()))
    results = missing | {name: one.result for name, one in others.items()}
    questions = [results.get(one.id) or _of_naming(contents, one, table, plan, extent) for one in table.questions]
    _check_machine(questions, table)
    counted = [place for place, question in enumerate(questions) if question.funnel.counted]
    first = next((place for place in counted if questions[place].methods), counted[0])
    contents = replace(
        contents,
        questions=[replace(question, primary=place == first) for place, question in enumerate(questions)],
        inputs=[InputTable(**table.source)],
    )
    contents = of_the_margins_unit(contents)
    contents = replace(contents, headline=wording.headline(contents))
    if drawing and not named:
        drawing.begin(figure_data(contents))
    elif drawing and others:
        drawing.add(questions=question_figures(contents.questions))
    return contents


def _others(
    table: AnswersTable, plan: Plan, extent: Extent, collection: Collection, progress: Progress
) -> tuple[dict[str, Analysed], dict[str, NoAnswersLeftError]]:
    """Every question but the first naming question, by its id: those with answers that count, and those without."""
    found, left_out = dict[str, Analysed](), dict(table.left_out)
    for name, rows in table.rows.items():
        try:
            found[name] = analysed(rows, plan, extent, collection, progress, table.automatic)
        except NoAnswersLeftError as error:
            left_out[name] = error
    return found, left_out


def _of_naming(
    contents: ReportContents, question: Question, table: AnswersTable, plan: Plan, extent: Extent
) -> QuestionResult:
    """The first naming question, with what programs say of its videos."""
    found = of_sections(contents, question)
    if not table.automatic or not table.naming:
        return found
    return beside(found, judged_answers(table.naming), table.automatic, plan, extent)


def _check_machine(questions: Sequence[QuestionResult], table: AnswersTable) -> None:
    """Refuse a machine that no question has an estimate from.

    Raises:
        ValueError: there is one.
    """
    machine = table.automatic.machine
    if machine and not any(question.machine for question in questions):
        raise ValueError(
            f"machine {machine.name!r}: no question with answers is of naming, caption, statement or rating, of which "
            "prediction-powered estimates are made"
        )
