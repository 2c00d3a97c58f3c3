"""A full and a read-only disk, real ones: a small tmpfs that only the tested process sees."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import PROGRAMS, said
from tests.cli.test_bad_input import ANSWERS
from tests.crowd.clips import write_videos

_NAMESPACE = ("unshare", "--mount") if os.geteuid() == 0 else ("unshare", "--mount", "--map-root-user")
#: The disk holds an empty study, as one that there was room for once.
_SCRIPT = (
    'mount -t tmpfs tmpfs "$2" && mkdir "$2/served" && touch "$2/served/study.toml" && '
    'mount -o "remount,$1" "$2" && shift 2 && exec "$@"'
)


@pytest.fixture
def disk(tmp_path: Path) -> Path:
    """Where the disk is mounted; skips where no process may mount anything."""
    disk = tmp_path / "disk"
    disk.mkdir()
    try:
        tried = subprocess.run([*_NAMESPACE, "sh", "-c", _SCRIPT, "sh", "size=16k", disk, "true"], capture_output=True)
    except FileNotFoundError:
        pytest.skip("no unshare on this machine")
    if tried.returncode:
        pytest.skip(f"no disk can be mounted here: {tried.stderr.decode().strip()}")
    return disk


COMMANDS = {
    "accuracy-report": "--answers {root}/answers.csv --out {disk}/report",
    "publish-tasks": "{root}/videos --study {disk}/study",
    "make-dataset": "--out {disk}/data --per-class 1 --split test --workers 1",
    "generate-batch": "--out {disk}/videos --methods comparison --labels car-right --steps 1 --weights {weights}",
    "serve-tasks": "--study {disk}/served",
}


@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("size=4k", "No space left on device|disk is full"),
        pytest.param("ro", "Read-only file system", marks=pytest.mark.slow),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_nothing_ends_in_one_line(tmp_path, disk, tiny_weights, name, options, reason):
    """The command says what is wrong with the disk on one line, exit status 1, and shows no traceback."""
    write_videos(tmp_path / "videos", methods=("new",), labels=("ball going up",))
    (tmp_path / "answers.csv").write_text(ANSWERS.format(answer="ball going up"))
    arguments = COMMANDS[name].format(root=tmp_path, disk=disk, weights=tiny_weights).split()
    done = subprocess.run(
        [*_NAMESPACE, "sh", "-c", _SCRIPT, "sh", options, disk, PROGRAMS / "vidgen", name, *arguments],
        capture_output=True,
        text=True,
        timeout=250,
    )
    assert "Traceback" not in done.stderr, done.stderr[-1500:]
    assert done.returncode == 1
    (line,) = said(done.stderr)
    assert line.startswith("Error: ")
    assert any(words in line for words in reason.split("|"))
