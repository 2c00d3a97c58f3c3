"""Ctrl+C, wherever a command is: one line that says what is kept and what to do next, exit status 130, nothing lost."""

import os
import pkgutil
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

import click
import pytest

from crowd.ledger.ledger import Ledger
from crowd.localplatform import endpoint_of, invite
from crowd.localplatform.people import links
from tests.cli.program import PROGRAMS, vidgen
from tests.crowd.clips import write_videos
from tests.crowd.copies import copy_study
from vidgen.cli import COMMANDS, load
from vidgen.cli.serve_tasks import next_of
from vidgen.cli.stopping import stopped

pytestmark = pytest.mark.thorough

_LINE = re.compile(r"Stopped: [^\n]+: [^\n]*(the same command|serve-tasks)[^\n]*\.\Z")


@pytest.fixture(autouse=True)
def _taken() -> Iterator[None]:
    """A shell's background jobs, which tests may be part of, ignore Ctrl+C, and so does what they start."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def ctrl_c_at(call: int, function: str) -> Iterator[None]:
    """Press it when that function of the program ends its so-manieth call."""
    home, _, name = function.rpartition(".")
    left = call
    with pytest.MonkeyPatch.context() as patch:
        owner = pkgutil.resolve_name(home)
        real: Callable[..., Any] = getattr(owner, name)

        def counted(*arguments: Any, **options: Any) -> Any:
            nonlocal left
            done = real(*arguments, **options)
            left -= 1
            if left == 0:
                signal.raise_signal(signal.SIGINT)
            return done

        patch.setattr(owner, name, counted)
        yield


def check(output: str, status: int) -> None:
    """Hold what a command printed last to what such a line must say."""
    line = output.rstrip("\n").rpartition("\n")[2]
    assert status == 130, output[-1500:]
    assert _LINE.match(line), output[-1500:]
    assert "Traceback" not in output
    assert "Aborted" not in output


@pytest.fixture(scope="module")
def videos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_videos(tmp_path_factory.mktemp("videos"))


@pytest.fixture(scope="module")
def _answered(tmp_path_factory: pytest.TempPathFactory, videos: Path) -> Path:
    """A study of three HITs; two programs have done them."""
    study = tmp_path_factory.mktemp("answered") / "study"
    study.mkdir()
    assert vidgen("new-study", videos, "--study", study).exit_code == 0
    text = (study / "study.toml").read_text()
    (study / "study.toml").write_text(re.sub(r"(?m)^#? *videos_per_hit = .*", "videos_per_hit = 3", text))
    assert vidgen("publish-tasks", videos, "--study", study, "--anyway").exit_code == 0
    assert vidgen("simulate-answers", "--study", study, "--workers", 2).exit_code == 0
    return study


@pytest.fixture
def answered(_answered: Path, tmp_path: Path) -> Path:
    return copy_study(_answered, tmp_path / "study")


#: By command: its other options, and where Ctrl+C comes.
CASES = {
    "publish-tasks": ("{videos} --study {new} --anyway", 1, "crowd.ledger.ledger.Ledger.mark_done"),
    "simulate-answers": ("--study {study} --workers 2", 1, "crowd.simulated.workers._check"),
    "collect-answers": ("--study {study}", 2, "crowd.ledger.ledger.Ledger.store_assignments"),
    "approve-answers": ("--study {study}", 2, "crowd.ledger.ledger.Ledger.mark_done"),
    "extend-study": ("--study {study} --until 2099-01-01", 1, "crowd.ledger.ledger.Ledger.mark_done"),
    "expire-study": ("--study {study}", 1, "crowd.ledger.ledger.Ledger.mark_done"),
}


@pytest.mark.parametrize("name", CASES)
def test_a_stopped_command_says_so_and_is_finished_by_the_same_command(
    name: str, answered: Path, videos: Path, tmp_path: Path
) -> None:
    """What was done is kept, and typing it again does the rest."""
    options, call, function = CASES[name]
    words = options.format(study=answered, videos=videos, new=tmp_path / "new").split()
    with ctrl_c_at(call, function):
        interrupted = vidgen(name, *words)
    check(interrupted.output, interrupted.exit_code)
    again = vidgen(name, *words)
    assert again.exit_code == 0, again.output
    with Ledger(Path(words[words.index("--study") + 1])) as ledger:
        assert [entry for entry in ledger.entries() if entry.state != "done"] == []


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_something_to_say(name: str) -> None:
    """The line names what the command was given, whatever that was."""
    parameters = {parameter.name: f"THE-{parameter.name}" for parameter in load(name).params if parameter.name}
    assert _LINE.match(stopped(name, parameters))


def test_ctrl_c_at_a_question_is_no_answer(answered: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pressed where something is to be typed it stops the command; an end of the input is still an error of its own."""

    def pressed(*_: object, **__: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr(click.termui, "visible_prompt_func", pressed)
    result = vidgen("delete-study", "--study", answered)
    assert result.exit_code in (1, 130)
    monkeypatch.undo()
    assert vidgen("delete-study", "--study", answered).exit_code == 1


@contextmanager
def begun(*words: Any, until: str) -> Iterator[subprocess.Popen[str]]:
    """A command in a process group of its own, as a shell starts it, that has printed that."""
    process = subprocess.Popen(
        [str(PROGRAMS / "vidgen"), *map(str, words)],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"},
    )  # fmt: skip
    assert process.stdout is not None
    try:
        while until and until not in (line := process.stdout.readline()):
            assert line, process.communicate()[1]
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def press(process: subprocess.Popen[str]) -> None:
    """Ctrl+C goes to all processes of the group."""
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=60)
    check(errors, process.returncode)


