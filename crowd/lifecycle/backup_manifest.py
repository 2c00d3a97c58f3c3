"""The manifest in a backup, which lists its files. It is not trusted, since anybody may have written it."""

import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from crowd.fileformat import NewerFileError, unstamped
from crowd.studydir import MARKS, BackupArchive

_MANIFEST, _STUDY, _VIDEOS = BackupArchive.manifest.name, BackupArchive.study.name, BackupArchive.videos.name
#: A manifest of a hundred thousand files has a tenth of this size.
_LARGEST_MANIFEST = 128 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """The contents of a backup."""

    study_id: str
    made_at: str
    """ISO 8601, UTC."""
    videos_dir: str
    """Where the videos were; empty if nothing was published."""
    with_videos: bool
    num_files: int
    num_bytes: int
    """Size of all files, uncompressed."""


def described(about: Mapping[str, Any]) -> Backup:
    """The summary of a manifest."""
    files = about["files"].values()
    named = {name: about[name] for name in ("study_id", "made_at", "videos_dir", "with_videos")}
    return Backup(**named, num_files=len(files), num_bytes=sum(entry["num_bytes"] for entry in files))


def read_manifest(source: Path, found: zipfile.ZipFile) -> dict[str, Any]:
    """The manifest of the archive, which must list all files in it and no others.

    Raises:
        ValueError: it is not a backup, is of a newer release, or lists a file that has no place in a study.
        zipfile.BadZipFile, zlib.error: the archive is damaged.
    """
    try:
        if found.getinfo(_MANIFEST).file_size > _LARGEST_MANIFEST:
            raise ValueError("its manifest is too large")
        about = unstamped(source, json.loads(found.read(_MANIFEST)), _MANIFEST)
        _check_types(about)
    except NewerFileError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{source}: is no backup of a study ({error!r})") from error
    names = list(about["files"])
    safe = all(map(_is_safe, names)) and len(set(map(place_of, names))) == len(names)
    if not safe or sorted(found.namelist()) != sorted((_MANIFEST, *names)):
        raise ValueError(f"{source}: holds other files than its manifest names; use another copy of it")
    if not MARKS.intersection(map(place_of, names)):
        raise ValueError(f"{source}: holds nothing of a study; use another backup")
    return about


def _check_types(about: Mapping[str, Any]) -> None:
    backup = described(about)
    texts = (backup.study_id, backup.made_at, backup.videos_dir)
    hashes = [entry["sha256"] for entry in about["files"].values()]
    sizes = [entry["num_bytes"] for entry in about["files"].values()]
    if not all(isinstance(text, str) for text in (*texts, *hashes)) or type(backup.with_videos) is not bool:
        raise TypeError("an entry of its manifest is of another kind")
    if not all(type(size) is int and size >= 0 for size in sizes):
        raise TypeError("a size in its manifest is none")


def _is_safe(name: str) -> bool:
    """Whether the name stays inside the folder that it is restored to, and is in its normal form."""
    place = PurePosixPath(name)
    return name.startswith((_STUDY, _VIDEOS)) and str(place) == name and ".." not in place.parts and "\0" not in name


def place_of(name: str) -> str:
    """The path in the study of the file with that name in the archive."""
    return name.removeprefix(_STUDY)
