"""`vidgen accuracy-report`."""

from pathlib import Path

import click
from click.core import ParameterSource

from vidgen.cli import command as declare
from vidgen.cli.shared import column_option
from vidgen.cli.types import FOLDER, IN_FILE, IN_FOLDER, OUT_FOLDER, SEED, check_writable


@declare(
    "accuracy-report",
    "vidgen accuracy-report --study my-study\n"
    "vidgen accuracy-report --answers answers.csv --out report\n"
    "vidgen accuracy-report --answers batch.csv --column worker_id=WorkerId --column answer=Answer.category\n"
    "vidgen accuracy-report --answers answers.csv --rule margin=0.05 --rule 'comparisons=ours - theirs'\n"
    "vidgen accuracy-report --answers votes.csv --column left_method=model_a --column right_method=model_b\n"
    "vidgen accuracy-report --study my-study --metric clip_score --metric fvd:lower\n"
    "vidgen accuracy-report --answers answers.csv --machine judge --all-videos all.csv\n"
    "vidgen accuracy-report --study my-study --people-only --mixed\n"
    "vidgen accuracy-report --release my-release",
)
@click.option("--study", "study_dir", type=FOLDER, help="Study directory with collected answers.")
@click.option(
    "--answers",
    type=IN_FILE,
    help="Answers table: CSV, TSV, XLSX or Parquet (docs/formats.md).",
)
@click.option(
    "--release",
    "release_dir",
    type=IN_FOLDER,
    help="A release of a study: check its files, and compute its report again by its own plan.",
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
    release_dir: Path | None,
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

    With --release, files are written only to an --out, and the command ends in exit status 1 where the report is not
    the released one. To analyse a release by other rules, name its directory as --study.
    """
    if sum(source is not None for source in (study_dir, answers, release_dir)) != 1:
        raise click.UsageError("give either --study or --answers, or --release")
    if release_dir is not None:
        reproduce(release_dir, out)
        return
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


def reproduce(release_dir: Path, out: Path | None) -> None:
    """Print the report of a release, computed again, and whether it is the released one.

    Raises:
        click.UsageError: an option asks for another analysis than the release's own.
        click.ClickException: the report is not the released one.
    """
    context = click.get_current_context()
    own = {"release_dir", "out"}
    given = [name for name in context.params if context.get_parameter_source(name) == ParameterSource.COMMANDLINE]
    if others := sorted(set(given) - own):
        option = next(one.opts[0] for one in context.command.params if one.name == others[0])
        raise click.UsageError(f"--release analyses by the plan of the release; for {option}, name it as --study")
    import analysis

    made = analysis.reproduce(release_dir)
    click.echo(made.report)
    if out is not None:
        click.echo(f"report: {made.report.save(out)}")
    versions = "" if made.same_versions else ", computed with other versions of programs"
    if made.differing:
        raise click.ClickException(f"not the released report{versions}: {', '.join(made.differing)} differ")
    click.echo(f"the same report as the released one{versions}")
