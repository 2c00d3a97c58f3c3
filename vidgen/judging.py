"""The machine judge: an independent classifier judges a videos directory before people do. It replaces no people."""

import csv
import errno
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray

from vidgen.atomic_write import write_text
from vidgen.dataset.clips import render, sample_spec
from vidgen.judge_report import DatasetFigures, JudgeReport, MethodFigures
from vidgen.labels import CLASSES, JOINER, LABELS, parts
from vidgen.metadata import leads_out, read_table
from vidgen.networks import checkpoints
from vidgen.networks.judge import Judge
from vidgen.spreadsheet import as_cell
from vidgen.video_io import read_video
from vidgen.weights import weights_folder

#: The judge's answers, in the order of its outputs.
OPTIONS = (*CLASSES, "Other", "Unclear")
#: Fraction of a video's pixels that count as background: those nearest to white. Objects cover less than the rest.
BACKGROUND_SHARE = 0.8
#: Training clips of its label that each video is compared with.
NUM_NEIGHBOURS = 100
#: Videos of each label and method that are compared with each other.
NUM_COMPARED = 50
#: Videos that are in memory at once.
_CHUNK = 16


@dataclass(frozen=True, slots=True)
class Verdict:
    """The judge's verdict on one video.

    Attributes:
        video_id: the video's id, or its file name where the table has no ids.
        method: what made it.
        label: its label or labels, joined.
        probabilities: of each option, `(len(OPTIONS),)`.
        answer: the likeliest of the classes and "Other", or "Unclear" where its probability is below the threshold; for
            a video of k labels the k most likely classes, joined.
        correct: whether the answer names the labels.
    """

    video_id: str
    method: str
    label: str
    probabilities: NDArray[np.float64]
    answer: str
    correct: bool


def load_judge(preset: str = "compact", weights: Path | None = None) -> tuple[Judge, float]:
    """The judge of a preset, or of a folder that `vidgen train` wrote, and its threshold.

    Returns:
        The network, and the probability below which it answers "Unclear".

    Raises:
        ValueError: an unknown preset, one without weights, or a file that is no checkpoint of a judge.
        OSError: the checkpoint cannot be read.
    """
    path = weights_folder(preset, weights) / "judge.safetensors"
    return cast(Judge, checkpoints.load(path, Judge)), float(checkpoints.figures(path)["threshold"])


def judge_directory(
    directory: Path, judge: Judge, threshold: float, callback: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[Verdict], JudgeReport]:
    """Judge every video of a directory, a few in memory at a time.

    Args:
        directory: a videos directory (docs/formats.md).
        judge: the network.
        threshold: the probability below which it answers "Unclear".
        callback: called with the number of videos judged, and of all.

    Returns:
        The verdicts in the order of metadata.csv, and the figures by method.

    Raises:
        ValueError: metadata.csv lacks its columns or names a label unknown to the judge; a video cannot be read.
        OSError: a file is missing.
    """
    rows = read_rows(directory)
    for row in rows:  # a missing file is an error now, not after minutes
        (directory / row["file_name"]).stat()
    groups: dict[tuple[str, str], list[int]] = {}
    for index, row in enumerate(rows):
        groups.setdefault((row["label"], row["method"]), []).append(index)
    looks: dict[int, _Look] = {}
    distances: dict[str, list[float]] = {row["method"]: [] for row in rows}
    # Label by label: the training clips of one label are in memory at a time.
    for (label, method), indices in sorted(groups.items()):
        compared: list[NDArray[np.floating[Any]]] = []
        paths = [directory / rows[index]["file_name"] for index in indices]
        for index, (video, chances) in zip(indices, _seen(paths, judge, len(parts(label))), strict=True):
            name = rows[index].get("video_id") or rows[index]["file_name"]
            ink = 1 - video.astype(np.float32) / 255
            small = _small(ink)
            compared += [small] if len(compared) < NUM_COMPARED else []
            answer = verdict(name, method, label, chances, threshold)
            looks[index] = _Look(answer, background_error(ink), _nearest(label, small))
            callback(len(looks), len(rows))
        distances[method] += _distances(compared)
    ordered = [looks[index] for index in range(len(rows))]
    methods = {
        name: _figures([look for look in ordered if look.verdict.method == name], found)
        for name, found in distances.items()
    }
    report = JudgeReport.of(threshold, DatasetFigures(background_error=_dataset_background()), methods)
    return [look.verdict for look in ordered], report


