"""Counter-examples: clips that show no class, so that a classifier cannot learn shortcuts.

A classifier that never saw a ship move upwards may take everything that moves upwards for a rocket. Each kind below
prevents one such shortcut. The actors are those of the classes, from the drawings of the same split.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from vidgen.dataset.clips import DIRECTIONS, generator, placed, sample_actor, sample_background, sample_colors
from vidgen.dataset.drawing import OBJECTS, load
from vidgen.dataset.scene import Actor, ClipSpec
from vidgen.labels import LABELS, Label

OPPOSITE = {"right": "left", "left": "right", "up": "down", "down": "up"}
#: The eleven classes' objects in the motions that are no class.
OTHER_MOTIONS: tuple[Label, ...] = tuple(
    label for name in OBJECTS for motion in DIRECTIONS if (label := Label(name, motion)) not in LABELS
)


@dataclass(frozen=True, slots=True)
class Negative:
    """A clip that shows no class, or one with a flaw."""

    #: One of `KINDS`.
    kind: str
    spec: ClipSpec
    #: The class that it would show without its flaw; None where it resembles none.
    resembles: Label | None


def sample_negative(
    rng: np.random.Generator, split: str, *, kind: str | None = None, background: str = "white"
) -> Negative:
    """A random counter-example, of a random kind unless one is given.

    Raises:
        ValueError: an unknown kind, split or background.
    """
    if kind is not None and kind not in KINDS:
        raise ValueError(f"unknown kind of negative {kind!r}; known kinds: {', '.join(KINDS)}")
    kind = kind or str(rng.choice(list(KINDS)))
    label = LABELS[int(rng.integers(len(LABELS)))]
    actors, resembles = KINDS[kind](label, split, rng)
    return Negative(kind, ClipSpec(actors=actors, background=sample_background(background, rng)), resembles)


def negative(index: int, seed: int, split: str, *, kind: str | None = None, background: str = "white") -> Negative:
    """Item `index` of the endless stream of counter-examples, which depends on the arguments alone.

    Raises:
        ValueError: an unknown kind, split or background.
    """
    return sample_negative(generator(index, seed, split, stream=1), split, kind=kind, background=background)


Flawed = tuple[tuple[Actor, ...], Label | None]


def other_motion(_: Label, split: str, rng: np.random.Generator) -> Flawed:
    """An object in a motion that is no class, such as a ship moving upwards, as drawn or turned into its motion."""
    other = OTHER_MOTIONS[int(rng.integers(len(OTHER_MOTIONS)))]
    turned = other.motion if rng.integers(3) == 0 else None
    return (sample_actor(other.object, other.motion, split=split, rng=rng, facing=turned),), None


def wrong_facing(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """A class's object in its motion, facing backwards, such as a car that reverses."""
    return (sample_actor(label.object, label.motion, split=split, rng=rng, facing=OPPOSITE[label.motion]),), label


