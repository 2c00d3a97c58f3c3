"""Files that are there as a whole, and what killed processes leave of them."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crowd.atomic_write import create_whole, draft_of, write_whole
from crowd.credentials import load_or_create
from vidgen.atomic_write import draft_path
from vidgen.runrecord import claim

_KILLED = """
import os, signal, sys
from pathlib import Path
os.replace = os.link = Path.replace = lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL)
exec(sys.argv[1], {"path": Path(sys.argv[2])})
"""
WRITERS = {
    "text": "from crowd.atomic_write import write_whole; write_whole(path, 'x')",
    "[text]*": "from crowd.atomic_write import write_whole; write_whole(path.with_name('[text]*'), 'x')",
    "answers": "from crowd.task.answers_file import write_answers; write_answers(path.parent, [], {})",
    "secrets": "from crowd.credentials import load_or_create; load_or_create(path.parent)",
    "record": "from vidgen.runrecord import claim; claim(path.parent, {}, {})",
}


def drafts(folder: Path) -> list[Path]:
    """Hidden files, but for the one that is meant."""
    return [path for path in folder.rglob(".*") if path.is_file() and path.name != ".gitignore"]


@pytest.mark.parametrize("name", WRITERS)
def test_the_next_run_removes_what_a_killed_one_left(tmp_path: Path, name: str) -> None:
    """A process that is killed before its file has its name leaves a draft, and the next writer removes it."""
    path = tmp_path / "folder" / "file.json"
    path.parent.mkdir()
    for _ in range(2):
        killed = subprocess.run([sys.executable, "-c", _KILLED, WRITERS[name], path], timeout=60, check=False)
        assert killed.returncode == -9
        assert len(drafts(path.parent)) == 1
    exec(WRITERS[name], {"path": path})  # noqa: S102
    assert drafts(path.parent) == []
    assert [file for file in path.parent.rglob("*") if file.is_file()]


def test_drafts_of_others_are_left_alone(tmp_path: Path) -> None:
    """What a process that runs is writing, and hidden files of other names, stay."""
    kept = [tmp_path / name for name in (f".a.json.{os.getppid()}", ".a.json.backup", ".b.json.99999999", ".a.json")]
    for path in kept:
        path.write_text("x")
    write_whole(tmp_path / "a.json", "{}")
    assert all(path.exists() for path in kept)


def test_what_stood_there_stays_when_writing_fails(tmp_path: Path) -> None:
    """An error in the middle leaves the file as it was, and no draft."""
    path = tmp_path / "a.json"
    write_whole(path, "before")

    def fail() -> None:
        with draft_of(path) as draft:
            draft.write_text("half")
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space left on device") as failed:
        fail()
    assert failed.value.filename == str(path)
    assert path.read_text() == "before"
    assert drafts(tmp_path) == []


def test_a_file_that_is_there_is_not_created_again(tmp_path: Path) -> None:
    """The first one counts, and no draft is left."""
    path = tmp_path / "a.json"
    assert create_whole(path, "first", mode=0o600)
    assert not create_whole(path, "second")
    assert path.read_text() == "first"
    assert path.stat().st_mode & 0o777 == 0o600
    assert drafts(tmp_path) == []


def test_a_directory_with_a_draft_alone_can_be_claimed(tmp_path: Path) -> None:
    """A run that was killed as it began does not keep the directory from the next."""
    draft_path(tmp_path / "run.json").write_text("{")
    assert claim(tmp_path, {"a": 1}, {})
    assert not claim(tmp_path, {"a": 1}, {})


def test_secrets_of_two_that_start_together_are_the_same(tmp_path: Path) -> None:
    """Cleaning up takes no draft of a process that runs."""
    code = "import sys; from crowd.credentials import *; print(load_or_create(sys.argv[1]).pseudonym_key)"
    command = [sys.executable, "-c", code, str(tmp_path)]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    keys = {one.communicate(timeout=60)[0].strip() for one in both}
    assert keys == {load_or_create(tmp_path).pseudonym_key}
