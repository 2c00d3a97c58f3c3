"""Several objects of one kind in a clip, separated by the straight paths that they take."""

from functools import cache

import torch
from torch import Tensor

#: Shortest and longest paths that are tried, as fractions of the frame, and drifts across them, in places.
_SHORTEST, _LONGEST, _DRIFTS = 0.2, 0.65, (-1, 0, 1)
#: Places about a path that belong to its object.
_RADIUS = 2.5


def separated(found: Tensor, count: int) -> list[Tensor]:
    """What is found of each kind, in parts of one object each, the clearest first.

    The path along which most is found is that of the first object; what is near it is taken away, and the next one is
    looked for in the rest.

    Args:
        found: probabilities of each kind at each place, `(batch, frames, kinds, rows, columns)`.
        count: the largest number of objects of a kind.

    Returns:
        `count` tensors of the same shape.
    """
    rest = found.transpose(1, 2).flatten(0, 1)  # (batch · kinds, frames, rows, columns)
    parts = []
    for _ in range(count):
        near = _near(_clearest(rest), found.shape[3], found.shape[4])
        parts.append((rest * near).view(len(found), -1, *rest.shape[1:]).transpose(1, 2))
        rest = rest * ~near
    return parts


def _clearest(found: Tensor) -> Tensor:
    """The path along which most is found, `(batch, frames, 2)`, row and column, of `(batch, frames, rows, columns)`."""
    _, frames, rows, columns = found.shape
    lines = _lines(frames, rows, columns).to(found.device)
    flat = lines.round().long()
    place = flat[..., 0] * columns + flat[..., 1]
    sums = sum(found[:, t].flatten(1)[:, place[:, t]] for t in range(frames))
    assert isinstance(sums, Tensor)  # noqa: S101  there is a frame
    return lines[sums.argmax(1)]


def _near(path: Tensor, rows: int, columns: int) -> Tensor:
    """Which places are near a path `(batch, frames, 2)`, `(batch, frames, rows, columns)`."""
    down = torch.arange(rows, device=path.device)[:, None] - path[..., 0, None, None]
    across = torch.arange(columns, device=path.device) - path[..., 1, None, None]
    return torch.maximum(down.abs(), across.abs()) <= _RADIUS


@cache
def _lines(frames: int, rows: int, columns: int) -> Tensor:
    """Straight paths in the four directions that stay within the frame, `(paths, frames, 2)`: row and column."""
    time = torch.linspace(0, 1, frames)[:, None]
    ways = []
    for axis, size in enumerate((rows, columns)):
        for length in range(round(_SHORTEST * size), round(_LONGEST * size) + 1):
            for way in (length, -length):
                ways += [(way, drift) if axis == 0 else (drift, way) for drift in _DRIFTS]
    start = torch.cartesian_prod(torch.arange(rows), torch.arange(columns)).float()
    lines = start[:, None, None] + time * torch.tensor(ways, dtype=torch.float)[None, :, None]
    lines = lines.flatten(0, 1)
    ends = lines[:, -1]
    return lines[((ends >= 0) & (ends <= torch.tensor([rows - 1, columns - 1]))).all(1)]
