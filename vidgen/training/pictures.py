"""What auto-encoders learn from and keep besides whole clips: pictures of single objects, and exemplars."""

from dataclasses import replace

import numpy as np
import torch

from vidgen.dataset.clips import SIZES, SIZES_IN_COMPANY, render, sample_actor, sample_spec
from vidgen.dataset.folder import Folder
from vidgen.dataset.scene import HEIGHT, WIDTH, Actor, ClipSpec
from vidgen.labels import LABELS, Label
from vidgen.training.batches import Batch, target_of


def picture_batch(rng: np.random.Generator, size: int, split: str, *, window: int = 72) -> Batch:
    """Pictures of the classes' objects, `(batch, 1, window, window, 3)`, centred on their ink."""
    clips, targets = [], []
    for _ in range(size):
        label = LABELS[int(rng.integers(len(LABELS)))]
        clips.append(centered(_actor(label, split, rng, (SIZES_IN_COMPANY[0], SIZES[1])), window))
        targets.append(target_of((label,)))
    return Batch(torch.from_numpy(np.stack(clips)[:, None]), torch.from_numpy(np.stack(targets)))


def _actor(label: Label, split: str, rng: np.random.Generator, sizes: tuple[float, float]) -> Actor:
    return sample_actor(label.object, label.motion, split=split, rng=rng, sizes=sizes)


def centered(actor: Actor, window: int) -> np.ndarray:
    """A still of the actor, uint8 `(window, window, 3)`, centred on its ink."""
    middle = np.array([WIDTH, HEIGHT]) / 2
    still = replace(actor, start=(float(middle[0]), float(middle[1])), travel=(0.0, 0.0))
    ink = 255 - render(ClipSpec(actors=(still,)), num_frames=1)[0].astype(np.float64).mean(-1)
    places = np.array([ink.sum(0) @ np.arange(WIDTH), ink.sum(1) @ np.arange(HEIGHT)]) / ink.sum() + 0.5
    x, y = 2 * middle - places
    top, left = (HEIGHT - window) // 2, (WIDTH - window) // 2
    frame: np.ndarray = render(ClipSpec(actors=(replace(still, start=(x, y)),)), num_frames=1)[0]
    return frame[top : top + window, left : left + window]


def exemplar_pictures(count: int, shrink: int, window: int) -> np.ndarray:
    """Training pictures to keep, reduced by `shrink`.

    Returns:
        uint8 `(classes, count, 1, window / shrink, window / shrink, 3)`.
    """
    rng = np.random.default_rng(4)
    edge = window // shrink
    return np.stack(
        [
            np.stack([centered(_actor(label, "train", rng, SIZES), window) for _ in range(count)])
            .reshape(count, 1, edge, shrink, edge, shrink, 3)
            .mean((3, 5))
            .round()
            .astype(np.uint8)
            for label in LABELS
        ]
    )


def exemplar_clips(count: int, shrink: int, data: Folder | None) -> np.ndarray:
    """Training clips to keep, of the dataset or of a user's own folder, reduced by `shrink`.

    Returns:
        uint8 `(classes, count, frames, height / shrink, width / shrink, 3)`.
    """
    rng = np.random.default_rng(3)
    width, height = WIDTH // shrink, HEIGHT // shrink
    if data is None:
        return np.stack(
            [
                [render(sample_spec((label,), split="train", rng=rng), size=(width, height)) for _ in range(count)]
                for label in LABELS
            ]
        )
    frames, targets = data.part("train")
    groups = []
    for index in range(len(data.classes)):
        own = frames[rng.choice(np.flatnonzero(targets == index), count)]
        small = own.reshape(count, own.shape[1], height, shrink, width, shrink, 3).mean((3, 5))
        groups.append(small.round().astype(np.uint8))
    return np.stack(groups)
