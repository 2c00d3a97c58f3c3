"""What the learned prior learns from."""

import numpy as np
import torch

from vidgen.dataset.drawing import load
from vidgen.labels import LABELS
from vidgen.networks.prior import CODE, PICTURE_SIZE, decoded
from vidgen.training.variations import code_batch, on_canvas, varied_batch


def test_pictures_are_maps_of_one_size_within_their_frame() -> None:
    """Four maps, colours no more than coverage, a margin on each side, and about the area that one size has."""
    batch = varied_batch(np.random.default_rng(0), 22, "train", edge=32)
    assert batch.clips.shape == (22, 1, 32, 32, 4)
    maps = batch.clips[:, 0].float() / 255
    assert (maps[..., :3].sum(-1) <= maps[..., 3] + 0.03).all()
    border = torch.cat([maps[:, [0, -1], :, 3].flatten(1), maps[:, :, [0, -1], 3].flatten(1)], 1)
    assert border.mean() < 0.01
    covered = maps[..., 3] > 0.3
    extent = torch.stack([covered.any(1).sum(1), covered.any(2).sum(1)]).float()
    assert abs(float(extent.log().mean().exp()) / 32 - PICTURE_SIZE) < 0.06
    assert batch.target[:, -1].sum() == 0


def test_a_batch_depends_on_its_random_numbers_alone() -> None:
    """The same seed gives the same pictures and codes; another gives others."""
    one, same, other = (varied_batch(np.random.default_rng(seed), 4, "train").clips for seed in (1, 1, 2))
    assert torch.equal(one, same)
    assert not torch.equal(one, other)


def test_joined_drawings_show_one_above_the_other() -> None:
    """Where nothing is stretched, the rows of a picture are those of a drawing: here they are compared by canvas."""
    canvas = on_canvas("car", 1, 64)
    assert canvas.shape == (4, 64, 64)
    width, height = (int(canvas[3].amax(axis).gt(0.1).sum()) for axis in (0, 1))
    assert abs(width / height - load("car", 1).aspect) < 0.15
    assert abs((width * height) ** 0.5 - PICTURE_SIZE * 64) < 1.5


def test_codes_move_as_their_labels_say() -> None:
    """Each code's path goes in the direction of its label; those in company are smaller."""
    codes = code_batch(np.random.default_rng(0), 200, "train")
    assert codes.code.shape == (200, CODE)
    clip = decoded(codes.code, 16)
    way = clip.path[:, -1] - clip.path[:, 0]
    signs = {"right": (0, 1), "left": (0, -1), "up": (1, -1), "down": (1, 1)}
    for label, move in zip(codes.given[:, :-3].argmax(1).tolist(), way, strict=True):
        axis, sign = signs[LABELS[label].motion]
        assert float(move[axis]) * sign > 15
    company = codes.given[:, -3] == 1
    assert clip.size[company].max() <= 29.1
    assert clip.size[~company].min() >= 25.9
