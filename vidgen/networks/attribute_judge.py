"""The attribute judge's network: where the objects of a frame are, and the kind, colour and size of each."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.captions.scene import COLORS, KINDS
from vidgen.networks.judge import Residual

#: Pixels of a frame between two places of the maps.
STRIDE = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributeJudgeConfig:
    """Sizes of the attribute judge."""

    widths: tuple[int, ...] = (16, 32, 64)
    #: Residual blocks at the last width.
    depth: int = 3
    #: Probability from which on a place counts as the centre of an object.
    present: float = 0.3
    #: The largest number of objects that is looked for in a frame.
    most: int = 6


@dataclass(frozen=True, slots=True)
class Maps:
    """What the network says of each place, `(frames, …, height / 8, width / 8)`; logits where nothing else is said.

    Attributes:
        centre: of an object's centre, `(frames, rows, columns)`.
        kind: `(frames, kinds, rows, columns)`.
        color: `(frames, colours, rows, columns)`.
        place: the object's centre relative to that of the place, x and y, in places, `(frames, 2, rows, columns)`.
        size: logarithm of the root of the area of the object's box in pixels, `(frames, rows, columns)`.
    """

    centre: Tensor
    kind: Tensor
    color: Tensor
    place: Tensor
    size: Tensor


@dataclass(frozen=True, slots=True)
class Detections:
    """The objects of each frame, the clearest first, `(frames, most, …)`.

    Attributes:
        presence: probability of an object, `(frames, most)`.
        kind: log-probabilities, `(frames, most, kinds)`.
        color: log-probabilities, `(frames, most, colours)`.
        center: x and y in pixels, `(frames, most, 2)`.
        size: root of the area of the box in pixels, `(frames, most)`.
    """

    presence: Tensor
    kind: Tensor
    color: Tensor
    center: Tensor
    size: Tensor


class AttributeJudge(nn.Module):
    """A residual network that finds centres of objects (as Zhou et al. 2019, arXiv:1904.07850) and names what is there.

    It sees single frames; `vidgen.scene_tracks` follows what it finds.
    """

    def __init__(self, config: AttributeJudgeConfig) -> None:
        super().__init__()
        self.config = config
        first = config.widths[0]
        layers: list[nn.Module] = [nn.Conv2d(3, first, 5, stride=2, padding=2, bias=False), nn.BatchNorm2d(first)]
        layers += [nn.ReLU()]
        for fine, coarse in zip(config.widths, config.widths[1:], strict=False):
            layers += [nn.Conv2d(fine, coarse, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(coarse), nn.ReLU()]
            layers += [Residual(coarse)] if coarse != config.widths[-1] else []
        layers += [Residual(config.widths[-1]) for _ in range(config.depth)]
        self.trunk = nn.Sequential(*layers)
        self.head = nn.Conv2d(config.widths[-1], 4 + len(KINDS) + len(COLORS), 1)

    def forward(self, frames: Tensor) -> Maps:
        """The maps of frames `(frames, 3, height, width)` in [0, 1]."""
        found = cast(Tensor, self.head(self.trunk(1 - frames)))
        centre, place, size, kind, color = torch.split(found, [1, 2, 1, len(KINDS), len(COLORS)], 1)
        return Maps(centre[:, 0] - 3, kind, color, place, size[:, 0] + 3.2)

    @torch.no_grad()
    def detect(self, frames: Tensor) -> Detections:
        """The objects of frames `(frames, 3, height, width)` in [0, 1]: local maxima of the probability of a centre."""
        maps = self(frames)
        chance = maps.centre.sigmoid()
        peaks = chance * (F.max_pool2d(chance[:, None], 3, stride=1, padding=1)[:, 0] == chance)
        presence, index = peaks.flatten(1).topk(self.config.most, 1)
        columns = chance.shape[2]

        def at(values: Tensor) -> Tensor:
            flat = values.flatten(2)
            return flat.gather(2, index[:, None].expand(-1, flat.shape[1], -1)).transpose(1, 2)

        cell = torch.stack([index % columns, index.div(columns, rounding_mode="floor")], 2)
        return Detections(
            presence=presence,
            kind=at(maps.kind).log_softmax(2),
            color=at(maps.color).log_softmax(2),
            center=(cell + 0.5 + at(maps.place)) * STRIDE,
            size=at(maps.size[:, None])[..., 0].exp(),
        )
