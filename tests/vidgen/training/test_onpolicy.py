import numpy as np
import pytest
import torch

from tests.tinyweights import C3D_CONFIG, DEEP_CONFIG
from vidgen.dataset.clips import render, sample_spec
from vidgen.dataset.scene import ClipSpec
from vidgen.labels import LABELS
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D
from vidgen.training import onpolicy
from vidgen.training.batches import class_batch
from vidgen.training.onpolicy import Descending, Descents, candidates, descent_loss, nearest_clip, shift


def ink_of(frames):
    """The ink `(3, frames, height, width)` of a clip."""
    return 1 - torch.from_numpy(frames.astype(np.float32)).permute(3, 0, 1, 2) / 255


@pytest.fixture(autouse=True)
def few_candidates(monkeypatch):
    """Few candidates, which take less time to draw."""
    monkeypatch.setattr(onpolicy, "CANDIDATES", 24)
    candidates.cache_clear()
    yield
    candidates.cache_clear()


@pytest.fixture
def learner():
    """A tiny auto-encoder whose six videos descend on a tiny classifier."""
    guide = checkpoints.build("c3d", C3D_CONFIG, seed=1).eval().requires_grad_(False)
    assert isinstance(guide, C3D)
    return Descents(checkpoints.build("windowed-tempcae", DEEP_CONFIG, seed=2), guide, Descending(kept=6, age=3))


def test_frames_are_found_where_they_were_moved():
    """The shift between frames and moved ones is that by which they were moved."""
    clip = torch.zeros(2, 96, 128)
    clip[:, 40:50, 60:75] = 1
    assert shift(clip, clip.roll((3, -7), (1, 2))).tolist() == [-7, 3]


@pytest.mark.parametrize("number", [0, 9])
def test_the_nearest_clip_fits_a_veiled_one(number):
    """A training clip that no candidate equals is met more closely than by the nearest candidate."""
    label = LABELS[number]
    shown = ink_of(render(sample_spec((label,), split="train", rng=np.random.default_rng(50 + number))))
    grain = 0.3 * torch.rand(shown.shape, generator=torch.Generator().manual_seed(0))
    found = ink_of(nearest_clip(0.6 * shown + 0.2 + grain, label, np.random.default_rng(0)))
    actors = candidates(label)[0]
    others = torch.stack([ink_of(render(ClipSpec(actors=(actor,)))) for actor in actors])
    errors = (others - shown).square().flatten(1).mean(1)
    assert (found - shown).square().mean() < min(errors.min(), 0.6 * errors.median())


@pytest.mark.thorough
def test_what_descends_moves_a_step_and_begins_anew(learner):
    """Each step moves some of the videos once; they age, and one that is old enough begins with another start."""
    steps = [learner.ages.tolist()]
    for step in range(6):
        batch = class_batch(np.random.default_rng(step), 2, "train")
        before = learner.videos.clone()
        value = descent_loss(learner, batch, torch.Generator().manual_seed(step))
        changed = (learner.videos - before).flatten(1).any(1)
        assert int(changed.sum()) == learner.settings.moved
        assert value.isfinite()
        steps.append(learner.ages.tolist())
    assert all(1 <= age <= 3 for age in steps[-1])
    assert learner.tempcae.head.weight.grad is None
    value.backward()
    assert learner.tempcae.head.weight.grad is not None
    assert not any("guide" in name for name, _ in learner.named_parameters())


def test_a_training_goes_on_with_the_same_descents(learner):
    """The videos, their labels and ages are part of the state."""
    descent_loss(learner, class_batch(np.random.default_rng(0), 2, "train"), torch.Generator().manual_seed(0))
    assert {"videos", "ages", "goals"} <= set(learner.state_dict())
