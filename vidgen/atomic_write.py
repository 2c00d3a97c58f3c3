"""Files that are there as a whole or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A hidden file to write in, with the same ending, which becomes `path` when the block ends well.

    A run has its directory to itself, so that what a killed one left behind is written over by the next.

    Raises:
        OSError: it cannot be written, with the name of `path`; what stood there before still does.
    """
    draft = draft_path(path)
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        named = OSError(error.errno, error.strerror, str(path)) if error.errno else OSError(f"{path}: {error}")
        raise named from error
    finally:
        draft.unlink(missing_ok=True)


def draft_path(path: Path) -> Path:
    """Where `path` is written before it has its name."""
    return path.with_name(f".{path.stem}.partial{path.suffix}")


def write_text(path: Path, text: str) -> None:
    """Write a text file that appears under its name only when it is on the disk.

    Raises:
        OSError: it cannot be written.
    """
    with draft_of(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
