"""With which probability a simulated participant chooses each option, for each video."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from crowd.csvfile import reading
from crowd.design.design import Design
from crowd.questions.naming import Naming
from crowd.spreadsheet import from_cell
from crowd.texts import as_read
from crowd.videos.metadata import Video

#: How often simulated participants are right when nothing else is said.
DEFAULT_ACCURACY = 0.8
#: Gives the probabilities of the options, in their order, for a video.
#: The table beside the videos, which `vidgen judge` writes; releases up to 0.1 named it as the second one is.
FILES = ("response_probabilities.csv", "beliefs.csv")
ResponseProbabilities = Callable[[Video], NDArray[np.float64]]


def by_accuracy(accuracy: float, options: Sequence[str]) -> ResponseProbabilities:
    """Right with probability `accuracy`; the rest is spread evenly over all other options.

    Raises:
        ValueError: `accuracy` is no probability.
    """
    if not 0 <= accuracy <= 1:
        raise ValueError(f"accuracy: must be between 0 and 1, is {accuracy}")

    def of_video(video: Video) -> NDArray[np.float64]:
        right = np.isin(options, video.labels)
        return np.asarray(np.where(right, accuracy / right.sum(), (1 - accuracy) / (~right).sum()), dtype=float)

    return of_video


def by_label(path: Path | str, options: Sequence[str]) -> ResponseProbabilities:
    """From a confusion matrix: a CSV with the columns `label` and every option, a row per label.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no such matrix; a label without a row is told when a video needs it.
    """
    rows = _rows(Path(path), "label", options)

    def of_video(video: Video) -> NDArray[np.float64]:
        missing = [label for label in video.labels if label not in rows]
        if missing:
            raise ValueError(f"{path}: no row for label {missing[0]!r}, which {video.video_id} shows")
        return np.asarray(np.mean([rows[label] for label in video.labels], axis=0))

    return of_video


def by_video(
    path: Path | str, options: Sequence[str], otherwise: ResponseProbabilities | None = None
) -> ResponseProbabilities:
    """From a CSV with the columns `video_id` and every option, a row per video; a missing option has probability 0.

    Raises:
        OSError: the file cannot be read.
        ValueError: it is no such table; a video without a row is told when it is needed.
    """
    rows = _rows(Path(path), "video_id", options)

    def of_video(video: Video) -> NDArray[np.float64]:
        if video.video_id in rows:
            return rows[video.video_id]
        if otherwise is None:
            raise ValueError(f"{path}: no row for video {video.video_id!r}")
        return otherwise(video)

    return of_video


def table_beside(videos_dir: str | Path) -> Path | None:
    """The table of response probabilities in a videos directory, if there is one."""
    return next((path for name in FILES if (path := Path(videos_dir) / name).is_file()), None)


def choose_probabilities(
    design: Design,
    *,
    probabilities: str | Path | None = None,
    confusion: str | Path | None = None,
    accuracy: float | None = None,
) -> ResponseProbabilities:
    """The source that is given; without any, the table beside the videos, else right with probability 0.8.

    Attention items and videos that the table beside the videos lacks are answered with that accuracy too.

    Raises:
        ValueError: more than one is given.
    """
    if sum(source is not None for source in (probabilities, confusion, accuracy)) > 1:
        raise ValueError("probabilities, confusion, accuracy: only one of them can be followed")
    fallback = by_accuracy(DEFAULT_ACCURACY if accuracy is None else accuracy, design.options)
    beside = table_beside(design.videos_dir)
    if probabilities is not None:
        return by_video(probabilities, design.options)
    if confusion is not None:
        return by_label(confusion, design.options)
    if accuracy is None and beside:
        return by_video(beside, design.options, fallback)
    return fallback


def source_of(
    design: Design,
    probabilities: str | Path | None,
    confusion: str | Path | None,
    accuracy: float | None,
    qualities: str | Path | None = None,
) -> str:
    """What `choose_probabilities` chooses, and what other questions are answered from, in words."""
    sources = []
    if any(question.KIND == Naming.KIND for question in design.questions):
        sources.append(_source_of_labels(design, probabilities, confusion, accuracy))
    if any(question.KIND != Naming.KIND for question in design.questions):
        sources.append(f"the qualities in {Path(qualities).name}" if qualities else "all videos being alike")
    return " and ".join(sources)


def _source_of_labels(
    design: Design, probabilities: str | Path | None, confusion: str | Path | None, accuracy: float | None
) -> str:
    if probabilities is None and confusion is None and accuracy is None:
        probabilities = table_beside(design.videos_dir)
    if probabilities is not None:
        return f"the probabilities for each video in {Path(probabilities).name}"
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
