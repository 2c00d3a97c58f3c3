"""The dataset as a videos directory, written by several processes, resumed after an interruption."""

import csv
import io
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path

from vidgen.allocator import tune_allocator
from vidgen.atomic_write import write_text
from vidgen.dataset.clips import spec_of
from vidgen.dataset.scene import ClipSpec, render
from vidgen.dataset.settings import DatasetSettings
from vidgen.labels import LABELS
from vidgen.release import __version__
from vidgen.runrecord import claim
from vidgen.spreadsheet import cells
from vidgen.video_io import write_video

_CHUNK = 16

Row = dict[str, str | int]
OnClips = Callable[[int], object]


def plan(settings: DatasetSettings) -> list[tuple[Row, ClipSpec]]:
    """Every clip, as its row of metadata.csv and its description, in the order of the file names."""
    items = []
    for split, count in settings.counts().items():
        for class_index, label in enumerate(LABELS):
            for number in range(count):
                index = number * len(LABELS) + class_index
                spec = spec_of(index, settings.seed, split, settings.background)
                name = f"{split}/{label.object}-{label.motion}/{number:05}"
                row: Row = {
                    "file_name": f"{name}.mp4",
                    "video_id": name.replace("/", "-"),
                    "method": "real",
                    "label": str(label),
                    "seed": settings.seed,
                    "split": split,
                    "index": index,
                    "object": label.object,
                    "motion": label.motion,
                    "drawing": spec.actors[0].drawing,
                    "background": settings.background,
                }
                items.append((row, spec))
    return sorted(items, key=lambda item: str(item[0]["file_name"]))


def write_dataset(
    directory: Path | str,
    settings: DatasetSettings,
    *,
    workers: int = 1,
    on_clips: OnClips = lambda count: None,
) -> list[Row]:
    """Write the dataset, or finish one that was interrupted.

    Args:
        directory: created where it does not exist.
        settings: what to write.
        workers: the number of processes; it does not change the files.
        on_clips: called with the number of clips that were just finished.

    Returns:
        The rows of metadata.csv.

    Raises:
        ValueError: no worker, or the directory holds anything but this dataset.
        OSError: it cannot be written.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}; at least one is needed")
    directory = Path(directory)
    new = claim(directory, asdict(settings), {"vidgen": __version__})
    workers = min(workers, -(-sum(settings.counts().values()) * len(LABELS) // _CHUNK))
    with processes(workers, at_once=new) as pool:
        items = plan(settings)
        todo = [(directory / str(row["file_name"]), spec) for row, spec in items]
        for folder in sorted({path.parent for path, _ in todo}):
            folder.mkdir(parents=True, exist_ok=True)
        missing = [(path, spec) for path, spec in todo if not path.exists()]
        on_clips(len(todo) - len(missing))
        chunks = [missing[start : start + _CHUNK] for start in range(0, len(missing), _CHUNK)]
        if pool is None:
            for chunk in chunks:
                on_clips(write_clips(chunk))
        else:
            for future in as_completed([pool.submit(write_clips, chunk) for chunk in chunks]):
                on_clips(future.result())
    rows = [row for row, _ in items]
    table = io.StringIO()
    writer = csv.DictWriter(table, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(cells(row) for row in rows)
    write_text(directory / "metadata.csv", table.getvalue())
    return rows


def available_cpus() -> int:
    """The number of processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def write_clips(clips: list[tuple[Path, ClipSpec]]) -> int:
    """Render and write these clips; returns their number."""
    for path, spec in clips:
        write_video(path, render(spec))
    return len(clips)


@contextmanager
def processes(count: int, *, at_once: bool) -> Iterator[ProcessPoolExecutor | None]:
    """A pool of processes, started at once or with their first clips; None where one process is enough.

    After an interrupt or an error, work that was not begun is cancelled.
    """
    if count == 1:
        yield None
        return
    # Spawned, not forked: a fork would copy the locks of the caller's threads.
    pool = ProcessPoolExecutor(count, mp_context=multiprocessing.get_context("spawn"), initializer=_begin)
    try:
        for _ in range(count if at_once else 0):
            pool.submit(write_clips, [])
        yield pool
    except BrokenProcessPool as error:
        raise OSError("a worker process was killed, perhaps out of memory; the same command continues") from error
    finally:
        pool.shutdown(cancel_futures=True)


def _begin() -> None:
    """Ignore interrupts, which are for the parent process, and set up the allocator."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    tune_allocator()
