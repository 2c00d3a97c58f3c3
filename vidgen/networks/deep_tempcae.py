"""A temporal convolutional auto-encoder of several layers: eqs. 4–5 with a deeper encoder and decoder.

It is called as the one of eqs. 4–5 (`vidgen.networks.tempcae`) and, like it, is given neither noise level nor labels.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.networks.tempcae import mean_of_windows, windows_of


@dataclass(frozen=True, kw_only=True, slots=True)
class DeepTempCAEConfig:
    """Sizes of a deep temporal convolutional auto-encoder."""

    #: Frames that a window spans: the paper's CS.
    window: int = 16
    #: Channels at each resolution; each halves height, width and, while it can, the number of frames.
    widths: tuple[int, ...] = (40, 96, 144)
    #: Blocks on the way down, at each resolution, and on the way up, at each but the last.
    down: tuple[int, ...] = (1, 2, 3)
    up: tuple[int, ...] = (1, 1)
    #: Edge of the squares of pixels that become channels.
    patch: int = 4
    #: Standard deviation of the data about white, which weights the noise levels in training.
    data_std: float = 0.2

    def __post_init__(self) -> None:
        """Check that the network can be built."""
        if len(self.down) != len(self.widths) or len(self.up) != len(self.widths) - 1:
            raise ValueError(f"down {self.down} and up {self.up} do not fit the widths {self.widths}")
        if self.window < 1 or self.window % 2 ** len(self.up):
            raise ValueError(f"window must be a multiple of {2 ** len(self.up)} frames, got {self.window}")


class DeepTempCAE(nn.Module):
    """An encoder and a decoder with skips over each window of CS frames; decoded windows are averaged as in eq. 5's.

    What it decodes is drawn, plus a share of its input: where the input is clean it is passed on pixel by pixel.
    """

    def __init__(self, config: DeepTempCAEConfig) -> None:
        super().__init__()
        self.config = config
        widths, pixels = config.widths, config.patch**2
        self.stem = nn.Conv3d(3 * pixels, widths[0], 1)
        self.down = nn.ModuleList(_blocks(width, count) for width, count in zip(widths, config.down, strict=True))
        self.up = nn.ModuleList(_blocks(width, count) for width, count in zip(widths, config.up, strict=False))
        steps = list(pairwise(widths))
        self.shrink = nn.ModuleList(nn.Conv3d(fine, coarse, 2, 2) for fine, coarse in steps)
        self.grow = nn.ModuleList(nn.ConvTranspose3d(coarse, fine, 2, 2) for fine, coarse in steps)
        self.head = nn.Conv3d(widths[0], 4 * pixels, 1)
        nn.init.zeros_(self.head.weight)
        with torch.no_grad():
            cast(Tensor, self.head.bias).copy_(torch.tensor([0.0] * 3 * pixels + [-3.0] * pixels))

    def forward(
        self,
        video: Tensor,
        sigma: Tensor | float | None = None,
        labels: Tensor | None = None,
        num_objects: int = 1,
    ) -> Tensor:
        """The decoded video `(batch, 3, frames, height, width)`: the mean of its decoded windows."""
        windows = windows_of(1 - video, self.config.window)
        decoded = self.decode_windows(windows.flatten(0, 1).transpose(1, 2)).transpose(1, 2)
        return 1 - mean_of_windows(decoded.reshape(windows.shape), video.shape[2])

    def decode_windows(self, ink: Tensor) -> Tensor:
        """The decoded ink of windows `(windows, 3, CS, height, width)`."""
        found = self._layers(ink)
        return found[:, :3] + found[:, 3:].sigmoid() * ink

    def _layers(self, ink: Tensor) -> Tensor:
        patch = self.config.patch
        count, _, frames, height, width = ink.shape
        x = ink.reshape(count, 3, frames, height // patch, patch, width // patch, patch).permute(0, 1, 4, 6, 2, 3, 5)
        x = x.reshape(count, -1, frames, height // patch, width // patch)
        x = self.stem((2 * x).contiguous(memory_format=torch.channels_last_3d))
        skips = []
        for level, blocks in enumerate(self.down):
            x = blocks(x)
            if level < len(self.shrink):
                skips.append(x)
                x = self.shrink[level](x)
        for level in reversed(range(len(self.grow))):
            x = self.up[level](self.grow[level](x) + skips[level])
        x = cast(Tensor, self.head(F.relu(x))).to(ink.dtype)
        x = x.view(count, 4, patch, patch, frames, height // patch, width // patch).permute(0, 1, 4, 5, 2, 6, 3)
        return x.reshape(count, 4, frames, height, width)


class SpaceTimeBlock(nn.Module):
    """A residual block: a spatial convolution, then a temporal one."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.space = nn.Conv3d(width, width, (1, 3, 3), padding=(0, 1, 1))
        self.time = nn.Conv3d(width, width, (3, 1, 1), padding=(1, 0, 0))
        nn.init.zeros_(self.time.weight)
        nn.init.zeros_(cast(Tensor, self.time.bias))

    def forward(self, x: Tensor) -> Tensor:
        """`x + branch(x)`."""
        return x + cast(Tensor, self.time(F.relu(self.space(F.relu(x)))))


def _blocks(width: int, count: int) -> nn.Sequential:
    return nn.Sequential(*(SpaceTimeBlock(width) for _ in range(count)))
