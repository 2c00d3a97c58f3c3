"""Backs up a study to one archive, also while people answer, and restores a study directory from it.

The archive is a ZIP file with `manifest.json`, the study directory below `study/` and, on request, the videos below
`videos/`. The manifest has the size and the SHA-256 of each file. A SQLite file is copied as it is at one moment.
"""

import errno
import glob
import hashlib
import json
import os
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from crowd.atomic_write import draft_of, remove_left_drafts
from crowd.credentials import load_or_create
from crowd.design.design import Design
from crowd.fileformat import stamped
from crowd.ledger.ledger import Ledger
from crowd.lifecycle.backup_manifest import Backup, described, place_of, read_manifest
from crowd.lifecycle.backups_made import note_backup
from crowd.lifecycle.erasing import erase_again
from crowd.lifecycle.lock import locked
from crowd.lifecycle.reconcile import RESTORED
from crowd.localplatform.store.places import database_url
from crowd.localplatform.store.transfer import copy_to_file, move_to_postgresql
from crowd.sqlite_file import back_up as back_up_database
from crowd.sqlite_file import faults
from crowd.studydir import BackupArchive, StudyDirectory, existing_study
from crowd.videos.metadata import TABLE, files_of

#: Files of running processes, which are left out.
_PASSING = (StudyDirectory.lock.name, StudyDirectory.server_lock.name, StudyDirectory.announcement.name)
#: Names a database, whose contents are in the archive as a SQLite file.
_DATABASE = Path(StudyDirectory.database.name)
#: Files that are copied with SQLite and checked, since they may be written at any moment.
_DATABASES = (StudyDirectory.ledger.name, StudyDirectory.store.name)
#: Names in the archive.
_MANIFEST, _STUDY, _VIDEOS = BackupArchive.manifest.name, BackupArchive.study.name, BackupArchive.videos.name
#: Unfinished files, and the logs of SQLite files, whose content is in the copies.
_DRAFT = re.compile(r"\..+\.(\d+|draft|[0-9a-f]{8})|.+\.partial|.+\.sqlite-(wal|shm|journal)")
_CHUNK = 1 << 20


def back_up(study_dir: str | Path, to: str | Path, *, with_videos: bool = False) -> Backup:
    """Write a whole study into one archive that only its owner can read. A failure leaves no archive.

    The study may be served meanwhile; commands that change it wait.

    Args:
        study_dir: the study.
        to: the ZIP file; must not exist.
        with_videos: whether to include the videos.

    Returns:
        What the archive holds.

    Raises:
        ValueError: there is no study, `to` exists or is in the study, a video is missing, or a file's name could not
            be restored.
        OSError: a file cannot be read or written.

    Example:
        >>> crowd.back_up("my-study", "my-study.zip").with_videos
        False
    """
    root, target = existing_study(Path(study_dir)), Path(to)
    _check_place(root, target)
    with locked(root, only_reading=True), _archive(target) as archive:
        design = Design.load(root) if StudyDirectory(root).design.exists() else None
        files = dict(_files(root, design, with_videos))
        _check_names(files)
        listed = {name: _add(archive, name, path, target) for name, path in files.items()}
        if database_url(root):
            listed[_STUDY + StudyDirectory.store.name] = _add_store(archive, root, target)
        about = {
            "study_id": load_or_create(root).study_id,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "videos_dir": design.videos_dir if design else "",
            "with_videos": with_videos,
            "files": listed,
        }
        archive.writestr(_MANIFEST, json.dumps(stamped(_MANIFEST, about), ensure_ascii=False, indent=1))
    note_backup(root, target)
    return described(about)


