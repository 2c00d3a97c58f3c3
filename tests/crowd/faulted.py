"""One command of a requester in a process of its own, which is killed at a chosen call.

As a program, ``python -m tests.crowd.faulted ACTION STUDY VIDEOS``, it does the command and nothing else.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.client import BaseClient

from crowd.ledger.ledger import Ledger
from crowd.lifecycle.bonuses import Bonus, bonus
from crowd.lifecycle.close import close, delete
from crowd.lifecycle.collect import collect
from crowd.lifecycle.extend import extend
from crowd.lifecycle.publish import publish
from crowd.lifecycle.recover import recover
from crowd.lifecycle.review import approve
from crowd.localplatform import Running
from crowd.media.s3 import S3Media, S3Settings

#: Answers per video after the extension of the tests.
EXTENDED = 3
REASON = "Thank you for taking part"


def bonuses(study_dir: Path, reason: str = REASON) -> list[Bonus]:
    """The bonuses that the tests pay: one for each assignment that the ledger has."""
    with Ledger(study_dir) as ledger:
        ids = [assignment.assignment_id for assignment in ledger.assignments()]
    return [Bonus(assignment_id=assignment_id, amount_usd="0.10", reason=reason) for assignment_id in ids]


#: What a requester does, by name; each takes the study and the videos directory.
ACTIONS: dict[str, Callable[[Path, Path], Any]] = {
    "publish": lambda study, videos: publish(study, videos),
    "publish on S3": lambda study, videos: publish(study, videos, media=S3Media(S3Settings(bucket="clips"))),
    "next round": lambda study, videos: publish(study, videos),
    "extend": lambda study, videos: extend(study, EXTENDED),
    "collect": lambda study, videos: collect(study),
    "approve": lambda study, videos: approve(study),
    "bonus": lambda study, videos: bonus(study, bonuses(study)),
    **{
        f"bonus {number}": lambda study, videos, number=number: bonus(study, bonuses(study, f"{REASON}, {number}"))
        for number in range(3)
    },
    "expire": lambda study, videos: close(study),
    "delete": lambda study, videos: delete(study, confirm=lambda num_hits: True),
    "recover": lambda study, videos: recover(study),
}


@dataclass(frozen=True, kw_only=True)
class Kill:
    """The call at which a process ends itself by SIGKILL."""

    operation: str
    skip: int = 0
    when: str
    """`before` the call goes out, or `after` its answer is there."""
    together: int = 1
    """Wait until so many calls, this one and later ones, have come to that point."""


def run(action: str, study_dir: Path, videos: Path, *, attempts: int = 1, kill: Kill | None = None) -> int | None:
    """Do the action in a new process; its exit code, negative where a signal ended it."""
    process = start(action, study_dir, videos, attempts=attempts, kill=kill)
    process.join()
    code: int | None = process.exitcode
    return code


def start(action: str, study_dir: Path, videos: Path, *, attempts: int = 1, kill: Kill | None = None) -> Any:
    """Begin the action in a new process."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "tests.crowd.warmed"])
    # The new process is forked from one that was started with an earlier test's environment.
    environment = {name: value for name, value in os.environ.items() if name.startswith("AWS_")}
    environment["AWS_MAX_ATTEMPTS"] = str(attempts)
    process = context.Process(target=_act, args=(action, study_dir, videos, environment, kill), daemon=True)
    process.start()
    return process


def _act(action: str, study_dir: Path, videos: Path, environment: dict[str, str], kill: Kill | None) -> None:
    os.environ.update(environment)
    if kill:
        _arm(kill)
    os._exit(do(action, study_dir, videos))


def do(action: str, study_dir: Path, videos: Path) -> int:
    """Do the action here; 0, or 1 with the reason in the study's error.txt."""
    try:
        ACTIONS[action](study_dir, videos)
    except (ValueError, OSError) as error:
        (study_dir / "error.txt").write_text(str(error), encoding="utf-8")
        return 1
    return 0


def _arm(kill: Kill) -> None:
    """Let every call of boto3, paged ones included, pass through a counter that kills."""
    send = BaseClient._make_api_call
    seen, turn, meeting = 0, threading.Lock(), threading.Barrier(kill.together, timeout=20)

    def end() -> None:
        meeting.wait()
        os.kill(os.getpid(), signal.SIGKILL)

    def counted(self: BaseClient, operation: str, parameters: Any) -> Any:
        nonlocal seen
        with turn:
            seen += operation == kill.operation
            mine = operation == kill.operation and kill.skip < seen <= kill.skip + kill.together
        if mine and kill.when == "before":
            end()
        answer = send(self, operation, parameters)
        if mine and kill.when == "after":
            end()
        return answer

    BaseClient._make_api_call = counted


class KillDuring:
    """A hook in a server's faults: kills a process while the server has its call in hand."""

    def __init__(self, server: Running, operation: str, skip: int = 0) -> None:
        self._pid: Future[int] = Future()
        self._operation, self._left = operation, skip
        self._strike = server.platform.faults.strike
        server.platform.faults.strike = self._strike_and_kill  # type: ignore[method-assign]

    def aim(self, pid: int) -> None:
        """Choose the process; calls of the operation wait until that is done."""
        self._pid.set_result(pid)

    def _strike_and_kill(self, operation: str) -> Any:
        if operation == self._operation and self._left >= 0:
            pid = self._pid.result(60)
            if self._left == 0:
                os.kill(pid, signal.SIGKILL)
            self._left -= 1
        return self._strike(operation)


if __name__ == "__main__":
    sys.exit(do(sys.argv[1], Path(sys.argv[2]), Path(sys.argv[3])))
