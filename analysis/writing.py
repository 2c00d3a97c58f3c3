"""`write_report`: analyse a study or a table, and write the report where no other one is lost."""

import gc
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.drawing import FigureDrawing

if TYPE_CHECKING:
    from analysis.report import Report


def write_report(
    source: str | Path,
    directory: str | Path | None = None,
    *,
    columns: Mapping[str, str] | None = None,
    seed: int = 0,
    people_only: bool = False,
    mixed: bool | None = None,
    metrics: Sequence[str] = (),
    machine: str | None = None,
    all_videos: str | Path | None = None,
    **choices: Any,
) -> "tuple[Report, Path]":
    """Analyse a study directory or an answers table, and write its report.

    A report of the same answers by the same rules is replaced; another one is not, see the errors.

    Args:
        source: a study directory, or the path of an answers table.
        directory: where the report is written; by default `report` beside the answers, or `report-people-only`.
        columns: as in `analysis.analyse`, as are the following.
        seed: see there.
        people_only: see there.
        mixed: see there.
        metrics: see there.
        machine: see there.
        all_videos: see there.
        **choices: see there.

    Returns:
        The report, and the path of its report.html.

    Raises:
        ValueError: the directory holds a report about something else, or what `analysis.analyse` refuses.
        OSError: a file cannot be read or written.

    Example:
        >>> report, page = analysis.write_report("my-study", margin=0.05)
        >>> page.as_posix()
        'my-study/report/report.html'
        >>> report.comparisons[0].equivalence.margin
        0.05
    """
    source = Path(source)
    place = default_place(source, people_only=people_only) if directory is None else Path(directory)
    with FigureDrawing() as drawing:  # what draws the figures loads while the analysis does
        from analysis.analysing import analyse, analyse_study
        from analysis.earlier import check_place, subject_of

        check_place(place, subject_of(source, people_only=people_only, rules=choices))
        run = analyse_study if not source.is_file() else analyse
        report = run(
            source,
            columns=columns,
            seed=seed,
            people_only=people_only,
            mixed=mixed,
            metrics=metrics,
            machine=machine,
            all_videos=all_videos,
            drawing=drawing,
            **choices,
        )
        return report, report.save(place)


def default_place(source: Path, *, people_only: bool) -> Path:
    """Where the report of a study directory or an answers table is written by default."""
    name = "report-people-only" if people_only else "report"
    return (source if not source.is_file() else source.parent) / name


def tune_process(*, mixed: bool | None) -> None:
    """Set this process up for one report: for commands, which end after it.

    Nearly all that is loaded and counted is kept, so that collecting garbage as often as usual takes a tenth of the
    time. Without the mixed model the products are small, and threads that wait for each other take the time of the
    process that draws the figures.
    """
    gc.set_threshold(100_000)
    if not mixed:
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
