"""The description of a clip as plain data, and its rendering.

Positions and lengths are in pixels of a 128×96 frame; time runs from 0 (first frame) to 1 (last frame). A clip is a
list of actors. An object that changes midway is two actors on one path, one shown before the change and one after.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vidgen.dataset.drawing import Color, drawn_facing, load

WIDTH, HEIGHT, NUM_FRAMES = 128, 96, 16
WHITE: Color = (1.0, 1.0, 1.0)
#: Counter-clockwise quarter turns of each direction from "right".
_TURNS = {"right": 0, "up": 1, "left": 2, "down": 3}


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """One drawing on its path."""

    object: str
    drawing: int
    #: Body, accent and detail colour, each (red, green, blue) in [0, 1].
    colors: tuple[Color, Color, Color]
    #: Square root of the area of the drawing's bounding box.
    size: float
    #: Centre at time 0.
    start: tuple[float, float]
    #: Displacement over the whole clip; (0, 0) stands still.
    travel: tuple[float, float]
    #: Variation of the speed: at time u the fraction u + ease · u (1 − u) of the way is covered; |ease| ≤ 1.
    ease: float = 0.0
    #: Displacements (x, y) from `start` at evenly spaced times, joined by straight lines, where `travel` is not enough.
    path: tuple[tuple[float, float], ...] = ()
    #: The direction it faces: the opposite of the drawn one mirrors it, another one turns it by a quarter.
    facing: str = "right"
    opacity: float = 1.0
    #: The first and the last time at which it is shown.
    first: float = 0.0
    last: float = 1.0

    def extent(self) -> tuple[float, float]:
        """Width and height of its bounding box."""
        aspect = load(self.object, self.drawing).aspect ** 0.5
        width, height = self.size * aspect, self.size / aspect
        turned = _TURNS[self.facing] % 2 != _TURNS[drawn_facing(self.object)] % 2
        return (height, width) if turned else (width, height)

    def centers(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Its centre at each time, `(times, 2)`: x and y."""
        if self.path:
            knots = np.linspace(0, 1, len(self.path))
            offsets = np.stack([np.interp(times, knots, axis) for axis in zip(*self.path, strict=True)], 1)
            along: NDArray[np.float64] = np.array(self.start) + offsets
            return along
        way = times + self.ease * times * (1 - times)
        centers: NDArray[np.float64] = np.array(self.start) + np.outer(way, self.travel)
        return centers


@dataclass(frozen=True, slots=True, kw_only=True)
class Background:
    """A plain background, or a gradient from `color` to `other` in the direction of `angle` (radians, 0 is right)."""

    color: Color = WHITE
    other: Color | None = None
    angle: float = 0.0

    def pixels(self, width: int, height: int) -> NDArray[np.uint8]:
        """The background as a picture: uint8 (height, width, 3)."""
        if self.other is None:
            return np.tile(_bytes(np.array(self.color)), (height, width, 1))
        x, y = np.linspace(-0.5, 0.5, width), np.linspace(-0.5, 0.5, height)[:, None]
        ramp = np.cos(self.angle) * x + np.sin(self.angle) * y
        mix = ((ramp - ramp.min()) / np.ptp(ramp))[..., None]
        return _bytes((1 - mix) * np.array(self.color) + mix * np.array(self.other))


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSpec:
    """A clip: a background, and actors in the order in which they are painted."""

    actors: tuple[Actor, ...]
    background: Background = Background()


def render(
    spec: ClipSpec, *, size: tuple[int, int] = (WIDTH, HEIGHT), num_frames: int = NUM_FRAMES
) -> NDArray[np.uint8]:
    """The frames of a clip: uint8 `(frames, height, width, 3)`.

    Positions are not rounded: each pixel takes the area of the drawing that it covers.

    Args:
        spec: the clip.
        size: (width, height) of the frames; the scene of 128×96 is scaled to fit, and centred.
        num_frames: the number of frames.
    """
    frames: NDArray[np.uint8] = render_all([spec], size=size, num_frames=num_frames)[0]
    return frames


