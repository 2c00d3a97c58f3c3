"""A U-net over space and time, conditioned on noise level and labels."""

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

#: Length of the vector that conditions a network's blocks.
CONDITION = 128


class Condition(nn.Module):
    """Embeds noise levels (Fourier features of their logarithm) and labels as vectors for a network's blocks."""

    def __init__(self, num_classes: int) -> None:
        super().__init__()
        self.register_buffer("frequencies", torch.linspace(0, 3, 32).exp() * 0.5, persistent=False)
        self.labels = nn.Linear(num_classes, 64)
        nn.init.normal_(self.labels.weight)
        self.layers = nn.Sequential(nn.Linear(64, CONDITION), nn.ReLU(), nn.Linear(CONDITION, CONDITION), nn.ReLU())

    def forward(self, sigma: Tensor, labels: Tensor | None) -> Tensor:
        """The vectors `(batch, CONDITION)` of noise levels `(batch,)` and labels `(batch, classes)`.

        None, or a row of zeros, makes the network unconditional.
        """
        if labels is None:
            labels = sigma.new_zeros(len(sigma), self.labels.in_features)
        labels = labels.to(sigma.device, non_blocking=True)
        phase = (sigma.log() / 4)[:, None] * cast(Tensor, self.frequencies) * 2 * torch.pi
        return cast(Tensor, self.layers(torch.cat([phase.cos(), phase.sin()], 1) + self.labels(labels)))


class Block(nn.Module):
    """A residual block: a spatial convolution, the condition added to its channels, a temporal convolution."""

    def __init__(self, width: int, condition: int, span: int) -> None:
        super().__init__()
        self.space = nn.Conv3d(width, width, (1, 3, 3), padding=(0, 1, 1))
        self.time = nn.Conv3d(width, width, (span, 1, 1), padding=(span // 2, 0, 0))
        self.shift = nn.Linear(condition, width)
        nn.init.zeros_(self.time.weight)
        nn.init.zeros_(cast(Tensor, self.time.bias))

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """`x + branch(x)`, the condition `(batch, condition)` added to each channel in between."""
        shift = self.shift(condition)[:, :, None, None, None].to(x.dtype)
        return x + cast(Tensor, self.time(F.relu(self.space(F.relu(x)) + shift)))


class Unet(nn.Module):
    """A U-net with spatial convolutions, and temporal ones of `span` frames; patches of pixels become channels.

    `temporal` says for each level after the first whether it halves the number of frames too.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        widths: tuple[int, ...],
        temporal: tuple[bool, ...],
        depth: int,
        patch: int,
        condition: int,
        span: int = 3,
    ) -> None:
        super().__init__()
        self.patch, self.outputs = patch, outputs
        self.stem = nn.Conv3d(inputs * patch**2, widths[0], (span, 3, 3), padding=(span // 2, 1, 1))
        blocks = [[Block(width, condition, span) for _ in range(depth)] for width in widths]
        self.down = nn.ModuleList(nn.ModuleList(level) for level in blocks)
        self.up = nn.ModuleList(
            nn.ModuleList(Block(width, condition, span) for _ in range(depth)) for width in widths[:-1]
        )
        self.shrink, self.grow = nn.ModuleList(), nn.ModuleList()
        for fine, coarse, halve in zip(widths, widths[1:], temporal, strict=False):
            size = (2 if halve else 1, 2, 2)
            self.shrink.append(nn.Conv3d(fine, coarse, size, size))
            self.grow.append(nn.ConvTranspose3d(coarse, fine, size, size))
        self.head = nn.Conv3d(widths[0], outputs * patch**2, (1, 3, 3), padding=(0, 1, 1))
        nn.init.zeros_(self.head.weight)
        nn.init.zeros_(cast(Tensor, self.head.bias))

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """`(batch, inputs, frames, height, width)` → `(batch, outputs, frames, height, width)`."""
        patch = self.patch
        batch, channels, frames, height, width = x.shape
        x = x.reshape(batch, channels, frames, height // patch, patch, width // patch, patch)
        x = x.permute(0, 1, 4, 6, 2, 3, 5).reshape(batch, -1, frames, height // patch, width // patch)
        x = self.stem(x.contiguous(memory_format=torch.channels_last_3d))
        skips: list[Tensor] = []
        for level, blocks in enumerate(self.down):
            for block in cast(nn.ModuleList, blocks):
                x = block(x, condition)
            if level < len(self.shrink):
                skips.append(x)
                x = self.shrink[level](x)
        for level in reversed(range(len(self.shrink))):
            x = self.grow[level](x) + skips[level]
            for block in cast(nn.ModuleList, self.up[level]):
                x = block(x, condition)
        x = self.head(F.relu(x))
        x = x.view(batch, self.outputs, patch, patch, frames, height // patch, width // patch)
        return x.permute(0, 1, 4, 5, 2, 6, 3).reshape(batch, self.outputs, frames, height, width)


def redraw(
    unet: nn.Module, ink: Tensor, sigma: Tensor, condition: Tensor, data_std: float, *estimate: Tensor
) -> Tensor:
    """The network's estimate of clean ink: what it draws plus, pixel by pixel, a share of its input.

    Input scaling and largest share are those of Karras et al. 2022 (doi:10.48550/arXiv.2206.00364, table 1).

    Args:
        unet: `(input, condition)` → four channels: three drawn colours, and the logit of the share that is kept.
        ink: `(batch, 3, frames, height, width)`, noisy.
        sigma: standard deviation of its noise, `(batch,)`.
        condition: `(batch, CONDITION)`.
        data_std: standard deviation of the data about white.
        estimate: a first estimate, if there is one; the network then draws the difference from it.
    """
    std = sigma.to(ink.dtype).view(-1, 1, 1, 1, 1)
    spread = (std**2 + data_std**2).sqrt()
    drawn, kept = unet(torch.cat([ink / spread, *estimate], 1), condition).to(ink.dtype).split([3, 1], 1)
    share = kept.sigmoid() * (data_std / spread) ** 2
    return cast(Tensor, drawn + share * (ink - estimate[0] if estimate else ink))
