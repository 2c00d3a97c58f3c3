"""The `vidgen` program for tests: called in this process, or as the installed program that a user calls."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from vidgen.cli import main

#: Where this environment's programs are.
PROGRAMS = Path(sys.executable).parent
_BAR = re.compile(r"\d+%\||\d+(video| tasks| HIT)? ?\[|^\s*$")


def vidgen(*arguments: Any, typed: str | None = None) -> Result:
    """Run a command in this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="vidgen", input=typed)


def program(*arguments: Any, name: str = "vidgen", **options: Any) -> subprocess.CompletedProcess[str]:
    """Run the installed program in a process of its own."""
    command = [str(PROGRAMS / name), *map(str, arguments)]
    return subprocess.run(command, **({"capture_output": True, "text": True, "timeout": 250} | options))


def said(stderr: str) -> list[str]:
    """The lines on stderr that are no progress bars."""
    return [line for line in re.split(r"[\r\n]+", stderr) if not _BAR.search(line)]
