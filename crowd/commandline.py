"""Commands of `vidgen` as messages name them, so that each can be pasted into a POSIX shell."""

import shlex
import shutil
import sys
from pathlib import Path, PurePath


def to_paste(*words: object) -> str:
    """A vidgen command as it can be typed in the current directory, whether or not `vidgen` is on PATH.

    Give paths as `Path`, so that one that begins with a dash is not taken for an option.
    """
    called = Path(sys.argv[0])
    if called.stem == "vidgen":
        found = shutil.which("vidgen")
        program = ["vidgen" if found and Path(found).resolve() == called.resolve() else str(called)]
    else:
        program = [sys.executable, "-m", "vidgen"]
    return shlex.join([*program, *map(_word, words)])


def quoted(path: PurePath) -> str:
    """The path as one word of a shell's line, which no program takes for an option."""
    return shlex.quote(_word(path))


def _word(word: object) -> str:
    text = str(word)
    return f"./{text}" if isinstance(word, PurePath) and text.startswith("-") else text
