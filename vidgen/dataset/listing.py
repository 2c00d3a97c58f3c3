"""What a folder of labelled videos says of itself: its files, their classes and splits. No video is opened here."""

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from vidgen.labels import composed
from vidgen.metadata import TABLES, read_table
from vidgen.presentation import PICTURES

SUFFIXES = frozenset({".mp4", ".m4v", ".mov", ".webm", ".mkv", ".avi", ".mpg", ".mpeg", ".ogv", *PICTURES})
#: What splits are called, in any case: the words of Hugging Face's VideoFolder.
SPLIT_WORDS = {
    "train": ("train", "training"),
    "validation": ("validation", "valid", "val", "dev"),
    "test": ("test", "testing", "eval", "evaluation"),
}
_SPLITS = {word: split for split, words in SPLIT_WORDS.items() for word in words}


@dataclass(frozen=True, slots=True)
class ListedVideo:
    """A video of the folder: its name relative to it, its class (empty: none) and its split (None: none named)."""

    file_name: str
    label: str
    split: str | None


def list_videos(directory: Path) -> list[ListedVideo]:
    """The folder's videos by name: the rows of its tables, and the files in folders that no table speaks for.

    Raises:
        ValueError: a table cannot be read, or the folders mix splits with others.
        OSError: the folder cannot be read.
    """
    files = sorted(_files(directory))
    tables = [name for name in files if PurePosixPath(name).name in TABLES]
    spoken_for = {PurePosixPath(name).parent for name in tables}
    loose = [name for name in _videos(files) if spoken_for.isdisjoint(PurePosixPath(name).parents)]
    entries = [*_tabled(directory, tables), *(ListedVideo(name, "", None) for name in loose)]
    return sorted(_placed(directory, entries), key=lambda entry: entry.file_name)


def split_named(text: str) -> str | None:
    """The split that a folder of this name holds, such as "train" for `Train` or `train2017`; None for a class."""
    return _SPLITS.get(re.sub(r"[-._ 0-9]+$", "", text.strip().casefold()))


def _files(directory: Path, above: frozenset[Path] = frozenset()) -> Iterator[str]:
    """Every file by its name relative to the folder; links are followed, hidden ones and circles left out."""
    here = directory.resolve()
    for entry in os.scandir(directory):
        if entry.name.startswith("."):
            continue
        if entry.is_file():
            yield entry.name
        elif entry.is_dir() and Path(entry.path).resolve() not in above | {here}:
            yield from (f"{entry.name}/{name}" for name in _files(Path(entry.path), above | {here}))


def _videos(files: Sequence[str]) -> list[str]:
    """The videos among the files; a picture beside a video of its name is that video's fallback."""
    paths = [path for path in map(PurePosixPath, files) if path.suffix.lower() in SUFFIXES]
    films = {path.with_suffix("") for path in paths if path.suffix.lower() not in PICTURES}
    return [str(path) for path in paths if path.suffix.lower() not in PICTURES or path.with_suffix("") not in films]


def _tabled(directory: Path, tables: Sequence[str]) -> list[ListedVideo]:
    """The rows of all tables; of a file that several tables name the nearest one counts."""
    found: dict[str, list[ListedVideo]] = {}
    folders: dict[PurePosixPath, str] = {}
    for table in sorted(tables, key=lambda name: name.count("/")):
        folder = PurePosixPath(table).parent
        if other := folders.get(folder):
            raise ValueError(f"{directory}: both {other} and {table}; keep one of them")
        folders[folder] = table
        rows: dict[str, list[ListedVideo]] = {}
        for row in read_table(directory / table, ("file_name",)):
            name = row["file_name"].strip()
            if "label" not in row and len((folder / name).parts) < 2:
                raise ValueError(f"{directory / table}: no column label; it has {', '.join(row)}")
            split = row.get("split", "").strip()
            entry = ListedVideo(str(folder / name), composed(row.get("label", "")), split_named(split) or split or None)
            rows.setdefault(entry.file_name, []).append(entry)
        found |= rows
    return [entry for rows in found.values() for entry in rows]


def _placed(directory: Path, entries: Sequence[ListedVideo]) -> Iterator[ListedVideo]:
    """The entries with the class and the split that their folders tell, where no table does."""
    folders = [PurePosixPath(entry.file_name).parts[:-1] for entry in entries]
    level = _level_of_splits(directory, [names for names in folders if names])
    deeper = level is not None and any(len(names) > level + 1 for names in folders)
    for entry, names in zip(entries, folders, strict=True):
        if level is None or not names:
            label, split = names[0] if names else "", None
        else:
            place = level + 1 if deeper else level - 1
            label, split = names[place] if 0 <= place < len(names) else "", split_named(names[level])
        yield replace(entry, label=entry.label or composed(label), split=entry.split or split)


def _level_of_splits(directory: Path, folders: Sequence[Sequence[str]]) -> int | None:
    """The depth at which all folders are named as splits; None where they are classes.

    Raises:
        ValueError: some hold classes as splits do, and others beside them are named otherwise.
    """
    for level in range(min(map(len, folders), default=0)):
        if all(split_named(names[level]) for names in folders):
            return level
    tops: dict[str, bool] = {}
    for names in folders:
        tops[names[0]] = tops.get(names[0], True) and len(names) > 1
    splits = [name for name, holds_folders in tops.items() if split_named(name) and holds_folders]
    others = [name for name in tops if name not in splits]
    if splits:
        raise ValueError(
            f"{directory}: {', '.join(splits)} looks like a split with a folder per class, and {', '.join(others)} "
            "beside it is no split; move it, or say in a metadata.csv (file_name,label,split) what is what"
        )
    return None
