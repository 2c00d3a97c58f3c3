"""Clips of captioned scenes: an endless stream whose item i depends on (seed, split, i) alone."""

import numpy as np

from vidgen.dataset.captioned import PlacedScene, place, sample_scene
from vidgen.dataset.clips import generator
from vidgen.dataset.scene import NUM_FRAMES, Actor, Background, ClipSpec

#: The splits that show no held-out combination of object, motion and colour. In the others every second item does.
TRAINING_SPLITS = ("train", "validation")
#: Of the stream's random numbers, see `vidgen.dataset.clips.generator`.
_STREAM = 7


def captioned_clip(index: int, seed: int, split: str) -> PlacedScene:
    """Item `index` of the stream: a random scene, placed in the frame.

    Raises:
        ValueError: an unknown split.
    """
    rng = generator(index, seed, split, _STREAM)
    unseen = split not in TRAINING_SPLITS and index % 2 == 1
    while True:
        try:
            return place(sample_scene(rng, unseen=unseen), rng, split=split)
        except ValueError:  # no room for these sizes, speeds and places
            continue


def clip_spec(placed: PlacedScene) -> ClipSpec:
    """What `vidgen.dataset.scene.render` draws."""
    times = np.linspace(0, 1, NUM_FRAMES)
    actors = tuple(
        Actor(
            object=one.kind,
            drawing=one.drawing,
            colors=one.colors,
            size=one.size,
            start=(0.0, 0.0),
            travel=(0.0, 0.0),
            path=tuple((x, y) for x, y in one.path.centers(times).tolist()),
            facing=one.facing,
        )
        for one in placed.objects
    )
    return ClipSpec(actors=actors, background=Background(color=placed.background))
