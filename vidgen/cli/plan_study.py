"""`vidgen plan-study`."""

from pathlib import Path

import click

from vidgen.cli import command as declare


@declare("plan-study", "vidgen plan-study my-videos --study my-study")
@click.argument("videos_dir", type=click.Path(path_type=Path))
@click.option("--study", "study_dir", type=click.Path(path_type=Path), required=True, help="The study directory.")
def command(videos_dir: Path, study_dir: Path) -> None:
    """Print what the study will take, and how large a difference between methods it can find.

    Nothing is published or written. Without a study.toml in the study directory, the defaults are planned with.
    """
    from crowd.design import design
    from crowd.money import dollars, shown
    from crowd.planning import needs
    from crowd.study import Study
    from crowd.videos import read_videos

    videos = read_videos(videos_dir)
    path = study_dir / "study.toml"
    study = Study.load(path) if path.exists() else Study.from_videos(videos_dir)
    plan = design(study, videos)
    need = needs(study, plan)
    budget = dollars(study.budget_usd, "budget_usd")
    finds = detectable(need.videos_per_method, study.answers_per_video, need.fewest_workers, study.confidence)
    counts = ", ".join(f"{method} {count}" for method, count in need.videos_per_method.items())
    rows = [
        ("videos", f"{len(videos)} ({counts}{f', gold {need.gold_videos}' if need.gold_videos else ''})"),
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


def detectable(videos_per_method: dict[str, int], answers_per_video: int, workers: int, confidence: float) -> str:
    """The difference between two methods that is found with a chance of 80 %, in words.

    Var(difference) = 2 (V²/K + E²/(K R) + W²/N) with K videos per method, R answers per video and N workers. The
    spreads are assumptions: 0.19 between a method's videos, 0.06 between workers' leanings to a method, and that of an
    answer that is right 70 times in 100.
    """
    from scipy.stats import t

    fewest = min(videos_per_method.values(), default=0)
    if len(videos_per_method) < 2 or fewest < 2:
        return "nothing: a comparison needs two methods with at least two videos each"
    freedom = 2 * fewest - 2
    variance = 2 * (0.19**2 / fewest + 0.7 * 0.3 / (fewest * answers_per_video) + 0.06**2 / workers)
    points = 100 * (t.ppf(0.5 + confidence / 2, freedom) + t.ppf(0.8, freedom)) * variance**0.5
    if points >= 100:
        return "no difference at all between the methods: more videos per method are needed"
    return (
        f"a difference of {points:.0f} points between two methods, 4 times in 5,"
        " if a method's videos differ by 19 points (SD)"
    )
