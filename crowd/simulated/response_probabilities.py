"""What simulated participants believe that they see: a probability for each option, for each video."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crowd.csvfile import reading
from crowd.design.design import Design
from crowd.design.texts import as_read
from crowd.design.videos import Video
from crowd.spreadsheet import from_cell

#: How often simulated participants are right when nothing else is said.
DEFAULT_ACCURACY = 0.8
#: Gives the probabilities of the options, in their order, for a video.
Beliefs = Callable[[Video], NDArray[np.float64]]


def by_accuracy(accuracy: float, options: Sequence[str]) -> Beliefs:
    """Right with probability `accuracy`; the rest is spread evenly over all other options.

    Raises:
        ValueError: `accuracy` is no probability.
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"accuracy: must be between 0 and 1, is {accuracy}")

    def believe(video: Video) -> NDArray[np.float64]:
        right = np.isin(options, video.labels)
        return np.asarray(np.where(right, accuracy / right.sum(), (1 - accuracy) / (~right).sum()), dtype=float)

    return believe


def by_label(path: Path | str, options: Sequence[str]) -> Beliefs:
    """From a confusion matrix: a CSV with the columns `label` and every option, a row per label.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no such matrix; a label without a row is told when a video needs it.
    """
    rows = _rows(Path(path), "label", options)

    def believe(video: Video) -> NDArray[np.float64]:
        missing = [label for label in video.labels if label not in rows]
        if missing:
            raise ValueError(f"{path}: no row for label {missing[0]!r}, which {video.video_id} shows")
        return np.asarray(np.mean([rows[label] for label in video.labels], axis=0))

    return believe


def by_video(path: Path | str, options: Sequence[str], otherwise: Beliefs | None = None) -> Beliefs:
    """From a CSV with the columns `video_id` and every option, a row per video; a missing option has probability 0.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no such table; a video without a row is told when it is needed.
    """
    rows = _rows(Path(path), "video_id", options)

    def believe(video: Video) -> NDArray[np.float64]:
        if video.video_id in rows:
            return rows[video.video_id]
        if otherwise is None:
            raise ValueError(f"{path}: no row for video {video.video_id!r}")
        return otherwise(video)

    return believe


def choose_beliefs(
    design: Design,
    *,
    beliefs: str | Path | None = None,
    confusion: str | Path | None = None,
    accuracy: float | None = None,
) -> Beliefs:
    """The one that is given; without any, `beliefs.csv` beside the videos, else right with probability 0.8.

    Attention items and videos that `beliefs.csv` lacks are judged by that accuracy too.

    Raises:
        ValueError: more than one is given.
    """
    if sum(source is not None for source in (beliefs, confusion, accuracy)) > 1:
        raise ValueError("beliefs, confusion, accuracy: only one of them can be followed")
    fallback = by_accuracy(DEFAULT_ACCURACY if accuracy is None else accuracy, design.options)
    beside = Path(design.videos_dir) / "beliefs.csv"
    if beliefs is not None:
        return by_video(beliefs, design.options)
    if confusion is not None:
        return by_label(confusion, design.options)
    if accuracy is None and beside.is_file():
        return by_video(beside, design.options, fallback)
    return fallback


def source_of(design: Design, beliefs: str | Path | None, confusion: str | Path | None, accuracy: float | None) -> str:
    """What `choose_beliefs` chooses, in words."""
    beside = Path(design.videos_dir) / "beliefs.csv"
    if beliefs is None and confusion is None and accuracy is None and beside.is_file():
        beliefs = beside
    if beliefs is not None:
        return f"the probabilities for each video in {Path(beliefs).name}"
    if confusion is not None:
        return f"the confusion matrix in {Path(confusion).name}"
    share = DEFAULT_ACCURACY if accuracy is None else accuracy
    return f"the label itself with probability {share:g}, another option otherwise"


def _rows(path: Path, key: str, options: Sequence[str]) -> dict[str, NDArray[np.float64]]:
    """The probabilities of each row, in the order of the options."""
    with reading(path) as reader:
        reader.fieldnames = names = [as_read(from_cell(name)) for name in reader.fieldnames or ()]
        if key not in names or not set(names) & set(options):
            raise ValueError(f"{path}: needs the column {key} and one per option, has {', '.join(names) or 'none'}")
        return {
            as_read(from_cell(row[key] or "")): _probabilities(
                [row.get(option) or 0 for option in options], f"{path}:{reader.line_num}"
            )
            for row in reader
        }


def _probabilities(cells: Sequence[str | int], place: str) -> NDArray[np.float64]:
    try:
        values = np.array(cells, dtype=float)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from error
    if not np.isfinite(values).all() or (values < 0).any() or abs(values.sum() - 1) > 0.01:
        raise ValueError(f"{place}: probabilities must be at least 0 and add up to 1, have the sum {values.sum():g}")
    return np.asarray(values / values.sum())
