"""Temporal convolutional auto-encoders: the paper's (eqs. 4–5) and a deep, denoising one.

Both are called as `tempcae(video, noise_level, labels)` and return the decoded video of the same shape. The paper's
ignores all but the video; the deep one takes the noise level as the standard deviation of the noise that it should see
through, and may be told the labels.
"""

from dataclasses import dataclass
from itertools import permutations
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True, kw_only=True, slots=True)
class TempCAEConfig:
    """The auto-encoder of eqs. 4–5."""

    #: CS of the paper: frames that a window spans.
    window: int = 4
    #: Edge of the square filters, and the step between their positions.
    kernel: int = 8
    stride: int = 4
    #: Channels of the code; at 64 a window is coded in a third of its values.
    hidden: int = 64
    #: Whether the decoder's filters W' are the encoder's W.
    tied: bool = False

    def __post_init__(self) -> None:
        """Reject sizes that cannot tile a frame."""
        if self.window < 1 or self.hidden < 1:
            raise ValueError(f"window and hidden must be positive, got {self.window} and {self.hidden}")
        if self.kernel < self.stride or (self.kernel - self.stride) % 2:
            raise ValueError(f"kernel {self.kernel} must exceed stride {self.stride} by an even number or equal it")


class TempCAE(nn.Module):
    """One sigmoid layer up and one down over a window of stacked frames (eqs. 4–5).

    h = σ(W ∗ X[i:i+CS] + b), X̂ = σ(W' · h + b'). The CS frames of a window are stacked as channels; windows start at
    every frame and the decoded windows are averaged where they overlap.
    """

    def __init__(self, config: TempCAEConfig) -> None:
        super().__init__()
        self.config = config
        padding = (config.kernel - config.stride) // 2
        stacked = 3 * config.window
        self.encode = nn.Conv2d(stacked, config.hidden, config.kernel, config.stride, padding)
        self.decode = nn.ConvTranspose2d(config.hidden, stacked, config.kernel, config.stride, padding)
        if config.tied:
            self.decode.weight = self.encode.weight

    def windows(self, video: Tensor) -> Tensor:
        """All windows `(batch, frames − CS + 1, 3·CS, height, width)` of a video, stride one."""
        window = self.config.window
        parts = video.unfold(2, window, 1).permute(0, 2, 5, 1, 3, 4)
        return parts.reshape(parts.shape[0], parts.shape[1], 3 * window, *parts.shape[4:])

    def decode_windows(self, windows: Tensor) -> Tensor:
        """The decoded windows, of the same shape as the given ones."""
        code = torch.sigmoid(self.encode(windows.flatten(0, 1)))
        return torch.sigmoid(self.decode(code)).view_as(windows)

    def forward(self, video: Tensor, noise_level: Tensor | float | None = None, labels: Tensor | None = None) -> Tensor:
        """The decoded video `(batch, 3, frames, height, width)`: the mean of its decoded windows."""
        decoded = self.decode_windows(self.windows(video))
        batch, count, _, height, width = decoded.shape
        parts = decoded.view(batch, count, self.config.window, 3, height, width)
        total = torch.zeros_like(video)
        times = torch.zeros(video.shape[2], device=video.device, dtype=video.dtype)
        for offset in range(self.config.window):
            total[:, :, offset : offset + count] += parts[:, :, offset].transpose(1, 2)
            times[offset : offset + count] += 1
        return total / times.view(1, 1, -1, 1, 1)


#: Length of the vector that tells a network's blocks the noise level and the number of objects.
CONDITION = 128


@dataclass(frozen=True, kw_only=True, slots=True)
class DeepTempCAEConfig:
    """The deep auto-encoder: sketches under much noise, a coarse network under medium, a fine one under little."""

    #: Training clips of each class that are kept as sketches.
    sketches: int = 64
    #: Noise level from which on they take the coarse network's place.
    sketch_from: float = 1.0

    #: Channels per level of the coarse network, at half resolution; each level after the first halves height and width.
    coarse: tuple[int, ...] = (80, 96, 96)
    #: Levels after the first that halve the frames too.
    temporal: tuple[bool, ...] = (True, True)
    #: Blocks on each side of each coarse level.
    depth: int = 2
    #: Channels per level of the fine network, which keeps all frames.
    fine: tuple[int, ...] = (48, 64)
    #: Edge of the patches that become channels.
    patch: int = 4
    #: Standard deviation of the data about white, which sets the networks' scales (Karras et al. 2022).
    data_std: float = 0.2
    #: Above this noise level nothing fine can be told: the coarse estimate is all there is.
    fine_below: float = 0.8
    #: Classes that it may be told a video shows.
    num_classes: int = 11

    def __post_init__(self) -> None:
        """Reject tables of unequal length."""
        if len(self.coarse) != len(self.temporal) + 1:
            raise ValueError(f"temporal {self.temporal} must have one entry less than coarse {self.coarse}")


