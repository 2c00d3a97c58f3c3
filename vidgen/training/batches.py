"""What the networks see: endless clips, drawn by step, so that step i is the same on any machine."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset

from vidgen.dataset.clips import SIZES, SIZES_IN_COMPANY, render, sample_actor, sample_spec
from vidgen.dataset.drawing import OBJECTS
from vidgen.dataset.folder import Folder
from vidgen.dataset.negatives import Negative, sample_negative
from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH, Actor, ClipSpec
from vidgen.labels import LABELS, Label


@dataclass(frozen=True, slots=True)
class Examples:
    """A batch of clips.

    Attributes:
        clips: uint8 `(batch, frames, height, width, 3)`.
        target: `(batch, classes + 1)` distributions; the last class is "none of these". The judge's say where what is.
    """

    clips: Tensor
    target: Tensor
    #: Of labelled examples, which class is where: `(batch, classes, frames / 4, height / 16, width / 16)`.
    where: Tensor | None = None

    def videos(self, device: torch.device) -> Tensor:
        """The clips as `(batch, 3, frames, height, width)` in [0, 1]."""
        return self.clips.to(device).permute(0, 4, 1, 2, 3).float() / 255


def target_of(labels: tuple[Label, ...]) -> np.ndarray:
    """The mean of the labels' one-hot vectors over the eleven classes and "none"; "none" for no label."""
    target = np.zeros(len(LABELS) + 1, np.float32)
    for label in labels:
        target[LABELS.index(label)] = 1 / len(labels)
    target[-1] = 1 - target[:-1].sum()
    return target


def class_examples(
    rng: np.random.Generator, size: int, split: str, *, pairs: float = 0.15, frame: tuple[int, int] = (WIDTH, HEIGHT)
) -> Examples:
    """Clips of the classes alone, a share of them with two labels, in frames of that width and height."""
    clips, targets, places = [], [], []
    for _ in range(size):
        count = 2 if rng.random() < pairs else 1
        labels = tuple(LABELS[i] for i in rng.choice(len(LABELS), count, replace=False))
        spec = sample_spec(labels, split=split, rng=rng)
        clips.append(render(spec, size=frame))
        targets.append(target_of(labels))
        places.append(paths(spec, labels))
    target, where = torch.from_numpy(np.stack(targets)), torch.from_numpy(np.stack(places))
    return Examples(torch.from_numpy(np.stack(clips)), target, where)


#: Frames that a place of which C3D learns what is there spans; it is 16×16 pixels large.
SPAN = 4


def paths(spec: ClipSpec, labels: tuple[Label, ...], num_frames: int = NUM_FRAMES) -> np.ndarray:
    """Which class is where, `(classes, frames / 4, 6, 8)`: 1 at the places about the middle of each label's actor."""
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


def moment_examples(rng: np.random.Generator, size: int, split: str, *, frame: tuple[int, int]) -> Examples:
    """Moments of clips, four frames each: objects in their classes' motions, some two, and a quarter in none."""
    clips, targets, places = [], [], []
    for _ in range(size):
        labels = tuple(LABELS[i] for i in rng.choice(len(LABELS), 1 + (rng.random() < 0.3), replace=False))
        spec = sample_spec(labels, split=split, rng=rng)
        if rng.random() < 0.25:
            labels, spec = (), sample_negative(rng, split, kind=str(rng.choice(["other_motion", "standing"]))).spec
        spec = moment(spec, float(rng.integers(NUM_FRAMES - SPAN)) / (NUM_FRAMES - 1))
        clips.append(render(spec, size=frame, num_frames=SPAN))
        targets.append(target_of(labels))
        places.append(paths(spec if labels else ClipSpec(actors=()), labels, SPAN))
    target, where = torch.from_numpy(np.stack(targets)), torch.from_numpy(np.stack(places))
    return Examples(torch.from_numpy(np.stack(clips)), target, where)


