"""The batches that networks learn from: clips drawn by step, so that the batch of step i is always the same."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from vidgen.dataset.clips import render, sample_spec
from vidgen.dataset.folder import Folder
from vidgen.dataset.negatives import Negative, sample_negative
from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH, ClipSpec
from vidgen.labels import LABELS, Label
from vidgen.training.junk import junk_clip


@dataclass(frozen=True, slots=True)
class Batch:
    """Clips with their targets.

    Attributes:
        clips: uint8 `(batch, frames, height, width, 3)`.
        target: distributions over the classes and "none of these", the last, `(batch, classes + 1)`; for the judge, the
            objects' places, `(batch, objects, height, width)`.
        where: for C3D, the classes' places, `(batch, classes, frames / 4, height / 16, width / 16)`; else None.
    """

    clips: Tensor
    target: Tensor
    where: Tensor | None = None

    def videos(self, device: torch.device) -> Tensor:
        """The clips as `(batch, 3, frames, height, width)` in [0, 1]."""
        return self.clips.to(device).permute(0, 4, 1, 2, 3).float() / 255


def target_of(labels: tuple[Label, ...]) -> np.ndarray:
    """The target `(classes + 1,)`: uniform over the labels, or "none", the last, where there is no label."""
    target = np.zeros(len(LABELS) + 1, np.float32)
    for label in labels:
        target[LABELS.index(label)] = 1 / len(labels)
    target[-1] = 1 - target[:-1].sum()
    return target


def class_batch(
    rng: np.random.Generator, size: int, split: str, *, pairs: float = 0.15, frame: tuple[int, int] = (WIDTH, HEIGHT)
) -> Batch:
    """Clips of the classes; a share of them (`pairs`) shows two. `frame` is their width and height."""
    clips, targets, places = [], [], []
    for _ in range(size):
        count = 2 if rng.random() < pairs else 1
        labels = tuple(LABELS[i] for i in rng.choice(len(LABELS), count, replace=False))
        spec = sample_spec(labels, split=split, rng=rng)
        clips.append(render(spec, size=frame))
        targets.append(target_of(labels))
        places.append(paths(spec, labels))
    target, where = torch.from_numpy(np.stack(targets)), torch.from_numpy(np.stack(places))
    return Batch(torch.from_numpy(np.stack(clips)), target, where)


#: Frames that a place of C3D's third block spans, which are those of a snippet. A place has 16×16 pixels.
SPAN = 4


def paths(spec: ClipSpec, labels: tuple[Label, ...], num_frames: int = NUM_FRAMES) -> np.ndarray:
    """The classes' places, `(classes, frames / 4, 6, 8)`: 1 about the middle of each label's actor, or shared there."""
    spans = num_frames // SPAN
    where = np.zeros((len(LABELS), spans, HEIGHT // 16, WIDTH // 16), np.float32)
    y, x = np.mgrid[8:HEIGHT:16, 8:WIDTH:16]
    times = (np.arange(spans) * SPAN + (SPAN - 1) / 2) / (num_frames - 1)
    for label, actor in zip(labels, spec.actors, strict=True):
        across, along = (max(0.45 * extent, 9) for extent in actor.extent())
        for t, (column, row) in enumerate(actor.centers(times)):
            where[LABELS.index(label), t] += ((x - column) / across) ** 2 + ((y - row) / along) ** 2 < 1
    shared: np.ndarray = where / np.maximum(where.sum(0), 1)
    return shared


def snippet_batch(rng: np.random.Generator, size: int, split: str, *, frame: tuple[int, int]) -> Batch:
    """Snippets of four frames: one or two objects in motions of classes, or, in a quarter of them, in others."""
    clips, targets, places = [], [], []
    for _ in range(size):
        labels = tuple(LABELS[i] for i in rng.choice(len(LABELS), 1 + (rng.random() < 0.3), replace=False))
        spec = sample_spec(labels, split=split, rng=rng)
        if rng.random() < 0.25:
            labels, spec = (), sample_negative(rng, split, kind=str(rng.choice(["other_motion", "standing"]))).spec
        spec = snippet(spec, float(rng.integers(NUM_FRAMES - SPAN)) / (NUM_FRAMES - 1))
        clips.append(render(spec, size=frame, num_frames=SPAN))
        targets.append(target_of(labels))
        places.append(paths(spec if labels else ClipSpec(actors=()), labels, SPAN))
    target, where = torch.from_numpy(np.stack(targets)), torch.from_numpy(np.stack(places))
    return Batch(torch.from_numpy(np.stack(clips)), target, where)


def snippet(spec: ClipSpec, begin: float) -> ClipSpec:
    """Four frames of a clip, from time `begin` in [0, 1] on, as a clip of its own, in which speeds are constant."""
    ends = np.array([begin, begin + (SPAN - 1) / (NUM_FRAMES - 1)])
    actors = []
    for actor in spec.actors:
        start, end = actor.centers(ends).tolist()
        travel = (end[0] - start[0], end[1] - start[1])
        actors.append(replace(actor, start=(start[0], start[1]), travel=travel, ease=0.0))
    return replace(spec, actors=tuple(actors))


def labelled_batch(
    rng: np.random.Generator,
    size: int,
    split: str,
    *,
    negatives: float = 0.25,
    frame: tuple[int, int] = (WIDTH, HEIGHT),
) -> Batch:
    """Clips of the classes, then a share of counter-examples: clips of no class, or of one with a flaw."""
    good = class_batch(rng, size - round(negatives * size), split, frame=frame)
    bad = [sample_negative(rng, split) for _ in range(round(negatives * size))]
    nowhere = torch.zeros(len(bad), *paths(ClipSpec(actors=()), ()).shape)
    return Batch(
        torch.cat([good.clips, *(torch.from_numpy(render(negative.spec, size=frame))[None] for negative in bad)]),
        torch.cat([good.target, *(torch.from_numpy(negative_target(negative))[None] for negative in bad)]),
        None if good.where is None else torch.cat([good.where, nowhere]),
    )


def negative_target(negative: Negative) -> np.ndarray:
    """The target of a counter-example: "none", but for a faded class, whose probability is its opacity."""
    if negative.kind == "faded" and negative.resembles is not None:
        share = negative.spec.actors[0].opacity
        return share * target_of((negative.resembles,)) + (1 - share) * target_of(())
    return target_of(())


def folder_batch(data: Folder, rng: np.random.Generator, size: int, split: str) -> Batch:
    """Clips of a user's own classes, from the split, or from the whole folder where the split is empty."""
    frames, targets = data.part(split)
    if not len(frames):
        frames, targets = data.frames, data.targets
    chosen = rng.integers(len(frames), size=size)
    target = torch.zeros(size, len(data.classes) + 1)
    target[torch.arange(size), torch.from_numpy(targets[chosen])] = 1
    return Batch(torch.from_numpy(frames[chosen]), target)


