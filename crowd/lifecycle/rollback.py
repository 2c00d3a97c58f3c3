"""Restores the study directory when a publication fails before anything was sent."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd.operating_system import used_folder
from crowd.studydir import StudyDirectory


@contextmanager
def unchanged_on_failure(directory: Path, *, unless: Callable[[], bool]) -> Iterator[None]:
    """If the block fails, remove the files and folders that it made, unless `unless` then returns true.

    Nothing is removed either if another process publishes from the folder or serves it, whose files could be lost. On
    Windows that cannot be detected, so files are always kept.

    Raises:
        OSError: the folder cannot be made.
    """
    made = [path for path in (directory, *directory.parents) if not path.exists()]
    directory.mkdir(parents=True, exist_ok=True)
    before = set(directory.iterdir())
    with used_folder(directory) as is_alone:
        try:
            yield
        except BaseException:
            if is_alone() and not StudyDirectory(directory).announcement.exists() and not unless():
                for path in set(directory.iterdir()) - before:
                    shutil.rmtree(path) if path.is_dir() else path.unlink()
                for path in made:
                    path.rmdir()
            raise
