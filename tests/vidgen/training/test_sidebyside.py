import os
import signal
from functools import partial

import pytest

from vidgen.training.fit import Progress
from vidgen.training.sidebyside import side_by_side


def count(name, steps, callback):
    """Something that takes steps."""
    for step in range(steps):
        callback(name, Progress(step + 1, steps, 0.5))


def fail(callback):
    """Something that cannot be trained."""
    raise ValueError("the folder has no videos")


def vanish(callback):
    """Something that is killed, as by a machine short of memory."""
    os.kill(os.getpid(), signal.SIGKILL)


def test_each_training_is_heard_of():
    """All steps of all trainings are told, each training's in order."""
    heard = []
    side_by_side(
        {"one": partial(count, "one", 3), "two": partial(count, "two", 2)},
        lambda name, progress: heard.append((name, progress.step)),
        cores=2,
    )
    assert [step for name, step in heard if name == "one"] == [1, 2, 3]
    assert [step for name, step in heard if name == "two"] == [1, 2]


def niceness(name, callback):
    """Something that tells its niceness as its step."""
    callback(name, Progress(os.nice(0), 20, 0.5))


@pytest.mark.skipif(not hasattr(os, "nice"), reason="processes have no niceness here")
def test_the_longest_has_the_processor_first():
    """The other trainings give way to it."""
    heard = {}
    trainings = {name: partial(niceness, name) for name in ("one", "two")}
    side_by_side(trainings, lambda name, step: heard.update({name: step.step - os.nice(0)}), cores=2, longest="two")
    assert heard == {"one": 10, "two": 0}


def test_what_one_training_raises_ends_all():
    """An error in a process of its own is the caller's error."""
    with pytest.raises(ValueError, match="the folder has no videos"):
        side_by_side({"one": fail, "two": partial(count, "two", 2)}, lambda name, progress: None, cores=2)


def test_a_training_that_was_killed_is_named():
    """A process ended from outside is not taken for one that is done."""
    with pytest.raises(ChildProcessError, match="the training of one was ended from outside"):
        side_by_side({"one": vanish, "two": partial(count, "two", 1)}, lambda name, progress: None, cores=2)
