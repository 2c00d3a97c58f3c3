"""Whether a planned study can show anything, before it is published."""

from collections import Counter

from analysis import question_feasibility
from analysis.naming.floor import PlannedComparisons, refusal, warnings
from analysis.plan import Plan
from analysis.question_feasibility import compared_questions
from crowd.design.design import EVALUATION, Design
from crowd.design.planning import check_time
from crowd.design.study import Study


def refusal_of(study: Study, design: Design) -> str | None:
    """Why no outcome of the study can show a difference, or why its test does not suit its design; None if all is well.

    The text says what to change. A study with naming is judged by that.
    """
    if not study.naming:
        return question_feasibility.refusal(study, compared_questions(study, design))
    try:
        return refusal(planned(study, design))
    except ValueError as error:
        return str(error)


def warnings_of(study: Study, design: Design) -> list[str]:
    """What is too little in a study that can show something, each with what to do.

    Raises:
        ValueError: the plan asks for a test that the design does not allow.
    """
    own = warnings(planned(study, design)) if study.naming else []
    others = question_feasibility.warnings(study, compared_questions(study, design))
    return [*own, *others, *check_time(study, design)]


def planned(study: Study, design: Design) -> PlannedComparisons:
    """The comparisons of the study's plan, over the videos of one label that are evaluated, each counted once."""
    blocks = {hit.block: hit for hit in design.hits}.values()
    items = [item for hit in blocks for item in hit.of_kind(EVALUATION) if item.about == "video"]
    shown = [design.video(item.video_id) for item in items]
    videos: dict[str, Counter[str]] = {}
    for video in shown:
        if len(video.labels) == 1:
            videos.setdefault(video.method, Counter())[video.label] += 1
    plan = Plan(study=study)
    return PlannedComparisons(
        videos=videos,
        answers_per_video=study.answers_per_video,
        most_workers=sum(hit.num_assignments for hit in design.hits),
        rules=plan.rules,
        pairs=plan.pairs,
        control=plan.control,
    )
