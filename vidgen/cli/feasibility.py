"""Whether a planned study can show anything: checked by `plan-study` and `publish-tasks` before publication."""

from collections import Counter
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from analysis.naming.floor import Plan
    from crowd.design.design import Design
    from crowd.design.study import Study

anyway_option = click.option("--anyway", is_flag=True, help="Go on with a study that cannot show any difference.")


def check(study: "Study", design: "Design", *, anyway: bool = False) -> None:
    """Warn of what is too little, on stderr; refuse a study of which no outcome can show a difference.

    Raises:
        ValueError: it is refused, or its plan asks for a test that the design does not allow.
    """
    from analysis.naming.floor import refusal, warnings
    from crowd.design.planning import check_time

    plan = planned(study, design)
    try:
        why = refusal(plan)
    except ValueError as error:
        why = str(error)
    if why and not anyway:
        raise ValueError(f"{why} (--anyway goes on all the same)")
    for text in [why] * bool(why) + warnings(plan) + check_time(study, design):
        click.echo(f"warning: {text}", err=True)


def planned(study: "Study", design: "Design") -> "Plan":
    """The study's plan as its comparisons see it: videos of one label that are evaluated, once each."""
    from analysis import plan as declared
    from analysis.naming.floor import Plan
    from crowd.design.design import EVALUATION

    blocks = {hit.block: hit for hit in design.hits}.values()
    shown = [design.video(item.video_id) for hit in blocks for item in hit.of_kind(EVALUATION)]
    videos: dict[str, Counter[str]] = {}
    for video in shown:
        if len(video.labels) == 1:
            videos.setdefault(video.method, Counter())[video.label] += 1
    rules = declared.Plan(study=study)
    return Plan(
        videos=videos,
        answers_per_video=study.answers_per_video,
        most_workers=sum(hit.num_assignments for hit in design.hits),
        rules=rules.rules,
        pairs=rules.pairs,
        control=rules.control,
    )
