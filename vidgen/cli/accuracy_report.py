"""`vidgen accuracy-report`."""

from pathlib import Path

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
    "vidgen accuracy-report --answers votes.csv --column left_method=model_a --column right_method=model_b\n"
    "vidgen accuracy-report --study my-study --metric clip_score --metric fvd:lower\n"
    "vidgen accuracy-report --answers answers.csv --machine judge --all-videos all.csv\n"
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
@click.option(
    "--metric",
    "metrics",
    multiple=True,
    metavar="COLUMN[:lower]",
    help="An automatic metric to compare with people: a column of the answers table (for pairs of videos left_COLUMN "
    "and right_COLUMN) or of the study's metadata.csv; with :lower where smaller is better. May be given several "
    "times.",
)
@click.option(
    "--machine",
    metavar="COLUMN",
    help="A machine's score of every video, a column of --all-videos: adds prediction-powered estimates to "
    "those of people alone, whose videos must be a random sample of these.",
)
@click.option(
    "--all-videos",
    type=IN_FILE,
    help="CSV of all videos that the machine scored: method, its column, and video_id or file_name.  [default: the "
    "study's metadata.csv]",
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
    metrics: tuple[str, ...],
    machine: str | None,
    all_videos: Path | None,
    people_only: bool,
    mixed: bool | None,
    seed: int,
) -> None:
    """Report what people's answers say of each method: from a study's answers, or from any answers table.

    Every question has a section, by its kind: naming, preference, rating and the others (docs/questions.md).

    Writes report.html and report.json and prints the table. A report of the same answers by the same rules is replaced;
    another one in the directory is never lost: the command is refused, and needs another --out.
    """
    if (study_dir is None) == (answers is None):
        raise click.UsageError("give either --study or --answers")
    from analysis.choices import parsed_choices
    from analysis.writing import default_place, tune_process, write_report

    source = study_dir or Path(str(answers))
    place = out or default_place(source, people_only=people_only)
    check_writable(place, "--out")
    tune_process(mixed=mixed)
    report, path = write_report(
        source,
        place,
        columns=columns,
        seed=seed,
        people_only=people_only,
        mixed=mixed,
        metrics=metrics,
        machine=machine,
        all_videos=all_videos,
        **parsed_choices(rules),
    )
    click.echo(report)
    click.echo(f"report: {path}")
