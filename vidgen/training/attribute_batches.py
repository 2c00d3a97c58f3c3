"""What the attribute judge learns from: first frames of captioned scenes, and its loss on them, clean and damaged."""

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vidgen.captions.scene import COLORS, KINDS, MOST_OBJECTS
from vidgen.dataset.captioned import PlacedScene, place, sample_scene
from vidgen.dataset.captioned_clips import clip_spec
from vidgen.dataset.scene import render_all
from vidgen.networks.attribute_judge import STRIDE, AttributeJudge
from vidgen.training.batches import Batch
from vidgen.training.losses import noisy, veiled

#: Share of frames without any object.
EMPTY = 0.06
#: Share of frames that are damaged: blurred, faded, noisy, some of them much.
DAMAGED = 0.6
#: Places about a centre over which its presence falls off, as the spread of a Gaussian.
_SPREAD = 0.6


def attribute_batch(rng: np.random.Generator, size: int, split: str) -> Batch:
    """First frames of random scenes.

    The target is float32 `(batch, MOST_OBJECTS, 6)`: whether there is an object, its kind, its colour (−1: any), x and
    y of its centre, and the root of the area of its box, in pixels.
    """
    placed = [_scene(rng, split) for _ in range(size)]
    frames = render_all([clip_spec(one) for one in placed], num_frames=1)
    target = torch.from_numpy(np.stack([_target(one) for one in placed]))
    empty = torch.from_numpy(rng.random(size) < EMPTY)
    clips = torch.from_numpy(frames)
    clips[empty] = clips[empty][:, :, :1, :1]
    target[empty] = 0
    return Batch(clips, target)


def attribute_loss(judge: AttributeJudge, batch: Batch, generator: torch.Generator) -> Tensor:
    """Focal loss of the centres (Law & Deng 2018, doi:10.1007/s11263-019-01204-1), and of what is at the centres.

    That is the cross-entropy of kind and colour, and the absolute error of place and log-size.
    """
    frames = damaged(batch.videos(generator.device), generator)
    frames, target = distorted_frames(frames, batch.target.to(generator.device), generator)
    maps = judge(frames)
    rows, columns = maps.centre.shape[1:]
    there = target[..., 0] > 0
    centers = target[..., 3:5] / STRIDE
    x = torch.arange(columns, device=generator.device) + 0.5 - centers[..., 0, None]
    y = torch.arange(rows, device=generator.device) + 0.5 - centers[..., 1, None]
    near = torch.exp(-(x[:, :, None] ** 2 + y[:, :, :, None] ** 2) / (2 * _SPREAD**2)) * there[..., None, None]
    best = near.flatten(2).amax(2)[..., None, None]
    heat = (near / best.clamp(min=1e-6)).amax(1)
    chance = maps.centre.sigmoid()
    found = F.logsigmoid(maps.centre) * (1 - chance) ** 2 * (heat == 1)
    missed = F.logsigmoid(-maps.centre) * chance**2 * (1 - heat) ** 4
    focal = -(found + missed).sum() / there.sum().clamp(min=1)

    frame, one = there.nonzero(as_tuple=True)
    row, column = (centers[frame, one, axis].long() for axis in (1, 0))
    row, column = row.clamp(0, rows - 1), column.clamp(0, columns - 1)
    wanted = target[frame, one]
    kind = F.cross_entropy(maps.kind[frame, :, row, column], wanted[:, 1].long())
    color = F.cross_entropy(maps.color[frame, :, row, column], wanted[:, 2].long(), ignore_index=-1)
    cell = torch.stack([column, row], 1) + 0.5
    place_error = (maps.place[frame, :, row, column] - (centers[frame, one] - cell)).abs().mean()
    size_error = (maps.size[frame, row, column] - wanted[:, 5].log()).abs().mean()
    loss: Tensor = focal + kind + 0.5 * color + place_error + size_error
    return loss


def damaged(videos: Tensor, generator: torch.Generator) -> Tensor:
    """The first frames `(batch, 3, height, width)` of videos, a share of them blurred, faded, noisy and veiled."""

    def random() -> Tensor:
        return torch.rand(len(videos), 1, 1, 1, 1, generator=generator, device=generator.device)

    ink = 1 - videos[:, :, :1]
    soft = F.avg_pool3d(ink, (1, 3, 3), stride=1, padding=(0, 1, 1), count_include_pad=False)
    worse = torch.lerp(ink, soft, random()) * (1 - 0.4 * random() ** 2)
    worse = noisy(worse, (0.15 * random() ** 2).flatten(), generator).clamp(0, 1)
    worse = veiled(worse, generator, share=0.3)
    return 1 - torch.where(random() < DAMAGED, worse, ink)[:, :, 0]


def distorted_frames(frames: Tensor, target: Tensor, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Frames `(batch, 3, height, width)` under random affine maps, rotated, sheared and stretched, and their targets.

    Few drawings are learned from; distorted ones stand for those that are not. Objects that leave the frame are none.
    """
    height, width = frames.shape[2:]

    def around(spread: float) -> Tensor:
        return spread * (2 * torch.rand(len(frames), generator=generator, device=generator.device) - 1)

    angle, shear, wide, high = around(0.14), around(0.12), 1 + around(0.15), 1 + around(0.15)
    cos, sin = angle.cos(), angle.sin()
    # From a place in the distorted frame to one in the original, in pixels from the middle.
    back = torch.stack([wide * cos, shear - high * sin, wide * sin, high * cos], 1).view(-1, 2, 2)
    middle = torch.tensor([width / 2, height / 2], device=frames.device)
    scaled = back * middle[None, None, :] / middle[None, :, None]
    theta = torch.cat([scaled, torch.zeros_like(scaled[:, :, :1])], 2)
    grid = F.affine_grid(theta, list(frames.shape), align_corners=False)
    moved = F.grid_sample(frames, grid, align_corners=False, padding_mode="border")
    target = target.clone()
    centers = torch.linalg.solve(back, (target[..., 3:5] - middle).transpose(1, 2)).transpose(1, 2) + middle
    inside = ((centers > 2) & (centers < 2 * middle - 2)).all(2)
    target[..., 3:5] = centers
    target[..., 5] *= torch.linalg.det(back)[:, None] ** -0.5
    return moved, target * inside[..., None]


def _scene(rng: np.random.Generator, split: str) -> PlacedScene:
    while True:
        try:
            return place(sample_scene(rng, unseen=bool(rng.random() < 0.125)), rng, split=split)
        except ValueError:  # no room for these sizes, speeds and places
            continue


def _target(placed: PlacedScene) -> np.ndarray:
    target = np.zeros((MOST_OBJECTS, 6), np.float32)
    for row, one, said in zip(target, placed.objects, placed.scene.singles(), strict=False):
        color = COLORS.index(said.color) if said.color else -1
        row[:] = (1, KINDS.index(one.kind), color, *one.path.centers(np.zeros(1))[0], one.size)
    return target
