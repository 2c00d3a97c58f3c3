"""`vidgen demo`."""

from pathlib import Path

import click

from vidgen.cli import command as declare

#: Simulated participants of the demonstration, and how many of their answers are blind guesses.
WORKERS, CARELESSNESS = 24, 0.05
NOTE = (
    "an independent classifier, the machine judge, whose probabilities for each video stand in videos/beliefs.csv; "
    f"{CARELESSNESS:.0%} of the answers are blind guesses"
)


@declare("demo", "vidgen demo --out demo")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Directory of everything that is made.")
@click.option("--methods", default="proposed,comparison,refined", help="Comma-separated.")
@click.option("--per-label", default=2, type=click.IntRange(1), help="Videos per method and label.")
@click.option("--seed", default=0, type=click.IntRange(0), help="Seed of videos, design and participants.")
@click.pass_context
def command(context: click.Context, out: Path, methods: str, per_label: int, seed: int) -> None:
    """Run the whole pipeline in one directory: labels to videos to tasks to answers to a report.

    The participants are simulated: they answer what an independent classifier believes that it sees. The report says
    so. A run that was stopped goes on when the command is given again.
    """
    from vidgen.cli import load

    videos, study = out / "videos", out / "study"

    def run(title: str, name: str, **arguments: object) -> None:
        click.secho(f"\n{title}", bold=True)
        context.invoke(load(name), **arguments)

    run(
        "1/6  Videos by gradient descent on their pixels",
        "generate-batch",
        out=videos,
        methods=methods,
        labels="all",
        per_label=per_label,
        real=per_label,
        seed=seed,
    )
    run("2/6  A machine judge looks first", "judge", videos_dir=videos)
    run("3/6  Tasks, published on the local platform", "publish-tasks", videos_dir=videos, study_dir=study, anyway=True)
    run(
        "4/6  Simulated participants answer over HTTP",
        "simulate-answers",
        study_dir=study,
        workers=WORKERS,
        seed=seed,
        carelessness=CARELESSNESS,
        note=NOTE,
    )
    run("5/6  Answers", "collect-answers", study_dir=study)
    run("6/6  Report", "accuracy-report", study_dir=study, out=out / "report")
    click.echo(f"\nTry a task yourself: vidgen serve-tasks --study {study} --participants 1 --this-machine")
