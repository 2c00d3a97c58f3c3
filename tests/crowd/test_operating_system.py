"""Locks that end with their process, and modules that import where POSIX's are missing."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crowd.operating_system import (
    is_locked,
    is_running,
    locked_file,
    raise_file_limit,
    reuse_address,
    rights_of_others,
    used_folder,
)

_HOLD = """
import sys
from pathlib import Path
from crowd import operating_system as system
with eval(sys.argv[1], {"system": system, "path": Path(sys.argv[2])}):
    print("held", flush=True)
    sys.stdin.readline()
"""


@contextmanager
def another_process(expression: str, path: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that holds what the expression gives, until the block ends or it is killed."""
    command = [sys.executable, "-c", _HOLD, expression, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def test_a_lock_keeps_out_and_ends_with_its_process(tmp_path: Path) -> None:
    """However a process ends, what it locked is free; the file stays."""
    path = tmp_path / "lock"
    assert not is_locked(path)
    assert not path.exists()
    with another_process("system.locked_file(path)", path) as process:
        assert is_locked(path)
        with pytest.raises(BlockingIOError), locked_file(path):
            pass
        with pytest.raises(BlockingIOError), locked_file(path, shared=True):
            pass
        process.kill()
        process.wait()
        assert not is_locked(path)
    with locked_file(path):
        assert is_locked(path)
    assert path.exists()


def test_a_lock_is_waited_for(tmp_path: Path) -> None:
    """It is taken as soon as the other holder has ended."""
    path = tmp_path / "lock"
    with another_process("system.locked_file(path)", path) as process:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
        with locked_file(path, wait_s=60):
            assert is_locked(path)


def test_shared_locks_keep_out_exclusive_ones_only(tmp_path: Path) -> None:
    """Two commands that read do not wait for each other."""
    path = tmp_path / "lock"
    with another_process("system.locked_file(path, shared=True)", path), locked_file(path, shared=True):
        assert not is_locked(path)
        with pytest.raises(BlockingIOError), locked_file(path):
            pass


def test_an_error_of_the_block_is_its_own(tmp_path: Path) -> None:
    """A BlockingIOError that the block raises is not taken for a lock, and frees it."""
    path = tmp_path / "lock"
    with pytest.raises(BlockingIOError, match="mine"), locked_file(path):
        raise BlockingIOError("mine")
    assert not is_locked(path)


def test_a_folder_tells_whether_others_use_it(tmp_path: Path) -> None:
    """Nothing is made in it for that."""
    with used_folder(tmp_path) as is_alone:
        assert is_alone()
        assert list(tmp_path.iterdir()) == []
    with another_process("system.used_folder(path)", tmp_path) as process, used_folder(tmp_path) as is_alone:
        assert not is_alone()
        process.kill()
        process.wait()
        assert is_alone()


def test_a_process_runs_until_it_ended() -> None:
    """Numbers that no process has count as ended, those of others as running."""
    assert is_running(os.getpid())
    assert is_running(1)
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    assert not is_running(ended.pid)


def test_rights_of_others_are_mode_bits(tmp_path: Path) -> None:
    """What the owner may do does not count."""
    path = tmp_path / "a"
    path.touch(mode=0o600)
    assert rights_of_others(path) == 0
    path.chmod(0o640)
    assert rights_of_others(path) == 0o040


def test_windows_is_asked_for_nothing_that_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There folders have no locks, processes cannot be looked at, and modes mean nothing; nobody's file is removed."""
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setitem(sys.modules, "resource", None)
    with used_folder(tmp_path) as is_alone:
        assert not is_alone()
    assert is_running(2**22 + 1)
    assert rights_of_others(tmp_path) == 0
    assert raise_file_limit() == 1_048_576
    with socket.socket() as listener:
        reuse_address(listener)
        assert not listener.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR)


def test_the_limit_of_files_is_raised_as_far_as_it_goes() -> None:
    """It can be raised again without an error."""
    assert raise_file_limit() == raise_file_limit() > 0


_IMPORT_ALL = """
import importlib, pkgutil, sys
import multiprocessing, portalocker, subprocess, uvicorn  # they have a part for each system
for name in ("fcntl", "resource", "termios", "pwd", "grp"):
    sys.modules[name] = None
import analysis, crowd, templates
for package in (crowd, analysis, templates):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(module.name)
from crowd.operating_system import raise_file_limit
print(raise_file_limit())
"""


@pytest.mark.slow
def test_every_module_imports_without_what_only_posix_has() -> None:
    """Where `fcntl` and `resource` are missing, as on Windows, nothing of ours needs them to be imported."""
    done = subprocess.run([sys.executable, "-c", _IMPORT_ALL], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout == "1048576\n"


def test_only_one_module_imports_what_only_posix_has() -> None:
    """The others ask `crowd.operating_system`."""
    root = Path(__file__).parents[2]
    modules = [path for folder in ("crowd", "analysis", "templates") for path in (root / folder).rglob("*.py")]
    importing = [
        path.relative_to(root).as_posix()
        for path in modules
        if any(f"import {name}" in path.read_text(encoding="utf-8") for name in ("fcntl", "resource", "portalocker"))
    ]
    assert importing == ["crowd/operating_system.py"]