def moment(spec: ClipSpec, begin: float) -> ClipSpec:
    """A clip's part of four frames from that time on, as a clip of its own; within it speeds are even."""
    ends = np.array([begin, begin + (SPAN - 1) / (NUM_FRAMES - 1)])
    actors = []
    for actor in spec.actors:
        start, end = actor.centers(ends).tolist()
        travel = (end[0] - start[0], end[1] - start[1])
        actors.append(replace(actor, start=(start[0], start[1]), travel=travel, ease=0.0))
    return replace(spec, actors=tuple(actors))


def picture_examples(rng: np.random.Generator, size: int, split: str, *, window: int = 72) -> Examples:
    """Pictures of the classes' objects, `(batch, 1, window, window, 3)`, the centre of their ink in the middle."""
    clips, targets = [], []
    for _ in range(size):
        label = LABELS[int(rng.integers(len(LABELS)))]
        clips.append(centered(_actor(label, split, rng, (SIZES_IN_COMPANY[0], SIZES[1])), window))
        targets.append(target_of((label,)))
    return Examples(torch.from_numpy(np.stack(clips)[:, None]), torch.from_numpy(np.stack(targets)))


def _actor(label: Label, split: str, rng: np.random.Generator, sizes: tuple[float, float]) -> Actor:
    return sample_actor(label.object, label.motion, split=split, rng=rng, sizes=sizes)


def centered(actor: Actor, window: int) -> np.ndarray:
    """A still of the actor, uint8 `(window, window, 3)`, whose ink has its centre in the middle."""
    middle = np.array([WIDTH, HEIGHT]) / 2
    still = replace(actor, start=(float(middle[0]), float(middle[1])), travel=(0.0, 0.0))
    ink = 255 - render(ClipSpec(actors=(still,)), num_frames=1)[0].astype(np.float64).mean(-1)
    places = np.array([ink.sum(0) @ np.arange(WIDTH), ink.sum(1) @ np.arange(HEIGHT)]) / ink.sum() + 0.5
    x, y = 2 * middle - places
    top, left = (HEIGHT - window) // 2, (WIDTH - window) // 2
    frame: np.ndarray = render(ClipSpec(actors=(replace(still, start=(x, y)),)), num_frames=1)[0]
    return frame[top : top + window, left : left + window]


def sketch_pictures(count: int, shrink: int, window: int) -> np.ndarray:
    """Small training pictures, uint8 `(classes, count, 1, window / shrink, window / shrink, 3)`."""
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


def sketch_clips(count: int, shrink: int, data: Folder | None) -> np.ndarray:
    """Small training clips, uint8 `(classes, count, frames, height / shrink, width / shrink, 3)`."""
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


def labelled_examples(
    rng: np.random.Generator,
    size: int,
    split: str,
    *,
    negatives: float = 0.25,
    frame: tuple[int, int] = (WIDTH, HEIGHT),
) -> Examples:
    """Clips of the classes, then a share of negatives: clips that show no class, or show one with a flaw."""
    good = class_examples(rng, size - round(negatives * size), split, frame=frame)
    bad = [sample_negative(rng, split) for _ in range(round(negatives * size))]
    nowhere = torch.zeros(len(bad), *paths(ClipSpec(actors=()), ()).shape)
    return Examples(
        torch.cat([good.clips, *(torch.from_numpy(render(negative.spec, size=frame))[None] for negative in bad)]),
        torch.cat([good.target, *(torch.from_numpy(negative_target(negative))[None] for negative in bad)]),
        None if good.where is None else torch.cat([good.where, nowhere]),
    )


def negative_target(negative: Negative) -> np.ndarray:
    """The target of a negative is "none"; a faded class counts as that class by its opacity."""
    if negative.kind == "faded" and negative.resembles is not None:
        share = negative.spec.actors[0].opacity
        return share * target_of((negative.resembles,)) + (1 - share) * target_of(())
    return target_of(())


