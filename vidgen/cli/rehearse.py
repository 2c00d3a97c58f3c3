"""`vidgen rehearse`."""

import itertools
from pathlib import Path

import click

from crowd.commandline import to_paste
from vidgen.cli import command as declare
from vidgen.cli.shared import only_one_of, progress_bar
from vidgen.cli.types import IN_FILE, IN_FOLDER, OUT_FOLDER, PLACE, SEED, SHARE


@declare(
    "rehearse",
    """
vidgen rehearse --study my-study --videos my-videos
vidgen rehearse --study-file study.toml --videos my-videos --out rehearsal --accuracy 0.7
""",
)
@click.option(
    "--study",
    "--study-file",
    "study",
    type=PLACE,
    required=True,
    help="The study directory, or a study file.",
)
@click.option(
    "--videos",
    "videos_dir",
    type=IN_FOLDER,
    help="The videos directory.  [default: that of the published study]",
)
@click.option("--out", type=OUT_FOLDER, help="Directory of the copy, new or empty.  [default: a temporary one]")
@click.option("--seed", type=SEED, default=0, help="The same seed gives the same participants.")
@click.option(
    "--probabilities",
    "--beliefs",
    "probabilities",
    type=IN_FILE,
    help="CSV file with video_id and a probability per option, which the programs follow.",
)
@click.option(
    "--confusion", type=IN_FILE, help="CSV file with label and a probability per option, which the programs follow."
)
@click.option(
    "--accuracy",
    type=SHARE,
    help="Probability of a right answer.  [default: by the table of the videos, else 0.8]",
)
@click.option(
    "--qualities",
    type=IN_FILE,
    help="CSV file with method or video_id, and quality or a column per question: how good each video is, on a logit "
    "scale, for questions other than naming.  [default: all alike]",
)
@click.option("--carelessness", type=SHARE, default=0.0, help="Mean share of answers that are blind guesses.")
@click.option("--browser", is_flag=True, help="Answer in a real Chromium, in real time, instead of over HTTP.")
def command(
    study: Path,
    videos_dir: Path | None,
    out: Path | None,
    seed: int,
    probabilities: Path | None,
    confusion: Path | None,
    accuracy: float | None,
    qualities: Path | None,
    carelessness: float,
    browser: bool,
) -> None:
    """Rehearse a study before people come: publish a copy, let programs answer it, collect, report.

    Settings and videos are copied. The copy is published on a local platform of its own, which speaks the protocol of
    Mechanical Turk, and as many simulated participants come as the study wants answers. The study itself is not
    touched. Answers and report are marked as simulated. A rehearsal that fails leaves no files behind.
    """
    import analysis
    import crowd
    from crowd.simulated.copying import emptied_on_failure
    from crowd.studydir import StudyDirectory
    from crowd.texts import printable
    from vidgen.cli.feasibility import check

    only_one_of(probabilities=probabilities, accuracy=accuracy, confusion=confusion)
    numbers = itertools.count(1)

    with emptied_on_failure(out) as directory, progress_bar("simulated participants", "tasks") as progress:

        def show(title: str, outcome: str | None) -> None:
            progress.close()
            if outcome is None:
                _announce(f"{next(numbers)}/5  {title}")
            else:
                click.echo(outcome)

        done = crowd.rehearse(
            study,
            videos_dir,
            out=directory,
            probabilities=probabilities,
            confusion=confusion,
            accuracy=accuracy,
            qualities=qualities,
            style=crowd.ResponseStyle(carelessness=carelessness),
            seed=seed,
            browser=browser,
            check=lambda study, design: check(study, design, anyway=True),
            step=show,
            progress=progress,
        )
        for reason in done.collected.unreadable:
            click.echo(printable(f"not in the table: {reason}"), err=True)
        show("Report", None)
        report = analysis.analyse_study(done.study_dir, seed=seed)
        path = report.save(directory / "report")
    click.echo(report)

    _announce("What differs from the study with people")
    for line in done.differences:
        click.echo(f"- {line}")
    _announce("Where to look")
    click.echo(f"report      {path}")
    click.echo(f"answers     {StudyDirectory(done.study_dir).answers_csv}")
    click.echo(f"task pages  {to_paste('serve-tasks', '--study', done.try_dir, '--participants', 1, '--this-machine')}")


def _announce(title: str) -> None:
    click.secho(f"\n{title}", bold=True)