@dataclass(frozen=True, slots=True)
class _Look:
    """The verdict and measurements of a video, which are kept while its frames are not."""

    verdict: Verdict
    background_error: float
    nearest: float


def _seen(paths: list[Path], judge: Judge, num_objects: int) -> Iterator[tuple[NDArray[np.uint8], NDArray[np.float64]]]:
    """The fitted frames of each video, with the judge's probabilities."""
    for start in range(0, len(paths), _CHUNK):
        frames = np.stack([fitted_frames(path) for path in paths[start : start + _CHUNK]])
        yield from zip(frames, probabilities(judge, frames, num_objects=num_objects), strict=True)


def read_rows(directory: Path) -> list[dict[str, str]]:
    """The rows of metadata.csv, labels spelt as the judge's classes.

    Raises:
        ValueError: a column is missing, there is no row, a cell is empty, or a label is not one of the judge's.
    """
    path = directory / "metadata.csv"
    columns = ("file_name", "method", "label")
    if not path.exists():
        reason = f"No such file; it lists the videos, with the columns {', '.join(columns)}"
        raise FileNotFoundError(errno.ENOENT, reason, str(path))
    rows = read_table(path, columns)
    if not rows:
        raise ValueError(f"{path}: no rows")
    for number, row in enumerate(rows, 2):
        empty = [name for name in columns if not row[name]]
        if empty:
            raise ValueError(f"{path}, line {number}: {empty[0]} is empty")
        if leads_out(row["file_name"]):
            raise ValueError(f"{path}, line {number}: file_name {row['file_name']!r} leads out of the directory")
        row["label"] = JOINER.join(parts(row["label"]))
        for label in parts(row["label"]):
            if label not in CLASSES:
                raise ValueError(
                    f"{path}, line {number}: the judge knows no label {label!r}; it knows {', '.join(CLASSES)}"
                )
    return rows


def fitted_frames(path: Path) -> NDArray[np.uint8]:
    """A video as the judge takes it: uint8 (16, 96, 128, 3), scaled in proportion and centred on white."""
    frames = read_video(path, num_frames=16, fit=(128, 96))
    if frames.shape == (16, 96, 128, 3):
        return frames
    canvas = np.full((16, 96, 128, 3), 255, np.uint8)
    top, left = (96 - frames.shape[1]) // 2, (128 - frames.shape[2]) // 2
    canvas[:, top : top + frames.shape[1], left : left + frames.shape[2]] = frames
    return canvas


def probabilities(
    judge: Judge, frames: NDArray[np.uint8], *, batch: int = 16, num_objects: int = 1
) -> NDArray[np.float64]:
    """The judge's probabilities `(videos, len(OPTIONS))` of uint8 videos `(videos, 16, 96, 128, 3)`."""
    chunks = []
    for start in range(0, len(frames), batch):
        video = torch.from_numpy(frames[start : start + batch]).permute(0, 4, 1, 2, 3).float() / 255
        with torch.no_grad():
            chunks.append(judge(video, num_objects).softmax(1).double().numpy())
    return np.concatenate(chunks)


def verdict(video_id: str, method: str, label: str, chances: NDArray[np.float64], threshold: float) -> Verdict:
    """The judge's verdict on a video, from its probabilities `(len(OPTIONS),)`; see `Verdict`."""
    labels = parts(label)
    best = int(chances[: OPTIONS.index("Unclear")].argmax())
    if len(labels) > 1:
        order = np.argsort(-chances[: len(CLASSES)])[: len(labels)]
        answer = JOINER.join(CLASSES[index] for index in sorted(order))
        return Verdict(video_id, method, label, chances, answer, {CLASSES[index] for index in order} == set(labels))
    answer = OPTIONS[best] if chances[best] >= threshold else "Unclear"
    return Verdict(video_id, method, label, chances, answer, answer == label)


