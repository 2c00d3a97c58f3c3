"""Objects followed through a clip, and what their paths say: motion, relation. What is found in frames comes in."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

#: Largest distance in pixels between an object's places in two frames, the first one's velocity taken into account.
REACH = 20.0
#: Weight of a different kind, or colour, beside the distance in reaches: probability of being the same, in nats.
_LOOKS = 0.08
#: Share of the frames that an object is seen in, at least.
SEEN = 0.4
#: Shortest path of a moving object, in pixels.
MOVED = 9.0
#: A way is diagonal if its shorter component is this share of its longer one, at least.
DIAGONAL = 0.42
#: An orbit turns by this much about its centre, in turns, and strays from its mean radius by this share at most.
TURNED, ROUND = 0.4, 0.35
#: A pause: frames in the middle of the way in which the object advances by less than this share of its mean advance.
PAUSED_FRAMES, PAUSED_SPEED = 3, 0.35

#: Distance of two objects between which a relation holds, in their mean size.
APART = 0.5


@dataclass(frozen=True, slots=True)
class Sighting:
    """An object in one frame.

    Attributes:
        presence: probability that it is one.
        kind: log-probabilities of the kinds.
        color: log-probabilities of the colours.
        center: x and y in pixels.
        size: root of the area of its box in pixels.
    """

    presence: float
    kind: NDArray[np.float32]
    color: NDArray[np.float32]
    center: NDArray[np.float32]
    size: float


@dataclass(frozen=True, slots=True)
class Track:
    """An object through a clip.

    Attributes:
        kind: mean log-probabilities of the kinds.
        color: mean log-probabilities of the colours.
        size: median of the root of the area of its box in pixels.
        path: its centre in each frame, `(frames, 2)`, interpolated where it is not seen.
    """

    kind: NDArray[np.float32]
    color: NDArray[np.float32]
    size: float
    path: NDArray[np.float64]


def tracks(frames: list[list[Sighting]]) -> list[Track]:
    """The objects of a clip, from what is found in each frame; those seen in too few frames are left out.

    Frame by frame, sightings are assigned to the objects so far so that the distances to where each is expected, and
    the differences of looks, are least in sum (Hungarian method); what is left begins a new object.
    """
    found: list[dict[int, Sighting]] = []
    for time, sightings in enumerate(frames):
        cost = np.array([[_cost(track, one, time) for one in sightings] for track in found])
        taken: set[int] = set()
        if cost.size:
            for row, column in zip(*linear_sum_assignment(np.minimum(cost, 1)), strict=True):
                if cost[row, column] < 1:
                    found[row][time] = sightings[column]
                    taken.add(int(column))
        found += [{time: one} for place, one in enumerate(sightings) if place not in taken]
    return [_track(track, len(frames)) for track in found if len(track) >= SEEN * len(frames)]


def _cost(track: dict[int, Sighting], one: Sighting, time: int) -> float:
    """How little a sighting fits to an object; 1 and above: not at all."""
    last = max(track)
    before = track.get(last - 1)
    velocity = track[last].center - before.center if before is not None else np.zeros(2)
    gap = time - last
    distance = np.linalg.norm(one.center - track[last].center - velocity * min(gap, 2)) / (REACH * min(gap, 2) ** 0.5)
    unlike = -np.logaddexp.reduce(one.kind + track[last].kind) - np.logaddexp.reduce(one.color + track[last].color)
    return float(distance + _LOOKS * min(unlike, 8.0))


def _track(track: dict[int, Sighting], num_frames: int) -> Track:
    times = sorted(track)
    centers = np.array([track[time].center for time in times], dtype=float)
    path = np.stack([np.interp(np.arange(num_frames), times, centers[:, axis]) for axis in (0, 1)], 1)
    weight = np.array([track[time].presence for time in times])
    return Track(
        kind=np.average([track[time].kind for time in times], axis=0, weights=weight),
        color=np.average([track[time].color for time in times], axis=0, weights=weight),
        size=float(np.median([track[time].size for time in times])),
        path=path,
    )


def motion(path: NDArray[np.float64]) -> str:
    """The motion of a path `(frames, 2)` in pixels, one of `vidgen.captions.scene.MOTIONS`, or "none"."""
    if _orbits(path):
        return "orbit"
    way = path[-3:].mean(0) - path[:3].mean(0)
    if np.linalg.norm(way) < MOVED:
        return "none"
    across, along = way
    if min(abs(across), abs(along)) >= DIAGONAL * max(abs(across), abs(along)):
        return "diagonally up" if along < 0 else "diagonally down"
    if abs(along) > abs(across):
        return "up" if along < 0 else "down"
    if _pauses(path @ (way / np.linalg.norm(way))):
        return "stop-and-go"
    return "right" if across > 0 else "left"


def _orbits(path: NDArray[np.float64]) -> bool:
    """Whether a path turns about a centre, that of the circle which fits it best (least squares; Kåsa 1976)."""
    design = np.column_stack([2 * path, np.ones(len(path))])
    solution = np.linalg.lstsq(design, (path**2).sum(1), rcond=None)[0]
    spokes = path - solution[:2]
    radius = np.linalg.norm(spokes, axis=1)
    if not 5 < radius.mean() < 30 or radius.std() > ROUND * radius.mean():
        return False
    angle = np.unwrap(np.arctan2(spokes[:, 1], spokes[:, 0]))
    steps = np.diff(angle)
    same_way = np.mean(np.sign(steps) == np.sign(angle[-1] - angle[0]))
    return bool(abs(angle[-1] - angle[0]) > TURNED * 2 * np.pi and same_way > 0.8)


def _pauses(place: NDArray[np.float64]) -> bool:
    """Whether an object that advances to these places, `(frames,)`, stands still between two parts of its way."""
    advance = np.diff(place)
    slow = advance < PAUSED_SPEED * (place[-1] - place[0]) / len(advance)
    moving = np.flatnonzero(~slow)
    if not len(moving):
        return False
    middle = slow[moving[0] : moving[-1]]
    return bool(middle.sum() >= PAUSED_FRAMES)


def relations(one: Track, other: Track) -> tuple[str, ...]:
    """Where the first object is as seen from the second: those of `vidgen.captions.scene.RELATIONS` that hold.

    One holds if the centres are apart along its axis, on average over the frames, by `APART` times the mean size. An
    object that is below and left of another is both.
    """
    across, along = (one.path - other.path).mean(0) / (APART * (one.size + other.size) / 2)
    holds = {"above": along < -1, "below": along > 1, "left of": across < -1, "right of": across > 1}
    return tuple(name for name, true in holds.items() if true)
