"""Random clips of the classes, and an endless stream of them whose item i depends on (seed, split, i) alone."""

import colorsys
import math
from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from vidgen.dataset.drawing import Color, drawings, drawn_facing, load
from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH, Actor, Background, ClipSpec, render, render_all
from vidgen.dataset.settings import SPLITS, check_background, check_split
from vidgen.labels import LABELS, Label

__all__ = ["Actor", "Background", "ClipSpec", "batch", "clip", "real_clips", "render", "render_all", "sample_spec"]

#: Ranges of an actor's size: alone, and beside another actor.
SIZES = (26.0, 39.0)
SIZES_IN_COMPANY = (22.0, 29.0)
#: Range of the distance travelled, as a fraction of the frame; the upper end is lowered to what fits.
TRAVEL = (0.28, 0.6)
#: Largest drift across the direction of motion, as a fraction of the frame.
DRIFT = 0.04
#: Largest variation of the speed, see `Actor.ease`.
EASE = 0.2
#: Ranges of hue, saturation and value of the detail colour, by what it depicts.
DETAILS: dict[str, tuple[tuple[float, float], ...]] = {
    "glass": ((0.5, 0.6), (0.15, 0.45), (0.9, 1.0)),
    "flame": ((0.06, 0.13), (0.9, 1.0), (0.95, 1.0)),
    "wicker": ((0.06, 0.1), (0.6, 0.8), (0.45, 0.65)),
}
DIRECTIONS: dict[str, tuple[int, int]] = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1)}
_TRIES = 60


def sample_spec(
    labels: tuple[Label, ...], *, split: str, rng: np.random.Generator, background: str = "white"
) -> ClipSpec:
    """A random clip of the labels: one object per label, in its motion, not overlapping the others where possible.

    Raises:
        ValueError: no label, an unknown split, or a background other than "white" and "soft".
    """
    if not labels:
        raise ValueError("a clip needs at least one label")
    sizes = SIZES if len(labels) == 1 else SIZES_IN_COMPANY
    candidates = (
        tuple(sample_actor(label.object, label.motion, split=split, rng=rng, sizes=sizes) for label in labels)
        for _ in range(_TRIES if len(labels) > 1 else 1)
    )
    return ClipSpec(actors=_least_overlapping(candidates), background=sample_background(background, rng))


def sample_actor(
    object: str,
    motion: str | None,
    *,
    split: str,
    rng: np.random.Generator,
    facing: str | None = None,
    sizes: tuple[float, float] = SIZES,
) -> Actor:
    """A random actor that stays within the frame.

    Args:
        object: the object's name.
        motion: "right", "left", "up" or "down"; None: it stands still.
        split: whose drawings.
        rng: random numbers.
        facing: the direction it faces; None: its motion where that needs no quarter turn, else the drawn direction.
        sizes: the range of its size.
    """
    number = int(rng.choice(drawings(object, split)))
    drawn = drawn_facing(object)
    along_drawn = motion is not None and (motion in ("left", "right")) == (drawn == "right")
    actor = Actor(
        object=object,
        drawing=number,
        colors=sample_colors(load(object, number).detail, rng),
        size=float(rng.uniform(*sizes)),
        start=(0.0, 0.0),
        travel=(0.0, 0.0),
        ease=float(rng.uniform(-EASE, EASE)),
        facing=facing or (motion if motion is not None and along_drawn else drawn),
    )
    return placed(actor, motion, rng)


def placed(actor: Actor, motion: str | None, rng: np.random.Generator) -> Actor:
    """The actor on a random path of that motion, which keeps it within the frame."""
    direction = DIRECTIONS[motion] if motion else None
    start, travel = [0.0, 0.0], [0.0, 0.0]
    for axis, (frame, extent) in enumerate(zip((WIDTH, HEIGHT), actor.extent(), strict=True)):
        room = max(frame - extent, 0.0)
        if direction and direction[axis]:
            travel[axis] = direction[axis] * float(rng.uniform(TRAVEL[0] * frame, min(TRAVEL[1] * frame, room)))
        elif direction:
            travel[axis] = float(np.clip(rng.uniform(-DRIFT, DRIFT) * frame, -room, room))
        low = extent / 2 + max(-travel[axis], 0.0)
        start[axis] = low + float(rng.uniform(0, max(room - abs(travel[axis]), 0.0)))
    return replace(actor, start=(start[0], start[1]), travel=(travel[0], travel[1]))


