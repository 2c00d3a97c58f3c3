"""Random scenes, and what a scene leaves open drawn at random: drawings, sizes, colours, paths."""

import colorsys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from vidgen.captions.scene import (
    BACKGROUNDS,
    COLORS,
    KINDS,
    MOTIONS,
    RELATIONS,
    SIZES,
    SPEEDS,
    Scene,
    SceneObject,
    held_out,
)
from vidgen.dataset.clips import DETAILS
from vidgen.dataset.drawing import Color, drawings, drawn_facing, load
from vidgen.dataset.paths import Path, placed_together, sample_path

#: Ranges of an object's size, the root of the area of its bounding box, in pixels of a 128×96 frame: by the size that
#: the caption says, alone and in company.
SIZE_RANGES: dict[str | None, tuple[float, float]] = {"small": (16, 21), None: (24, 29), "big": (34, 42)}
SIZE_RANGES_IN_COMPANY: dict[str | None, tuple[float, float]] = {"small": (15, 19), None: (21, 26), "big": (29, 34)}
#: Hue, saturation and value of each named colour, and how far they vary, so that people agree on the name.
PALETTE: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "red": ((0.0, 0.9, 0.85), (0.012, 0.08, 0.08)),
    "orange": ((0.075, 0.92, 0.95), (0.012, 0.06, 0.04)),
    "yellow": ((0.145, 0.85, 0.93), (0.01, 0.08, 0.05)),
    "green": ((0.345, 0.8, 0.62), (0.03, 0.1, 0.08)),
    "blue": ((0.615, 0.85, 0.8), (0.02, 0.08, 0.1)),
    "purple": ((0.77, 0.72, 0.6), (0.015, 0.08, 0.06)),
    "pink": ((0.92, 0.5, 0.97), (0.015, 0.08, 0.03)),
    "brown": ((0.065, 0.68, 0.45), (0.012, 0.06, 0.04)),
    "grey": ((0.0, 0.0, 0.6), (0.0, 0.02, 0.04)),
    "black": ((0.0, 0.0, 0.12), (0.0, 0.02, 0.05)),
}
#: The same of backgrounds.
BACKGROUND_COLORS: dict[str, tuple[tuple[float, float, float], tuple[float, float, float]]] = {
    "white": ((0.0, 0.0, 1.0), (0.0, 0.0, 0.0)),
    "light blue": ((0.57, 0.2, 0.98), (0.02, 0.03, 0.02)),
    "light green": ((0.33, 0.18, 0.95), (0.03, 0.03, 0.02)),
    "light yellow": ((0.15, 0.25, 1.0), (0.01, 0.04, 0.0)),
    "light pink": ((0.95, 0.16, 1.0), (0.015, 0.03, 0.0)),
    "light grey": ((0.0, 0.0, 0.86), (0.0, 0.0, 0.02)),
}
#: Kinds that turn by a quarter into the direction in which they fly; the others stay upright.
TURNING = ("rocket", "airplane")
_TRIES = 16
_T = TypeVar("_T")


@dataclass(frozen=True, kw_only=True, slots=True)
class Placed:
    """One object of a clip: a drawing in a size and colours, on a path."""

    kind: str
    drawing: int
    #: Body, accent and detail colour.
    colors: tuple[Color, Color, Color]
    #: Square root of the area of the bounding box.
    size: float
    path: Path
    facing: str


@dataclass(frozen=True, kw_only=True, slots=True)
class PlacedScene:
    """A scene with everything decided: `objects` are `scene.singles()` in their order."""

    scene: Scene
    objects: tuple[Placed, ...]
    background: Color


def sample_scene(rng: np.random.Generator, *, unseen: bool = False) -> Scene:
    """A random scene: of one object, of two with or without a relation, of a group, or of three.

    Args:
        rng: random numbers.
        unseen: each object's kind, motion and colour are a combination that is held out; else none is.
    """
    form = rng.choice(["one", "two", "related", "group", "three"], p=[0.35, 0.15, 0.3, 0.1, 0.1])
    number = {"one": 1, "two": 2, "related": 2, "group": 1, "three": 3}[str(form)]
    count = int(rng.integers(2, 4)) if form == "group" else 1
    return Scene(
        objects=tuple(_sample_object(rng, unseen, count) for _ in range(number)),
        relation=one_of(RELATIONS, rng) if form == "related" else None,
        background=one_of(BACKGROUNDS, rng) if rng.random() < 0.5 else "white",
    )


def one_of(options: Sequence[_T], rng: np.random.Generator) -> _T:
    """One of the options; much faster than `rng.choice`, which makes an array of them."""
    return options[int(rng.integers(len(options)))]


