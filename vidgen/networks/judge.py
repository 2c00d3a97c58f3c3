"""The judge's classifier: convolutions on single frames, then on their sequence; nothing of C3D's design."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgeConfig:
    """Sizes of the judge."""

    #: The eleven classes, Other, Unclear.
    num_classes: int = 13
    widths: tuple[int, ...] = (16, 32, 64, 96)
    #: Points that are followed from frame to frame.
    points: int = 16
    hidden: int = 96
    frames: int = 16
    #: Which frames it looks at: every first, second, …
    every: int = 3


class Judge(nn.Module):
    """A residual network per frame tells what is there and where; two temporal convolutions read their sequence.

    Where is told by points, each the mean place of what one filter responds to (Levine et al. 2016, section 5.1).
    """

    def __init__(self, config: JudgeConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = [
            nn.Conv2d(3, config.widths[0], 5, stride=2, padding=2, bias=False),
            nn.BatchNorm2d(config.widths[0]),
            nn.ReLU(),
        ]
        for fine, coarse in zip(config.widths, config.widths[1:], strict=False):
            layers += [
                Residual(fine),
                nn.Conv2d(fine, coarse, 3, stride=2, padding=1),
                nn.BatchNorm2d(coarse),
                nn.ReLU(),
            ]
        layers += [Residual(config.widths[-1])]
        self.frame = nn.Sequential(*layers)
        self.appearance = nn.AdaptiveMaxPool2d(1)
        self.points = nn.Conv2d(config.widths[-1], config.points, 1)
        channels = config.widths[-1] + 3 * config.points
        seen = len(range(0, config.frames, config.every))
        self.sequence = nn.Sequential(
            nn.Conv1d(channels, config.hidden, 3, padding=1),
            nn.ReLU(),
            nn.Conv1d(config.hidden, config.hidden, 3, stride=2, padding=1),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.3),
            nn.Linear(config.hidden * ((seen + 1) // 2), config.hidden),
            nn.ReLU(),
            nn.Linear(config.hidden, config.num_classes),
        )

    def forward(self, video: Tensor) -> Tensor:
        """Logits `(batch, num_classes)` of a video `(batch, 3, frames, height, width)` in [0, 1]."""
        return self.read(self.ink(video))

    def ink(self, video: Tensor) -> Tensor:
        """What it looks at of a video: 1 − video, of every so many frames."""
        return 1 - video[:, :, :: self.config.every]

    def read(self, ink: Tensor) -> Tensor:
        """Logits of that."""
        batch, _, frames = ink.shape[:3]
        maps = self.frame(ink.transpose(1, 2).flatten(0, 1))
        appearance = self.appearance(maps).flatten(1)
        steps = torch.cat([appearance, self.places(maps)], 1).view(batch, frames, -1).transpose(1, 2)
        return cast(Tensor, self.sequence(steps))

    def places(self, maps: Tensor) -> Tensor:
        """Of each point its column and row, from −1 to 1, and the strongest response: `(images, 3 · points)`."""
        response = self.points(maps)
        share = response.flatten(2).softmax(2).view_as(response)
        height, width = maps.shape[-2:]
        column = (share.sum(2) * torch.linspace(-1, 1, width, device=maps.device)).sum(2)
        row = (share.sum(3) * torch.linspace(-1, 1, height, device=maps.device)).sum(2)
        return torch.cat([column, row, response.flatten(2).amax(2)], 1)


class Residual(nn.Module):
    """Two normalised 3×3 convolutions beside the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.branch = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.BatchNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """`relu(x + branch(x))`."""
        return (x + cast(Tensor, self.branch(x))).relu()
