"""Collects a study's answers until all are in."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

from crowd.lifecycle.collect import Collected, collect
from crowd.lifecycle.place import settle
from crowd.lifecycle.prepare import check_unchanged
from crowd.lifecycle.publish import open_due_rounds
from crowd.platforms import PlatformUnreachableError


def watch(
    study_dir: str | Path, *, every_s: float = 30.0, sleep: Callable[[float], None] = time.sleep
) -> Iterator[Collected]:
    """Collect repeatedly until all answers are in, and open each later round when it is due.

    If the platform does not answer for a while, the next collection tries again.

    Args:
        study_dir: a published study.
        every_s: seconds between two collections.
        sleep: called with that time to wait.

    Yields:
        The result of `collect`, the first time and whenever something is new.

    Raises:
        ValueError: nothing was published from there, or the study may be a copy.
        OSError: the platform does not answer the first time, or a file cannot be written.

    Example:
        >>> for got in crowd.watch("my-study"):
        ...     print(got.assignments, "of", got.wanted)
        ...     break
        4 of 9
    """
    got = collect(study_dir)
    if got.assignments < got.wanted:
        settle(study_dir)  # at once, not only when a later round is due and nobody is watching
        check_unchanged(Path(study_dir))
    yield got
    while got.assignments < got.wanted:
        sleep(every_s)
        try:
            open_due_rounds(study_dir)
            got = collect(study_dir)
        except PlatformUnreachableError:
            continue
        if got.new or got.assignments >= got.wanted:
            yield got
