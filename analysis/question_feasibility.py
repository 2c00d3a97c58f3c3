"""Whether questions other than naming can show anything, before they are asked."""

from collections.abc import Sequence

from analysis.naming.floor import FEW
from analysis.planned_questions import PlannedPair, PlannedQuestion, planned_questions
from analysis.question_power import assumed, plannable, question_power
from crowd.design.design import Design
from crowd.design.study import Study
from crowd.texts import counted

#: The fewest prompts, and the fewest people, from which anything can be inferred of others.
FEWEST = 2


def compared_questions(study: Study, design: Design) -> list[PlannedQuestion]:
    """The questions of kinds that compare methods by scores, as far as the study has two methods to compare."""
    return [
        planned for planned in planned_questions(study, design) if planned.pairs and plannable(planned.question.KIND)
    ]


def refusal(study: Study, questions: Sequence[PlannedQuestion]) -> str | None:
    """Why no question can show a difference, and what to do; None where one can, or where nothing is compared."""
    why = [_why_nothing(study, planned) for planned in questions]
    if not why or None in why:
        return None
    return f"no outcome of this study can show a difference: {why[0]}"


def warnings(study: Study, questions: Sequence[PlannedQuestion]) -> list[str]:
    """What is too little in a study of which one question can show something, each with what to do."""
    found = [text for planned in questions for text in _warnings(study, planned)]
    few = questions and not study.naming and questions[0].answers_per_item < FEW
    if few:
        each = questions[0].answers_per_item
        found.append(
            f"each video, pair or set is seen by {counted(each, 'participant')} only: ask for"
            f" answers_per_video = {FEW} or more, since fewer say little of other participants"
        )
    return found


def _warnings(study: Study, planned: PlannedQuestion) -> list[str]:
    name, pair = planned.question.id, planned.narrowest
    assert pair is not None  # noqa: S101  only compared questions are asked
    if why := _why_nothing(study, planned):
        return [f"nothing can be shown by {why}"]
    these = study.target == "these-videos"
    found = question_power(planned, assumed(planned.question, {}), study.confidence, these=these).most
    if found is not None and found.detectable is None:
        return [
            f"question {name!r} is likely to find no difference, however large, between {pair.a} and {pair.b} on"
            f" {pair.prompts} prompts: show more prompts, or name fewer comparisons in the plan"
        ]
    if pair.prompts < FEW and not these:
        return [
            f"question {name!r} compares {pair.a} and {pair.b} on {pair.prompts} prompts: show {FEW} or more, since"
            ' fewer say little of other prompts, or plan for target = "these-videos"'
        ]
    return []


def _why_nothing(study: Study, planned: PlannedQuestion) -> str | None:
    """Why nothing can be inferred from the answers to a question about any pair; None where something can."""
    best = max(planned.pairs, key=lambda pair: (_enough(study, pair), pair.prompts))
    if _enough(study, best):
        return None
    name, people = planned.question.id, best.most_people
    if people < FEWEST:
        return f"question {name!r}, which 1 participant answers; let more participants answer (answers_per_video)"
    return (
        f"question {name!r}, which compares {best.a} and {best.b} on 1 prompt; show {FEWEST} prompts or more of both,"
        ' or plan for target = "these-videos"'
    )


def _enough(study: Study, pair: PlannedPair) -> bool:
    prompts = pair.prompts >= FEWEST or study.target == "these-videos"
    return prompts and pair.most_people >= FEWEST
