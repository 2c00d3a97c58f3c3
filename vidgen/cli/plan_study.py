"""`vidgen plan-study`."""

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowd.commandline import to_paste
from vidgen.cli import command as declare
from vidgen.cli.feasibility import anyway_option, check
from vidgen.cli.shared import platform_option, study_option
from vidgen.cli.types import IN_FOLDER

if TYPE_CHECKING:
    from crowd.design.design import Design
    from crowd.design.planning import Needs
    from crowd.design.study import Study


@declare(
    "plan-study",
    "vidgen plan-study my-videos --study my-study\nvidgen plan-study my-videos --study my-study --platform mturk",
)
@click.argument("videos_dir", type=IN_FOLDER)
@study_option
@platform_option
@anyway_option
def command(videos_dir: Path, study_dir: Path, platform: str, anyway: bool) -> None:
    """Print what the study will take, and how large a difference between methods it can find.

    A study too small to show even the largest difference between methods ends in exit status 1, and publish-tasks
    refuses it. Nothing is published or written. Without a study.toml in the study directory, the defaults are
    planned with.
    """
    from crowd.design.design import TRAINING, design
    from crowd.design.planning import needs
    from crowd.design.study import Study
    from crowd.design.videos import read_videos
    from crowd.platforms import fees_of
    from crowd.pricing import dollars, shown
    from crowd.studydir import StudyDirectory
    from crowd.task.page import check_pages

    fees = fees_of(platform)
    videos = read_videos(videos_dir)
    path = StudyDirectory(study_dir).study_file
    study = Study.load(path) if path.exists() else Study.of(videos)
    plan = design(study, videos, most_per_hit=fees.most_assignments)
    check_pages(study, plan)
    if not path.exists():
        click.echo(f"note: {path} is not there, so this is a study with the defaults", err=True)
    need = needs(study, plan, fees)
    budget = dollars(study.budget_usd, "budget_usd")
    counts = ", ".join(f"{method} {count}" for method, count in need.videos_per_method.items())
    practice = len(plan.hits[0].of_kind(TRAINING))
    also = "".join(f", {name} {count}" for name, count in (("gold", need.gold_videos), ("practice", practice)) if count)
    rows = [
        ("videos", f"{len(videos)} ({counts}{also})"),
        ("tasks (HITs)", f"{need.num_hits}, done {need.num_assignments} times in all"),
        ("answers", f"{need.num_answers}, {study.answers_per_video} for each video"),
        ("participants", f"{need.fewest_workers} to {need.most_workers}"),
        ("time", f"{need.minutes_per_task:.0f} minutes for a task, {need.hours:.1f} hours of work in all"),
        ("pay", f"{shown(need.rewards_usd)}, which is {shown(need.hourly_usd)} an hour"),
        ("fees", fee_line(platform, need.fees_usd)),
        ("total", f"{shown(need.total_usd)} of a budget of {shown(budget)}"),
        *(("" if place else "can find", text) for place, text in enumerate(findings(study, plan, need))),
    ]
    for name, text in rows:
        click.echo(f"{name:<13} {text}")
    for note in plan.notes:
        click.echo(f"note: {note}")
    check(study, plan, anyway=anyway)


def fee_line(platform: str, fees_usd: Decimal) -> str:
    """What the fees are and whose: the local platform's are play money."""
    from crowd.pricing import shown

    if platform == "local":
        return f"{shown(fees_usd)} in play money; the local platform charges nothing, a recruiting service its own"
    return f"{shown(fees_usd)} by the price list of Mechanical Turk, which closed on 30 September 2026"


def findings(study: "Study", plan: "Design", need: "Needs") -> Iterator[str]:
    """The difference between two methods that is found with a chance of 80 %, in lines, and the command that says more.

    For the planned comparison with the fewest videos, under the assumptions of `vidgen power`, with the fewest
    participants that the study takes and with the most.
    """
    from analysis.feasibility import planned
    from analysis.formats import points
    from analysis.planning import smallest_difference
    from analysis.power_question import PowerQuestion

    comparisons = planned(study, plan)
    compared = {method for pair in comparisons.family for method in pair}
    fewest = min((sum(comparisons.videos[method].values()) for method in compared), default=0)
    if fewest < 2:
        yield "nothing: a comparison needs two methods with at least two videos each"
        return
    asked = PowerQuestion(
        videos=fewest,
        classes=min(len(plan.options) - 2, fewest),
        workers=need.fewest_workers,
        answers_per_video=study.answers_per_video,
        confidence=study.confidence,
        comparisons=comparisons.shared_level,
    )
    with_fewest, with_most = (
        smallest_difference(replace(asked, workers=workers)) for workers in (need.fewest_workers, need.most_workers)
    )
    if with_most >= 1:
        yield "no difference between two methods: more videos of each are needed"
        return
    least = f"{points(with_fewest)} points" if with_fewest < 1 else "no difference"
    if need.most_workers == asked.workers:
        yield f"{least} between two methods, 4 times in 5"
    else:
        yield f"between two methods, 4 times in 5: {least} with {asked.workers} participants who do all tasks,"
        yield f"{points(with_most)} points with {need.most_workers} who do one each"
    options: list[object] = ["--videos", asked.videos, "--classes", asked.classes]
    options += ["--answers-per-video", asked.answers_per_video]
    options += ["--confidence", f"{asked.confidence:g}"] if asked.confidence != 0.95 else []
    options += ["--comparisons", asked.comparisons] if asked.comparisons > 1 else []
    yield f"({to_paste('power', *options, '--workers', asked.workers)} says under which assumptions)"