def write_probabilities(path: Path, verdicts: list[Verdict]) -> None:
    """Write a table of probabilities from which simulated participants can answer: `video_id`, and a column per option.

    The options are those of a study of these videos, their labels. The probabilities of other classes are added to
    "Other".

    Raises:
        OSError: it cannot be written.
    """
    shown = {label for item in verdicts for label in parts(item.label)}
    absent = [option in CLASSES and option not in shown for option in OPTIONS]
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    named = [option for option, left_out in zip(OPTIONS, absent, strict=True) if not left_out]
    writer.writerow(map(as_cell, ["video_id", *named]))
    for item in verdicts:
        chances = item.probabilities.copy()
        chances[OPTIONS.index("Other")] += chances[absent].sum()
        kept = chances[np.logical_not(absent)]
        writer.writerow([as_cell(item.video_id), *(f"{chance:.6f}" for chance in kept)])
    write_text(path, text.getvalue())


def _figures(looks: list[_Look], distances: list[float]) -> MethodFigures:
    verdicts = [look.verdict for look in looks]
    single = [item for item in verdicts if len(parts(item.label)) == 1]
    return MethodFigures(
        n_videos=len(verdicts),
        accuracy=_mean([item.correct for item in verdicts]),
        object_accuracy=_mean([_part(item.answer, 0) == _part(item.label, 0) for item in single]),
        direction_accuracy=_mean([_part(item.answer, -1) == _part(item.label, -1) for item in single]),
        forced_accuracy=_mean([forced(item) == item.label for item in single]),
        unclear=_mean([item.answer == "Unclear" for item in single]),
        other=_mean([item.answer == "Other" for item in single]),
        background_error=_mean([look.background_error for look in looks]),
        diversity=_mean(distances),
        nearest_training_distance=_mean([look.nearest for look in looks]),
        accuracy_by_label={
            label: _mean([item.correct for item in verdicts if item.label == label])
            for label in dict.fromkeys(item.label for item in verdicts)
        },
    )


def background_error(ink: NDArray[np.floating[Any]]) -> float:
    """Mean absolute difference from white over the pixels nearest to white, of a clip's ink; 0 in the dataset."""
    amount = np.sort(np.abs(ink).mean(-1), axis=None)
    return float(amount[: round(BACKGROUND_SHARE * amount.size)].mean())


def forced(item: Verdict) -> str:
    """The likeliest class of a video, even where it is unlikely: "Other" and "Unclear" are no choice."""
    return CLASSES[int(item.probabilities[: len(CLASSES)].argmax())]


def _part(answer: str, index: int) -> str:
    """The object (0) or direction (−1) of an answer such as "car moving right"."""
    return answer.split(" moving ")[index]


def _mean(values: list[Any]) -> float | None:
    return float(np.mean(values)) if values else None


def _small(ink: NDArray[np.floating[Any]]) -> NDArray[np.floating[Any]]:
    """A clip at a quarter of its height and width, flat."""
    frames, height, width, channels = ink.shape
    small: NDArray[np.floating[Any]] = ink.reshape(frames, height // 4, 4, width // 4, 4, channels).mean((2, 4))
    return small.ravel()


def _distances(group: list[NDArray[np.floating[Any]]]) -> list[float]:
    """The distance (root mean square) of every pair."""
    return [float(np.sqrt(np.square(one - other).mean())) for index, one in enumerate(group) for other in group[:index]]


def _nearest(label: str, small: NDArray[np.floating[Any]]) -> float:
    """The distance (root mean square) to the nearest of some training clips of the label."""
    return float(np.sqrt(np.square(_training_clips(label) - small).mean(1).min()))


@cache
def _dataset_background() -> float:
    """The background error of the dataset's own clips."""
    rng = np.random.default_rng(0)
    clips = [render(sample_spec((label,), split="train", rng=rng)) for label in LABELS]
    return float(np.mean([background_error(1 - clip.astype(np.float32) / 255) for clip in clips]))


@lru_cache(maxsize=1)
def _training_clips(label: str) -> NDArray[np.floating[Any]]:
    """Some clips of the label at a quarter of the resolution, a row each."""
    labels = tuple(LABELS[CLASSES.index(name)] for name in parts(label))
    rng = np.random.default_rng(0)
    clips = (render(sample_spec(labels, split="train", rng=rng)) for _ in range(NUM_NEIGHBOURS))
    return np.stack([_small(1 - clip.astype(np.float32) / 255) for clip in clips])
