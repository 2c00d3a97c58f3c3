"""A full and a read-only disk, real ones: a small tmpfs that only the tested process sees."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from crowd.design.study import Study
from tests.cli.program import PROGRAMS, said
from tests.cli.test_any_videos import WITHOUT_TORCH
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
    "rehearse": "--study {root}/study --videos {root}/videos --out {disk}/copy",
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", COMMANDS)
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("size=4k", "No space left on device|disk is full"),
        pytest.param("ro", "Read-only file system|nothing may be written into", marks=pytest.mark.slow),
    ],
    ids=["full", "read-only"],
)
def test_a_disk_that_takes_nothing_ends_in_one_line(tmp_path, disk, tiny_weights, name, options, reason):
    """The command says what is wrong with the disk on one line, exit status 1, and shows no traceback."""
    write_videos(tmp_path / "videos", methods=("new",), labels=("ball going up",))
    (tmp_path / "study").mkdir()
    Study.from_videos(tmp_path / "videos").save(tmp_path / "study/study.toml")
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
    assert re.match(rf"Error: ((--out|--study) )?{disk}/", line)
    assert any(words in line for words in reason.split("|"))
    assert ("free some space" in line) is (options != "ro")


#: What writes files, each called with a path on a disk without room.
WRITERS = {
    "a text of ours": "from crowd.atomic_write import write_whole; write_whole(path, 'x' * 9999)",
    "answers": "from crowd.task.answers_file import write_answers; write_answers(path.parent, [], {'x': 'x' * 9999})",
    "a report": "from crowd.atomic_write import write_whole; write_whole(path, b'x' * 9999)",
    "a record": "from vidgen.atomic_write import write_text; write_text(path, 'x' * 9999)",
    "a video": "import numpy as np; from vidgen.video_io import write_video\n"
    "write_video(path.with_suffix('.mp4'), np.random.default_rng(0).integers(0, 255, (9, 64, 64, 3), np.uint8))",
}
WITH_TORCH = {
    "a network": "from vidgen.networks.checkpoints import save; from vidgen.networks.c3d import C3D, C3DConfig\n"
    "save(C3D(C3DConfig(num_classes=2)), path, {})",
    "a training": "import torch; from vidgen.training.fit import _save; _save(path, 1, {'a': torch.nn.Linear(99, 99)})",
    "sketches": "import numpy as np; from vidgen.networks.checkpoints import save_exemplars\n"
    "save_exemplars(path, clips=np.random.default_rng(0).integers(0, 255, (2, 2, 8, 32, 32, 3), np.uint8))",
}
_WRITE_ALL = """
import sys, traceback
from pathlib import Path
path = Path(sys.argv[1]) / "file.bin"
(path.parent / "fill").write_bytes(bytes(4096))
for writer in sys.argv[2:]:
    try:
        exec(writer)
        print("written")
    except OSError as error:
        print(error.filename or error, [left.name for left in path.parent.rglob(".*.*") if left.is_file()])
    except Exception as error:
        print(repr(error))
"""


@pytest.mark.parametrize(
    "writers", [WRITERS, pytest.param(WITH_TORCH, marks=pytest.mark.slow)], ids=["light", "with torch"]
)
def test_whatever_finds_no_room_names_its_file_and_leaves_no_draft(disk, writers):
    """An error of writing has a name that the user knows, not that of a draft, and the draft is gone."""
    script = [*_NAMESPACE, "sh", "-c", _SCRIPT, "sh", "size=12k", disk]
    command = [*script, sys.executable, "-c", _WRITE_ALL, disk, *writers.values()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=250)
    lines = dict(zip(writers, done.stdout.splitlines(), strict=True))
    for what, line in lines.items():
        assert line.startswith(f"{disk}/"), (what, line, done.stderr)
        assert "/." not in line.removeprefix(str(disk)).partition(" ")[0], (what, line)
        assert line.endswith(" []"), (what, line)


_SERVE = """
import sys
from pathlib import Path
import httpx
from crowd.localplatform import running
from tests.crowd.localplatform.market import Market, requester
disk = Path(sys.argv[1])
study = disk / "served"
with running(study) as server, requester(server.endpoint_url, study) as client, httpx.Client() as http:
    market = Market(server, study, client, http)
    hit_id, person = market.hit(MaxAssignments=9), market.person()
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    fill = (disk / "fill").open("wb", buffering=0)
    try:
        while True:
            fill.write(bytes(4096))
    except OSError:
        pass
    statuses = [person.submit(assignment_id, a="x" * 50_000).status_code for _ in range(3)]
    statuses.append(person.get().status_code)
    fill.truncate(0)
    statuses.append(person.submit(assignment_id, a="x" * 50_000).status_code)
    statuses.append(len(client.list_assignments_for_hit(HITId=hit_id)["Assignments"]))
    print(statuses)
"""


def test_a_server_without_room_asks_to_send_again_and_loses_nothing(disk):
    """Answers that cannot be kept get 503 and one line in the log; sent again when there is room they are kept."""
    script = [*_NAMESPACE, "sh", "-c", _SCRIPT, "sh", "size=2m", disk]
    done = subprocess.run([*script, sys.executable, "-c", _SERVE, disk], capture_output=True, text=True, timeout=100)
    assert done.stdout == "[503, 503, 503, 200, 303, 1]\n", done.stdout + done.stderr
    (line,) = done.stderr.splitlines()
    assert f"{disk}/served/platform.sqlite" in line
    assert "free some space" in line


def test_the_videos_of_the_demonstration_need_room(tmp_path, disk):
    """Without torch they are copied: one line names the file for which there is none."""
    arguments = [sys.executable, "-c", WITHOUT_TORCH, "demo", "--out", disk / "demo"]
    done = subprocess.run(
        [*_NAMESPACE, "sh", "-c", _SCRIPT, "sh", "size=40k", disk, *arguments], capture_output=True, text=True
    )
    assert done.returncode == 1
    (line,) = said(done.stderr)
    assert line.startswith(f"Error: {disk}/demo/videos/")
    assert "No space left on device; free some space, and run the same command again" in line
