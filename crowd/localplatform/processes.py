"""Serves one study by several processes, which share the listening socket and a PostgreSQL store.

The process that starts them listens, does what is periodic, and starts another worker in place of one that ends. A
worker answers requests until its standard input ends, as it does when the process that started it is killed.

What each worker has for itself: the limits on requests and connections, which hold per worker, and copies of what
never changes (links, questions). Everything else is in the store.
"""

import json
import logging
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from prometheus_client.multiprocess import mark_process_dead

from crowd.localplatform.clock import SteadyClock
from crowd.localplatform.marketplace import Marketplace
from crowd.localplatform.metrics import SHARED
from crowd.localplatform.store import pauses

_log = logging.getLogger(__name__)

#: How long all workers may take to start, and one to finish its requests, in seconds.
_START_S, _FINISH_S = 60, 15
#: A worker that ended sooner is started again after this time only.
_SHORT_LIFE_S = 1.0
#: How often the time of the study is noted, in seconds.
_TICK_S = 30


class WorkerProcesses:
    """The processes that serve one study.

    Args:
        count: how many there are.
        listener: the listening socket.
        settings: what each of them is told, see `crowd.localplatform.worker_process`.
    """

    def __init__(self, count: int, listener: socket.socket, settings: dict[str, Any]):
        self._listener, self._settings = listener, settings
        self._stopping = threading.Event()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self._ready, self._ready_end = os.pipe()
        self._measurements = tempfile.TemporaryDirectory(prefix="vidgen-metrics-")
        self._threads = [threading.Thread(target=self._keep, args=(number,), daemon=True) for number in range(count)]

    def start(self) -> None:
        """Start all workers, and wait until they answer.

        Raises:
            OSError: one of them does not.
        """
        for thread in self._threads:
            thread.start()
        until = time.monotonic() + _START_S
        for _ in self._threads:
            readable, _, _ = select.select([self._ready], [], [], max(0.0, until - time.monotonic()))
            if not readable:
                raise OSError(f"the platform's workers did not start in {_START_S} s")
            os.read(self._ready, 1)

    def stop(self) -> None:
        """Let the workers finish their requests, and wait until they have ended."""
        self._stopping.set()
        for process in list(self._processes.values()):
            _end_input(process)
        for thread in self._threads:
            thread.join(_FINISH_S)
        for process in list(self._processes.values()):
            process.kill()
        os.close(self._ready)
        os.close(self._ready_end)
        self._measurements.cleanup()

    @property
    def pids(self) -> list[int]:
        """The processes' ids."""
        return [process.pid for process in self._processes.values()]

    def _keep(self, number: int) -> None:
        """Run one worker, and another after it, until all are stopped."""
        while not self._stopping.is_set():
            started = time.monotonic()
            process = self._processes[number] = self._started()
            if self._stopping.is_set():  # it may have been missed
                _end_input(process)
            code = process.wait()
            _end_input(process)
            mark_process_dead(process.pid, self._measurements.name)  # type: ignore[no-untyped-call]
            if not self._stopping.is_set():
                _log.error("worker %d of the platform ended (%s) and is started again", number + 1, code)
                self._stopping.wait(max(0.0, _SHORT_LIFE_S - (time.monotonic() - started)))

    def _started(self) -> subprocess.Popen[bytes]:
        files = self._listener.fileno(), self._ready_end
        process = subprocess.Popen(
            [sys.executable, "-c", "from crowd.localplatform.worker_process import main; main()"],
            stdin=subprocess.PIPE,
            stdout=None if self._settings["log"] == "-" else subprocess.DEVNULL,
            env=os.environ | {SHARED: self._measurements.name},
            pass_fds=files,
        )
        assert process.stdin is not None  # noqa: S101
        told = self._settings | {"listener": files[0], "ready": files[1]}
        with suppress(BrokenPipeError):
            process.stdin.write(json.dumps(told).encode() + b"\n")
            process.stdin.flush()
        return process


@contextmanager
def serving(
    count: int,
    log: str | Path | None,
    platform: Marketplace,
    listener: socket.socket,
    public_url: str | None,
    proxies: list[str],
) -> Iterator[WorkerProcesses]:
    """Serve with so many processes while the block runs.

    Raises:
        OSError: they do not start.
    """
    clock = platform.clock
    settings = {
        "study_dir": str(platform.study_dir.absolute()),
        "offset_s": clock.offset_s if isinstance(clock, SteadyClock) else None,
        "public_url": public_url,
        "proxies": proxies,
        "shows_videos": platform.shows_videos,
        "log": None if log is None else str(log),
    }
    workers, stopped = WorkerProcesses(count, listener, settings), threading.Event()
    ticking = threading.Thread(target=_tick, args=(platform, stopped), name="platform-time", daemon=True)
    ticking.start()
    try:
        workers.start()
        yield workers
    finally:
        workers.stop()
        stopped.set()
        ticking.join()


def _tick(platform: Marketplace, stopped: threading.Event) -> None:
    while not stopped.wait(_TICK_S):
        try:
            platform.transact(pauses.remember)
        except Exception:
            _log.exception("The platform's time could not be noted")


def _end_input(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None  # noqa: S101
    with suppress(OSError):
        process.stdin.close()
