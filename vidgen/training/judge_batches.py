"""The batches that the judge learns from: single frames with objects, or with junk."""

from dataclasses import replace

import numpy as np
import torch

from vidgen.dataset.clips import SIZES, SIZES_IN_COMPANY, render, sample_actor
from vidgen.dataset.drawing import OBJECTS
from vidgen.dataset.scene import HEIGHT, WIDTH, Actor, ClipSpec
from vidgen.labels import LABELS
from vidgen.training.batches import Batch
from vidgen.training.junk import junk_clip


def judge_batch(rng: np.random.Generator, size: int, split: str) -> Batch:
    """Single frames with one or two objects anywhere, some of them faint, and a fifth of frames of junk.

    The target is `(batch, objects, height, width)`: how well each object can be seen, about its middle.
    """
    frames, targets = [], []
    for _ in range(size):
        if rng.random() < 0.2:
            frames.append(junk_clip(rng, split, num_frames=1))
            targets.append(np.zeros((len(OBJECTS), HEIGHT, WIDTH), np.float32))
            continue
        spec = ClipSpec(actors=tuple(_anything(rng, split) for _ in range(1 + (rng.random() < 0.3))))
        frames.append(render(spec, num_frames=1))
        targets.append(middles(spec))
    return Batch(torch.from_numpy(np.stack(frames)), torch.from_numpy(np.stack(targets)))


def _anything(rng: np.random.Generator, split: str) -> Actor:
    """A standing object anywhere, of any size, in any of its orientations; a fifth of them are faint."""
    name = str(rng.choice(OBJECTS))
    facing = str(rng.choice([label.motion for label in LABELS if label.object == name]))
    sizes = (SIZES_IN_COMPANY[0], SIZES[1])
    actor = sample_actor(name, None, split=split, rng=rng, facing=facing, sizes=sizes)
    return actor if rng.random() < 0.8 else replace(actor, opacity=float(rng.uniform(0.1, 0.9)))


def middles(spec: ClipSpec) -> np.ndarray:
    """The objects' places at the beginning of a clip, `(objects, height, width)`: an ellipse about each actor's middle.

    Its value rises with the actor's opacity, from 0 at 0.3 to 1 at 0.7.
    """
    where = np.zeros((len(OBJECTS), HEIGHT, WIDTH), np.float32)
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    for actor in spec.actors:
        width, height = actor.extent()
        inside = ((x - actor.start[0]) / width) ** 2 + ((y - actor.start[1]) / height) ** 2 < 0.35**2
        where[:, inside] = 0
        where[OBJECTS.index(actor.object), inside] = np.clip((actor.opacity - 0.3) / 0.4, 0, 1)
    return where