def standing(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """An object that stands still, facing in the direction of one of its classes."""
    return (sample_actor(label.object, None, split=split, rng=rng, facing=label.motion),), None


def turning_back(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """An object that moves back to where it came from, turned round or not."""
    there = sample_actor(label.object, label.motion, split=split, rng=rng)
    end = (there.start[0] + there.travel[0], there.start[1] + there.travel[1])
    facing = OPPOSITE[there.facing] if rng.integers(2) else there.facing
    back = replace(there, start=end, travel=(-there.travel[0], -there.travel[1]), ease=-there.ease, facing=facing)
    return _one_after_the_other(there, back, 0.5), None


def jumping(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """An object that jumps to another path of the same motion midway."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng)
    return _one_after_the_other(actor, placed(actor, label.motion, rng), _midway(rng)), None


def changing_object(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """An object that becomes another one midway on its path."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng)
    name = str(rng.choice([name for name in OBJECTS if name != label.object]))
    other = sample_actor(name, label.motion, split=split, rng=rng)
    colors = actor.colors if rng.integers(2) else other.colors
    other = replace(other, start=actor.start, travel=actor.travel, ease=actor.ease, size=actor.size, colors=colors)
    pair = (actor, other) if rng.integers(2) else (other, actor)
    return _one_after_the_other(*pair, _midway(rng)), None


def changing_drawing(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """An object that becomes another drawing of the same object midway, in other colours."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng)
    other = sample_actor(label.object, label.motion, split=split, rng=rng)
    same_path = replace(other, start=actor.start, travel=actor.travel, ease=actor.ease, size=actor.size)
    return _one_after_the_other(actor, same_path, _midway(rng)), label


def changing_colors(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """A class's clip whose object changes its colours midway."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng)
    colors = sample_colors(load(actor.object, actor.drawing).detail, rng)
    return _one_after_the_other(actor, replace(actor, colors=colors), _midway(rng)), label


def changing_size(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """A class's clip whose object shrinks or grows midway, by a third or more."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng)
    smaller = replace(actor, size=actor.size * float(rng.uniform(0.45, 0.7)))
    pair = (actor, smaller) if rng.integers(2) else (smaller, actor)
    return _one_after_the_other(*pair, _midway(rng)), label


def vanishing(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """A class's clip whose object is missing for a third to two thirds of the clip."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng)
    shown = float(rng.uniform(0.33, 0.67))
    first = float(rng.choice([0.0, 1 - shown]))
    return (replace(actor, first=first, last=min(first + shown, 1.0)),), label


def two_copies(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """The same object twice, both moving as the class does, or one of them standing still."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng, sizes=(22.0, 32.0))
    motion = label.motion if rng.integers(2) else None
    copies = [placed(actor, motion, rng) for _ in range(12)]
    apart = max(copies, key=lambda copy: abs(copy.start[0] - actor.start[0]) + abs(copy.start[1] - actor.start[1]))
    return (actor, apart), label


def bystander(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """A class's clip with another object standing in it."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng, sizes=(22.0, 32.0))
    name = str(rng.choice([name for name in OBJECTS if name != label.object]))
    return (sample_actor(name, None, split=split, rng=rng, sizes=(22.0, 32.0)), actor), label


def faded(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """A class's clip whose object is faint: opacity 0.05 to 0.65."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng)
    return (replace(actor, opacity=float(rng.uniform(0.05, 0.65))),), label


def ghosted(label: Label, split: str, rng: np.random.Generator) -> Flawed:
    """A class's clip among one to three faint objects (opacity 0.08 to 0.5) that move any way, or stand."""
    actor = sample_actor(label.object, label.motion, split=split, rng=rng)
    return (actor, *_ghosts(split, rng, int(rng.integers(1, 4)))), label


def only_ghosts(_: Label, split: str, rng: np.random.Generator) -> Flawed:
    """Two to four faint objects and nothing else."""
    return tuple(_ghosts(split, rng, int(rng.integers(2, 5)))), None


def empty(_: Label, split: str, rng: np.random.Generator) -> Flawed:
    """The background alone."""
    return (), None


#: The sampler of each kind; its docstring says what the clips show. Kinds that resemble a class can be given soft
#: labels in training, for example by an actor's `opacity`.
KINDS: dict[str, Callable[[Label, str, np.random.Generator], Flawed]] = {
    sampler.__name__: sampler
    for sampler in (
        other_motion,
        wrong_facing,
        standing,
        turning_back,
        jumping,
        changing_object,
        changing_drawing,
        changing_colors,
        changing_size,
        vanishing,
        two_copies,
        bystander,
        faded,
        ghosted,
        only_ghosts,
        empty,
    )
}


def _midway(rng: np.random.Generator) -> float:
    return float(rng.uniform(0.3, 0.7))


def _one_after_the_other(one: Actor, other: Actor, time: float) -> tuple[Actor, ...]:
    """The first actor until that time, the second from then on."""
    return replace(one, last=time), replace(other, first=float(np.nextafter(time, 1)))


def _ghosts(split: str, rng: np.random.Generator, count: int) -> list[Actor]:
    """Faint objects of any kind, moving any way or standing."""
    motions: list[str | None] = [*DIRECTIONS, None]
    ghosts = []
    for _ in range(count):
        motion = motions[int(rng.integers(len(motions)))]
        ghost = sample_actor(str(rng.choice(OBJECTS)), motion, split=split, rng=rng)
        ghosts.append(replace(ghost, opacity=float(rng.uniform(0.08, 0.5))))
    return ghosts
