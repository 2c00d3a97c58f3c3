"""The dataset as a videos directory: planned as a whole, written by several processes, resumed when interrupted."""

import csv
import json
import multiprocessing
import os
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import asdict
from pathlib import Path

from vidgen.dataset.clips import spec_of
from vidgen.dataset.scene import ClipSpec, render
from vidgen.dataset.settings import DatasetSettings
from vidgen.labels import LABELS
from vidgen.videofiles import write_video

SETTINGS_FILE = "dataset.json"
_CHUNK = 16


Row = dict[str, str | int]


def plan(settings: DatasetSettings) -> list[tuple[Row, ClipSpec]]:
    """Every clip with its row of `metadata.csv`, in the order of the file names."""
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
    on_clips: Callable[[int], object] = lambda count: None,
) -> list[Row]:
    """Write the dataset and return its rows; what an interrupted call has finished is kept.

    ``on_clips`` hears how many clips have just been finished. The files are the same whatever the number of workers.

    Raises:
        ValueError: no worker, or the directory holds anything but this dataset.
        OSError: it cannot be written.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}; at least one is needed")
    directory = Path(directory)
    claim(directory, settings)
    items = plan(settings)
    todo = [(directory / str(row["file_name"]), spec) for row, spec in items]
    for folder in sorted({path.parent for path, _ in todo}):
        folder.mkdir(parents=True, exist_ok=True)
    missing = [(path, spec) for path, spec in todo if not path.exists()]
    on_clips(len(todo) - len(missing))
    chunks = [missing[start : start + _CHUNK] for start in range(0, len(missing), _CHUNK)]
    if workers == 1:
        for chunk in chunks:
            on_clips(write_clips(chunk))
    elif chunks:
        # Spawned, not forked: a fork would copy the locks of whatever threads the caller has running.
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(min(workers, len(chunks)), mp_context=context) as pool:
            futures = [pool.submit(write_clips, chunk) for chunk in chunks]
            try:
                for future in as_completed(futures):
                    on_clips(future.result())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                raise
    rows = [row for row, _ in items]
    _write_metadata(directory / "metadata.csv", rows)
    return rows


def write_clips(clips: list[tuple[Path, ClipSpec]]) -> int:
    """Render and write these clips; returns how many."""
    for path, spec in clips:
        write_video(path, render(spec))
    return len(clips)


def claim(directory: Path, settings: DatasetSettings) -> None:
    """Make the directory this dataset's own, or find that it is already.

    Raises:
        ValueError: it holds other files, or a dataset of other settings.
    """
    directory.mkdir(parents=True, exist_ok=True)
    record = directory / SETTINGS_FILE
    if record.exists():
        try:
            found = DatasetSettings(**json.loads(record.read_text(encoding="utf-8")))
        except (ValueError, TypeError) as error:
            raise ValueError(f"{record}: no dataset settings ({error})") from error
        if found != settings:
            differing = [f"{name} {value}" for name, value in asdict(found).items() if value != getattr(settings, name)]
            raise ValueError(f"{directory} holds a dataset made with {', '.join(differing)}; give another directory")
    elif any(directory.iterdir()):
        raise ValueError(f"{directory} is not empty and no dataset; give another directory")
    else:
        _replace_text(record, json.dumps(asdict(settings), indent=2) + "\n")


def _write_metadata(path: Path, rows: list[Row]) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    with partial.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    partial.replace(path)


def _replace_text(path: Path, text: str) -> None:
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