def restore(
    archive: str | Path,
    study_dir: str | Path,
    *,
    database: str | None = None,
    erased: str | Path | None = None,
) -> Backup:
    """Make a study directory from a backup, after checking every file in it. A failure leaves no directory.

    The next function that uses the study's platform first records what has happened there since the backup.
    Participants who were erased since the backup are erased in the new directory: those on the lists `erased.json`
    beside the archive, and in `private/` of the study that was backed up, if it is still in its place.

    Args:
        archive: the ZIP file that `back_up` wrote.
        study_dir: the study directory to make; it must be empty or not exist.
        database: the PostgreSQL database that is to keep the local platform's tasks; a file of the study by default.
        erased: a further list of erased participants, a copy of `private/erased.json` of a later state of the study.

    Returns:
        What the archive held.

    Raises:
        ValueError: the archive is damaged, not a backup or of a newer release; `study_dir` is not empty; or `database`
            holds the study already.
        OSError: a file cannot be read or written.

    Example:
        >>> crowd.restore("my-study.zip", "my-study-again").num_files > 5
        True
    """
    source, root = Path(archive), Path(study_dir).resolve()
    if root.exists() and (root == Path.cwd() or not root.is_dir() or any(root.iterdir())):
        raise ValueError(f"{study_dir}: is there already, and a backup is never put over anything; name a new --study")
    root.parent.mkdir(parents=True, exist_ok=True)
    remove_left_drafts(root)
    draft = root.with_name(f".{root.name}.{os.getpid()}")
    draft.mkdir(mode=0o700)
    try:
        with _opened(source) as found:
            about = read_manifest(source, found)
            _check_room(source, draft, about)
            for name, entry in about["files"].items():
                _extract(source, found, name, entry, draft)
        _check_databases(source, draft)
        try:
            _settle(draft, about)
            erase_again(draft, source, Path(erased) if erased else None)
        except ValueError as error:  # the message must not name the draft's files, which are removed
            raise ValueError(str(error).replace(str(draft), str(source))) from error
        if database and StudyDirectory(draft).store.exists():
            move_to_postgresql(draft, database)
        note_backup(draft, source)
        draft.chmod(0o777 & ~_umask())
        draft.rename(root)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return described(about)


def _check_place(root: Path, target: Path) -> None:
    if target.exists():
        raise ValueError(f"{target}: is there already, and a backup is never written over anything; choose another")
    if root.resolve() in target.resolve().parents:
        raise ValueError(f"{target}: lies in the study itself; choose a place outside of {root}")


@contextmanager
def _archive(target: Path) -> Iterator[zipfile.ZipFile]:
    """An archive that gets its name when the block ends without an error."""
    with draft_of(target) as draft:
        draft.touch(mode=0o600)
        with draft.open("r+b") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            yield archive


def _files(root: Path, design: Design | None, with_videos: bool) -> Iterator[tuple[str, Path]]:
    """The files of the study, and of the videos if wanted, each with its name in the archive."""
    videos = Path(design.videos_dir) if design else None
    # A study may be in its videos' folder, but is not part of the videos.
    apart = videos and videos.resolve() not in (root.resolve(), *root.resolve().parents)
    for path in sorted(_below(root)):
        if path.name in _PASSING or _DRAFT.fullmatch(path.name) or path.relative_to(root) == _DATABASE:
            continue
        if videos and apart and videos.resolve() in path.resolve().parents:
            continue
        yield _STUDY + path.relative_to(root).as_posix(), path
    if with_videos and design and videos:
        files = dict(files_of(design.videos)) | {TABLE: videos / TABLE}
        missing = [name for name, path in files.items() if not path.is_file()]
        if missing:
            raise ValueError(f"{videos}: {missing[0]} is missing; bring it back, or leave the videos out")
        yield from ((_VIDEOS + name, path) for name, path in files.items())


def _below(folder: Path, within: tuple[Path, ...] = ()) -> Iterator[Path]:
    """The files below the folder; follows links to folders, except those to a folder above."""
    within = (*within, folder.resolve())
    for path in folder.iterdir():
        if path.is_dir():
            if path.resolve() not in within:
                yield from _below(path, within)
        elif path.is_file():
            yield path


def _check_names(files: Mapping[str, Path]) -> None:
    """Refuse files whose names could not be restored."""
    taken: dict[str, Path] = {}
    for name, path in files.items():
        try:
            name.encode()
        except UnicodeEncodeError as error:
            raise ValueError(f"{str(path)!r}: its name is not UTF-8; rename the file, or move it away") from error
        if (other := taken.setdefault(place_of(name), path)) != path and not other.samefile(path):
            raise ValueError(f"{other}: stands where {path} will be restored; rename the folder {other.parent}")


