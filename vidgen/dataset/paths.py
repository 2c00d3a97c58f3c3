"""Paths of captioned objects: straight and diagonal ones, with a pause, and circles.

Positions and lengths are in pixels of a 128×96 frame; time runs from 0 (first frame) to 1 (last frame).
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH

#: Range of the distance travelled, as a fraction of the frame, by the speed that the caption says.
TRAVELS: dict[str | None, tuple[float, float]] = {"slow": (0.14, 0.22), None: (0.3, 0.45), "fast": (0.5, 0.65)}
#: Range of the turns of a circle, likewise, and of its radius.
TURNS: dict[str | None, tuple[float, float]] = {"slow": (0.5, 0.7), None: (0.95, 1.15), "fast": (1.6, 2.0)}
RADII = (11.0, 16.0)
#: Largest drift across a straight motion, as a fraction of the frame, and largest variation of the speed.
DRIFT, EASE = 0.03, 0.2
#: Ranges of the beginning of a pause and of its length.
PAUSE_BEGINS, PAUSE_LENGTHS = (0.28, 0.38), (0.32, 0.4)
_DIRECTIONS: dict[str, tuple[int, int]] = {
    "right": (1, 0),
    "left": (-1, 0),
    "up": (0, -1),
    "down": (0, 1),
    "diagonally up": (1, -1),
    "diagonally down": (1, 1),
    "stop-and-go": (1, 0),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Path:
    """Where an object's centre is: `start` + w(t) · `travel`, and a circle about that."""

    start: tuple[float, float] = (0.0, 0.0)
    travel: tuple[float, float] = (0.0, 0.0)
    #: w(t) is u + ease · u (1 − u), where u is the time without the pause, from 0 to 1.
    ease: float = 0.0
    #: When the pause begins, and how long it lasts; 0: there is none.
    pause: tuple[float, float] = (0.0, 0.0)
    #: Radius of the circle, turns (positive: clockwise), and angle at time 0 in radians.
    radius: float = 0.0
    turns: float = 0.0
    phase: float = 0.0

    def centers(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """The centre at each time, `(times, 2)`: x and y."""
        offsets: NDArray[np.float64] = offsets_of(
            np.array(self.travel),
            np.array(self.ease),
            np.array(self.pause),
            np.array(self.radius),
            np.array(self.turns),
            np.array(self.phase),
            times,
        )
        return np.array(self.start) + offsets

    def moved(self, x: float, y: float) -> "Path":
        """The same path elsewhere."""
        return replace(self, start=(self.start[0] + x, self.start[1] + y))


def offsets_of(
    travel: NDArray[np.float64],
    ease: NDArray[np.float64],
    pause: NDArray[np.float64],
    radius: NDArray[np.float64],
    turns: NDArray[np.float64],
    phase: NDArray[np.float64],
    times: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Centres of many paths about their starts at each time, `(..., times, 2)`.

    `travel` and `pause` are `(..., 2)`, the other numbers of `Path` `(...)`.
    """
    begin, length = pause[..., :1], pause[..., 1:]
    moving = (np.minimum(times, begin) + np.maximum(times - begin - length, 0)) / (1 - length)
    way = moving + ease[..., None] * moving * (1 - moving)
    angle = phase[..., None] + 2 * math.pi * turns[..., None] * times
    circle = radius[..., None, None] * np.stack([np.cos(angle), np.sin(angle)], -1)
    offsets: NDArray[np.float64] = way[..., None] * travel[..., None, :] + circle
    return offsets


def sample_path(motion: str, speed: str | None, extent: tuple[float, float], rng: np.random.Generator) -> Path:
    """A random path of that motion about (0, 0), short enough for an object of that width and height."""
    room = WIDTH - extent[0], HEIGHT - extent[1]
    if motion == "orbit":
        turns = float(rng.uniform(*TURNS[speed])) * (1 if rng.integers(2) else -1)
        radius = min(float(rng.uniform(*RADII)), *(side / 2 for side in room))
        return Path(radius=radius, turns=turns, phase=float(rng.uniform(0, 2 * math.pi)))
    direction, share = np.array(_DIRECTIONS[motion], float), float(rng.uniform(*TRAVELS[speed]))
    if direction.all() or motion == "stop-and-go":
        direction[0] *= 1 if rng.integers(2) else -1
    drift = rng.uniform(-DRIFT, DRIFT, 2) * (direction == 0)
    travel = np.clip((direction * share + drift) * (WIDTH, HEIGHT), -np.array(room), room)
    if direction.all():
        travel[0] = np.copysign(min(abs(travel[0]), 1.1 * abs(travel[1])), travel[0])
    pauses = (float(rng.uniform(*PAUSE_BEGINS)), float(rng.uniform(*PAUSE_LENGTHS)))
    return Path(
        travel=(float(travel[0]), float(travel[1])),
        ease=float(rng.uniform(-EASE, EASE)),
        pause=pauses if motion == "stop-and-go" else (0.0, 0.0),
    )


def placed_together(
    paths: list[Path],
    extents: list[tuple[float, float]],
    relation: str | None,
    rng: np.random.Generator,
    *,
    tries: int = 40,
) -> list[Path] | None:
    """The paths at random places within the frame where the objects do not overlap; None where no try finds them.

    A relation holds between the first two throughout: their bounding boxes are apart by it.
    """
    times = np.linspace(0, 1, NUM_FRAMES)
    offsets, sizes = np.stack([path.centers(times) for path in paths]), np.array(extents)
    low = sizes / 2 - offsets.min(1)
    high = np.array([WIDTH, HEIGHT]) - sizes / 2 - offsets.max(1)
    if (high < low).any():
        return None
    starts = rng.uniform(low, high, (tries, *low.shape))
    if relation is not None and not _set_apart(starts, offsets, sizes, (low, high), relation, rng):
        return None
    free = _free(starts[:, :, None] + offsets, sizes)
    if not free.any():
        return None
    return [path.moved(float(x), float(y)) for path, (x, y) in zip(paths, starts[free.argmax()], strict=True)]


def _set_apart(
    starts: NDArray[np.float64],
    offsets: NDArray[np.float64],
    sizes: NDArray[np.float64],
    bounds: tuple[NDArray[np.float64], NDArray[np.float64]],
    relation: str,
    rng: np.random.Generator,
) -> bool:
    """Draw the first two starts again, along the relation's axis, so that it holds; False where it cannot."""
    axis, (low, high) = 1 if relation in ("above", "below") else 0, bounds
    near, far = (0, 1) if relation in ("above", "left of") else (1, 0)
    least = float((offsets[near, :, axis] - offsets[far, :, axis]).max() + 0.95 * sizes[:2, axis].mean())
    if high[far, axis] - low[near, axis] < least:
        return False
    starts[:, near, axis] = rng.uniform(low[near, axis], min(high[near, axis], high[far, axis] - least), len(starts))
    starts[:, far, axis] = rng.uniform(np.maximum(low[far, axis], starts[:, near, axis] + least), high[far, axis])
    return True


def _free(centers: NDArray[np.float64], sizes: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Whether no two bounding boxes overlap by more than a tenth in any frame.

    Centres are `(tries, objects, frames, 2)`; the result has one value for each try.
    """
    free = np.ones(len(centers), bool)
    for one in range(len(sizes)):
        for other in range(one):
            away = np.abs(centers[:, one] - centers[:, other]) / ((sizes[one] + sizes[other]) / 2)
            free &= (away >= 0.9).any(2).all(1)
    return free
