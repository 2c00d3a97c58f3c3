"""Trainings in parallel, one process each.

On two cores, small networks gain little from a second thread each, and much from a core each.
"""

import multiprocessing as mp
import os
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from queue import Empty
from typing import Any

import torch

from vidgen.allocator import tune_allocator
from vidgen.training.fit import Progress

Callback = Callable[[str, Progress], None]


def train_in_parallel(
    trainings: Mapping[str, Callable[[Callback], Any]], callback: Callback, *, cores: int, longest: str | None = None
) -> None:
    """Run trainings in processes that share the cores, and return when all have ended.

    Args:
        trainings: by name; each can be pickled, and takes a callback.
        callback: called in this process after each step of each training.
        cores: the number of threads that they share.
        longest: the name of the training that takes longest; the others run at lower priority.

    Raises:
        Exception: what one of them raised; the others are terminated.
        ChildProcessError: one of them was killed.
    """
    context = mp.get_context("spawn")
    reports = context.Queue()
    threads = max(1, cores // len(trainings))
    processes = {}
    for name, training in trainings.items():
        yields = longest is not None and name != longest
        processes[name] = context.Process(target=_run, args=(training, reports, threads, yields))
    try:
        with _interrupts_blocked():
            for process in processes.values():
                process.start()
        while True:
            running = any(process.is_alive() for process in processes.values())
            try:
                item = reports.get(timeout=0.2)
            except Empty:
                if not running:
                    break
                continue
            if isinstance(item, Exception):
                raise item
            callback(*item)
        ended = [name for name, process in processes.items() if process.exitcode]
        if ended:
            raise ChildProcessError(f"the training of {', '.join(ended)} was ended from outside; run it again to go on")
    finally:
        for process in processes.values():
            if process.pid is not None:
                process.terminate()
                process.join()


@contextmanager
def _interrupts_blocked() -> Iterator[None]:
    """Block SIGINT in the block; processes started in it keep it blocked, so that Ctrl+C reaches this process only."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run(training: Callable[[Callback], Any], reports: Any, threads: int, yields: bool) -> None:
    if yields and hasattr(os, "nice"):
        os.nice(10)
    torch.set_num_threads(threads)
    tune_allocator()
    parent = mp.parent_process()

    def report(name: str, progress: Progress) -> None:
        if parent is not None and not parent.is_alive():
            raise SystemExit(1)
        reports.put((name, progress))

    try:
        training(report)
    except Exception as error:
        reports.put(error)
