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
from analysis.questions.results import Analysed, NoAnswersLeftError, analysed, empty_sections
from analysis.questions.table import AnswersTable
from analysis.records.contents import InputTable, ReportContents
from analysis.records.metrics import MetricValidation
from crowd.texts import listed


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
    others, uncounted = dict[str, Analysed](), list[NoAnswersLeftError]()
    for name, rows in table.rows.items():
        try:
            others[name] = analysed(rows, plan, extent, collection, progress, table.metrics)
        except NoAnswersLeftError as error:
            uncounted.append(error)
    if uncounted and not others and not table.naming:
        raise uncounted[0]
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
        if question.id in others or question.id not in table.rows
    ]
    if left_out := [name for name in table.rows if name not in others]:
        note = f"No answer counts to {listed(left_out)}: no result is given for that question."
        questions[0] = replace(questions[0], notes=[*questions[0].notes, note])
    first = next((place for place, question in enumerate(questions) if question.methods), 0)
    contents = replace(
        contents,
        questions=[replace(question, primary=place == first) for place, question in enumerate(questions)],
        inputs=[InputTable(**table.source)],
    )
    contents = of_the_margins_unit(contents)
    contents = replace(contents, headline=wording.headline(contents))
    if drawing and not table.naming:
        drawing.begin(figure_data(contents))
    elif drawing and others:
        drawing.add(questions=question_figures(contents.questions))
    return contents