class Block(nn.Module):
    """A residual block: a spatial convolution, the condition, a temporal convolution."""

    def __init__(self, width: int, condition: int) -> None:
        super().__init__()
        self.space = nn.Conv3d(width, width, (1, 3, 3), padding=(0, 1, 1))
        self.time = nn.Conv3d(width, width, (3, 1, 1), padding=(1, 0, 0))
        self.shift = nn.Linear(condition, width)
        nn.init.zeros_(self.time.weight)
        nn.init.zeros_(cast(Tensor, self.time.bias))

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """`x + branch(x)`, the condition `(batch, condition)` added to each channel in between."""
        shift = self.shift(condition)[:, :, None, None, None]
        return x + cast(Tensor, self.time(F.relu(self.space(F.relu(x)) + shift)))


class Unet(nn.Module):
    """A U-shaped network over space and time; patches of pixels are its finest channels."""

    def __init__(
        self,
        inputs: int,
        outputs: int,
        widths: tuple[int, ...],
        temporal: tuple[bool, ...],
        depth: int,
        patch: int,
        condition: int,
    ) -> None:
        super().__init__()
        self.patch, self.outputs = patch, outputs
        self.stem = nn.Conv3d(inputs * patch**2, widths[0], 3, padding=1)
        blocks = [[Block(width, condition) for _ in range(depth)] for width in widths]
        self.down = nn.ModuleList(nn.ModuleList(level) for level in blocks)
        self.up = nn.ModuleList(nn.ModuleList(Block(width, condition) for _ in range(depth)) for width in widths[:-1])
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


class Sketches(nn.Module):
    """The expected clip under so much noise that only what moves where can be told: the mean of the training clips.

    Each is weighted by how likely the noisy video is given it, a Gaussian in their distance (Parzen 1962,
    doi:10.1214/aoms/1177704472), at a quarter of the resolution. The three colours may be exchanged, so that a clip
    stands for six. Of a video with two labels every pair of their clips is a candidate that keeps the two apart.
    """

    #: Ink of the training clips, `(classes, clips, 3, frames, height, width)`.
    clips: Tensor

    def __init__(self, clips: Tensor) -> None:
        super().__init__()
        self.register_buffer("clips", clips, persistent=False)

    def forward(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None) -> Tensor:
        """The expected ink `(batch, 3, frames, height, width)` of noisy ink, each video of its labels if it has any."""
        told = [[] for _ in ink] if labels is None else [row.nonzero().flatten().tolist() for row in labels]
        return torch.stack(
            [
                self._of_pair(video, level, chosen) if len(chosen) > 1 else self._of_one(video, level, chosen)
                for video, level, chosen in zip(ink, noise_level, told, strict=True)
            ]
        )

    def _of_one(self, ink: Tensor, level: Tensor, chosen: list[int]) -> Tensor:
        clips = (self.clips[chosen] if chosen else self.clips).flatten(0, 1)
        flat = clips.flatten(1)
        orders = list(permutations(range(3)))
        turned = torch.stack([ink[list(order)] for order in orders]).flatten(1)
        fit = turned @ flat.T - flat.square().sum(1) / 2
        weight = (fit / level**2).flatten().softmax(0).view_as(fit)
        expected = (weight @ flat).view(len(orders), *ink.shape)
        back = [torch.tensor(order, device=ink.device).argsort() for order in orders]
        return torch.stack([part[order] for part, order in zip(expected, back, strict=True)]).sum(0)

    def _of_pair(self, ink: Tensor, level: Tensor, chosen: list[int]) -> Tensor:
        one, other = (self.clips[index].flatten(1) for index in chosen[:2])
        shared = one @ other.T
        fit = (
            (one @ ink.flatten() - one.square().sum(1) / 2)[:, None] + other @ ink.flatten() - other.square().sum(1) / 2
        )
        apart = shared <= shared.flatten().quantile(0.25)
        weight = ((fit - shared) / level**2).masked_fill(~apart, -torch.inf).flatten().softmax(0).view_as(fit)
        return (weight.sum(1) @ one + weight.sum(0) @ other).view_as(ink)


