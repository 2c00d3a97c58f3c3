"""Files that are there as a whole or not at all.

A file is written as a draft beside its place: ``.NAME.PID``, one per process. Once it is on the disk it gets its name.
"""

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd.operating_system import is_running


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A file to write in, which becomes `path` when the block ends well and goes away when it does not.

    Each process has its own, so that runs at once do not take each other's; those of killed processes are removed.

    Raises:
        OSError: it cannot be written, with the name of `path`; what stood there before still does.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        remove_left_drafts(path)
        yield draft
        _flush(draft)
        draft.replace(path)
    except OSError as error:
        raise named(error, path) from error
    finally:
        draft.unlink(missing_ok=True)


def write_whole(path: Path, content: str | bytes, *, mode: int = 0o666) -> None:
    """Write a file, see `draft_of`.

    Args:
        path: the file.
        content: all of it; text is encoded as UTF-8.
        mode: who may read and write a new file, before the process's umask.

    Raises:
        OSError: it cannot be written; what stood there before still does.
    """
    with draft_of(path) as draft:
        draft.touch(mode=mode)
        draft.write_bytes(_bytes(content))


def create_whole(path: Path, content: str | bytes, *, mode: int = 0o666) -> bool:
    """Write a file unless it is there, also where several processes and threads begin at once; whether this one did.

    Raises:
        OSError: it cannot be written.
    """
    remove_left_drafts(path)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}.{os.getpid()}")
    try:
        draft.touch(mode=mode)
        draft.write_bytes(_bytes(content))
        _flush(draft)
        os.link(draft, path)  # unlike a rename it fails where another one was first
    except FileExistsError:
        return False
    except OSError as error:
        raise named(error, path) from error
    finally:
        draft.unlink(missing_ok=True)
    return True


def named(error: OSError, path: Path) -> OSError:
    """The error with the file's name: one that comes while a file is written has none."""
    return OSError(error.errno, error.strerror, str(path)) if error.errno else OSError(f"{path}: {error}")


def remove_left_drafts(path: Path) -> None:
    """Remove the drafts of `path` that killed processes have left."""
    for left in path.parent.glob(f".{_literal(path.name)}.*"):
        number = left.suffix[1:]
        if number.isascii() and number.isdigit() and not is_running(int(number)):
            shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink(missing_ok=True)


def _bytes(content: str | bytes) -> bytes:
    return content.encode("utf-8") if isinstance(content, str) else content


def _flush(draft: Path) -> None:
    """Bring the draft onto the disk, so that a power cut after the renaming leaves no empty file."""
    with draft.open("r+b") as file:  # Windows flushes only what may be written
        os.fsync(file.fileno())


def _literal(name: str) -> str:
    """A pattern that matches this name alone."""
    return "".join(f"[{letter}]" if letter in "[]*?" else letter for letter in name)