def test_a_served_study_and_one_that_is_watched(answered: Path) -> None:
    """Both wait for hours; stopped, each says what is kept, and the server takes its address with it."""
    path = invite(answered, 1)[0]
    with begun("serve-tasks", "--study", answered, until="Ctrl+C") as server:
        assert endpoint_of(answered)
        with begun("collect-answers", "--study", answered, "--watch", until="assignments") as watch:
            press(watch)
        press(server)
    assert not (answered / "platform.json").exists()
    assert path in links(answered)


def test_a_service_manager_ends_the_server_in_good_order(answered: Path) -> None:
    """SIGTERM is an ordinary end, exit status 0."""
    with begun("serve-tasks", "--study", answered, until="Ctrl+C") as server:
        server.terminate()
        assert server.wait(60) == 0


def test_a_signal_that_comes_as_the_wait_begins_is_not_waited_for_in_vain() -> None:
    """Python handles such a signal after the wait, so the wait for it has an end, and begins again."""
    signals: SimpleQueue[int] = SimpleQueue()
    waits: list[float] = []

    class Missed:
        """A queue in which nothing arrives while it is waited for, but between two waits."""

        def get(self, *, timeout: float) -> int:
            waits.append(timeout)
            if len(waits) == 1:
                signals.put(signal.SIGTERM)
                raise Empty
            return signals.get(timeout=timeout)

    assert next_of(Missed()) == signal.SIGTERM  # type: ignore[arg-type]
    assert len(waits) == 2
    assert max(waits) < 5


def group_is_alive(number: int) -> bool:
    try:
        os.killpg(number, 0)
    except ProcessLookupError:
        return False
    return True


#: Commands that begin processes or threads of their own, and the files that show that they are at work.
BUSY = {
    "make-dataset": ("--out {out} --per-class 40", "**/*.mp4"),
    "generate-batch": ("--out {out} --methods comparison --weights {weights} --steps 99 --batch-size 1", "**/*.mp4"),
    "train": ("--out {out}", "*"),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", BUSY)
def test_commands_with_processes_of_their_own_stop_as_one(name: str, tmp_path: Path, tiny_weights: Path) -> None:
    """No process of theirs says anything about it, and none outlives the command."""
    out, (words, file) = tmp_path / "out", BUSY[name]
    with begun(name, *words.format(out=out, weights=tiny_weights).split(), until="") as process:
        give_up = time.monotonic() + 120
        while not list(out.glob(file)):
            assert process.poll() is None
            assert time.monotonic() < give_up
            time.sleep(0.05)
        press(process)
        while group_is_alive(process.pid):
            assert time.monotonic() < give_up
            time.sleep(0.05)
