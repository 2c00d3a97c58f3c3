"""Files that are there as a whole or not at all."""

import os
from pathlib import Path


def write_whole(path: Path, text: str, *, mode: int = 0o666) -> None:
    """Write a text file by a draft of this process, so that runs at once do not take each other's.

    Args:
        path: the file.
        text: all of it.
        mode: who may read and write a new file, before the process's umask.

    Raises:
        OSError: it cannot be written; what stood there before still does.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        draft.touch(mode=mode)
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
