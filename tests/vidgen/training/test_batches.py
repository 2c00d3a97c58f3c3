from itertools import islice

import numpy as np
import pytest
import torch

from vidgen.dataset.clips import sample_spec
from vidgen.dataset.scene import render
from vidgen.labels import LABELS
from vidgen.training.batches import (
    class_batch,
    labelled_batch,
    paths,
    snippet,
    snippet_batch,
    stream,
    target_of,
)


def draw(rng, *, size, split):
    return class_batch(rng, size, split)


def test_a_step_of_the_stream_depends_on_seed_and_step_alone():
    """The batch of step 2 is the same whether the stream began at step 0 or 2, and another with another seed."""
    settings = {"batch": 2, "split": "train", "workers": 0}
    from_start = list(stream(draw, seed=4, steps=range(3), **settings))
    resumed = next(stream(draw, seed=4, steps=range(2, 3), **settings))
    other = next(stream(draw, seed=5, steps=range(2, 3), **settings))
    assert len(from_start) == 3
    assert torch.equal(from_start[2].clips, resumed.clips)
    assert torch.equal(from_start[2].target, resumed.target)
    assert not torch.equal(from_start[1].clips, from_start[2].clips)
    assert not torch.equal(other.clips, resumed.clips)


@pytest.mark.slow
def test_a_worker_process_makes_the_same_batches():
    """Whether another process makes the batches or this one makes no difference to them."""
    own, others = (
        list(islice(stream(draw, batch=1, split="train", seed=0, steps=range(3), workers=workers), 3))
        for workers in (0, 1)
    )
    for one, other in zip(own, others, strict=True):
        assert torch.equal(one.clips, other.clips)


def test_targets_by_hand():
    """One label is one class, two share it, none is the class "none of these"."""
    size = len(LABELS) + 1
    assert target_of((LABELS[2],)).tolist() == [float(index == 2) for index in range(size)]
    assert target_of((LABELS[0], LABELS[3])).tolist() == [0.5 * (index in (0, 3)) for index in range(size)]
    assert target_of(()).tolist() == [float(index == size - 1) for index in range(size)]


def test_clips_with_their_targets():
    """Clips are uint8 videos, targets distributions; of a labelled batch a share shows none of the classes."""
    batch = labelled_batch(np.random.default_rng(0), 10, "train", negatives=0.4)
    assert batch.clips.shape == (10, 16, 96, 128, 3)
    assert batch.clips.dtype == torch.uint8
    assert torch.allclose(batch.target.sum(1), torch.ones(10))
    assert (batch.target[:6, -1] == 0).all()
    assert (batch.target[6:, -1] > 0).all()
    videos = batch.videos(torch.device("cpu"))
    assert videos.shape == (10, 3, 16, 96, 128)
    assert 0 <= videos.min() <= videos.max() <= 1
    assert videos[1, 2, 3, 4, 5] == batch.clips[1, 3, 4, 5, 2] / 255


def test_paths_follow_the_actors():
    """A clip's class is where its actor is, four frames at a time, and nowhere else."""
    spec = sample_spec((LABELS[0],), split="train", rng=np.random.default_rng(1))
    where = paths(spec, (LABELS[0],))
    assert where.shape == (11, 4, 6, 8)
    assert where[1:].max() == 0
    columns = [np.nonzero(where[0, t].max(0))[0].mean() for t in range(4)]
    centers = spec.actors[0].centers((np.arange(4) * 4 + 1.5) / 15)[:, 0]
    assert columns == pytest.approx(centers / 16 - 0.5, abs=1)


def test_a_snippet_is_part_of_its_clip():
    """Four frames from a time on are those of the whole clip, but for rounding and changes of speed."""
    spec = sample_spec((LABELS[2],), split="train", rng=np.random.default_rng(3))
    whole, part = render(spec).astype(int), render(snippet(spec, 5 / 15), num_frames=4).astype(int)
    assert np.abs(whole[5:9] - part).mean() < 0.5


def test_snippets_show_classes_and_others():
    """Snippets are four frames; about a quarter show no class, and then nothing is anywhere."""
    batch = snippet_batch(np.random.default_rng(0), 40, "train", frame=(64, 48))
    assert batch.clips.shape == (40, 4, 48, 64, 3)
    assert batch.where.shape == (40, 11, 1, 6, 8)
    none = batch.target[:, -1] == 1
    assert 3 <= none.sum() <= 18
    assert (batch.where.flatten(1).amax(1) > 0).tolist() == (~none).tolist()
