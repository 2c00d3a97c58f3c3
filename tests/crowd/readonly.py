"""Studies that may be read and not written, also by root."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_RIGHTS = "-dac_override,-dac_read_search,-fowner"
#: For tests that need a process which permissions stop.
stopped_by_permissions = pytest.mark.skipif(
    os.geteuid() == 0 and not shutil.which("setpriv"), reason="root may write everything"
)


@contextmanager
def write_protected(folder: Path) -> Iterator[None]:
    """Nothing in the folder may be written while the block runs."""
    for path in (*folder.rglob("*"), folder):
        path.chmod(path.stat().st_mode & ~0o222)
    try:
        yield
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(path.stat().st_mode | 0o200)


def run_unprivileged(program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run Python code in a process that permissions stop, even where the tests are root's."""
    bound = ["setpriv", f"--bounding-set={_RIGHTS}", f"--inh-caps={_RIGHTS}"] if os.geteuid() == 0 else []
    command = [*bound, sys.executable, "-c", program, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
