"""A publication that fails before anything was sent leaves the study directory as it was."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from crowd.operating_system import used_folder
from crowd.studydir import StudyDirectory


@contextmanager
def unchanged_on_failure(directory: Path, *, unless: Callable[[], bool]) -> Iterator[None]:
    """Remove the files and folders that the block makes, when it fails; not where `unless` holds then.

    Nor where another process publishes from the folder or serves it, which could lose its own. On Windows nobody can
    tell, so files stay there.

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
