"""The program, ended by SIGKILL at a chosen file: `python -m tests.cli.killed ENDING NUMBER WHEN COMMAND …`.

Every file is written under another name and then given its own. The process ends itself `before` or `after` the
NUMBER-th file with that ending (from 1) gets its name: at one point of the work, however fast the machine is.
"""

import os
import signal
import sys
from pathlib import Path
from typing import Any

from vidgen.cli import main

ROOT = Path(__file__).parents[2]


def command(ending: str, number: int, when: str, *arguments: Any) -> list[str]:
    """How to run the program in `ROOT`, so that it kills itself there."""
    return [sys.executable, "-m", "tests.cli.killed", ending, str(number), when, *map(str, arguments)]


def _arm(ending: str, number: int, when: str) -> None:
    rename, left = os.replace, number

    def counted(source: Any, target: Any, **options: Any) -> None:
        nonlocal left
        left -= str(target).endswith(ending)
        here = left == 0 and str(target).endswith(ending)
        if here and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        rename(source, target, **options)
        if here and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    os.replace = counted


if __name__ == "__main__":
    _arm(sys.argv[1], int(sys.argv[2]), sys.argv[3])
    main(sys.argv[4:])
