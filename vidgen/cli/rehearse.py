"""`vidgen rehearse`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowd.commandline import to_paste
from vidgen.cli import command as declare
from vidgen.cli.shared import only_one_of, progress_bar
from vidgen.cli.types import IN_FILE, IN_FOLDER, OUT_FOLDER, PLACE, SEED, SHARE

if TYPE_CHECKING:
    from crowd.simulated.rehearsal import Original


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
@click.option("--out", type=OUT_FOLDER, help="Directory of the copy.  [default: a temporary one]")
@click.option("--seed", type=SEED, default=0, help="The same seed gives the same participants.")
@click.option("--beliefs", type=IN_FILE, help="CSV: video_id and a probability per option.")
@click.option("--confusion", type=IN_FILE, help="CSV: label and a probability per option.")
@click.option("--accuracy", type=SHARE, help="Right with this probability.  [default: beliefs.csv, else 0.8]")
@click.option("--carelessness", type=SHARE, default=0.0, help="Mean share of answers picked blindly.")
@click.option("--browser", is_flag=True, help="Drive a real Chromium, in real time, instead of sending what it would.")
def command(
    study: Path,
    videos_dir: Path | None,
    out: Path | None,
    seed: int,
    beliefs: Path | None,
    confusion: Path | None,
    accuracy: float | None,
    carelessness: float,
    browser: bool,
) -> None:
    """Rehearse a study before people come: publish a copy, let programs answer it, collect, report.

    Plan and videos are copied; the copy is published on a local platform of its own, which speaks the protocol of
    Mechanical Turk, and as many simulated participants come as the study wants answers. The study itself is not
    touched. Everything that comes of it is labelled as simulated.
    """
    from analysis import analyse_study
    from crowd.design.texts import printable
    from crowd.lifecycle.collect import collect
    from crowd.lifecycle.publish import publish
    from crowd.simulated.rehearsal import copied, participate, platform_of, read_original
    from crowd.simulated.response_probabilities import choose_beliefs, source_of
    from crowd.simulated.workers import Temper
    from crowd.studydir import StudyDirectory
    from vidgen.cli.feasibility import check

    only_one_of(beliefs=beliefs, accuracy=accuracy, confusion=confusion)
    temper = Temper(carelessness=carelessness)
    if browser:
        from crowd.simulated.browser import find_programs

        find_programs()
    original = read_original(study, videos_dir)
    believed = choose_beliefs(original.design, beliefs=beliefs, confusion=confusion, accuracy=accuracy)
    note = source_of(original.design, beliefs, confusion, accuracy)
    if carelessness:
        note += f"; {carelessness:.0%} of answers are blind guesses"
    with copied(original, out) as copy:
        _announce("1/5  A copy of the study")
        size = f"{copy.num_files} files ({copy.num_bytes / 1e6:.1f} MB) of {original.videos_dir}"
        click.echo(f"{original.study_file} and {size}, copied to {copy.directory}")

        with platform_of(copy) as address:
            _announce("2/5  Tasks, published on a local platform of the copy")
            done = publish(
                copy.study_dir, copy.videos_dir, check=lambda study, design: check(study, design, anyway=True)
            )
            click.echo(
                f"{done.created} HITs created at {address}"
                + (f", {done.waiting} wait for the round before them" if done.waiting else "")
            )

            _announce("3/5  Simulated participants do the tasks")
            with progress_bar("simulated participants", "task") as progress:
                came, submitted, wanted = participate(
                    copy, believed, temper=temper, seed=seed, browser=browser, note=note, progress=progress
                )
            click.echo(f"{came} simulated participants submitted {submitted} of {wanted} assignments")

            _announce("4/5  Answers")
            got = collect(copy.study_dir)
            click.echo(f"{got.rows} answers of {got.assignments} assignments, all simulated")
            for reason in got.unreadable:
                click.echo(printable(f"not in the table: {reason}"), err=True)

        _announce("5/5  Report")
        report = analyse_study(copy.study_dir, seed=seed)
        path = report.save(copy.directory / "report")
        click.echo(report)
        publish(copy.try_dir, copy.videos_dir)  # the programs have done all tasks of the other one

    _announce("What differs from the study with people")
    for line in differences(original, note, browser=browser):
        click.echo(f"- {line}")
    _announce("Where to look")
    click.echo(f"report      {path}")
    click.echo(f"answers     {StudyDirectory(copy.study_dir).answers_csv}")
    click.echo(f"task pages  {to_paste('serve-tasks', '--study', copy.try_dir, '--participants', 1, '--this-machine')}")


def differences(original: "Original", note: str, *, browser: bool) -> list[str]:
    """What the rehearsal of a study is not, a line each."""
    from crowd.pricing import shown

    if browser:
        acting = "They clicked through the pages in Chromium, and never tire, misread or give up."
    else:
        acting = "They sent what the pages send, at once: nobody watched a video, and the times are made up."
    lines = [
        f"Programs answered, from {note}. No figure says what people see.",
        acting,
        "The local platform showed the copied videos: no Mechanical Turk, no S3, nobody was invited, reviewed or paid.",
        f"Money was play money: with people the study costs {shown(original.total_usd)} on Mechanical Turk.",
    ]
    if original.total_usd > original.budget_usd:
        lines[-1] += f" Its budget_usd is {shown(original.budget_usd)}, so publish-tasks refuses it there and here."
    if original.unasked:
        lines.append(f"{' and '.join(original.unasked)} were not asked for: programs have no earlier work.")
    return lines


def _announce(title: str) -> None:
    click.secho(f"\n{title}", bold=True)
