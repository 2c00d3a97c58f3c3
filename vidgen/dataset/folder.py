"""A user's own videos as a dataset: any size, rate and length, from a `metadata.csv` or one subfolder per class."""

import hashlib
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vidgen.dataset.listing import ListedVideo, list_videos
from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH
from vidgen.labels import LABELS, parts
from vidgen.metadata import leads_out
from vidgen.videofiles import read_video

#: Shares of a class's videos that are held back, where the folder names no splits itself.
HELD_BACK: dict[str, float] = {"validation": 0.1, "test": 0.1}


@dataclass(frozen=True, eq=False)
class Folder:
    """The usable videos of a folder, in the order of their names.

    ``frames``: uint8 (videos, 16, 96, 128, 3); ``targets``: int64 (videos,), indices into ``classes``; ``files`` and
    ``splits`` name each video's file and split. ``skipped`` lists (file, reason) of what could not be used.
    """

    frames: NDArray[np.uint8]
    targets: NDArray[np.int64]
    classes: tuple[str, ...]
    files: tuple[str, ...]
    splits: tuple[str, ...]
    skipped: tuple[tuple[str, str], ...]

    def part(self, split: str) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
        """Frames and targets of one split; none where the folder has none of it."""
        chosen = np.array([name == split for name in self.splits], dtype=bool)
        return self.frames[chosen], self.targets[chosen]


def read_folder(
    directory: Path | str,
    *,
    on_classes: Callable[[tuple[str, ...]], object] = lambda classes: None,
    on_file: Callable[[str], object] = lambda name: None,
) -> Folder:
    """Read a folder of labelled videos, each resampled to 16 frames of 128×96 pixels.

    Frames are taken evenly in time from first to last and scaled in their proportions; what that leaves of the frame
    takes the colour of the video's border. Tables (`metadata.csv`, `.jsonl` or `.parquet`, in the folder or below) need
    the columns `file_name`, relative to the table, and `label`, and may have `split`. Without any, each subfolder is a
    class, or all are splits (`train`, `val`, `test` and the other words of `SPLIT_WORDS`) with a folder per class.
    Where no splits are named, a tenth of each class goes to "validation" and a tenth to "test", chosen by a hash of the
    names; the rest is "train". Links are followed. A video takes 0.6 MB of memory. ``on_classes`` hears the classes
    before any video is opened, and may raise; ``on_file`` each file's name before it is read.

    Raises:
        ValueError: no videos listed, columns missing, splits mixed with classes, or not one usable video.
        OSError: the folder or its metadata cannot be read.
    """
    directory = Path(directory)
    entries = list_videos(directory)
    if not entries:
        raise ValueError(f"{directory}: no videos (neither rows in metadata.csv nor files in subfolders)")
    on_classes(_classes({entry.label for entry in entries if entry.label}))
    frames = np.empty((len(entries), NUM_FRAMES, HEIGHT, WIDTH, 3), dtype=np.uint8)
    used: list[ListedVideo] = []
    skipped: list[tuple[str, str]] = []
    for entry in entries:
        on_file(entry.file_name)
        try:
            frames[len(used)] = read_resampled(_inside(directory, entry))
            used.append(entry)
        except (ValueError, OSError) as error:
            skipped.append((entry.file_name, _reason(error)))
    if not used:
        raise ValueError(f"{directory}: none of {len(entries)} videos can be used; {skipped[0][0]}: {skipped[0][1]}")
    classes = _classes({entry.label for entry in used})
    return Folder(
        frames=frames[: len(used)],
        targets=np.array([classes.index(entry.label) for entry in used], dtype=np.int64),
        classes=classes,
        files=tuple(entry.file_name for entry in used),
        splits=_splits(used),
        skipped=tuple(skipped),
    )


def read_resampled(path: Path) -> NDArray[np.uint8]:
    """A video of any size and length as uint8 (16, 96, 128, 3).

    Raises:
        ValueError: it cannot be decoded.
        OSError: it cannot be opened.
    """
    video = read_video(path, num_frames=NUM_FRAMES, fit=(WIDTH, HEIGHT))
    height, width = video.shape[1:3]
    if (height, width) == (HEIGHT, WIDTH):
        return video
    border = np.concatenate([video[:, 0], video[:, -1], video[:, :, 0], video[:, :, -1]], axis=1)
    padded = np.empty((NUM_FRAMES, HEIGHT, WIDTH, 3), dtype=np.uint8)
    padded[:] = np.median(border.reshape(-1, 3), axis=0)
    top, left = (HEIGHT - height) // 2, (WIDTH - width) // 2
    padded[:, top : top + height, left : left + width] = video
    return padded


def _inside(directory: Path, entry: ListedVideo) -> Path:
    """The file of an entry, which has to have one label and a name inside the folder."""
    if not entry.label:
        raise ValueError("it has no label")
    if len(parts(entry.label)) > 1:
        raise ValueError(f"it has several labels ({entry.label}), and training needs one")
    if leads_out(entry.file_name):
        raise ValueError("it lies outside the folder")
    return directory / entry.file_name


def _classes(labels: set[str]) -> tuple[str, ...]:
    """The labels, in the order of the label table where all of them stand there, else by name."""
    known = tuple(str(label) for label in LABELS if str(label) in labels)
    return known if len(known) == len(labels) else tuple(sorted(labels))


def _splits(entries: list[ListedVideo]) -> tuple[str, ...]:
    """Each entry's split: as named, if any is; else by the rank of its name's hash within its class."""
    if any(entry.split for entry in entries):
        return tuple(entry.split or "train" for entry in entries)
    by_class: defaultdict[str, list[str]] = defaultdict(list)
    for entry in entries:
        by_class[entry.label].append(entry.file_name)
    chosen: dict[str, str] = {}
    for names in by_class.values():
        names.sort(key=lambda name: hashlib.sha256(name.encode()).digest())
        for split, share in HELD_BACK.items():
            # At least one where that leaves two for training.
            count = max(round(share * len(names)), 1 if len(names) >= 4 else 0)
            held = [name for name in names if name not in chosen][:count]
            chosen |= dict.fromkeys(held, split)
    return tuple(chosen.get(entry.file_name, "train") for entry in entries)


def _reason(error: ValueError | OSError) -> str:
    """Why a file was skipped, on one line and without its path."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return " ".join(str(error).split()).rpartition(": ")[2]
