"""What the learned prior learns from: drawings in varied proportions, and the sizes, colours and paths of clips."""

import math
from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from vidgen.dataset.clips import SIZES, SIZES_IN_COMPANY, sample_actor
from vidgen.dataset.drawing import drawings, drawn_facing, load
from vidgen.dataset.scene import turned
from vidgen.labels import LABELS, Label
from vidgen.networks.prior import PICTURE_SIZE, encoded
from vidgen.training.batches import Batch, target_of

#: Fraction of the pictures whose upper part is of another drawing than the lower one.
JOINED = 0.75
#: Where two drawings of an object can be joined, between the centre (0) and the lower edge (1) of the picture. A
#: bicycle has no such place: the tubes of its frame would not meet.
SEAMS = {
    "car": (-0.02, 0.12),
    "rocket": (-0.25, 0.35),
    "airplane": (0.1, 0.4),
    "ship": (0.12, 0.3),
    "balloon": (0.35, 0.5),
}
#: Room left at either side of a picture, in its pixels.
_MARGIN = 1.0


@dataclass(frozen=True, slots=True)
class Codes:
    """Codes of clips with what they depend on: label, company, and the extents of the picture.

    Attributes:
        code: `(batch, CODE)`, as `vidgen.networks.prior.encoded` has them.
        given: `(batch, classes + 3)`: the label, 1 for an object that is one of several, width and height of the
            object in its picture, as fractions of the picture.
    """

    code: Tensor
    given: Tensor


def varied_batch(rng: np.random.Generator, size: int, split: str, *, edge: int = 32) -> Batch:
    """Maps of the classes' objects in varied proportions, uint8 `(batch, 1, edge, edge, 4)`, one size for all.

    The maps are those of `vidgen.dataset.drawing`: body, accent, detail, coverage. Most show the upper part of one
    drawing and the lower part of another: a prior that knows eight drawings only would draw these eight.
    """
    labels = [LABELS[int(index)] for index in rng.integers(len(LABELS), size=size)]
    maps = torch.stack([joined_drawings(label.object, split, rng, 2 * edge) for label in labels])
    upright = torch.tensor([drawn_facing(label.object) == "up" for label in labels])
    maps = F.avg_pool2d(reproportioned(maps, upright, rng), 2)
    faced = np.stack(
        [turned(one, drawn_facing(label.object), label.motion) for one, label in zip(maps.numpy(), labels, strict=True)]
    )
    clips = torch.from_numpy((faced * 255).round().astype(np.uint8)).permute(0, 2, 3, 1)[:, None]
    return Batch(clips, torch.from_numpy(np.stack([target_of((label,)) for label in labels])))


def code_batch(rng: np.random.Generator, size: int, split: str) -> Codes:
    """Sizes, colours and paths of the classes' clips, half of them of an object that is one of several."""
    pairs = [_code(LABELS[int(rng.integers(len(LABELS)))], split, rng, bool(rng.integers(2))) for _ in range(size)]
    code, given = (torch.from_numpy(np.stack(rows).astype(np.float32)) for rows in zip(*pairs, strict=True))
    return Codes(code, given)


def _code(label: Label, split: str, rng: np.random.Generator, company: bool) -> tuple[np.ndarray, np.ndarray]:
    sizes = SIZES_IN_COMPANY if company else SIZES
    actor = sample_actor(label.object, label.motion, split=split, rng=rng, sizes=sizes)
    # The drawings' proportions vary in `varied_batch`; the paths must be known for all of these.
    extent = np.array(actor.extent()) / actor.size * PICTURE_SIZE
    given = np.concatenate([target_of((label,))[:-1], [company], extent])
    return encoded(actor.size, np.array(actor.colors), np.array(actor.start), np.array(actor.travel), actor.ease), given


def joined_drawings(object: str, split: str, rng: np.random.Generator, edge: int) -> Tensor:
    """A drawing on a square canvas, or the upper part of one and the lower part of another."""
    upper, lower = (int(number) for number in rng.choice(drawings(object, split), 2))
    if object not in SEAMS or rng.random() >= JOINED:
        return on_canvas(object, upper, edge)
    seam = round((1 + rng.uniform(*SEAMS[object])) * edge / 2)
    return torch.cat([on_canvas(object, upper, edge)[:, :seam], on_canvas(object, lower, edge)[:, seam:]], 1)


@cache
def on_canvas(object: str, number: int, edge: int) -> Tensor:
    """The maps of a drawing, `(4, edge, edge)`, centred, as it is drawn, of size `PICTURE_SIZE · edge`."""
    drawing = load(object, number)
    width, height = (PICTURE_SIZE * edge * drawing.aspect**power for power in (0.5, -0.5))
    shape = min(round(height), edge), min(round(width), edge)
    small = F.interpolate(torch.from_numpy(drawing.maps)[None], size=shape, mode="area")[0]
    top, left = (edge - shape[0]) // 2, (edge - shape[1]) // 2
    return F.pad(small, (left, edge - shape[1] - left, top, edge - shape[0] - top))


def reproportioned(maps: Tensor, upright: Tensor, rng: np.random.Generator) -> Tensor:
    """The maps stretched, tapered and sheared at random: `(batch, 4, edge, edge)`; upright ones stay symmetrical."""
    count, edge = len(maps), maps.shape[-1]

    def around(spread: float) -> Tensor:
        return torch.from_numpy(rng.uniform(-spread, spread, (count, 1, 1)).astype(np.float32))

    place = (torch.arange(edge) + 0.5) * (2 / edge) - 1
    scale, sideways = around(0.06), (~upright).float()[:, None, None]
    stretch = around(0.18) * (1 - 0.45 * (1 - sideways))  # a slender balloon looks like a rocket
    # No object grows beyond its picture.
    room = 1 - 2 * _MARGIN / edge
    wide, high = (room / _half_extent(maps, axis).clamp(min=1e-3) for axis in (2, 1))
    x = place[None, None, :] / torch.minimum((stretch + scale).exp(), wide)
    y = place[None, :, None] / torch.minimum((scale - stretch).exp(), high)
    across = x + around(0.07) * (x * math.pi / 0.9).sin()
    across = across + sideways * (around(0.04) * (x * math.pi / 1.2).cos() + around(0.1) * y)
    across = across + (1 - sideways) * around(0.13) * x * y
    down = y + around(0.08) * (y * math.pi / 0.9).sin() + around(0.055) * (y * math.pi / 1.2).cos()
    down = down + sideways * around(0.16) * x * y
    return F.grid_sample(maps, torch.stack([across, down.expand_as(across)], -1), align_corners=False)


def _half_extent(maps: Tensor, axis: int) -> Tensor:
    """Half the object's width (axis 2) or height (1) as a fraction of half the picture, `(batch, 1, 1)`."""
    covered = maps[:, 3].amax(3 - axis) > 0.1
    return (covered.float().sum(1) / maps.shape[-1])[:, None, None]
