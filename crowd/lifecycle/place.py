"""Detects copies of a study, before a copy affects the participants and the money of its original.

`private/place.json` records the directory, the machine and the directory's inode. If the recorded place no longer
exists, the study was moved; if it still holds the same study, this one is a copy. On another machine the place cannot
be examined, so the user has to say that the study was moved (`claim`).
"""

import json
import logging
import platform
from dataclasses import asdict, dataclass
from pathlib import Path

from crowd import fileformat
from crowd.commandline import to_paste
from crowd.credentials import exists, load_or_create
from crowd.studydir import StudyDirectory, existing_study

_log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Location:
    """A directory on a machine."""

    path: str
    """Absolute path, without symbolic links."""
    host: str
    inode: int
    """Does not change when the directory is renamed on its file system."""
    device: int

    def is_renamed_to(self, other: "Location") -> bool:
        """Whether both are the same directory of a file system, by device and inode."""
        return (self.inode, self.device) == (other.inode, other.device)


class CopyError(ValueError):
    """The study may be a copy, and the user has not claimed it."""


def settle(study_dir: str | Path) -> None:
    """Check that this is the study itself and not a copy, before anything affects people or money.

    The first call records the place; a call after a move records the new place and logs that.

    Raises:
        CopyError: it is a copy, or might be; the message says what to do.
        ValueError: the record is damaged.
        OSError: the record cannot be read or written.
    """
    root = Path(study_dir)
    here, noted = _here(root), noted_place(root)
    if noted is None:
        _note(root, here)
    elif noted.host == here.host and noted.path == here.path:
        if not noted.is_renamed_to(here):
            if original := _renamed(root, noted):  # the original was renamed, and this copy has its former path
                raise _copy(root, str(original), noted, here)
            _note(root, here)
    elif _is_same_directory(noted, here):
        return
    elif noted.is_renamed_to(here) or (noted.host == here.host and not _holds_same_study(Path(noted.path), root)):
        _note(root, here)
        _log.info("%s: this study was moved here from %s", root, noted.path)
    else:
        raise _copy(root, noted.path, noted, here)


def claim(study_dir: str | Path) -> None:
    """Declare this directory to be the study, after it was copied, restored or moved from another machine.

    If the directory that it was copied from is on this machine, that one counts as the copy from now on.

    Args:
        study_dir: the study to continue with.

    Raises:
        ValueError: there is no study, or it was never published or served.
        OSError: the place cannot be recorded.

    Example:
        >>> crowd.claim("my-study")
    """
    root = existing_study(Path(study_dir))
    if not exists(root):
        raise ValueError(f"{root}: nothing was published or served from here, so there is nothing to claim")
    here = _here(root)
    try:
        noted = noted_place(root)
    except ValueError:  # damaged; written anew below
        noted = None
    if noted and noted.host == here.host:
        for other in (Path(noted.path), _renamed(root, noted)):
            if other and other.is_dir() and not other.samefile(root) and _holds_same_study(other, root):
                _note(other, here)
    _note(root, here)


def _here(root: Path) -> Location:
    found = root.resolve().stat()
    return Location(path=str(root.resolve()), host=platform.node(), inode=found.st_ino, device=found.st_dev)


def noted_place(root: Path) -> Location | None:
    """The recorded place of the study; None if none is recorded.

    Raises:
        ValueError: the record is damaged.
    """
    path = StudyDirectory(root).place
    try:
        return Location(**fileformat.load(path))
    except FileNotFoundError:
        return None
    except (AttributeError, TypeError, json.JSONDecodeError) as error:
        claim = to_paste("claim-study", "--study", root)
        raise ValueError(f"{path}: does not say where the study is ({error}); `{claim}` writes it anew") from error


def _note(root: Path, location: Location) -> None:
    files = StudyDirectory(root)
    files.private.mkdir(mode=0o700, exist_ok=True)
    fileformat.save(files.place, asdict(location), mode=0o600)


def _is_same_directory(noted: Location, here: Location) -> bool:
    """Whether both paths lead to the same directory, e.g. through mounts."""
    try:
        return noted.host == here.host and Path(noted.path).samefile(here.path)
    except OSError:
        return False


def _holds_same_study(path: Path, root: Path) -> bool:
    """Whether the same study is also at `path`; true if that cannot be examined."""
    try:
        return exists(path) and load_or_create(path).study_id == load_or_create(root).study_id
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False


def _renamed(root: Path, noted: Location) -> Path | None:
    """The recorded directory under another name in the same folder, if it holds the same study."""
    beside = (path for path in root.resolve().parent.iterdir() if path.is_dir())
    return next((path for path in beside if _here(path).is_renamed_to(noted) and _holds_same_study(path, root)), None)


def _copy(root: Path, original: str, noted: Location, here: Location) -> CopyError:
    if noted.host == here.host:
        what = f"is a copy of {original}, which is still there"
    else:
        what = f"was used in {original} on the machine {noted.host}, and might be a copy of what is there"
    claim = to_paste("claim-study", "--study", root)
    return CopyError(
        f"{root}: {what}. Two directories must not act on the same people and money: go on with the other; or say that "
        f"this is the study now, `{claim}`; or copy only its study.toml, for a new study"
    )
