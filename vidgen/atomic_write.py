"""Atomic writes: a file appears under its name when it is complete, or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def draft_of(path: Path) -> Iterator[Path]:
    """A hidden file with the same suffix to write to, which replaces `path` when the block ends without an error.

    Only one run writes to a directory, so the next run overwrites the draft that a killed one left.

    Raises:
        OSError: it cannot be written; the error names `path`, whose former contents are kept.
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
    """The hidden file in which `path` is written."""
    return path.with_name(f".{path.stem}.partial{path.suffix}")


def write_text(path: Path, text: str) -> None:
    """Write a text file atomically, after its contents are on the disk (fsync).

    Raises:
        OSError: it cannot be written.
    """
    with draft_of(path) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
