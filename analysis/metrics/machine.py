"""A machine's scores of all videos, those that people answered about and others: a table with a row per video."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis.columns import ITEM
from analysis.metrics.columns import Metric, number_in
from crowd.csvfile import reading
from crowd.fileformat import parsed
from crowd.spreadsheet import from_cell
from crowd.texts import as_read, listed
from crowd.videos.metadata import TABLE

Array = np.ndarray


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineScores:
    """A machine's score of every video; lists have one entry per video."""

    name: str
    #: The table that they come from.
    table: str
    video_id: list[str]
    method: list[str]
    #: What videos of several methods share: the text of the column `pair`, else of `prompt`; empty without.
    item: list[str]
    #: (videos,) on any scale.
    score: Array


@dataclass(frozen=True, kw_only=True, slots=True)
class Automatic:
    """What programs say of videos, to stand beside people's answers."""

    #: Metrics to validate, with their scores.
    metrics: Sequence[Metric] = ()
    #: What prediction-powered estimates use; None for none.
    machine: MachineScores | None = None

    def __bool__(self) -> bool:
        return bool(self.metrics or self.machine)


NO_SCORES = Automatic()


def machine_scores(column: str, table: Path | None, design: Path | None = None) -> MachineScores:
    """Read a machine's scores.

    Args:
        column: of the table, with a number for every video.
        table: CSV with `method`, the column, and `video_id` or `file_name`; `prompt` or `pair` where the answers have
            it. None for the metadata.csv of a study.
        design: the study's design.json, which has the ids of its files.

    Raises:
        ValueError: there is no table, or it lacks a column, or a video has no number or stands in it twice.
        OSError: the table cannot be read.
    """
    published = parsed(design) if design and design.exists() else None
    if table is None and published is None:
        raise ValueError(
            f"machine {column!r}: an answers table lists only videos with answers; give a table of all videos "
            "(--all-videos FILE)"
        )
    ids = {one["file_name"]: one["video_id"] for one in published["videos"]} if published else {}
    if table is None:
        assert published is not None and design is not None  # noqa: S101, PT018  else refused above
        table = design.parent / published.get("videos_dir", "") / TABLE
    with reading(table) as reader:
        _check_columns(column, table, reader.fieldnames or ())
        rows = [{name: text or "" for name, text in row.items() if name} for row in reader]
    videos = [_video(row, ids) for row in rows]
    _check_once(column, table, videos)
    return MachineScores(
        name=column,
        table=str(table),
        video_id=videos,
        method=[as_read(from_cell(row["method"])) for row in rows],
        item=[next((as_read(from_cell(row[name])) for name in ITEM if row.get(name, "").strip()), "") for row in rows],
        score=_scores(column, table, rows, videos),
    )


def _check_columns(column: str, table: Path, header: Iterable[str]) -> None:
    header = list(header)
    missing = [name for name in ("method", column) if name not in header]
    if not {"video_id", "file_name"} & set(header):
        missing.insert(0, "video_id or file_name")
    if missing:
        there = listed(header) or "no columns"
        raise ValueError(f"machine {column!r}: {table} has no column {', '.join(missing)}; it has {there}")


def _video(row: Mapping[str, str], ids: Mapping[str, str]) -> str:
    """The video's id, as the answers have it."""
    own, file = (row.get(name, "").strip() for name in ("video_id", "file_name"))
    return as_read(from_cell(own)) or ids.get(file) or as_read(file)


def _check_once(column: str, table: Path, videos: list[str]) -> None:
    if not videos:
        raise ValueError(f"machine {column!r}: {table} lists no video")
    seen: set[str] = set()
    for video in videos:
        if not video or video in seen:
            what = f"video {video!r} stands there twice" if video else "a row names no video"
            raise ValueError(f"machine {column!r}: {table}: {what}")
        seen.add(video)


def _scores(column: str, table: Path, rows: list[dict[str, str]], videos: list[str]) -> Array:
    """(videos,) every video's number."""
    found = [number_in(str(table), column, row[column]) for row in rows]
    missing = [video for video, score in zip(videos, found, strict=True) if score is None]
    if missing:
        which = f"{len(missing)} of its {len(rows)} videos: {listed(missing, most=5)}"
        raise ValueError(f"machine {column!r}: {table} has no number for {which}; it must have one for each")
    return np.array(found, float)
