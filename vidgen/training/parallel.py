"""Trainings side by side, a process each: small networks gain little from a second core, two of them gain a whole."""

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


def side_by_side(
    trainings: Mapping[str, Callable[[Callback], Any]], callback: Callback, *, cores: int, longest: str | None = None
) -> None:
    """Run trainings in processes that share the cores, and end when all have ended.

    Args:
        trainings: by name; each can be sent to another process, and takes a callback.
        callback: told here of each step of each.
        cores: threads that they share.
        longest: the training that takes longest, to which the others give way.

    Raises:
        Exception: what one of them raised; the others are ended.
        ChildProcessError: one of them was ended from outside.
    """
    context = mp.get_context("spawn")
    news = context.Queue()
    threads = max(1, cores // len(trainings))
    processes = {}
    for name, training in trainings.items():
        gives_way = longest is not None and name != longest
        processes[name] = context.Process(target=_run, args=(training, news, threads, gives_way))
    try:
        with _interrupts_held():
            for process in processes.values():
                process.start()
        while True:
            running = any(process.is_alive() for process in processes.values())
            try:
                item = news.get(timeout=0.2)
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
def _interrupts_held() -> Iterator[None]:
    """Hold back an interrupt until the end; processes begun meanwhile never get one: it is for this process."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _run(training: Callable[[Callback], Any], news: Any, threads: int, gives_way: bool) -> None:
    if gives_way and hasattr(os, "nice"):
        os.nice(10)
    torch.set_num_threads(threads)
    tune_allocator()
    parent = mp.parent_process()

    def tell(name: str, progress: Progress) -> None:
        if parent is not None and not parent.is_alive():
            raise SystemExit(1)
        news.put((name, progress))

    try:
        training(tell)
    except Exception as error:
        news.put(error)
