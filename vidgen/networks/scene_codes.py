"""The code of a captioned clip: size, colours and path of each object, and the background, as numbers about 0."""

from dataclasses import dataclass, fields, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from vidgen.captions.scene import MOST_OBJECTS
from vidgen.dataset.captioned import PlacedScene
from vidgen.dataset.paths import offsets_of

#: Numbers of an object: size, three colours, start, travel, ease, pause, radius, turns, phase as cosine and sine.
OBJECT_CODE = 21
#: Numbers of a clip: those of its objects, and the background's colour.
SCENE_CODE = MOST_OBJECTS * OBJECT_CODE + 3
_FRAME = np.array([128.0, 96.0])
#: Mean and standard deviation of an object's numbers, rounded; lengths in pixels, start and travel as fractions of the
#: frame.
_MEAN = np.array([26.0, *[0.45] * 9, 0.5, 0.5, 0, 0, 0, 0.04, 0.045, 1.5, 0, 0, 0], np.float32)
_STD = np.array([6.0, *[0.3] * 9, 0.2, 0.2, 0.2, 0.2, 0.1, 0.11, 0.12, 4.0, 0.4, 0.25, 0.25], np.float32)
_BACKGROUND_MEAN, _BACKGROUND_STD = 0.95, 0.08
#: Width or height of the smallest circle, and the shortest way with a pause, in pixels.
SMALLEST_CIRCLE, SHORTEST_WAY = 18.0, 15.0


def encoded_clip(clip: PlacedScene) -> NDArray[np.float32]:
    """The code `(SCENE_CODE,)` of a clip; 0 for objects that there are not."""
    code = np.zeros(SCENE_CODE, np.float32)
    for place, one in enumerate(clip.objects):
        path, circling = one.path, one.path.radius > 0
        phase = (np.cos(path.phase), np.sin(path.phase)) if circling else (0.0, 0.0)
        start, travel = np.array(path.start) / _FRAME, np.array(path.travel) / _FRAME
        numbers = [
            *(one.size, *np.array(one.colors).ravel(), *start, *travel, path.ease, *path.pause),
            *(path.radius, path.turns, *phase),
        ]
        code[place * OBJECT_CODE : (place + 1) * OBJECT_CODE] = (np.array(numbers, np.float32) - _MEAN) / _STD
    code[-3:] = (np.array(clip.background) - _BACKGROUND_MEAN) / _BACKGROUND_STD
    return code


@dataclass(frozen=True, slots=True)
class SceneClips:
    """What codes stand for, with lengths in pixels of a 128×96 frame: see `decoded_clips`."""

    size: NDArray[np.float32]
    colors: NDArray[np.float32]
    path: NDArray[np.float32]
    #: Whether the object looks to the left.
    leftward: NDArray[np.bool_]
    background: NDArray[np.float32]

    def taken(self, chosen: NDArray[np.intp]) -> "SceneClips":
        """Some of the clips."""
        return SceneClips(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def alike(self, same: list[int]) -> "SceneClips":
        """The clips with sizes and colours exchanged: those of object i are those of object `same[i]`."""
        return replace(self, size=self.size[:, same], colors=self.colors[:, same])


def decoded_clips(code: NDArray[np.float32], num_objects: int, frames: int) -> SceneClips:
    """The clips that codes `(clips, SCENE_CODE)` stand for.

    Returns:
        Sizes `(clips, objects)`, colours `(clips, objects, 3, 3)` (body, accent, detail; red, green, blue in [0, 1]),
        paths `(clips, objects, frames, 2)`, directions `(clips, objects)`, backgrounds `(clips, 3)`.
    """
    objects = code[:, :-3].reshape(len(code), MOST_OBJECTS, OBJECT_CODE)[:, :num_objects] * _STD + _MEAN
    size, colors, start, travel, ease, pause, radius, turns, phase = np.split(
        objects.astype(np.float64), np.cumsum([1, 9, 2, 2, 1, 2, 1, 1]), -1
    )
    # A path has a pause or none, and is a circle or none.
    pause = np.where(pause[..., 1:] > 0.16, np.clip(pause, 0, 0.6), 0)
    radius = np.where(radius > 5, radius, 0)[..., 0]
    angle = np.arctan2(phase[..., 1], phase[..., 0])
    circling = radius > 0
    travel = np.where(circling[..., None], 0, travel)
    offsets = offsets_of(travel * _FRAME, ease[..., 0], pause, radius, turns[..., 0], angle, np.linspace(0, 1, frames))
    path = start[..., None, :] * _FRAME + offsets
    leftward = np.where(circling, turns[..., 0] < 0, travel[..., 0] < 0)
    background = np.clip(code[:, -3:] * _BACKGROUND_STD + _BACKGROUND_MEAN, 0, 1)
    return SceneClips(
        np.clip(size[..., 0], 12, 44).astype(np.float32),
        np.clip(colors.reshape(*colors.shape[:2], 3, 3), 0, 1).astype(np.float32),
        path.astype(np.float32),
        leftward,
        background.astype(np.float32),
    )


def misfit(
    clips: SceneClips, extents: NDArray[np.float64], motions: list[str], relation: str | None
) -> NDArray[np.float64]:
    """By how many pixels clips differ from what the dataset has, `(clips,)`: objects out of the frame or overlapping.

    And objects that hardly move where the motion leads to either side, and such that do not stand in their relation.

    Args:
        clips: the clips.
        extents: width and height of each object, `(clips, objects, 2)`.
        motions: the motion of each object.
        relation: that of the first two objects.
    """
    path, half = clips.path.astype(np.float64), extents[:, :, None] / 2
    outside = np.maximum(half - path, 0) + np.maximum(path + half - _FRAME, 0)
    found: NDArray[np.float64] = outside.max(2).sum((1, 2))
    for one, other in combinations(range(path.shape[1]), 2):
        shared = 0.95 * (half[:, one] + half[:, other]) - np.abs(path[:, one] - path[:, other])
        found += np.clip(shared.min(2), 0, None).max(1)
    for index, name in enumerate(motions):
        found += _too_little(path[:, index], name)
    if relation is not None:
        axis, sign = 1 if relation in ("above", "below") else 0, -1 if relation in ("above", "left of") else 1
        apart = sign * (path[:, 0] - path[:, 1])[..., axis] - 0.9 * (half[:, 0] + half[:, 1])[..., axis]
        found += np.clip(-apart, 0, None).max(1)
    return found


def _too_little(path: NDArray[np.float64], motion: str) -> NDArray[np.float64]:
    """By how many pixels paths `(clips, frames, 2)` are shorter than any of the dataset, `(clips,)`.

    Motions to either side have two modes, between which a flow draws some that are neither.
    """
    across, down = np.abs(path[:, -1] - path[:, 0]).T
    if motion == "orbit":
        least = SMALLEST_CIRCLE - np.ptp(path, axis=1).max(1)
    elif motion == "stop-and-go":
        least = SHORTEST_WAY - across
    elif motion.startswith("diagonally"):
        least = 0.5 * down - across
    else:
        return np.zeros(len(path))
    shorter: NDArray[np.float64] = np.clip(least, 0, None)
    return shorter
