"""`vidgen demo`."""

from pathlib import Path

import click
from click.core import ParameterSource

from crowd.commandline import to_paste
from vidgen.cli import command as declare
from vidgen.cli.types import COUNT, METHODS, OUT_FOLDER, SEED
from vidgen.demo import check_empty_or_ours, copy_bundled
from vidgen.distribution import GENERATION, install_line, is_installed

#: Simulated participants of the demonstration, and how many of their answers are blind guesses.
WORKERS, CARELESSNESS = 24, 0.05
NOTE = (
    "an independent classifier, the machine judge, whose probabilities for each video stand in "
    "videos/response_probabilities.csv; "
    f"{CARELESSNESS:.0%} of the answers are blind guesses"
)


@declare("demo", "vidgen demo --out demo")
@click.option("--out", required=True, type=OUT_FOLDER, help="Directory of everything that is made.")
@click.option(
    "--methods", type=METHODS, default="proposed,comparison,refined", help="Names of methods, separated by commas."
)
@click.option("--per-label", default=2, type=COUNT, help="Videos of each method and label.")
@click.option("--seed", default=0, type=SEED, help="Seed of videos, design and participants.")
@click.pass_context
def command(context: click.Context, out: Path, methods: str, per_label: int, seed: int) -> None:
    """Run the whole pipeline in one directory: labels to videos to tasks to answers to a report.

    The participants are simulated: they follow the probabilities that an independent classifier gives, and the report
    says so. A run that was stopped goes on when the command is given again. Without torch no videos are made: those
    that come with the package, by the default options, are used.
    """
    import crowd
    from vidgen.cli import load

    check_empty_or_ours(out)
    videos, study = out / "videos", out / "study"

    def run(title: str, name: str, **arguments: object) -> None:
        click.secho(f"\n{title}", bold=True)
        context.invoke(load(name), **arguments)

    missing = [name for name in GENERATION if not is_installed(name)]
    if missing:
        install = f"{missing[0]}, which is not installed: {install_line(missing[0])}"
        for name in ("methods", "per_label", "seed"):
            if context.get_parameter_source(name) is not ParameterSource.DEFAULT:
                raise ValueError(f"--{name.replace('_', '-')} asks for new videos; making them needs {install}")
        copy_bundled(videos)
        click.secho("\n1/6  Videos by gradient descent on their pixels, made beforehand", bold=True)
        click.echo(f"videos that come with vidgen: {videos / 'metadata.csv'}")
        click.echo(f"making new ones needs {install}")
        click.secho("\n2/6  What a machine judge said of them", bold=True)
        show_verdicts(videos)
    else:
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
    crowd.publish(out / "try", videos)  # the programs have done all tasks of the other study
    serve = to_paste("serve-tasks", "--study", out / "try", "--participants", 1, "--this-machine")
    click.echo(f"\nTry a task yourself: {serve}")


def show_verdicts(videos: Path) -> None:
    """Print the figures of judge.json."""
    from vidgen.cli.judge import table
    from vidgen.judge_report import FILE, JudgeReport

    report = JudgeReport.load(videos / FILE)
    click.echo(f"{table(report)}\n\n{report.notice}")
