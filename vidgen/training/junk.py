"""Clips in which nothing can be recognised, which classifiers learn to reject."""

from dataclasses import replace

import numpy as np
import torch

from vidgen.dataset.clips import render
from vidgen.dataset.negatives import sample_negative
from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH


def junk_clip(rng: np.random.Generator, split: str, num_frames: int = NUM_FRAMES) -> np.ndarray:
    """A random clip of junk: noise of any grain, still or flickering, faint ghosts, or nothing.

    Returns:
        uint8 `(frames, height, width, 3)`.
    """
    kind = rng.integers(4)
    if kind == 0:
        name = str(rng.choice(["only_ghosts", "empty"]))
        negative = sample_negative(rng, split, kind=name)
        actors = tuple(replace(actor, opacity=0.5 * actor.opacity) for actor in negative.spec.actors)
        clip = render(replace(negative.spec, actors=actors), num_frames=num_frames).astype(np.float32) / 255
    else:
        grain = np.array([rng.choice([1, 2, 4]), *[rng.choice([1, 2, 4, 8, 16])] * 2])
        shape = np.maximum(1, np.array([num_frames, HEIGHT, WIDTH]) // grain)
        if rng.random() < 0.3:
            shape[0] = 1
        coarse = torch.from_numpy(rng.standard_normal((1, 3, *shape)).astype(np.float32))
        smooth = torch.nn.functional.interpolate(coarse, (num_frames, HEIGHT, WIDTH), mode="trilinear")[0].permute(
            1, 2, 3, 0
        )
        center, spread = (1.0, 0.5) if rng.random() < 0.4 else (rng.uniform(0.1, 0.9), rng.uniform(0.05, 0.6))
        clip = center + spread * smooth.numpy()
        if rng.random() < 0.3:
            clip = np.where(clip < center - spread, clip, 1.0)
    clip = clip + rng.uniform(0, 0.2) * rng.standard_normal(clip.shape, dtype=np.float32)
    return (clip.clip(0, 1) * 255).round().astype(np.uint8)