def folder_labelled_batch(data: Folder, rng: np.random.Generator, size: int, split: str) -> Batch:
    """A user's clips; 30 % of them change to another midway, are faded to their mean colour, or blended with junk."""
    own = folder_batch(data, rng, size, split)
    others = folder_batch(data, rng, size, split)
    clips, target = own.clips.clone(), own.target.clone()
    for index in range(round(0.3 * size)):
        kind, share = rng.integers(3), float(rng.uniform(0.05, 0.65))
        if kind == 0:
            clips[index, clips.shape[1] // 2 :] = others.clips[index, clips.shape[1] // 2 :]
            target[index] = 0.5 * (own.target[index] + others.target[index])
            continue
        base = clips[index].float().mean((0, 1, 2)) if kind == 1 else torch.from_numpy(junk_clip(rng, "train")).float()
        clips[index] = (share * clips[index].float() + (1 - share) * base).round().byte()
        target[index] *= share
        target[index, -1] = 1 - share
    return Batch(clips, target)


class Steps(Dataset[Any]):
    """One batch per step, or per `replays` steps; the batch of a step depends on the seed and the step alone."""

    def __init__(self, draw: Callable[[np.random.Generator], Any], seed: int, steps: range, replays: int = 1) -> None:
        self.draw, self.seed, self.steps, self.replays = draw, seed, steps, replays
        self._kept: tuple[int, Any] | None = None

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, index: int) -> Any:
        if index >= len(self.steps):
            raise IndexError(index)
        number = self.steps[index] // self.replays
        if self._kept is None or self._kept[0] != number:
            self._kept = (number, self.draw(np.random.default_rng([self.seed, number])))
        return self._kept[1]


def stream(
    draw: Callable[..., Any],
    *,
    batch: int,
    split: str,
    seed: int,
    steps: range,
    replays: int = 1,
    workers: int = 1,
) -> Iterator[Any]:
    """The batches of the given steps, prepared by worker processes; without workers, by this process.

    `replays` is the number of successive steps that have the same batch.
    """
    data = Steps(partial(draw, size=batch, split=split), seed, steps, replays)
    return iter(DataLoader(data, batch_size=None, num_workers=workers, prefetch_factor=8 if workers else None))
