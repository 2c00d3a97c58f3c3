from dataclasses import replace

import numpy as np
import pytest
import torch

from vidgen.dataset.clips import sample_actor
from vidgen.dataset.drawing import OBJECTS
from vidgen.dataset.scene import ClipSpec
from vidgen.training.judge_batches import judge_batch, middles


def test_the_judge_learns_where_what_is():
    """Its frames come with the middle of each object that can be seen, and junk with nothing."""
    batch = judge_batch(np.random.default_rng(0), 30, "judge")
    assert batch.clips.shape == (30, 1, 96, 128, 3)
    where = batch.target
    assert where.shape == (30, 6, 96, 128)
    assert 0 <= where.min() < where.max() <= 1
    empty = where.flatten(1).amax(1) == 0
    assert 2 <= empty.sum() <= 12
    ink = 255 - batch.clips[:, 0].float().mean(-1)
    for index in torch.nonzero(~empty).flatten():
        assert ink[index][where[index].amax(0) > 0].mean() > 3 * ink[index].mean()


def test_middles_by_hand():
    """An ellipse about the actor's middle, as strong as the actor can be seen, the one painted later above."""
    actor = sample_actor("car", None, split="train", rng=np.random.default_rng(0), facing="right")
    other = replace(actor, object="ship", opacity=0.5)
    column, row = int(actor.start[0]), int(actor.start[1])
    for actors, expected in (((actor,), [1, 0]), ((replace(actor, opacity=0.2),), [0, 0]), ((actor, other), [0, 0.5])):
        where = middles(ClipSpec(actors=actors))
        assert where[[OBJECTS.index("car"), OBJECTS.index("ship")], row, column] == pytest.approx(expected)
        assert where[:, 0, 0].max() == 0
