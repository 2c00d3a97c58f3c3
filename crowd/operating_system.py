"""What differs between operating systems: locks, the limit of open files, processes, addresses and permissions.

No other module imports what only some systems have (`fcntl`, `resource`). Locks are the operating system's, so that
they end with the process that holds them, however it ends.
"""

import os
import socket
import stat
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

#: Files that a process may open where the system names no limit.
_MOST_FILES = 1_048_576
#: Between two attempts to get a lock.
_PAUSE_S = 0.05


@contextmanager
def locked_file(path: Path, *, shared: bool = False, wait_s: float = 0.0) -> Iterator[None]:
    """Hold the lock of a file while the block runs.

    The file is made if it is missing. It stays, and means nothing by itself.

    Args:
        path: the file; its folder must be there.
        shared: keep out exclusive holders only. This needs no right to write: where the file is missing and cannot be
            made, nothing is locked, since whoever cannot write here is not kept out by a lock either.
        wait_s: how long to wait for other holders.

    Raises:
        BlockingIOError: another holder still has it.
        OSError: the file cannot be opened, or made.
    """
    file = _opened(path, shared=shared)
    if file is None:
        yield
        return
    with file:
        _wait_for(file, shared=shared, wait_s=wait_s)
        yield


def is_locked(path: Path) -> bool:
    """Whether a process holds the exclusive lock of a file; nothing is made or changed."""
    try:
        with path.open("rb") as file:
            _lock(file, shared=True)
    except FileNotFoundError:
        return False
    except BlockingIOError:
        return True
    return False


@contextmanager
def used_folder(folder: Path) -> Iterator[Callable[[], bool]]:
    """Take part in using a folder while the block runs; the function given tells whether no other process does.

    Windows has no locks of folders, so there it always says that another process might.

    Raises:
        OSError: the folder cannot be opened.
    """
    if sys.platform == "win32":
        yield lambda: False
        return
    held = os.open(folder, os.O_RDONLY)
    try:
        _lock(held, shared=True)
        yield lambda: _is_alone(held)
    finally:
        os.close(held)


def _is_alone(held: int) -> bool:
    try:
        _lock(held, shared=False)
    except BlockingIOError:
        return False
    return True


def _opened(path: Path, *, shared: bool) -> IO[bytes] | None:
    if not shared:
        return path.open("ab")
    with suppress(FileNotFoundError):
        return path.open("rb")
    try:
        return path.open("ab")
    except OSError:
        if os.access(path.parent, os.W_OK):
            raise
        return None


def _wait_for(file: IO[bytes], *, shared: bool, wait_s: float) -> None:
    give_up = time.monotonic() + wait_s
    while True:
        try:
            return _lock(file, shared=shared)
        except BlockingIOError:
            if time.monotonic() >= give_up:
                raise
        time.sleep(_PAUSE_S)


def _lock(file: IO[bytes] | int, *, shared: bool) -> None:
    """Get the lock at once, or raise BlockingIOError."""
    import portalocker  # slow to load, and few commands lock anything

    flags = portalocker.LockFlags.SHARED if shared else portalocker.LockFlags.EXCLUSIVE
    try:
        portalocker.lock(file, flags | portalocker.LockFlags.NON_BLOCKING)
    except portalocker.AlreadyLocked as error:
        raise BlockingIOError(str(error)) from error


def raise_file_limit() -> int:
    """Let this process open as many files as the system allows it to; how many that are."""
    try:
        import resource
    except ImportError:  # Windows
        return _MOST_FILES
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    if most == resource.RLIM_INFINITY:  # some systems refuse that as a soft limit
        most = _MOST_FILES
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    except (OSError, ValueError):
        most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return most


def is_running(process_id: int) -> bool:
    """Whether a process of that number runs, or might: Windows does not tell without stopping it."""
    if sys.platform == "win32":
        return True
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def reuse_address(listener: socket.socket) -> None:
    """Let a server listen again right after it stopped; on Windows that needs no option, and this one means another."""
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)


def rights_of_others(path: Path) -> int:
    """The permission bits that group and others have; 0 on Windows, whose permissions are not in these bits."""
    return 0 if sys.platform == "win32" else stat.S_IMODE(path.stat().st_mode) & 0o077
