"""Everything that report.json holds, computed from an answers table and a plan."""

from dataclasses import replace

from analysis import wording
from analysis.collection import Collection
from analysis.drawing import FigureDrawing, figure_data, question_figures
from analysis.extent import Extent, Progress
from analysis.naming.question import judged_answers, of_sections
from analysis.naming.sections import naming_sections
from analysis.people import Respondents
from analysis.plan import Plan
from analysis.questions.judged import validations
from analysis.questions.margin import of_the_margins_unit
from analysis.questions.results import analysed, empty_sections
from analysis.questions.table import AnswersTable
from analysis.records.contents import InputTable, ReportContents
from analysis.records.metrics import MetricValidation


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
    others = {
        name: analysed(rows, plan, extent, collection, progress, table.metrics) for name, rows in table.rows.items()
    }
    people, metrics = Respondents(), list[MetricValidation]()
    for one in others.values():
        people |= one.participants
    if table.naming:
        contents = naming_sections(table.naming, plan, extent, collection, progress, drawing, people)
        if table.metrics:
            judged = judged_answers(table.naming)
            metrics = validations(judged, table.metrics, seed=extent.seed, confidence=plan.rules.confidence)
    else:
        contents = empty_sections(list(others.values()), plan, extent, collection, people)
    questions = [
        others[question.id].result if question.id in others else of_sections(contents, question, metrics)
        for question in table.questions
    ]
    contents = replace(
        contents,
        questions=[replace(question, primary=place == 0) for place, question in enumerate(questions)],
        inputs=[InputTable(**table.source)],
    )
    contents = of_the_margins_unit(contents)
    contents = replace(contents, headline=wording.headline(contents))
    if drawing and not table.naming:
        drawing.begin(figure_data(contents))
    elif drawing and others:
        drawing.add_questions(question_figures(contents.questions))
    return contents
