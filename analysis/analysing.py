"""`analyse`: an answers table in, a `Report` out."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.collection import Collection
from analysis.conduct import conduct, items_of_first_task
from analysis.contents import report_contents
from analysis.drawing import FigureDrawing
from analysis.extent import Extent, Progress
from analysis.metrics.columns import asked
from analysis.metrics.machine import MachineScores, machine_scores
from analysis.plan import chosen, load_plan
from analysis.questions.rows import declared_question
from analysis.questions.table import read_table
from analysis.report import Report
from analysis.sample_videos import sample_videos
from crowd.commandline import to_paste
from crowd.studydir import StudyDirectory, instead_of

if TYPE_CHECKING:
    import pandas as pd


def analyse(
    answers: "pd.DataFrame | str | Path",
    *,
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    people_only: bool = False,
    mixed: bool | None = None,
    metrics: Sequence[str] = (),
    machine: str | None = None,
    all_videos: str | Path | None = None,
    progress: Progress | None = None,
    drawing: FigureDrawing | None = None,
    **choices: Any,
) -> Report:
    """Analyse an answers table (docs/formats.md).

    Args:
        answers: a DataFrame, or the path of a CSV, TSV, XLSX or Parquet file.
        columns: what the table calls its columns, where it has other names: `{"worker_id": "WorkerId"}`.
        seed: of permutations and resamples.
        people_only: leave out the answers of simulated participants before anything is counted.
        mixed: fit the crossed mixed logistic model to the first comparison, which takes minutes for a million answers;
            by default only where the answers are few (`analysis.reviewers.UNASKED`).
        metrics: automatic metrics to compare with people, each a column of the table with a score per video (for pairs
            of videos two, `left_NAME` and `right_NAME`); `NAME:lower` where smaller is better.
        machine: a column of `all_videos` with a machine's score of every video, for prediction-powered estimates.
        all_videos: a CSV file of all videos that the machine scored, those with answers among them, with `method`, the
            machine's column, and `video_id` or `file_name`; `prompt` (or `pair`) where the answers have it.
        progress: called with the name of each stage.
        drawing: a process that draws the figures while the analysis goes on.
        **choices: keys of a study file's section `analysis`, such as `target`, `confidence`, `comparisons`, `margin`;
            and `gold_method`, the name of the control.

    Returns:
        The report; its shares and differences are fractions, its times are in seconds.

    Raises:
        ValueError: the table breaks its schema, or a choice does not exist; the message says where.
        OSError: the file cannot be read.

    Example:
        >>> import pandas as pd
        >>> rows = [
        ...     (f"w{worker}", f"{method}-{label}-{video}", method, label, label if worker < right else "Unclear")
        ...     for method, right in (("ours", 8), ("theirs", 4))
        ...     for label in ("car", "rocket")
        ...     for video in range(3)
        ...     for worker in range(9)
        ... ]
        >>> table = pd.DataFrame(rows, columns=["worker_id", "video_id", "method", "label", "answer"])
        >>> report = analysis.analyse(table)
        >>> [(row.name, round(row.accuracy, 3)) for row in report.methods]
        [('ours', 0.889), ('theirs', 0.444)]
        >>> round(report.comparisons[0].difference, 3)
        0.444
    """
    scored = _scored(machine, all_videos)
    with read_table(answers, columns=columns, metrics=asked(metrics), machine=scored) as checked:
        extent = Extent(seed=seed, people_only=people_only, mixed=mixed)
        contents = report_contents(checked, chosen(choices), extent, Collection(), progress or _silent, drawing)
    return Report.of(contents, drawing=drawing)


def analyse_study(
    directory: str | Path,
    *,
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    people_only: bool = False,
    mixed: bool | None = None,
    metrics: Sequence[str] = (),
    machine: str | None = None,
    all_videos: str | Path | None = None,
    progress: Progress | None = None,
    drawing: FigureDrawing | None = None,
    **choices: Any,
) -> Report:
    """Analyse a study directory: its answers by its plan, with what its collection noted and some of its videos.

    Args:
        directory: of the study, with `answers.parquet` or `answers.csv`.
        columns: what the answers table calls its columns, where it has other names.
        seed: as in `analyse`, as are the following.
        people_only: see there.
        mixed: see there.
        metrics: see there; a column of metadata.csv will do too.
        machine: see there.
        all_videos: see there; by default the metadata.csv of the study's videos.
        progress: see there.
        drawing: see there.
        **choices: rules that differ from the study's; against a published plan they count as post hoc.

    Returns:
        The report, as `analyse` gives it.

    Raises:
        ValueError: the study has no answers, or one of its files is broken; the message names the file.
        OSError: a file cannot be read.

    Example:
        >>> report = analysis.analyse_study("my-study", confidence=0.9)
        >>> report.plan.choices.confidence
        0.9
        >>> page = report.save("my-study/report-90")
    """
    directory = Path(directory)
    if directory.is_file():
        raise ValueError(f"{directory}: is a file, not a study; `analysis.analyse` reads an answers table")
    if not directory.is_dir():
        raise ValueError(f"{directory}: no such study directory; {instead_of(directory)}")
    files = StudyDirectory(directory)
    found = files.answer_tables()
    if not found and not files.holds_study():
        raise ValueError(f"{directory}: holds no study and no {files.answers.name}; {instead_of(directory)}")
    if not found:
        collect = to_paste("collect-answers", "--study", directory)
        raise ValueError(f"{directory}: no {files.answers.name}; run `{collect}` first")
    plan = load_plan(directory, choices)
    declared = [declared_question(question) for question in plan.study.asked]
    with read_table(
        found[0],
        extra_options=plan.study.options,
        columns=columns,
        declared=declared,
        metrics=asked(metrics),
        machine=_scored(machine, all_videos, files.design),
        design=files.design,
    ) as checked:
        extent = Extent(seed=seed, people_only=people_only, mixed=mixed)
        collection = Collection.of(files)
        contents = report_contents(checked, plan, extent, collection, progress or _silent, drawing)
    run = conduct(plan.shown or plan.study, collection.noted, items_of_first_task(files.design))
    samples = sample_videos(files.design)
    return Report.of(replace(contents, title=plan.study.title, conduct=run), samples, drawing)


def _scored(machine: str | None, all_videos: str | Path | None, design: Path | None = None) -> MachineScores | None:
    """The machine's scores; None where no machine was named.

    Raises:
        ValueError: there is a table of all videos and no machine, or the scores cannot be used.
    """
    if machine is None and all_videos is not None:
        raise ValueError(f"all_videos: {all_videos} is of use with a machine only; name the column with its scores")
    if machine is None:
        return None
    return machine_scores(machine, None if all_videos is None else Path(all_videos), design)


def _silent(stage: str) -> None:
    """Report no progress."""
