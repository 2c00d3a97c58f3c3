import os
import signal
from functools import partial

import pytest

from vidgen.training.fit import Progress
from vidgen.training.parallel import train_in_parallel


def count(name, steps, callback):
    """Something that takes steps, and tells its niceness as its loss."""
    for step in range(steps):
        callback(name, Progress(step + 1, steps, os.nice(0)))


def fail(callback):
    """Something that cannot be trained."""
    raise ValueError("the folder has no videos")


def vanish(callback):
    """Something that is killed, as by a machine short of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.thorough
def test_each_training_is_heard_of():
    """All steps of all trainings are reported, each training's in order; all but the longest run at lower priority."""
    heard = []
    train_in_parallel(
        {"one": partial(count, "one", 3), "two": partial(count, "two", 2)},
        lambda name, progress: heard.append((name, progress.step, progress.loss - os.nice(0))),
        cores=2,
        longest="two",
    )
    assert [step[1:] for step in heard if step[0] == "one"] == [(1, 10), (2, 10), (3, 10)]
    assert [step[1:] for step in heard if step[0] == "two"] == [(1, 0), (2, 0)]


@pytest.mark.thorough
def test_what_one_training_raises_ends_all():
    """An error in a process of its own is the caller's error."""
    with pytest.raises(ValueError, match="the folder has no videos"):
        train_in_parallel({"one": fail, "two": partial(count, "two", 2)}, lambda name, progress: None, cores=2)


@pytest.mark.thorough
def test_a_training_that_was_killed_is_named():
    """A process ended from outside is not taken for one that is done."""
    with pytest.raises(ChildProcessError, match="the training of one was ended from outside"):
        train_in_parallel({"one": vanish, "two": partial(count, "two", 1)}, lambda name, progress: None, cores=2)
