"""The paper's temporal convolutional auto-encoder (eqs. 4–5).

Every auto-encoder is called as `tempcae(video, sigma, labels, num_objects)` and returns the decoded video, of the same
shape. This one ignores all but the video; the others (`coarse_to_fine`, `layered`) remove noise of standard deviation
`sigma`, and are conditioned on labels where some are given.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn


@dataclass(frozen=True, kw_only=True, slots=True)
class TempCAEConfig:
    """The auto-encoder of eqs. 4–5."""

    #: Frames that a window spans: the paper's CS.
    window: int = 4
    #: Edge of the square filters, and the step between their positions.
    kernel: int = 8
    stride: int = 4
    #: Channels of the code; at 64 a window is coded in a third of its values.
    hidden: int = 64
    #: Whether the decoder's filters W' are the encoder's W.
    tied: bool = False
    #: Standard deviation of the data about white, which weights the noise levels in training.
    data_std: float = 0.2

    def __post_init__(self) -> None:
        """Check that the filters tile a frame."""
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
        return windows_of(video, self.config.window).flatten(2, 3)

    def decode_windows(self, windows: Tensor) -> Tensor:
        """The decoded windows, of the same shape as the given ones."""
        code = torch.sigmoid(self.encode(windows.flatten(0, 1)))
        return torch.sigmoid(self.decode(code).to(windows.dtype)).view_as(windows)

    def forward(
        self,
        video: Tensor,
        sigma: Tensor | float | None = None,
        labels: Tensor | None = None,
        num_objects: int = 1,
    ) -> Tensor:
        """The decoded video `(batch, 3, frames, height, width)`: the mean of its decoded windows."""
        windows = windows_of(video, self.config.window)
        return mean_of_windows(self.decode_windows(windows.flatten(2, 3)).view_as(windows), video.shape[2])


def windows_of(video: Tensor, window: int) -> Tensor:
    """All windows of some frames of a video, stride one.

    Returns:
        `(batch, frames − window + 1, window, 3, height, width)`, of a video `(batch, 3, frames, height, width)`.
    """
    return video.unfold(2, window, 1).permute(0, 2, 5, 1, 3, 4)


def mean_of_windows(windows: Tensor, frames: int) -> Tensor:
    """The video `(batch, 3, frames, height, width)` of its windows, shaped as `windows_of` returns them.

    A frame is the mean of the windows that span it.
    """
    batch, count, window, channels, height, width = windows.shape
    total = windows.new_zeros(batch, channels, frames, height, width)
    times = windows.new_zeros(frames)
    for offset in range(window):
        total[:, :, offset : offset + count] += windows[:, :, offset].transpose(1, 2)
        times[offset : offset + count] += 1
    return total / times.view(1, 1, -1, 1, 1)