def _sample_object(rng: np.random.Generator, unseen: bool, count: int) -> SceneObject:
    while True:
        kind, motion, color = (one_of(words, rng) for words in (KINDS, MOTIONS, COLORS))
        if held_out(kind, motion, color) == unseen:
            break
    return SceneObject(
        kind=kind,
        motion=motion,
        color=color if unseen or rng.random() < 0.85 else None,
        size=one_of(SIZES, rng) if rng.random() < 0.5 else None,
        speed=one_of(SPEEDS, rng) if rng.random() < 0.5 else None,
        count=count,
    )


def place(scene: Scene, rng: np.random.Generator, *, split: str) -> PlacedScene:
    """A random clip of the scene, of a split's drawings, without overlaps.

    Raises:
        ValueError: the scene does not fit into the frame.
    """
    ranges = SIZE_RANGES if scene.num_objects == 1 else SIZE_RANGES_IN_COMPANY
    background = sampled_color(BACKGROUND_COLORS[scene.background], rng)
    for _ in range(_TRIES):
        colors = {place: _color_of(one, rng) for place, one in enumerate(scene.objects)}
        drawn: list[Placed] = []
        for index, one in enumerate(scene.objects):
            look = _look(one, colors[index], ranges[one.size], rng, split)
            drawn += [_moving(look, one, rng) for _ in range(one.count)]
        paths = placed_together([one.path for one in drawn], [extent(one) for one in drawn], scene.relation, rng)
        if paths is not None:
            objects = tuple(
                Placed(
                    kind=one.kind, drawing=one.drawing, colors=one.colors, size=one.size, path=path, facing=one.facing
                )
                for one, path in zip(drawn, paths, strict=True)
            )
            return PlacedScene(scene=scene, objects=objects, background=background)
    raise ValueError(f"no room for {scene.num_objects} objects of these sizes, speeds and places: {scene}")


def extent(one: Placed) -> tuple[float, float]:
    """Width and height of an object's bounding box."""
    aspect = load(one.kind, one.drawing).aspect ** 0.5
    width, height = one.size * aspect, one.size / aspect
    sideways = ("left", "right")
    turned = (one.facing in sideways) != (drawn_facing(one.kind) in sideways)
    return (height, width) if turned else (width, height)


def facing_of(kind: str, motion: str, *, leftward: bool) -> str:
    """The direction that an object faces: most look to either side, those of `TURNING` ahead, the others up."""
    drawn, side = drawn_facing(kind), "left" if leftward else "right"
    if kind in TURNING:
        if motion in ("up", "down", "left", "right"):
            return motion
        return {"stop-and-go": side, "diagonally down": "down"}.get(motion, drawn)
    return drawn if drawn == "up" else side


def _look(one: SceneObject, color: str, sizes: tuple[float, float], rng: np.random.Generator, split: str) -> Placed:
    """Drawing, colours and size; the members of a group share them."""
    number = one_of(drawings(one.kind, split), rng)
    return Placed(
        kind=one.kind,
        drawing=number,
        colors=object_colors(color, load(one.kind, number).detail, rng),
        size=float(rng.uniform(*sizes)),
        path=Path(),
        facing=drawn_facing(one.kind),
    )


def _moving(look: Placed, one: SceneObject, rng: np.random.Generator) -> Placed:
    path = sample_path(one.motion, one.speed, extent(look), rng)
    leftward = path.turns < 0 if path.radius else path.travel[0] < 0
    facing = facing_of(one.kind, one.motion, leftward=leftward)
    return Placed(kind=look.kind, drawing=look.drawing, colors=look.colors, size=look.size, path=path, facing=facing)


def _color_of(one: SceneObject, rng: np.random.Generator) -> str:
    """The colour of an object, any that is not held out where the caption leaves it open."""
    if one.color is not None:
        return one.color
    return one_of([color for color in COLORS if not held_out(one.kind, one.motion, color)], rng)


def object_colors(color: str, detail: str, rng: np.random.Generator) -> tuple[Color, Color, Color]:
    """Body, accent and detail colour of an object that people call by one colour: the accent is a shade of the body."""
    body = sampled_color(PALETTE[color], rng)
    toward = 0.0 if rng.integers(2) and color not in ("black", "brown") else 1.0
    share = float(rng.uniform(0.25, 0.45))
    red, green, blue = ((1 - share) * part + share * toward for part in body)
    glass = colorsys.hsv_to_rgb(*(float(rng.uniform(*bounds)) for bounds in DETAILS[detail]))
    return body, (red, green, blue), glass


def sampled_color(
    named: tuple[tuple[float, float, float], tuple[float, float, float]], rng: np.random.Generator
) -> Color:
    """A colour near the named one."""
    hue, saturation, value = (
        middle + float(rng.uniform(-spread, spread)) for middle, spread in zip(*named, strict=True)
    )
    return colorsys.hsv_to_rgb(hue % 1, min(max(saturation, 0.0), 1.0), min(max(value, 0.0), 1.0))
