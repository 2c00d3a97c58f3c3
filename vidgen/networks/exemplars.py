"""What moves where: the expected clip under so much noise that nothing finer can be told."""

from itertools import permutations
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

#: Rounds in which the objects of a video are fitted in turn, each to what the others leave.
_ROUNDS = 3


class Sketches(nn.Module):
    """The mean of the training clips, each weighted by how likely the noisy video is given it.

    The weight is a Gaussian in their distance (Parzen 1962, doi:10.1214/aoms/1177704472), at a fraction of the
    resolution. The three colours may be exchanged, so that a clip stands for six. Of a video of several objects each is
    fitted in turn to what the others leave (mean field), and is drawn away from where they are.
    """

    #: Ink of the training clips, `(classes, clips, 3, frames, height, width)`.
    clips: Tensor
    #: Half the squared length of each, taken once, `(classes, clips)`.
    half_squares: Tensor
    #: The orders of three colours, `(6, 3, 3)`: 1 where a colour of a clip is shown as one of the video.
    orders: Tensor

    def __init__(self, clips: Tensor) -> None:
        super().__init__()
        self.register_buffer("clips", clips, persistent=False)
        self.register_buffer("half_squares", clips.flatten(2).square().sum(2) / 2, persistent=False)
        orders = torch.eye(3, dtype=clips.dtype)[torch.tensor(list(permutations(range(3))))]
        self.register_buffer("orders", orders, persistent=False)

    def forward(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None, num_objects: int = 1) -> Tensor:
        """The expected ink of each object, `(batch, objects, 3, frames, height, width)`, at the resolution of the ink.

        Args:
            ink: `(batch, 3, frames, height, width)`, noisy, in full resolution.
            noise_level: its noise's standard deviation, `(batch,)`.
            labels: `(batch, classes)`, 1 for each label of a video, as many for each; None where it is not told.
            num_objects: objects of a video whose labels are not told.
        """
        small = self.small(ink, noise_level, labels, num_objects)
        return grown(small, ink.shape[-1] // small.shape[-1])

    def small(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None, num_objects: int = 1) -> Tensor:
        """The same at the resolution of the sketches."""
        shrink = ink.shape[-1] // self.clips.shape[-1]
        small, level = F.avg_pool3d(ink, (1, shrink, shrink)), noise_level / shrink
        untold: list[int | None] = [None] * num_objects
        if labels is None:
            return self._objects(small, level, untold)
        told: list[list[int | None]] = [row.nonzero().flatten().tolist() or untold for row in labels]
        videos = zip(small[:, None], level[:, None], told, strict=True)
        return torch.cat([self._objects(*video) for video in videos])

    def _objects(self, ink: Tensor, level: Tensor, classes: list[int | None]) -> Tensor:
        """Of videos of the same classes each object's expected ink, `(batch, objects, 3, frames, height, width)`."""
        found = [torch.zeros_like(ink)] * len(classes)
        for _ in range(_ROUNDS if len(classes) > 1 else 1):
            for place, index in enumerate(classes):
                rest = torch.stack(found).sum(0) - found[place] if len(classes) > 1 else None
                found[place] = self._expected(ink, level, index, rest)
        return torch.stack(found, 1)

    def _expected(self, ink: Tensor, level: Tensor, index: int | None, rest: Tensor | None) -> Tensor:
        """The expected clips behind noisy ink, of one class or any, in any order of the colours, away from the rest."""
        chosen = slice(None) if index is None else slice(index, index + 1)
        colors, half_squares = self.clips[chosen].flatten(0, 2).flatten(1), self.half_squares[chosen].flatten()
        fit = (self._agreement(ink if rest is None else ink - rest, colors) - half_squares) / level.view(-1, 1, 1) ** 2
        if rest is not None:
            fit = fit - self._agreement(rest, colors)
        weight = fit.flatten(1).softmax(1).view_as(fit)
        shares = torch.einsum("bon,ocd->bdnc", weight, self.orders)
        return (shares.flatten(2) @ colors).view_as(ink)

    def _agreement(self, ink: Tensor, colors: Tensor) -> Tensor:
        """The inner products of ink and clips, given as `(clips · 3, values)`, by order: `(batch, orders, clips)`."""
        products = ink.flatten(2) @ colors.T
        return torch.einsum("bdnc,ocd->bon", products.view(len(ink), 3, -1, 3), self.orders)


def grown(small: Tensor, factor: int) -> Tensor:
    """Pictures `(..., height, width)` a factor larger by bilinear interpolation: matrix products, as those are fast."""
    rows, columns = (torch.eye(size, dtype=small.dtype, device=small.device)[None] for size in small.shape[-2:])
    rows, columns = (F.interpolate(one, scale_factor=factor, mode="linear")[0] for one in (rows, columns))
    return rows.mT @ (small @ columns)


def as_ink(clips: NDArray[np.unsignedinteger[Any]], white: int = 255) -> Tensor:
    """Whole numbers up to `white`, `(classes, clips, frames, height, width, 3)`, as the ink of `Sketches`."""
    return (1 - torch.from_numpy(clips.astype(np.float32) / white).permute(0, 1, 5, 2, 3, 4)).contiguous()
