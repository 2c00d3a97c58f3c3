"""`vidgen accuracy-report`."""

import gc
import os
from pathlib import Path
from typing import Any

import click

from vidgen.cli import command as declare
from vidgen.cli.shared import column_option
from vidgen.cli.types import FOLDER, IN_FILE, OUT_FOLDER, SEED, check_writable


@declare(
    "accuracy-report",
    "vidgen accuracy-report --study my-study\n"
    "vidgen accuracy-report --answers answers.csv --out report\n"
    "vidgen accuracy-report --answers batch.csv --column worker_id=WorkerId --column answer=Answer.category\n"
    "vidgen accuracy-report --answers answers.csv --rule margin=0.05 --rule 'comparisons=ours - theirs'\n"
    "vidgen accuracy-report --study my-study --people-only --mixed",
)
@click.option("--study", "study_dir", type=FOLDER, help="Study directory with collected answers.")
@click.option(
    "--answers",
    type=IN_FILE,
    help="Answers table: CSV, TSV, XLSX or Parquet (docs/formats.md).",
)
@column_option
@click.option(
    "--out",
    type=OUT_FOLDER,
    help="Directory of the report  [default: `report` beside the answers, `report-people-only` with --people-only]",
)
@click.option(
    "--rule",
    "rules",
    multiple=True,
    metavar="KEY=VALUE",
    help="A rule of the analysis, as in a study file: target=these-videos, margin=0.05, 'comparisons=ours - theirs'. "
    "May be given several times; against a published plan it counts as post hoc.",
)
@click.option("--people-only", is_flag=True, help="Leave out simulated participants before anything is counted.")
@click.option(
    "--mixed/--no-mixed",
    default=None,
    help="Fit the crossed mixed logistic model too, which takes minutes for a million answers.  [default: up to 20,000 "
    "answers]",
)
@click.option("--seed", type=SEED, default=0, show_default=True, help="Seed of the permutations.")
def command(
    study_dir: Path | None,
    answers: Path | None,
    columns: dict[str, str],
    out: Path | None,
    rules: tuple[str, ...],
    people_only: bool,
    mixed: bool | None,
    seed: int,
) -> None:
    """Report the accuracy per method from a study's answers, or from any answers table.

    Writes report.html and report.json and prints the table. A report of the same answers by the same rules is replaced;
    another one in the directory is never lost: the command is refused, and needs another --out.
    """
    if (study_dir is None) == (answers is None):
        raise click.UsageError("give either --study or --answers")
    name = "report-people-only" if people_only else "report"
    place = out or (study_dir or Path(str(answers)).parent) / name
    check_writable(place, "--out")
    from analysis.drawing import Drawing

    # Nearly all that is loaded and counted is kept: looking for garbage as often as usual takes a tenth of the time.
    gc.set_threshold(100_000)
    if not mixed:
        # The products here are small: threads that wait for each other take the time of what draws the figures.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    with Drawing() as drawing:
        from analysis import analyse, analyse_study  # slow to load, as is what draws: both load at once
        from analysis.earlier import check_place, subject_of_study, subject_of_table
        from analysis.plan import parsed_choices

        choices = parsed_choices(rules)
        source, read = (study_dir, analyse_study) if study_dir else (Path(str(answers)), analyse)
        subject_of = subject_of_study if study_dir else subject_of_table
        check_place(place, subject_of(source, people_only=people_only, rules=choices))
        given: dict[str, Any] = {"columns": columns, "seed": seed, "people_only": people_only, "mixed": mixed}
        report = read(source, drawing=drawing, **given, **choices)
        path = report.save(place)
    click.echo(report)
    click.echo(f"report: {path}")