def sample_colors(detail: str, rng: np.random.Generator) -> tuple[Color, Color, Color]:
    """Body, accent and detail colour; body and accent have different hues and are dark enough against white."""
    hue = float(rng.uniform())
    body = _dark_enough(hue, rng)
    accent = _dark_enough(hue + float(rng.uniform(0.2, 0.8)), rng)
    return body, accent, colorsys.hsv_to_rgb(*(float(rng.uniform(*bounds)) for bounds in DETAILS[detail]))


def sample_background(kind: str, rng: np.random.Generator) -> Background:
    """A background: "white", or "soft", which is a pale colour or a gradient between two.

    Raises:
        ValueError: any other kind.
    """
    check_background(kind)
    if kind == "white":
        return Background()
    first, second = (
        colorsys.hsv_to_rgb(float(rng.uniform()), float(rng.uniform(0.03, 0.25)), float(rng.uniform(0.88, 1.0)))
        for _ in range(2)
    )
    gradient = bool(rng.integers(2))
    return Background(color=first, other=second if gradient else None, angle=float(rng.uniform(0, 2 * math.pi)))


def clip(index: int, seed: int, split: str, background: str = "white") -> tuple[NDArray[np.uint8], int]:
    """Item `index` of the endless stream.

    Returns:
        The frames, uint8 `(frames, height, width, 3)`, and the class index, which is `index` modulo 11.
    """
    return render(spec_of(index, seed, split, background)), index % len(LABELS)


def spec_of(index: int, seed: int, split: str, background: str = "white") -> ClipSpec:
    """The description of item `index` of the stream."""
    label = LABELS[index % len(LABELS)]
    return sample_spec((label,), split=split, rng=generator(index, seed, split), background=background)


def generator(index: int, seed: int, split: str, stream: int = 0) -> np.random.Generator:
    """The random numbers of one item; different uses of a seed have different `stream` numbers.

    Raises:
        ValueError: an unknown split.
    """
    check_split(split)
    return np.random.default_rng([seed, list(SPLITS).index(split), index, stream])


def batch(
    indices: Iterable[int], seed: int, split: str, background: str = "white"
) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Several items of the stream: uint8 `(batch, frames, height, width, 3)`, and class indices `(batch,)`."""
    items = np.fromiter(indices, dtype=np.int64)
    return render_all([spec_of(int(index), seed, split, background) for index in items]), items % len(LABELS)


def real_clips(label_sets: Iterable[tuple[Label, ...]], per_label: int, seed: int) -> NDArray[np.uint8]:
    """Control clips of the split "test": uint8 `(sets × per_label, frames, height, width, 3)`.

    The first `per_label` clips show the first label set, and so on. Clip k of a set depends on the set, k and the seed.
    """
    return render_all(
        [
            sample_spec(labels, split="test", rng=np.random.default_rng([seed, k, *map(LABELS.index, labels)]))
            for labels in label_sets
            for k in range(per_label)
        ]
    )


def _dark_enough(hue: float, rng: np.random.Generator) -> Color:
    """A saturated colour of the hue, dark enough to stand out against white."""
    saturation, value = float(rng.uniform(0.7, 1.0)), float(rng.uniform(0.5, 0.95))
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    dim = min(1.0, 0.6 / (0.299 * red + 0.587 * green + 0.114 * blue))
    return red * dim, green * dim, blue * dim


def _least_overlapping(candidates: Iterable[tuple[Actor, ...]]) -> tuple[Actor, ...]:
    """The first candidate without overlaps, else the one with the smallest overlap."""
    best: tuple[Actor, ...] = ()
    least = math.inf
    for actors in candidates:
        overlap = sum(_overlap(one, other) for position, one in enumerate(actors) for other in actors[position + 1 :])
        if overlap < least:
            best, least = actors, overlap
        if not overlap:
            break
    return best


def _overlap(one: Actor, other: Actor) -> float:
    """The overlap of the bounding boxes, summed over the frames."""
    times = np.linspace(0, 1, NUM_FRAMES)
    distance = np.abs(one.centers(times) - other.centers(times))
    shared = (np.array(one.extent()) + np.array(other.extent())) / 2 - distance
    return float(np.prod(np.clip(shared, 0, None), axis=1).sum())
