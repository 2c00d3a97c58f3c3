"""The learned prior of clips: flows from noise to an object's picture, and to its size, colours and path.

Both are flow-matching models (Lipman et al. 2023, doi:10.48550/arXiv.2210.02747): a network learns the velocity that
carries noise ε to data x along (1 − t)·x + t·ε. Integrated from t = 1 to 0 it turns noise into a new sample, a function
of that noise alone.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.networks.unet import CONDITION, Condition, Unet

#: Size (the root of the area of its bounding box) of every object in its picture, as a fraction of the picture's edge.
PICTURE_SIZE = 17 / 32
#: Numbers of a clip's code: size, three colours, start, travel, variation of speed.
CODE = 15
#: Mean and standard deviation of each of these numbers over the dataset, rounded; size in pixels of a 128×96 frame,
#: start and travel as fractions of the frame.
_CODE_MEAN = np.array([30.0, *[0.45] * 9, 0.5, 0.5, 0.0, 0.0, 0.0], np.float32)
_CODE_STD = np.array([5.0, *[0.3] * 9, 0.2, 0.2, 0.25, 0.25, 0.12], np.float32)
_FRAME = np.array([128.0, 96.0])
#: Mean and standard deviation of the pictures' maps, rounded.
_MAP_MEAN, _MAP_STD = 0.1, 0.3
#: By how much the steps that draw a picture are shorter near noise: see `integrate`. Of 1, 2 and 3 few steps come
#: nearest to forty with 3.
_PICTURE_SHIFT = 3.0
#: Limits of the sizes that are drawn; the dataset's are 22 to 39 pixels.
_SIZES = (20.0, 40.0)
#: Limits of the travel along the axis of most travel, as a fraction of the frame: the dataset's.
_TRAVEL = (0.28, 0.6)
#: The coverage from which a pixel counts as part of the object.
_COVERED = 0.3
#: Limits of t given to the networks: the embedding takes the logarithm of t / (1 − t).
_LEAST, _MOST = 0.002, 0.998


@dataclass(frozen=True, kw_only=True, slots=True)
class ClipPriorConfig:
    """Sizes of the learned prior."""

    #: Edge of the picture of an object, in its own pixels.
    edge: int = 32
    #: Channels per level of the network that draws pictures; each level after the first halves its size.
    widths: tuple[int, ...] = (48, 96, 128)
    #: Blocks on each side of each level.
    depth: int = 2
    #: Edge of the square patches of pixels that become channels.
    patch: int = 2
    #: Width of the network of the codes, and its hidden layers.
    hidden: int = 256
    layers: int = 4
    #: Steps of Heun's method in which a picture is drawn, and a code.
    picture_steps: int = 8
    code_steps: int = 8
    #: Factor on the noise that a picture is drawn from; below 1 fewer pictures are malformed, and they vary less.
    temperature: float = 0.9
    #: Codes that are drawn for each picture.
    codes: int = 64
    #: Classes of the labels.
    num_classes: int = 11
    #: Whether it has a network that draws pictures; a prior of captioned clips can borrow that of labels.
    has_pictures: bool = True


class ClipPrior(nn.Module):
    """Draws pictures of objects, and codes of their clips, from noise and a label.

    A picture has four maps: how much of each pixel has the colour of the body, of the accent and of the detail, and how
    much of it the object covers; what is covered and has none of the colours is black. The colours are part of the
    code, so that an object has three colours and no others.
    """

    def __init__(self, config: ClipPriorConfig) -> None:
        super().__init__()
        self.config = config
        self.condition = Condition(config.num_classes)
        halving = (False,) * (len(config.widths) - 1)
        self.unet = Unet(4, 4, config.widths, halving, config.depth, config.patch, CONDITION, span=1)
        self.coder = Coder(config.num_classes + 3, config.hidden, config.layers)

    def picture_velocity(self, maps: Tensor, time: Tensor, labels: Tensor) -> Tensor:
        """The velocity of scaled maps `(batch, 4, edge, edge)` at times `(batch,)`, given labels `(batch, classes)`."""
        t = time.clamp(_LEAST, _MOST)
        velocity: Tensor = self.unet(maps[:, :, None], self.condition(t / (1 - t), labels))
        return velocity[:, :, 0].to(maps.dtype)

    def pictures(self, noise: Tensor, labels: Tensor) -> Tensor:
        """Maps in [0, 1] from normal noise, both `(batch, 4, edge, edge)`, for labels `(batch, classes)`."""
        drawn = integrate(
            lambda x, t: self.picture_velocity(x, t, labels),
            self.config.temperature * noise,
            self.config.picture_steps,
            shift=_PICTURE_SHIFT,
        )
        maps = (drawn * _MAP_STD + _MAP_MEAN).clamp(0, 1)
        return torch.cat([maps[:, :3], torch.maximum(maps[:, 3:], maps[:, :3].sum(1, keepdim=True).clamp(max=1))], 1)

    def codes(self, noise: Tensor, given: Tensor) -> Tensor:
        """Codes from normal noise, both `(batch, CODE)`, as `encoded` has them; `given` as `Coder` takes it."""
        return integrate(lambda x, t: self.coder(x, t, given), noise, self.config.code_steps)


class Coder(nn.Module):
    """The velocity of codes, given label, company and the extents of the picture."""

    def __init__(self, given: int, hidden: int, layers: int, code: int = CODE) -> None:
        super().__init__()
        self.register_buffer("frequencies", torch.arange(1, 5) * math.pi / 2, persistent=False)
        sizes = [code + given + 8, *[hidden] * layers]
        steps: list[nn.Module] = []
        for before, after in pairwise(sizes):
            steps += [nn.Linear(before, after), nn.SiLU()]
        self.layers = nn.Sequential(*steps, nn.Linear(hidden, code))

    def forward(self, code: Tensor, time: Tensor, given: Tensor) -> Tensor:
        """`(batch, CODE)`, times `(batch,)`, and what is given `(batch, classes + 3)` → velocities `(batch, CODE)`."""
        phase = time[:, None] * cast(Tensor, self.frequencies)
        return cast(Tensor, self.layers(torch.cat([code, phase.cos(), phase.sin(), given], 1)))


def integrate(velocity: Callable[[Tensor, Tensor], Tensor], noise: Tensor, steps: int, *, shift: float = 1.0) -> Tensor:
    """The sample that a flow carries noise to, by Heun's method from t = 1 to 0.

    `velocity(x, time)` takes times `(batch,)`. The steps are equal at a `shift` of 1; larger values make them shorter
    near noise and longer near data (Esser et al. 2024, doi:10.48550/arXiv.2403.03206, eq. 23). The last step is
    Euler's: what remains of the noise is estimated where there still is some.
    """
    even = torch.linspace(1, 0, steps + 1)
    times = shift * even / (1 + (shift - 1) * even)
    x = noise
    for begin, end in pairwise(times.tolist()):
        change = (end - begin) * velocity(x, x.new_full((len(x),), begin))
        if end > 0:
            change = (change + (end - begin) * velocity(x + change, x.new_full((len(x),), end))) / 2
        x = x + change
    return x


def flow_matching_loss(
    velocity: Callable[[Tensor, Tensor], Tensor], data: Tensor, generator: torch.Generator, *, shift: float = 0.0
) -> Tensor:
    """Mean squared error of the velocity ε − x at random times.

    The times are logit-normal, as most is learned between noise and data; a `shift` above 0 moves them towards noise,
    where the outlines of pictures are decided (Esser et al. 2024, doi:10.48550/arXiv.2403.03206).
    """
    noise = torch.randn(data.shape, generator=generator, device=data.device)
    time = (shift + torch.randn(len(data), generator=generator, device=data.device)).sigmoid()
    t = time.view(-1, *(1,) * (data.dim() - 1))
    return F.mse_loss(velocity(torch.lerp(data, noise, t), time), noise - data)


def encoded(
    size: float, colors: NDArray[np.float64], start: NDArray[np.float64], travel: NDArray[np.float64], ease: float
) -> NDArray[np.float32]:
    """The code `(CODE,)` of an object in a clip, each number about 0 with a standard deviation of about 1."""
    values = np.concatenate([[size], colors.ravel(), start / _FRAME, travel / _FRAME, [ease]])
    return ((values - _CODE_MEAN) / _CODE_STD).astype(np.float32)


def scaled(maps: Tensor) -> Tensor:
    """Maps in [0, 1] as the flow has them, about 0 with a standard deviation of about 1."""
    return (maps - _MAP_MEAN) / _MAP_STD


@dataclass(frozen=True, slots=True)
class Clip:
    """What codes stand for: sizes `(batch,)` and paths `(batch, frames, 2)` in pixels of a 128×96 frame, and colours.

    `colors` is `(batch, 3, 3)`: body, accent and detail, each (red, green, blue) in [0, 1].
    """

    size: Tensor
    colors: Tensor
    path: Tensor


def decoded(code: Tensor, frames: int) -> Clip:
    """The clips that codes `(batch, CODE)` stand for."""
    values = code * code.new_tensor(_CODE_STD) + code.new_tensor(_CODE_MEAN)
    size, colors, start, travel, ease = torch.split(values, [1, 9, 2, 2, 1], 1)
    longer = _limited(travel) - travel
    start, travel = start - longer / 2, travel + longer
    time = torch.linspace(0, 1, frames, device=code.device)
    way = time + ease * time * (1 - time)
    path = (start[:, None] + way[..., None] * travel[:, None]) * code.new_tensor(_FRAME)
    return Clip(size[:, 0].clamp(*_SIZES), colors.view(-1, 3, 3).clamp(0, 1), path)


def _limited(travel: Tensor) -> Tensor:
    """Travel `(batch, 2)` with its larger part within the limits; objects that hardly move show no direction."""
    size = travel.abs()
    most = size >= size.amax(1, keepdim=True)
    return torch.where(most, travel.sign() * size.clamp(*_TRAVEL), travel)


def extents(maps: Tensor) -> Tensor:
    """Width and height of the object in its picture `(4, edge, edge)`, as fractions of the edge: `(2,)`."""
    covered = maps[3] > _COVERED
    return torch.stack([covered.any(0).sum(), covered.any(1).sum()]) / maps.shape[-1]
