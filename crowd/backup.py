"""A backup of a study: one archive, made while people answer, and a new study directory from it.

The archive is a ZIP file with `manifest.json`, the study directory below `study/` and, where asked for, the videos
below `videos/`. The manifest has the size and the SHA-256 of each. SQLite files go in as they are at one moment.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from crowd.database import back_up as back_up_database
from crowd.database import faults
from crowd.design import FILE as DESIGN_FILE
from crowd.design import Design
from crowd.fileformat import stamped, unstamped
from crowd.ledger import FILE as LEDGER_FILE
from crowd.ledger import Ledger
from crowd.locking import FILE as LOCK_FILE
from crowd.locking import locked
from crowd.reconciling import RESTORED
from crowd.secrets import load_or_create
from crowd.studydir import existing_study
from crowd.videos import TABLE, files_of

MANIFEST = "manifest.json"
_STUDY, _VIDEOS = "study/", "videos/"
#: What belongs to running processes.
_PASSING = (LOCK_FILE, "platform.lock", "platform.json")
_DATABASE = ".sqlite"
#: What is being written, and the logs of SQLite files, which are in their copies.
_DRAFT = re.compile(r"\..+\.(\d+|draft|[0-9a-f]{8})|.+\.partial|.+\.sqlite-(wal|shm|journal)")
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True, slots=True)
class Backup:
    """What an archive holds."""

    study_id: str
    made_at: str
    """ISO 8601, UTC."""
    videos_dir: str
    """Where the videos were; empty where nothing was published."""
    with_videos: bool
    num_files: int
    num_bytes: int
    """Of all files, uncompressed."""


def back_up(study_dir: str | Path, to: str | Path, *, with_videos: bool = False) -> Backup:
    """Write all of a study into one archive, readable by its owner only, whole or not at all.

    The study may be served meanwhile; commands that decide about it wait.

    Args:
        study_dir: the study.
        to: the archive; must not exist.
        with_videos: put the videos in, too.

    Raises:
        ValueError: there is no study, `to` exists or lies in it, or a video is missing.
        OSError: a file cannot be read or written.
    """
    root, target = existing_study(Path(study_dir)), Path(to)
    _check_place(root, target)
    with locked(root), _draft(target) as archive:
        design = Design.load(root) if (root / DESIGN_FILE).exists() else None
        files = dict(_files(root, design, with_videos))
        listed = {name: _add(archive, name, path) for name, path in files.items()}
        about = {
            "study_id": load_or_create(root).study_id,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "videos_dir": design.videos_dir if design else "",
            "with_videos": with_videos,
            "files": listed,
        }
        archive.writestr(MANIFEST, json.dumps(stamped(MANIFEST, about), ensure_ascii=False, indent=1))
    return _described(about)


def restore(archive: str | Path, study_dir: str | Path) -> Backup:
    """Make a study directory from a backup, whole or not at all, after every file was checked.

    The ledger then knows that it may be behind its platform: the next command that asks the platform enters what
    happened since, before it decides anything.

    Raises:
        ValueError: the archive is damaged, no backup or of a newer release, or `study_dir` holds something.
        OSError: a file cannot be read or written.
    """
    source, root = Path(archive), Path(study_dir)
    if root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise ValueError(f"{root}: is there already, and a backup is never put over anything; name a new --study")
    root.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{root.name}.", dir=root.parent))
    try:
        with _opened(source) as found:
            about = _manifest(source, found)
            for name, entry in about["files"].items():
                _extract(source, found, name, entry, draft)
        _check_databases(source, draft)
        _settle(draft, about)
        draft.chmod(0o777 & ~_umask())
        draft.rename(root)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return _described(about)


def _described(about: Mapping[str, Any]) -> Backup:
    files = about["files"].values()
    named = {name: about[name] for name in ("study_id", "made_at", "videos_dir", "with_videos")}
    return Backup(**named, num_files=len(files), num_bytes=sum(entry["num_bytes"] for entry in files))


def _check_place(root: Path, target: Path) -> None:
    if target.exists():
        raise ValueError(f"{target}: is there already, and a backup is never written over anything; choose another")
    if root.resolve() in target.resolve().parents:
        raise ValueError(f"{target}: lies in the study itself; choose a place outside of {root}")


@contextmanager
def _draft(target: Path) -> Iterator[zipfile.ZipFile]:
    """An archive that appears under its name when the block ends well."""
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        draft.touch(mode=0o600)
        with draft.open("r+b") as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                yield archive
            file.flush()
            os.fsync(file.fileno())
        draft.replace(target)
    finally:
        draft.unlink(missing_ok=True)


def _files(root: Path, design: Design | None, with_videos: bool) -> Iterator[tuple[str, Path]]:
    """The files of the study by their names in the archive, and the videos where they are wanted."""
    videos = Path(design.videos_dir) if design else None
    for path in sorted(root.rglob("*")):
        if not path.is_file() or path.name in _PASSING or _DRAFT.fullmatch(path.name):
            continue
        if videos and videos in path.resolve().parents and videos != root.resolve():
            continue
        yield _STUDY + path.relative_to(root).as_posix(), path
    if with_videos and design and videos:
        files = dict(files_of(design.videos)) | {TABLE: videos / TABLE}
        missing = [name for name, path in files.items() if not path.is_file()]
        if missing:
            raise ValueError(f"{videos}: {missing[0]} is missing; bring it back, or leave the videos out")
        yield from ((_VIDEOS + name, path) for name, path in files.items())


def _add(archive: zipfile.ZipFile, name: str, path: Path) -> dict[str, Any]:
    """Put a file into the archive; its size and hash."""
    if path.suffix == _DATABASE:
        with tempfile.TemporaryDirectory(dir=Path(archive.filename or ".").parent) as folder:
            copy = Path(folder, path.name)
            back_up_database(path, copy)
            for fault in faults(copy):
                raise ValueError(f"{path}: is damaged ({fault}), so nothing was backed up; `vidgen check` says more")
            return _write(archive, name, copy)
    return _write(archive, name, path)


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
    except (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, NotImplementedError, RuntimeError) as error:
        raise ValueError(f"{source}: is no backup of a study, or damaged ({error}); use another copy of it") from error


def _manifest(source: Path, found: zipfile.ZipFile) -> dict[str, Any]:
    """What the archive says that it holds, which must be all that it holds."""
    try:
        about = unstamped(source, json.loads(found.read(MANIFEST)), MANIFEST)
        named = {MANIFEST, *about["files"]}
        safe = all(_is_safe(name) for name in about["files"])
        _described(about)
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError, UnicodeDecodeError) as error:
        raise ValueError(f"{source}: is no backup of a study ({error!r})") from error
    if not safe or sorted(found.namelist()) != sorted(named):
        raise ValueError(f"{source}: holds other files than its manifest names; use another copy of it")
    return about


def _is_safe(name: str) -> bool:
    """Whether the name leads to a place inside of the folder that it is put in."""
    parts = PurePosixPath(name).parts
    return name.startswith((_STUDY, _VIDEOS)) and len(parts) > 1 and ".." not in parts and "\\" not in name


def _extract(source: Path, found: zipfile.ZipFile, name: str, entry: Mapping[str, Any], draft: Path) -> None:
    path = draft / (name.removeprefix(_STUDY) if name.startswith(_STUDY) else name)
    path.parent.mkdir(mode=0o700 if path.parent.name == "private" else 0o777, parents=True, exist_ok=True)
    mode = (found.getinfo(name).external_attr >> 16) & 0o777
    with (
        found.open(name) as content,
        os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as into,
    ):
        digest = _copy(content, into, entry["num_bytes"])
    if digest != entry["sha256"]:
        raise ValueError(f"{source}: {name} is not what was backed up; use another copy of the archive")


def _copy(content: IO[bytes], into: IO[bytes], num_bytes: int) -> str:
    """Copy that many bytes, and one more where there are more; their hash."""
    digest, left = hashlib.sha256(), num_bytes + 1
    while left and (chunk := content.read(min(_CHUNK, left))):
        digest.update(chunk)
        into.write(chunk)
        left -= len(chunk)
    return digest.hexdigest()


def _check_databases(source: Path, draft: Path) -> None:
    for path in draft.rglob(f"*{_DATABASE}"):
        for fault in faults(path):
            raise ValueError(
                f"{source}: {path.name} was damaged when it was backed up ({fault}); use an earlier backup"
            )


def _settle(draft: Path, about: Mapping[str, Any]) -> None:
    """Let the restored study find its videos, and its ledger know that time has passed."""
    if (draft / DESIGN_FILE).exists():
        places = [draft / _VIDEOS, Path(about["videos_dir"])] if about["with_videos"] else [Path(about["videos_dir"])]
        there = next((place for place in places if place.is_dir()), None)
        if there is not None:
            Design.load(draft).with_videos_in(there).save(draft)
    if (draft / LEDGER_FILE).exists():
        with Ledger(draft) as ledger:
            ledger.set_fact(RESTORED, about["made_at"])


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
