"""The posterior mean over kept training clips: the exact denoiser where noise hides everything finer."""

from itertools import permutations
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

#: Rounds of mean-field updates for videos of several objects.
_ROUNDS = 3


class Exemplars(nn.Module):
    """The mean of the kept training clips, each weighted by its likelihood given the noisy video.

    For data that are these clips alone it is the ideal denoiser. The weight is a Gaussian of the distance between video
    and clip (Parzen 1962, doi:10.1214/aoms/1177704472), at a fraction of the resolution. The three colours of a clip
    may be exchanged, so a clip stands for six. In a video of several objects each object is estimated in turn from what
    the estimates of the others leave (mean field), and is penalised for overlapping them.
    """

    #: Ink (1 − video) of the training clips, `(classes, clips, 3, frames, height, width)`.
    clips: Tensor
    #: Half the squared norm of each clip, `(classes, clips)`.
    half_squares: Tensor
    #: Permutation matrices of three colours, `(6, 3, 3)`, from the colours of a clip to those of the video.
    orders: Tensor

    def __init__(self, clips: Tensor) -> None:
        super().__init__()
        self.register_buffer("clips", clips, persistent=False)
        self.register_buffer("half_squares", clips.flatten(2).square().sum(2) / 2, persistent=False)
        orders = torch.eye(3, dtype=clips.dtype)[torch.tensor(list(permutations(range(3))))]
        self.register_buffer("orders", orders, persistent=False)

    def forward(self, ink: Tensor, sigma: Tensor, labels: Tensor | None, num_objects: int = 1) -> Tensor:
        """The expected ink of each object, `(batch, objects, 3, frames, height, width)`, at the resolution of the ink.

        Args:
            ink: `(batch, 3, frames, height, width)`, noisy, in full resolution.
            sigma: standard deviation of its noise, `(batch,)`.
            labels: `(batch, classes)`, 1 for each label of a video, as many labels for each video; None for an
                unconditional estimate.
            num_objects: objects of a video without labels.
        """
        small = self.small(ink, sigma, labels, num_objects)
        return upsampled(small, ink.shape[-1] // small.shape[-1])

    def small(self, ink: Tensor, sigma: Tensor, labels: Tensor | None, num_objects: int = 1) -> Tensor:
        """The same at the resolution of the kept clips."""
        shrink = ink.shape[-1] // self.clips.shape[-1]
        small, small_sigma = F.avg_pool3d(ink, (1, shrink, shrink)), sigma / shrink
        any_class: list[int | None] = [None] * num_objects
        if labels is None:
            return self._objects(small, small_sigma, any_class)
        classes: list[list[int | None]] = [row.nonzero().flatten().tolist() or any_class for row in labels]
        videos = zip(small[:, None], small_sigma[:, None], classes, strict=True)
        return torch.cat([self._objects(*video) for video in videos])

    def _objects(self, ink: Tensor, sigma: Tensor, classes: list[int | None]) -> Tensor:
        """The expected ink of each object of videos of the same classes, `(batch, objects, 3, frames, …)`."""
        found = [torch.zeros_like(ink)] * len(classes)
        for _ in range(_ROUNDS if len(classes) > 1 else 1):
            for place, index in enumerate(classes):
                rest = torch.stack(found).sum(0) - found[place] if len(classes) > 1 else None
                found[place] = self._expected(ink, sigma, index, rest)
        return torch.stack(found, 1)

    def _expected(self, ink: Tensor, sigma: Tensor, index: int | None, rest: Tensor | None) -> Tensor:
        """The posterior mean over the clips of one class, or of all, in all orders of their colours.

        `rest` is the ink of the other objects: it is subtracted from the video, and clips that overlap it lose weight.
        """
        chosen = slice(None) if index is None else slice(index, index + 1)
        colors, half_squares = self.clips[chosen].flatten(0, 2).flatten(1), self.half_squares[chosen].flatten()
        fit = (self._agreement(ink if rest is None else ink - rest, colors) - half_squares) / sigma.view(-1, 1, 1) ** 2
        if rest is not None:
            fit = fit - self._agreement(rest, colors)
        weight = fit.flatten(1).softmax(1).view_as(fit)
        mixing = torch.einsum("bon,ocd->bdnc", weight, self.orders)
        return (mixing.flatten(2) @ colors).view_as(ink)

    def _agreement(self, ink: Tensor, colors: Tensor) -> Tensor:
        """The inner products of ink and clips, given as `(clips · 3, values)`, by order: `(batch, orders, clips)`."""
        products = ink.flatten(2) @ colors.T
        return torch.einsum("bdnc,ocd->bon", products.view(len(ink), 3, -1, 3), self.orders)


def upsampled(small: Tensor, factor: int) -> Tensor:
    """Pictures `(..., height, width)`, larger by a factor, bilinear; as matrix products, which are fast."""
    rows, columns = (torch.eye(size, dtype=small.dtype, device=small.device)[None] for size in small.shape[-2:])
    rows, columns = (F.interpolate(one, scale_factor=factor, mode="linear")[0] for one in (rows, columns))
    return rows.mT @ (small @ columns)


def as_ink(clips: NDArray[np.unsignedinteger[Any]], white: int = 255) -> Tensor:
    """Clips of whole numbers from 0 to `white`, `(classes, clips, frames, height, width, 3)`, as `Exemplars` has them.

    Returns:
        Ink in [0, 1], `(classes, clips, 3, frames, height, width)`.
    """
    return (1 - torch.from_numpy(clips.astype(np.float32) / white).permute(0, 1, 5, 2, 3, 4)).contiguous()
