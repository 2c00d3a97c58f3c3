"""Finds the study's server from other processes, and ensures that a study has only one.

A running server holds `platform.lock` and writes its address to `platform.json`. The lock ends with the process, so
the file of a killed server is ignored.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from crowd import fileformat
from crowd.commandline import to_paste
from crowd.operating_system import is_locked, locked_file
from crowd.studydir import StudyDirectory


@dataclass(frozen=True, kw_only=True, slots=True)
class Announcement:
    """Where a study is being served."""

    endpoint_url: str
    """``http://HOST:PORT`` for programs on this machine."""
    participants_url: str | None = None
    """The address for participants on other machines; None if only this machine can open the study."""


def announced(study_dir: str | Path) -> Announcement | None:
    """Where the study is being served; None if it is not.

    Raises:
        NewerFileError: a newer release serves it.
        ValueError: `platform.json` does not name a local server.
    """
    files = StudyDirectory(study_dir)
    if not files.announcement.exists() or not is_locked(files.server_lock):
        return None
    return _read(files.announcement)


def endpoint_of(study_dir: str | Path) -> str:
    """Where the study is being served, for programs on this machine.

    Raises:
        ValueError: it is not being served.
    """
    return _served(study_dir).endpoint_url


def participants_url_of(study_dir: str | Path) -> str | None:
    """The address of the served study for participants on other machines; None if they cannot reach it.

    Raises:
        ValueError: it is not being served.
    """
    return _served(study_dir).participants_url


@contextmanager
def announcing(study_dir: str | Path, endpoint_url: str, participants_url: str | None) -> Iterator[None]:
    """Write to ``platform.json`` where the study is being served; remove the file when the block ends."""
    path = StudyDirectory(study_dir).announcement
    where = {"endpoint_url": endpoint_url, "participants_url": participants_url, "pid": os.getpid()}
    fileformat.save(path, where)
    try:
        yield
    finally:
        path.unlink(missing_ok=True)


@contextmanager
def only_server(study_dir: str | Path) -> Iterator[None]:
    """Keep other servers from the study while the block runs: two on one store could promise the same money twice.

    Raises:
        ValueError: it is being served already.
    """
    files = StudyDirectory(study_dir)
    with ExitStack() as held:
        try:
            held.enter_context(locked_file(files.server_lock))
        except BlockingIOError as error:
            raise ValueError(f"{files.root}: is being served already{_where(files.root)}") from error
        files.announcement.unlink(missing_ok=True)  # left by a killed server
        yield


def _served(study_dir: str | Path) -> Announcement:
    found = announced(study_dir)
    if found is None:
        serve = to_paste("serve-tasks", "--study", study_dir)
        raise ValueError(f"{study_dir}: is not being served; start it with `{serve}`")
    return found


def _where(root: Path) -> str:
    try:
        invite = to_paste("invite", "--study", root)
        return f" at {endpoint_of(root)}; `{invite}` makes links for that server, and Ctrl+C there stops it"
    except ValueError:
        return "; stop that server first"


def _read(path: Path) -> Announcement | None:
    try:
        table = fileformat.load(path)
        found = Announcement(endpoint_url=table["endpoint_url"], participants_url=table.get("participants_url"))
        where = urlsplit(found.endpoint_url)
        host, port = where.hostname, where.port
    except FileNotFoundError:  # the server has stopped meanwhile
        return None
    except fileformat.NewerFileError:
        raise
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(
            f"{path}: does not say where the platform listens ({error}); delete it if the study is not being served"
        ) from error
    if where.scheme != "http" or not host or not port:
        raise ValueError(
            f"{path}: endpoint_url {found.endpoint_url!r} is not http://HOST:PORT of a local platform; delete the "
            "file if the study is not being served"
        )
    return found