class DeepTempCAE(nn.Module):
    """A denoising auto-encoder over the whole video: R(x, σ) estimates the clip behind x = clip + σ·noise.

    It works on ink, 1 − video, so that zero padding continues a white background. Under much noise only a sketch of
    what moves where can be told, in the video averaged to a quarter of its resolution, whose noise is σ/4; under less,
    a coarse network tells shapes at half resolution, whose noise is σ/2; under little, a fine one adds the detail. Each
    network draws anew and keeps, pixel by pixel, as much of its input as the noise level allows (the input scaling and
    the largest share kept are those of Karras et al. 2022, doi:10.48550/arXiv.2206.00364, table 1).
    R(x, σ) − x is σ² times the score of the data smoothed by σ (Alain & Bengio 2014): eq. 8's second direction. Told
    the labels it is the score of their clips alone (Ho & Salimans 2022, doi:10.48550/arXiv.2207.12598).
    """

    def __init__(self, config: DeepTempCAEConfig) -> None:
        super().__init__()
        self.config = config
        condition = CONDITION
        self.register_buffer("frequencies", torch.linspace(0, 3, 32).exp() * 0.5, persistent=False)
        self.labels = nn.Linear(config.num_classes, 64)
        nn.init.normal_(self.labels.weight)
        self.condition = nn.Sequential(nn.Linear(64, condition), nn.ReLU(), nn.Linear(condition, condition), nn.ReLU())
        self.sketches = Sketches(torch.zeros(config.num_classes, 1, 3, 16, 24, 32))
        self.coarse = Unet(3, 4, config.coarse, config.temporal, config.depth, config.patch, condition)
        self.fine = Unet(6, 4, config.fine, (False,) * (len(config.fine) - 1), 1, config.patch, condition)

    def forward(self, video: Tensor, noise_level: Tensor | float, labels: Tensor | None = None) -> Tensor:
        """The decoded video.

        Args:
            video: `(batch, 3, frames, height, width)`, a clip in [0, 1] plus noise.
            noise_level: the noise's standard deviation, `(batch,)` or one for all, which spares the fine network where
                it has no part.
            labels: `(batch, num_classes)`, 1 for each label of a clip; zeros, or nothing, where it is not told.
        """
        ink = 1 - video
        if isinstance(noise_level, Tensor):
            return 1 - self._mixed(ink, noise_level, labels)
        level = video.new_full((len(video),), noise_level)
        if noise_level >= self.config.sketch_from:
            return 1 - self.sketched(ink, level, labels)
        condition = self.embed(level, labels).to(video.dtype)
        outline = self.outlined(ink, level, condition)
        if noise_level >= self.config.fine_below:
            return 1 - outline
        return 1 - self.detail(ink, outline, level, condition)

    def _mixed(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None) -> Tensor:
        """Each video by the parts that its own noise level calls for; all of them run."""
        level = noise_level.view(-1, 1, 1, 1, 1)
        condition = self.embed(noise_level, labels).to(ink.dtype)
        outline = self.outlined(ink, noise_level, condition)
        detail = self.detail(ink, outline, noise_level, condition)
        shapes = torch.where(level < self.config.fine_below, detail, outline)
        return torch.where(level < self.config.sketch_from, shapes, self.sketched(ink, noise_level, labels))

    def sketched(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None) -> Tensor:
        """The estimate of ink under much noise, in full resolution."""
        small = cast(Tensor, self.sketches(F.avg_pool3d(ink, (1, 4, 4)), noise_level / 4, labels))
        return F.interpolate(small, scale_factor=(1, 4, 4), mode="trilinear")

    def outlined(self, ink: Tensor, noise_level: Tensor, condition: Tensor) -> Tensor:
        """The estimate of ink under medium noise, in full resolution."""
        half = self.redraw(self.coarse, F.avg_pool3d(ink, (1, 2, 2)), noise_level / 2, condition)
        return F.interpolate(half, scale_factor=(1, 2, 2), mode="trilinear")

    def embed(self, noise_level: Tensor, labels: Tensor | None) -> Tensor:
        """The condition `(batch, 128)`: noise level and labels."""
        phase = (noise_level.log() / 4)[:, None] * cast(Tensor, self.frequencies) * 2 * torch.pi
        told = noise_level.new_zeros(len(noise_level), self.config.num_classes) if labels is None else labels
        return cast(Tensor, self.condition(torch.cat([phase.cos(), phase.sin()], 1) + self.labels(told)))

    def detail(self, ink: Tensor, outline: Tensor, noise_level: Tensor, condition: Tensor) -> Tensor:
        """The estimate under little noise, given the coarse one scaled up."""
        return outline + self.redraw(self.fine, ink, noise_level, condition, outline)

    def redraw(self, unet: nn.Module, ink: Tensor, noise_level: Tensor, condition: Tensor, *more: Tensor) -> Tensor:
        """What a network draws at its resolution, plus the share of its noisy input that it keeps."""
        sigma = noise_level.to(ink.dtype).view(-1, 1, 1, 1, 1)
        spread = (sigma**2 + self.config.data_std**2).sqrt()
        drawn, kept = unet(torch.cat([ink / spread, *more], 1), condition).to(ink.dtype).split([3, 1], 1)
        share = kept.sigmoid() * (self.config.data_std / spread) ** 2
        return cast(Tensor, drawn + share * (ink - more[0] if more else ink))
