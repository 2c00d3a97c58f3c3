"""Study directories: which folders are one, and which was meant when none is there."""

import difflib
import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd.commandline import to_paste

#: A folder with one of these is a study: made by `new-study` or `publish-tasks`, served, or holding its answers.
MARKS = frozenset(
    (
        "study.toml",
        "design.json",
        "ledger.sqlite",
        "platform.sqlite",
        "private/secrets.json",
        "secrets.json",  # where releases up to 0.1 kept them
        "answers.parquet",
    )
)


def is_study(directory: Path) -> bool:
    """Whether something of a study is in that folder."""
    return any((directory / name).is_file() for name in MARKS)


def existing_study(directory: Path) -> Path:
    """The folder itself.

    Raises:
        ValueError: it is no study; the message names the one that was probably meant.
    """
    if is_study(directory):
        return directory
    what = "there is no such folder"
    if directory.exists():
        what = "it holds no study" if directory.is_dir() else "it is a file"
    raise ValueError(f"{directory}: nothing was published from here: {what}; {instead_of(directory)}")


def instead_of(directory: Path) -> str:
    """What to do where a study was expected in that folder, in words."""
    if near := nearest(directory):
        return f"the nearest study is {near}"
    return f"make one with `{to_paste('publish-tasks', 'VIDEOS_DIR', '--study', directory)}`"


@contextmanager
def unchanged_on_failure(directory: Path, *, unless: Callable[[], bool]) -> Iterator[None]:
    """Remove the files and folders that the block makes, when it fails; not where `unless` holds then.

    Nor where another process is at work in the folder, which could lose its own.

    Raises:
        OSError: the folder cannot be made.
    """
    made = [path for path in (directory, *directory.parents) if not path.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    before = set(directory.iterdir())
    held = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_SH)
        try:
            yield
        except BaseException:
            if _is_alone(directory, held) and not unless():
                for path in set(directory.iterdir()) - before:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                for path in made:
                    path.rmdir()
            raise
    finally:
        os.close(held)


def _is_alone(directory: Path, held: int) -> bool:
    """Whether no other process publishes from the folder or serves it."""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return not (directory / "platform.json").exists()


def nearest(directory: Path) -> Path | None:
    """The study in, beside or above that folder, or in the current one, whose name is most alike; None without any."""
    places = [directory, directory.parent, Path.cwd() if directory.is_absolute() else Path()]
    found = {path for place in places for path in (place, *_folders(place)) if is_study(path)}
    return max(
        sorted(found), key=lambda path: difflib.SequenceMatcher(None, path.name, directory.name).ratio(), default=None
    )


def _folders(place: Path) -> list[Path]:
    try:
        return [path for path in place.iterdir() if path.is_dir()]
    except OSError:
        return []
