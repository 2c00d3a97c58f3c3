"""`vidgen plan-study`."""

from pathlib import Path

import click

from vidgen.cli import command as declare
from vidgen.cli.feasibility import anyway_option, check
from vidgen.cli.types import FOLDER


@declare("plan-study", "vidgen plan-study my-videos --study my-study")
@click.argument("videos_dir", type=FOLDER)
@click.option("--study", "study_dir", type=FOLDER, required=True, help="The study directory.")
@anyway_option
def command(videos_dir: Path, study_dir: Path, anyway: bool) -> None:
    """Print what the study will take, and how large a difference between methods it can find.

    A study too small to show even the largest difference between methods ends in exit status 1, and publish-tasks
    refuses it. Nothing is published or written. Without a study.toml in the study directory, the defaults are
    planned with.
    """
    from crowd.design import TRAINING, design
    from crowd.money import dollars, shown
    from crowd.planning import needs
    from crowd.study import Study
    from crowd.videos import read_videos

    videos = read_videos(videos_dir)
    path = study_dir / "study.toml"
    study = Study.load(path) if path.exists() else Study.from_videos(videos_dir)
    if not path.exists():
        click.echo(f"note: there is no {path}, so this is the plan of the defaults", err=True)
    plan = design(study, videos)
    need = needs(study, plan)
    budget = dollars(study.budget_usd, "budget_usd")
    finds = detectable(need.videos_per_method, len(plan.options) - 2, study.answers_per_video, study.confidence)
    counts = ", ".join(f"{method} {count}" for method, count in need.videos_per_method.items())
    practice = len(plan.hits[0].of_kind(TRAINING))
    also = "".join(f", {name} {count}" for name, count in (("gold", need.gold_videos), ("practice", practice)) if count)
    rows = [
        ("videos", f"{len(videos)} ({counts}{also})"),
        ("tasks (HITs)", f"{need.num_hits}, done {need.num_assignments} times in all"),
        ("answers", f"{need.num_answers}, {study.answers_per_video} for each video"),
        ("people", f"{need.fewest_workers} to {need.most_workers}"),
        ("time", f"{need.minutes_per_task:.0f} minutes for a task, {need.hours:.1f} hours of work in all"),
        ("pay", f"{shown(need.rewards_usd)}, which is {shown(need.hourly_usd)} an hour"),
        ("fees", f"{shown(need.fees_usd)} on Mechanical Turk"),
        ("total", f"{shown(need.total_usd)} of a budget of {shown(budget)}"),
        ("can find", finds),
    ]
    for name, text in rows:
        click.echo(f"{name:<13} {text}")
    for note in plan.notes:
        click.echo(f"note: {note}")
    check(study, plan, anyway=anyway)


def detectable(videos_per_method: dict[str, int], num_labels: int, answers_per_video: int, confidence: float) -> str:
    """The difference between two methods that is found with a chance of 80 %, in words.

    For the two methods with the fewest videos, which are taken to be right 75 and 65 times in 100, with the usual
    spread of videos and people; `vidgen power` takes other assumptions.
    """
    from analysis.power import Design, components_of, precision
    from analysis.power import detectable as smallest
    from analysis.simulator import Spreads

    fewest = min(videos_per_method.values(), default=0)
    if len(videos_per_method) < 2 or fewest < 2:
        return "nothing: a comparison needs two methods with at least two videos each"
    planned = Design(
        videos=fewest,
        classes=min(num_labels, fewest),
        workers=answers_per_video,
        answers_per_video=answers_per_video,
    )
    found = precision(planned, components_of((0.75, 0.65), planned, Spreads()))
    points = 100 * smallest(found.error, found.df, alpha=1 - confidence)
    if points >= 100:
        return "no difference between two methods: more videos of each are needed"
    return f"a difference of {points:.0f} points between two methods, 4 times in 5, if they are near 70 % right"