def _add(archive: zipfile.ZipFile, name: str, path: Path, target: Path) -> dict[str, Any]:
    """Add a file to the archive; return its size and hash."""
    if name.removeprefix(_STUDY) not in _DATABASES:
        return _write(archive, name, path)
    copy = target.with_name(f".{target.name}.copy.{os.getpid()}")  # named like a draft, so that the next run removes it
    try:
        back_up_database(path, copy)
        for fault in faults(copy):
            raise ValueError(f"{path}: is damaged ({fault}), so nothing was backed up; `vidgen check` says more")
        return _write(archive, name, copy)
    finally:
        copy.unlink(missing_ok=True)


def _add_store(archive: zipfile.ZipFile, root: Path, target: Path) -> dict[str, Any]:
    """Add the platform's store, from the database that keeps it; return its size and hash."""
    copy = target.with_name(f".{target.name}.copy.{os.getpid()}")
    try:
        copy_to_file(root, copy)
        return _write(archive, _STUDY + StudyDirectory.store.name, copy)
    finally:
        for path in copy.parent.glob(f"{glob.escape(copy.name)}*"):
            path.unlink()


def _write(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    entry = zipfile.ZipInfo.from_file(path, name, strict_timestamps=False)
    entry.compress_type = zipfile.ZIP_DEFLATED
    digest, size = hashlib.sha256(), 0
    with path.open("rb") as content, archive.open(entry, "w", force_zip64=True) as into:
        while chunk := content.read(_CHUNK):
            digest.update(chunk)
            size += into.write(chunk)
    return {"num_bytes": size, "sha256": digest.hexdigest()}


@contextmanager
def _opened(source: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(source) as found:
            yield found
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError, zlib.error) as error:
        raise ValueError(f"{source}: is no backup of a study, or damaged ({error}); use another copy of it") from error


def _check_room(source: Path, folder: Path, about: Mapping[str, Any]) -> None:
    needed, free = described(about).num_bytes, shutil.disk_usage(folder).free
    if needed > free:
        raise OSError(errno.ENOSPC, f"holds {needed:,} bytes, and {free:,} are free where they would go", str(source))


def _extract(source: Path, found: zipfile.ZipFile, name: str, entry: Mapping[str, Any], draft: Path) -> None:
    path = draft / place_of(name)
    is_private = path.parent.name == StudyDirectory.private.name
    path.parent.mkdir(mode=0o700 if is_private else 0o777, parents=True, exist_ok=True)
    mode = (found.getinfo(name).external_attr >> 16) & 0o777 | 0o600
    with (
        found.open(name) as content,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as into,
    ):
        digest = _copy(content, into, entry["num_bytes"])
    if digest != entry["sha256"]:
        raise ValueError(f"{source}: {name} is not what was backed up; use another copy of the archive")


def _copy(content: IO[bytes], into: IO[bytes], num_bytes: int) -> str:
    """Copy `num_bytes` bytes, and one more if there are more; return their hash."""
    digest, left = hashlib.sha256(), num_bytes + 1
    while left and (chunk := content.read(min(_CHUNK, left))):
        digest.update(chunk)
        into.write(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _check_databases(source: Path, draft: Path) -> None:
    for path in (draft / name for name in _DATABASES if (draft / name).exists()):
        for fault in faults(path):
            raise ValueError(
                f"{source}: {path.name} was damaged when it was backed up ({fault}); use an earlier backup"
            )


def _settle(draft: Path, about: Mapping[str, Any]) -> None:
    """Set the restored study's videos directory, and mark its ledger as restored."""
    files = StudyDirectory(draft)
    if files.design.exists():
        places = [draft / _VIDEOS, Path(about["videos_dir"])] if about["with_videos"] else [Path(about["videos_dir"])]
        there = next((place for place in places if place.is_dir()), None)
        if there is not None:
            Design.load(draft).with_videos_in(there).save(draft)
    if files.ledger.exists():
        with Ledger(draft) as ledger:
            ledger.set_fact(RESTORED, about["made_at"])


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
