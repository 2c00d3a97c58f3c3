import numpy as np
import pytest
import torch

from vidgen.captions.scene import KINDS, MOST_OBJECTS
from vidgen.dataset.settings import SPLITS
from vidgen.networks.attribute_judge import STRIDE, AttributeJudge, AttributeJudgeConfig, Maps
from vidgen.training import attribute_batches
from vidgen.training.attribute_batches import attribute_batch, attribute_loss, damaged, distorted_frames
from vidgen.training.batches import Batch


def test_targets_say_where_objects_are():
    """At the centre of each object of the target the frame differs from its corner, and far from all it does not."""
    batch = attribute_batch(np.random.default_rng(0), 24, "judge")
    assert batch.clips.shape == (24, 1, 96, 128, 3)
    assert batch.target.shape == (24, MOST_OBJECTS, 6)
    y, x = np.mgrid[:96, :128] + 0.5
    for frame, target in zip(batch.clips[:, 0].numpy().astype(int), batch.target.numpy(), strict=True):
        ground = np.median(frame.reshape(-1, 3), 0)
        differs = np.abs(frame - ground).max(-1) > 3
        far = np.ones((96, 128), bool)
        for there, kind, _, cx, cy, size in target:
            if there:
                near = np.maximum(abs(x - cx), abs(y - cy)) < size
                assert differs[near].mean() > 0.05
                assert 0 <= kind < len(KINDS)
                far &= ~near
        assert not differs[far].mean() > 0.02


def test_only_drawings_of_the_split_are_learned(monkeypatch):
    """The judge learns from its own drawings, which no generating network has seen."""
    asked = []
    real = attribute_batches.place
    monkeypatch.setattr(
        attribute_batches, "place", lambda scene, rng, split: asked.append(split) or real(scene, rng, split=split)
    )
    attribute_batch(np.random.default_rng(0), 4, "judge")
    assert set(asked) == {"judge"}
    assert not set(SPLITS["judge"]) & (set(SPLITS["train"]) | set(SPLITS["test"]))


class Perfect(AttributeJudge):
    """A network that says just what one target holds, or with a wrong kind, or nothing."""

    def __init__(self, target, *, kind=None, silent=False):
        super().__init__(AttributeJudgeConfig(widths=(2, 2, 2), depth=0))
        self.target, self.kind, self.silent = target, kind, silent

    def forward(self, frames):
        shape = (len(frames), 96 // STRIDE, 128 // STRIDE)
        maps = Maps(
            torch.full(shape, -12.0),
            torch.full((shape[0], 24, *shape[1:]), -12.0),
            torch.full((shape[0], 10, *shape[1:]), -12.0),
            torch.zeros(shape[0], 2, *shape[1:]),
            torch.zeros(shape),
        )
        for number, objects in enumerate(self.target):
            for there, kind, color, x, y, size in objects.tolist():
                row, column = int(y // STRIDE), int(x // STRIDE)
                if there and not self.silent:
                    maps.centre[number, row, column] = 12
                if there:
                    maps.kind[number, int(kind) if self.kind is None else self.kind, row, column] = 12
                    maps.color[number, int(max(color, 0)), row, column] = 12
                    maps.place[number, :, row, column] = torch.tensor(
                        [x / STRIDE - column - 0.5, y / STRIDE - row - 0.5]
                    )
                    maps.size[number, row, column] = np.log(size)
        return maps


def test_the_loss_is_least_where_everything_is_right(monkeypatch):
    """It is near 0 for the right maps, and larger where a kind is wrong or nothing is found."""
    target = torch.zeros(2, MOST_OBJECTS, 6)
    target[0, 0] = torch.tensor([1, 3, 2, 60.0, 44.0, 25.0])
    target[1, 0] = torch.tensor([1, 5, -1, 30.0, 20.0, 18.0])
    target[1, 1] = torch.tensor([1, 7, 1, 90.0, 70.0, 31.0])
    batch = Batch(torch.full((2, 1, 96, 128, 3), 255, dtype=torch.uint8), target)
    monkeypatch.setattr(attribute_batches, "distorted_frames", lambda frames, target, generator: (frames, target))

    def loss(**options):
        return float(attribute_loss(Perfect(target, **options), batch, torch.Generator().manual_seed(0)))

    assert loss() == pytest.approx(0, abs=1e-3)
    assert loss(kind=9) > 5
    assert loss(silent=True) > 5


def test_damage_depends_on_the_generator_alone():
    """Some frames are damaged, others are not, all stay between black and white."""
    videos = torch.rand(40, 3, 1, 96, 128)
    one, other = (damaged(videos, torch.Generator().manual_seed(1)) for _ in range(2))
    assert torch.equal(one, other)
    assert one.min() >= 0
    assert one.max() <= 1
    kept = (one == videos[:, :, 0]).flatten(1).all(1)
    assert 0 < kept.sum() < 40


def test_targets_move_with_what_they_name():
    """A spot at an object's centre is found at the centre that the distorted frame's target says, its area as well."""
    frames = torch.zeros(16, 3, 96, 128)
    target = torch.zeros(16, MOST_OBJECTS, 6)
    for number in range(16):
        x, y = 30 + 4 * number, 70 - 3 * number
        frames[number, :, y - 6 : y + 6, x - 6 : x + 6] = 1
        target[number, 0] = torch.tensor([1, 3, 2, x, y, 12.0])
    moved, after = distorted_frames(frames, target, torch.Generator().manual_seed(0))
    for frame, (there, _, _, x, y, size) in zip(moved[:, 0], after[:, 0].tolist(), strict=True):
        weight = frame / frame.sum()
        assert there == 1
        assert (weight.sum(0) * (torch.arange(128) + 0.5)).sum() == pytest.approx(x, abs=0.6)
        assert (weight.sum(1) * (torch.arange(96) + 0.5)).sum() == pytest.approx(y, abs=0.6)
        assert frame.sum() ** 0.5 == pytest.approx(size, rel=0.04)