def judge_examples(rng: np.random.Generator, size: int, split: str) -> Examples:
    """Single frames for the judge: objects that stand or lie anywhere, some faint, some two, and frames of junk.

    The target says what is where: `(batch, objects, height, width)`, about the middle of each object as much as it can
    be seen.
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
    return Examples(torch.from_numpy(np.stack(frames)), torch.from_numpy(np.stack(targets)))


def _anything(rng: np.random.Generator, split: str) -> Actor:
    """An object that stands anywhere, of any size, facing any way that its motions make it face."""
    name = str(rng.choice(OBJECTS))
    facing = str(rng.choice([label.motion for label in LABELS if label.object == name]))
    sizes = (SIZES_IN_COMPANY[0], SIZES[1])
    actor = sample_actor(name, None, split=split, rng=rng, facing=facing, sizes=sizes)
    return actor if rng.random() < 0.8 else replace(actor, opacity=float(rng.uniform(0.1, 0.9)))


def middles(spec: ClipSpec) -> np.ndarray:
    """What is where at the beginning of a clip, `(objects, height, width)`: an ellipse about each actor's middle.

    It counts as much as the actor can be seen: not at all below an opacity of 0.3, in full above 0.7.
    """
    where = np.zeros((len(OBJECTS), HEIGHT, WIDTH), np.float32)
    y, x = np.mgrid[:HEIGHT, :WIDTH] + 0.5
    for actor in spec.actors:
        width, height = actor.extent()
        inside = ((x - actor.start[0]) / width) ** 2 + ((y - actor.start[1]) / height) ** 2 < 0.35**2
        where[:, inside] = 0
        where[OBJECTS.index(actor.object), inside] = np.clip((actor.opacity - 0.3) / 0.4, 0, 1)
    return where


def junk_clip(rng: np.random.Generator, split: str, num_frames: int = NUM_FRAMES) -> np.ndarray:
    """A clip in which nothing can be recognised: noise of any grain, still or flickering, faint ghosts, or nothing."""
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


def folder_examples(data: Folder, rng: np.random.Generator, size: int, split: str) -> Examples:
    """Clips of a user's own classes; the whole folder where it has none of that split."""
    frames, targets = data.part(split)
    if not len(frames):
        frames, targets = data.frames, data.targets
    chosen = rng.integers(len(frames), size=size)
    target = torch.zeros(size, len(data.classes) + 1)
    target[torch.arange(size), torch.from_numpy(targets[chosen])] = 1
    return Examples(torch.from_numpy(frames[chosen]), target)


def folder_labelled_examples(data: Folder, rng: np.random.Generator, size: int, split: str) -> Examples:
    """A user's clips, a share of them spliced with another midway, faded to the mean colour, or mixed with junk."""
    examples = folder_examples(data, rng, size, split)
    others = folder_examples(data, rng, size, split)
    clips, target = examples.clips.clone(), examples.target.clone()
    for index in range(round(0.3 * size)):
        kind, share = rng.integers(3), float(rng.uniform(0.05, 0.65))
        if kind == 0:
            clips[index, clips.shape[1] // 2 :] = others.clips[index, clips.shape[1] // 2 :]
            target[index] = 0.5 * (examples.target[index] + others.target[index])
            continue
        base = clips[index].float().mean((0, 1, 2)) if kind == 1 else torch.from_numpy(junk_clip(rng, "train")).float()
        clips[index] = (share * clips[index].float() + (1 - share) * base).round().byte()
        target[index] *= share
        target[index, -1] = 1 - share
    return Examples(clips, target)


class Steps(Dataset[Examples]):
    """One batch per step; batch i depends on the seed and i alone."""

    def __init__(self, draw: Callable[[np.random.Generator], Examples], seed: int, steps: range) -> None:
        self.draw, self.seed, self.steps = draw, seed, steps

    def __len__(self) -> int:
        return len(self.steps)

    def __getitem__(self, index: int) -> Examples:
        if index >= len(self.steps):
            raise IndexError(index)
        return self.draw(np.random.default_rng([self.seed, self.steps[index]]))


def stream(
    draw: Callable[..., Examples], *, batch: int, split: str, seed: int, steps: range, workers: int = 1
) -> Iterator[Examples]:
    """The batches of the given steps, made by worker processes ahead of their use."""
    data = Steps(partial(draw, size=batch, split=split), seed, steps)
    return iter(DataLoader(data, batch_size=None, num_workers=workers, prefetch_factor=8 if workers else None))
