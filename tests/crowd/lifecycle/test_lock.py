"""One command at a time decides about a study."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from crowd.design.design import Design
from crowd.ledger.budget import Consent
from crowd.lifecycle.extend import extend
from crowd.lifecycle.lock import deciding, locked
from crowd.lifecycle.publish import open_due_rounds
from crowd.localplatform import running
from tests.crowd.lifecycle.test_extend import sizes
from tests.crowd.readonly import run_unprivileged, stopped_by_permissions, write_protected

FILE = ".lock"


def test_no_extension_is_lost_beside_a_watching_collector(study_at: Callable[[str], Path]) -> None:
    """What one command read of the design, another one cannot have changed by the time it is written."""
    study_dir = study_at("extend")
    done = threading.Event()
    failures: list[BaseException] = []

    def watch() -> None:
        try:
            while not done.is_set():
                open_due_rounds(study_dir)
        except BaseException as error:
            failures.append(error)

    with running(study_dir):
        watchers = [threading.Thread(target=watch) for _ in range(2)]
        for watcher in watchers:
            watcher.start()
        try:
            for answers in range(3, 10):
                extend(study_dir, answers, consent=Consent(cap_usd="40"))
                assert {hit.num_assignments for hit in Design.load(study_dir).hits} == {answers}
        finally:
            done.set()
            for watcher in watchers:
                watcher.join()
        assert set(sizes(study_dir).values()) == {9}
    assert not failures


def test_a_command_says_who_keeps_it_waiting(tmp_path: Path) -> None:
    """It waits, and where that takes too long it says why."""
    with locked(tmp_path):
        waiting: list[str] = []

        def wait() -> None:
            try:
                with locked(tmp_path, wait_s=0.1):
                    waiting.append("in")
            except ValueError as error:
                waiting.append(str(error))

        thread = threading.Thread(target=wait)
        thread.start()
        thread.join()
    assert waiting == [f"{tmp_path}: another command has been working on this study for 0.1 s; wait for it, or stop it"]
    with locked(tmp_path, wait_s=0.1):
        pass


def test_a_command_that_waits_says_so_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It does not look as if it hung, and goes on when the other has ended."""
    monkeypatch.setattr("crowd.lifecycle.lock._SILENT_S", 0.05)
    caplog.set_level("INFO")
    got_in = threading.Event()

    def wait() -> None:
        with locked(tmp_path, wait_s=60):
            got_in.set()

    waiting = threading.Thread(target=wait)
    with locked(tmp_path):
        waiting.start()
        while not caplog.messages:
            assert waiting.is_alive()
        assert not got_in.is_set()
    waiting.join()
    assert got_in.is_set()
    assert caplog.messages == [f"{tmp_path}: another command is at work on this study; waiting until it has ended"]


def test_where_nothing_was_published_no_lock_is_made(tmp_path: Path) -> None:
    """A mistyped directory stays as it was."""
    with pytest.raises(ValueError, match="nothing was published from here"), deciding(tmp_path / "typo"):
        pass
    with pytest.raises(ValueError, match="nothing was published from here"), deciding(tmp_path):
        pass
    assert not (tmp_path / "typo").exists()
    assert not (tmp_path / FILE).exists()


@stopped_by_permissions
def test_a_study_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    """The message names the study, not the file of the lock."""
    program = "import sys; from crowd.lifecycle.lock import locked\nwith locked(sys.argv[1]): pass"
    with write_protected(tmp_path):
        done = run_unprivileged(program, tmp_path)
    assert f"PermissionError: {tmp_path}: nothing may be written there" in done.stderr