def render_all(
    specs: Sequence[ClipSpec], *, size: tuple[int, int] = (WIDTH, HEIGHT), num_frames: int = NUM_FRAMES
) -> NDArray[np.uint8]:
    """Several clips in one array: uint8 `(clips, frames, height, width, 3)`; see `render`."""
    width, height = size
    clips = np.empty((len(specs), num_frames, height, width, 3), dtype=np.uint8)
    for spec, frames in zip(specs, clips, strict=True):
        frames[:] = spec.background.pixels(width, height)
        for actor in spec.actors:
            _paint(frames, actor)
    return clips


def _paint(frames: NDArray[np.uint8], actor: Actor) -> None:
    """Composite the actor onto the frames."""
    scale = min(frames.shape[2] / WIDTH, frames.shape[1] / HEIGHT)
    offset = ((frames.shape[2] - scale * WIDTH) / 2, (frames.shape[1] - scale * HEIGHT) / 2)
    times = np.linspace(0, 1, len(frames))
    shown = np.flatnonzero((times >= actor.first) & (times <= actor.last))
    maps = turned(load(actor.object, actor.drawing).colored(actor.colors), drawn_facing(actor.object), actor.facing)
    extent = scale * np.array(actor.extent())
    corners = actor.centers(times[shown]) * scale + offset - extent / 2
    left, columns = _coverage(corners[:, 0], float(extent[0]), maps.shape[2])
    top, rows = _coverage(corners[:, 1], float(extent[1]), maps.shape[1])
    num_rows, num_columns = rows.shape[1], columns.shape[1]
    _, height, width = maps.shape
    # One matrix product for the rows of all frames, then one per frame for its columns, for all four maps together.
    tall = np.float32(actor.opacity) * rows.reshape(-1, height) @ maps.swapaxes(0, 1).reshape(height, 4 * width)
    patches = tall.reshape(len(shown), 4 * num_rows, width) @ columns.swapaxes(1, 2)
    patches = patches.reshape(len(shown), num_rows, 4, num_columns).swapaxes(2, 3)
    kept = 1 - patches[..., 3:]
    # In levels of 0 to 255, plus ½ so that truncation rounds.
    added = np.ascontiguousarray(patches[..., :3]) * np.float32(255) + np.float32(0.5)
    for frame, x, y, keep, add in zip(shown, left, top, kept, added, strict=True):
        x0, y0 = max(x, 0), max(y, 0)
        under = frames[frame, y0 : max(y + num_rows, 0), x0 : max(x + num_columns, 0)]
        window = np.s_[y0 - y : y0 - y + under.shape[0], x0 - x : x0 - x + under.shape[1]]
        under[:] = under * keep[window] + add[window]


def turned(maps: NDArray[np.float32], drawn: str, facing: str) -> NDArray[np.float32]:
    """The maps `(…, height, width)`, drawn facing one direction, facing another: mirrored if opposite, else turned."""
    turns = (_TURNS[facing] - _TURNS[drawn]) % 4
    if turns == 2:
        return np.flip(maps, axis=-1 if drawn in ("left", "right") else -2)
    return np.rot90(maps, turns, axes=(-2, -1))


def _coverage(corner: NDArray[np.float64], extent: float, num_source: int) -> tuple[list[int], NDArray[np.float32]]:
    """The weight of each source pixel in each target pixel, along one axis, for each frame.

    Returns:
        The first target pixel of each frame, and the weights, float32 `(frames, targets, sources)`; the weights of a
        target pixel sum to the fraction of it that the drawing covers.
    """
    first = np.floor(corner)
    targets = np.arange(int(np.ceil(extent)) + 2)
    edges = (((first - corner)[:, None] + targets) * (num_source / extent)).astype(np.float32)
    before: NDArray[np.float32] = np.subtract.outer(edges, np.arange(num_source, dtype=np.float32))
    np.clip(before, 0, 1, out=before)
    covered: NDArray[np.float32] = np.diff(before, axis=1)
    covered *= extent / num_source
    return first.astype(int).tolist(), covered


def _bytes(values: NDArray[np.float32 | np.float64]) -> NDArray[np.uint8]:
    """Values from 0 to 1 (rounding errors above 1 are clipped) as the nearest of 0 to 255."""
    scaled: NDArray[np.float32 | np.float64] = np.minimum(values, 1) * 255 + 0.5
    return scaled.astype(np.uint8)
