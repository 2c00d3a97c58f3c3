"""`vidgen plan-study`."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowd.commandline import to_paste
from vidgen.cli import command as declare
from vidgen.cli.feasibility import anyway_option, check
from vidgen.cli.metric_rows import check_options, correlation_option, metric_option, metric_rows, scored_option
from vidgen.cli.question_rows import assume_option, question_rows
from vidgen.cli.shared import column_option, platform_option, study_option
from vidgen.cli.types import IN_FILE, IN_FOLDER

if TYPE_CHECKING:
    from analysis.detectable import Detectable
    from crowd import PlannedStudy


@declare(
    "plan-study",
    """
vidgen plan-study my-videos --study my-study
vidgen plan-study my-videos --study my-study --platform mturk
vidgen plan-study my-videos --study my-study --assume better.sd_prompt=0.7
vidgen plan-study my-videos --study my-study --pilot pilot/answers.parquet
vidgen plan-study my-videos --study my-study --metric clip_score --correlation 0.6 --scored 500
""",
)
@click.argument("videos_dir", type=IN_FOLDER)
@study_option
@platform_option
@assume_option
@click.option("--pilot", type=IN_FILE, help="Answers table of a pilot, for the variances of all questions but naming.")
@column_option
@metric_option
@correlation_option
@scored_option
@anyway_option
def command(
    videos_dir: Path,
    study_dir: Path,
    platform: str,
    assume: dict[str, dict[str, float]],
    pilot: Path | None,
    columns: dict[str, str],
    metric: str | None,
    correlation: float | None,
    scored: int | None,
    anyway: bool,
) -> None:
    """Print what the study will take, and how large a difference between methods it can find.

    A study too small to show even the largest difference between methods ends in exit status 1, and publish-tasks
    refuses it. Nothing is published or written. Without a study.toml in the study directory, the defaults are used.
    Every question of another kind than naming has rows of its own: the answers it gets, and what it can find under
    which assumptions.
    """
    check_options(metric, correlation, scored)
    import crowd
    from analysis.detectable import detectable
    from analysis.feasibility import planned as plan_of
    from crowd.design.planning import check_contact
    from crowd.studydir import StudyDirectory

    planned = crowd.plan(study_dir, videos_dir, platform=platform)
    if planned.is_default:
        click.echo(
            f"note: {StudyDirectory(study_dir).study_file} is not there, so this is a study with the defaults", err=True
        )
    rows = [*size(planned), *money(planned)]
    if planned.study.naming:
        plan = plan_of(planned.study, planned.design)
        rows += findings(detectable(planned.study, planned.design, planned.needs, plan))
    rows += question_rows(planned, assume, pilot, columns)
    if metric and correlation is not None:
        rows += metric_rows(planned, videos_dir, metric, correlation, scored)
    for name, text in rows:
        click.echo(f"{name:<13} {text}")
    for note in planned.design.notes:
        click.echo(f"note: {note}")
    check(planned.study, planned.design, anyway=anyway)
    for text in check_contact(planned.study):  # a refusal is one line
        click.echo(f"warning: {text}", err=True)


def size(planned: "PlannedStudy") -> Iterator[tuple[str, str]]:
    """Rows on videos, tasks, participants and time."""
    from crowd.texts import counted

    need = planned.needs
    counts = [f"{method} {count}" for method, count in need.videos_per_method.items()]
    counts += [f"gold {need.gold_videos}"] * bool(need.gold_videos)
    counts += [f"practice {planned.num_practice}"] * bool(planned.num_practice)
    yield "videos", f"{planned.num_videos} ({', '.join(counts)})"
    yield "tasks (HITs)", f"{need.num_hits}, done {counted(need.num_assignments, 'time')} in all"
    shown = dict.fromkeys(question.about for question in planned.study.asked if question.about != "person")
    yield "answers", f"{need.num_answers}, {planned.study.answers_per_video} for each {' and '.join(shown) or 'video'}"
    most = f" to {need.most_workers}" * (need.most_workers > need.fewest_workers)
    yield "participants", f"{need.fewest_workers}{most}"
    minutes = max(1, round(need.minutes_per_task))
    yield "time", f"{counted(minutes, 'minute')} for a task, {need.hours:.1f} hours of work in all"


def money(planned: "PlannedStudy") -> Iterator[tuple[str, str]]:
    """Rows on pay, fees and budget; the local platform pays nobody and charges nothing."""
    from crowd.pricing import shown

    need, budget = planned.needs, shown(planned.budget_usd)
    pay = f"{shown(need.rewards_usd)}, which is {shown(need.hourly_usd)} an hour"
    if planned.platform_pays:
        yield "pay", pay
        yield "fees", f"{shown(need.fees_usd)} by the price list of Mechanical Turk, which closed on 30 September 2026"
        yield "total", f"{shown(need.total_usd)} of a budget of {budget}"
        return
    if planned.study.payment:
        yield "pay", f"{pay}, by you: {planned.study.payment}"
    else:
        yield "pay", "none: the local platform pays nobody; payment in study.toml says how you pay, if you do"
    yield "play money", f"{shown(need.total_usd)} of a budget of {budget}"


def findings(found: "Detectable | None") -> Iterator[tuple[str, str]]:
    """Rows on the difference between two methods that is found with a chance of 80 %."""
    from analysis.formats import points

    if found is None:
        yield "can find", "nothing: a comparison needs two methods with at least two videos each"
        return
    if found.with_most >= 1:
        yield "can find", "no difference between two methods: more videos of each are needed"
        return
    least = f"{points(found.with_fewest)} points" if found.with_fewest < 1 else "no difference"
    if found.fewest_workers == found.most_workers:
        yield "can find", f"{least} between two methods, 4 times in 5"
    else:
        yield (
            "can find",
            (f"between two methods, 4 times in 5: {least} with {found.fewest_workers} participants who do all tasks,"),
        )
        yield "", f"{points(found.with_most)} points with {found.most_workers} who do one each"
    yield "", f"({to_paste('power', *found.power_options)} says under which assumptions)"
