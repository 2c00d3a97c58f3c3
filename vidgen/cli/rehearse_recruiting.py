"""`vidgen rehearse-recruiting`."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from crowd.commandline import to_paste
from vidgen.cli import command as declare
from vidgen.cli.types import COUNT, IN_FOLDER, OUT_FOLDER, PLACE, SEED

if TYPE_CHECKING:
    from crowd.simulated.prolific.rehearsal import Fate

_BONUS, _REASON = "0.20", "Thank you for your remarks"
_ADDRESS = "https://study.example.org"

#: Shows the title of a step and the command that a user would type, and runs it.
Step = Callable[..., None]


@declare(
    "rehearse-recruiting",
    """
vidgen rehearse-recruiting --study my-study --videos my-videos
vidgen rehearse-recruiting --study my-study --videos my-videos --people 12 --out rehearsal
""",
)
@click.option(
    "--study", "--study-file", "study", type=PLACE, required=True, help="The study directory, or a study file."
)
@click.option(
    "--videos",
    "videos_dir",
    type=IN_FOLDER,
    help="The videos directory.  [default: that of the published study]",
)
@click.option("--people", type=COUNT, help="How many are to take part.  [default: as many as the design needs]")
@click.option("--out", type=OUT_FOLDER, help="Directory of the copy, new or empty.  [default: a temporary one]")
@click.option("--seed", type=SEED, default=0, help="The same seed gives the same participants.")
@click.pass_context
def command(
    context: click.Context, study: Path, videos_dir: Path | None, people: int | None, out: Path | None, seed: int
) -> None:
    """Rehearse the whole way of a study over Prolific, from draft to bonus, with a simulated Prolific on this machine.

    A copy of the study is published and served, and a stand-in for Prolific sends simulated participants, who finish,
    return, run out of time, or enter a wrong code. Each command is shown as you would type it. The study itself is not
    touched, Prolific is not asked, and nothing is spent. A rehearsal that fails leaves no files behind.
    """
    import crowd
    from crowd.lifecycle.arrivals import people_wanted
    from crowd.simulated.copying import emptied_on_failure, read_original
    from crowd.simulated.prolific import rehearsal
    from crowd.simulated.response_probabilities import choose_probabilities
    from crowd.texts import counted

    original = read_original(study, videos_dir)
    rehearsal.check(original.study)
    probabilities = choose_probabilities(original.design)
    number = people or people_wanted(original.study, original.design)
    step = _steps(context)
    with emptied_on_failure(out) as directory:
        copy = rehearsal.copy_for_stage(original, directory)
        click.echo(f"Everything here is simulated: people, answers and money. The copy is in {directory}.")
        for name in rehearsal.left_out(original):
            click.echo(f"recruit.prolific.{name} is left out: the simulated account has other ones.")
        with rehearsal.on_stage(copy, num_people=number, currency=rehearsal.currency_of(original.study)) as stage:
            of_study = ("--study", copy.study_dir)
            step(
                "Tasks, published on the study's own server",
                ["publish-tasks", copy.videos_dir, *of_study],
                videos_dir=copy.videos_dir,
                study_dir=copy.study_dir,
                anyway=True,
            )
            step("The server (it runs beside the other commands)", ["serve-tasks", *of_study, "--public-url", _ADDRESS])
            places = ["--places", people] if people else []
            step(
                "A draft at Prolific, which nobody sees",
                ["recruit", *of_study, "--draft", _ADDRESS, *places],
                study_dir=copy.study_dir,
                address=stage.url,
                places=people,
            )
            step(
                "People are let in",
                ["recruit", *of_study, "--open", "--real-money"],
                study_dir=copy.study_dir,
                opens=True,
            )
            stage.let_people_come(probabilities, seed=seed, conducts=rehearsal.everything(number, seed))
            click.echo(f"{counted(len(stage.conducts), 'simulated participant')} came")
            step("How far it is", ["recruit", *of_study], study_dir=copy.study_dir)
            step("Answers, and what has to be asked anew", ["collect-answers", *of_study], study_dir=copy.study_dir)
            if missing := crowd.recruitment(copy.study_dir).missing:
                more = number + missing
                title = "More places, since some ended without the work"
                step(title, ["recruit", *of_study, "--places", more], study_dir=copy.study_dir, places=more)
                stage.let_people_come(probabilities, seed=seed)
                step("The other answers", ["collect-answers", *of_study], study_dir=copy.study_dir)
            step("Finished work is approved", ["approve-answers", *of_study], study_dir=copy.study_dir)
            chosen = _assignment(copy.study_dir)
            step(
                "A bonus",
                ["pay-bonus", *of_study, "--amount", _BONUS, "--reason", _REASON, "--assignment", *chosen],
                study_dir=copy.study_dir,
                amount=_BONUS,
                reason=_REASON,
                assignments=chosen,
            )
            step("The end", ["recruit", *of_study, "--end"], study_dir=copy.study_dir, end=True)
            step("What was published, spent and fetched", ["study-status", *of_study], study_dir=copy.study_dir)
            step(
                "Report", ["accuracy-report", *of_study], study_dir=copy.study_dir, out=directory / "report", seed=seed
            )
            _announce("What became of everybody (simulated)")
            _show(stage.fates())


def _steps(context: click.Context) -> Step:
    """Numbers the steps; one without arguments is only shown."""
    from vidgen.cli import load

    numbers = itertools.count(1)

    def step(title: str, words: Sequence[object], **arguments: object) -> None:
        _announce(f"{next(numbers)}  {title}")
        click.echo(f"$ {to_paste(*words)}")
        if arguments:
            context.invoke(load(str(words[0])), **arguments)

    return step


def _assignment(study_dir: Path) -> tuple[str, ...]:
    """The first assignment whose answers count."""
    from crowd.studydir import StudyDirectory
    from crowd.task.answers_file import read_parquet

    rows = read_parquet(StudyDirectory(study_dir).answers)
    return tuple(str(row["assignment_id"]) for row in rows if not row["excluded"])[:1]


def _show(fates: "Sequence[Fate]") -> None:
    width = max((len(one.conduct) for one in fates), default=0)
    for one in fates:
        here = one.outcome or "not let in, or never came"
        click.echo(f"  {one.number:>4}  {one.conduct:<{width}}  Prolific: {one.status:<15}  here: {here}")


def _announce(title: str) -> None:
    click.secho(f"\n{title}", bold=True)
