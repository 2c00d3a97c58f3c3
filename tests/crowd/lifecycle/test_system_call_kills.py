"""Commands that are killed between two of their system calls: running them again completes them and doubles nothing.

`strace` counts the calls by which a command changes files or speaks to the platform, then kills it on entering the
n-th of a kind, for n spread over all of them.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from crowd.localplatform import running
from tests.crowd.copies import copy_study
from tests.crowd.faulted import run
from tests.crowd.lifecycle.test_fault_matrix import check

FILE = "ledger.sqlite"

#: How a command changes something outside of itself.
SYSTEM_CALLS = (
    "write",
    "pwrite64",
    "sendto",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "unlink",
)
ACTIONS = ("publish", "next round", "extend", "collect", "approve", "bonus", "expire", "delete", "recover")
#: Kills of each command at each kind of call.
KILLS = 6

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.skipif(shutil.which("strace") is None, reason="no strace on this machine"),
]


def stage(action: str, stages: dict[str, Path], study_dir: Path) -> None:
    """A study as it stands before the command; for `recover` one whose ledger is gone."""
    copy_study(stages["collect" if action == "recover" else action], study_dir)
    if action == "recover":
        for path in study_dir.glob(f"{FILE}*"):
            path.unlink()


def traced(action: str, study_dir: Path, videos: Path, *options: str) -> int:
    """Do the command under strace; its exit code, negative where a signal ended it."""
    command = [sys.executable, "-m", "tests.crowd.faulted", action, study_dir, videos]
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1", "AWS_MAX_ATTEMPTS": "5"}
    done = subprocess.run(
        ["strace", "-f", "-qq", *options, *command], env=environment, stderr=subprocess.PIPE, check=False
    )
    return done.returncode


def counted(action: str, stages: dict[str, Path], videos: Path, directory: Path) -> Counter[str]:
    """How many calls of each kind the command makes in the thread that makes most of them."""
    study_dir, log = directory / "counted", directory / "strace.log"
    stage(action, stages, study_dir)
    with running(study_dir):
        assert traced(action, study_dir, videos, "-e", f"trace={','.join(SYSTEM_CALLS)}", "-o", str(log)) == 0
    by_thread = Counter(re.findall(r"^(\d+) +(\w+)\(", log.read_text(errors="replace"), flags=re.MULTILINE))
    found: Counter[str] = Counter()
    for (_, name), number in by_thread.items():
        found[name] = max(found[name], number)
    return found


@pytest.mark.parametrize("action", ACTIONS)
def test_a_kill_between_any_two_system_calls_is_mended_by_the_same_command(
    action: str, stages: dict[str, Path], videos: Path, tmp_path: Path
) -> None:
    killed = 0
    for name, number in sorted(counted(action, stages, videos, tmp_path).items()):
        for place in sorted({1 + round(step * (number - 1) / (KILLS - 1)) for step in range(KILLS)}):
            study_dir = tmp_path / f"{name}-{place}"
            stage(action, stages, study_dir)
            with running(study_dir) as server:
                injection = f"inject={name}:signal=KILL:when={place}"
                code = traced(action, study_dir, videos, "-e", f"trace={name}", "-e", injection, "-o", os.devnull)
                assert code in {0, -signal.SIGKILL}
                killed += code != 0
                reruns = 0
                while reruns == 0 or run(action, study_dir, videos, attempts=5) != 0:
                    reruns += 1
                    assert reruns <= 3, (name, place, (study_dir / "error.txt").read_text())
                check(server, study_dir, action)
            shutil.rmtree(study_dir)
    print(f"{action}: killed {killed} times")
    assert killed >= KILLS
