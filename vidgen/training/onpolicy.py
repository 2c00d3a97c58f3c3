"""What an auto-encoder learns from the descents that it guides itself.

Clips on their way from noise (`vidgen.training.unveiling`) are not what a descent visits: there the object is what a
classifier's gradient and the auto-encoder have made of the noise so far. So some videos descend while it learns, and
each is decoded to the clip of its label that comes nearest to it: imitation with states of the learner's own (DAgger:
Ross et al. 2011, doi:10.48550/arXiv.1011.0686). The auto-encoder is not given the label: it
sees what the gradient has drawn.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.dataset.clips import render, sample_actor, sample_colors
from vidgen.dataset.drawing import load
from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH, Actor, ClipSpec
from vidgen.labels import LABELS, Label
from vidgen.methods import METHODS
from vidgen.networks.c3d import C3D
from vidgen.training.batches import Batch
from vidgen.training.robust import start_ink
from vidgen.training.unveiling import unveiling_loss, weighted_error

#: Clips of each label among which the nearest is sought, the factor by which they are smaller, and how many colours.
CANDIDATES, SHRINK, COLORS = 160, 4, 24
#: The largest distance in pixels by which the nearest clip is moved to fit.
REACH = 10
#: The factor by which the descent's steps are longer than the method's.
STRIDE = 1.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Descending:
    """How many videos descend, and how far."""

    kept: int = 24
    #: Those that each step moves and learns from.
    moved: int = 3
    #: Moves after which a video begins anew.
    age: int = 50


class Descents(nn.Module):
    """An auto-encoder with the videos that descend on it and on a classifier.

    The videos are part of its state, so that a training that was stopped goes on as if it had not been.
    """

    videos: Tensor
    ages: Tensor
    goals: Tensor

    def __init__(self, tempcae: nn.Module, guide: C3D, settings: Descending | None = None) -> None:
        super().__init__()
        self.tempcae, self.settings = tempcae, settings or Descending()
        self._guide = (guide,)  # in a tuple: it is no part of what learns
        kept = self.settings.kept
        self.register_buffer("videos", torch.zeros(kept, 3, NUM_FRAMES, HEIGHT, WIDTH))
        self.register_buffer("ages", torch.full((kept,), self.settings.age))
        self.register_buffer("goals", torch.zeros(kept, dtype=torch.long))

    def chosen(self, generator: torch.Generator) -> Tensor:
        """The numbers of the videos of this step; those that have come of age begin anew."""
        chosen = torch.randperm(self.settings.kept, generator=generator, device=generator.device)
        chosen = chosen[: self.settings.moved]
        old = chosen[self.ages[chosen] >= self.settings.age]
        if len(old):
            self.videos[old] = start_ink((len(old), *self.videos.shape[1:]), 1, generator)
            self.goals[old] = torch.randint(len(LABELS), (len(old),), generator=generator, device=generator.device)
            self.ages[old] = 0
        return chosen

    def move(self, chosen: Tensor, decoded: Tensor) -> None:
        """Take one step of `proposed` with each of the videos, whose decoded ink is given."""
        rates = {term.objective: STRIDE * term.rate for term in METHODS["proposed"].terms}
        ink = self.videos[chosen]
        with torch.enable_grad():
            shown = (1 - ink).requires_grad_()
            loss = F.cross_entropy(self._guide[0](shown), self.goals[chosen], reduction="sum")
            (gradient,) = torch.autograd.grad(loss, shown)
        moved = ink + rates["class_cross_entropy"] * gradient + rates["decoded_distance"] * (decoded.detach() - ink)
        self.videos[chosen], self.ages[chosen] = moved, self.ages[chosen] + 1


def descent_loss(learner: Descents, batch: Batch, generator: torch.Generator) -> Tensor:
    """The error of clips decoded on their way, and of the learner's own descents, which it moves a step.

    Args:
        learner: the auto-encoder with its descents.
        batch: the clips.
        generator: of the random numbers.
    """
    chosen = learner.chosen(generator)
    ink, goals = learner.videos[chosen], learner.goals[chosen].tolist()
    rng = np.random.default_rng(int(torch.randint(2**31, (), generator=generator, device=generator.device)))
    found = [nearest_clip(one, LABELS[goal], rng) for one, goal in zip(ink, goals, strict=True)]
    clips = torch.from_numpy(np.stack(found)).to(ink.device).permute(0, 4, 1, 2, 3).to(ink) / 255
    decoded = 1 - learner.tempcae(1 - ink)
    remaining = (1 - STRIDE * METHODS["proposed"].terms[1].rate) ** learner.ages[chosen].to(ink)
    learner.move(chosen, decoded)
    on_policy = weighted_error(decoded, 1 - clips, remaining)
    shown = unveiling_loss(learner.tempcae, batch, generator, learner._guide[0])
    return (len(chosen) * on_policy + len(batch.clips) * shown) / (len(chosen) + len(batch.clips))


def nearest_clip(ink: Tensor, label: Label, rng: np.random.Generator) -> NDArray[np.uint8]:
    """The training clip of a label that is nearest to a video's ink `(3, frames, height, width)`.

    It is one of many candidates, moved, and on a path that is turned and stretched, to fit; its colours fit as well.

    Returns:
        The clip, uint8 `(frames, height, width, 3)`.
    """
    grey = ink.detach().mean(0).cpu()
    grey = grey - grey.median()
    actors, spectra, norms = candidates(label)
    small = torch.fft.rfft2(F.avg_pool2d(grey[None], SHRINK)[0])
    fit = torch.fft.irfft2((spectra.conj() * small).sum(1), s=(HEIGHT // SHRINK, WIDTH // SHRINK))
    rows, columns = (_within(length // SHRINK, REACH // SHRINK) for length in (HEIGHT, WIDTH))
    near = fit[:, rows][:, :, columns].flatten(1).amax(1) / norms
    actor = on_the_track(actors[int(near.argmax())], grey)
    return render(ClipSpec(actors=(recolored(actor, ink, rng),)))


@cache
def candidates(label: Label) -> tuple[Sequence[Actor], Tensor, Tensor]:
    """Actors of the label, the spectra of their small grey clips, and the norms of these."""
    rng = np.random.default_rng([10, LABELS.index(label)])
    actors = [sample_actor(label.object, label.motion, split="train", rng=rng) for _ in range(CANDIDATES)]
    size = (WIDTH // SHRINK, HEIGHT // SHRINK)
    clips = np.stack([render(ClipSpec(actors=(actor,)), size=size) for actor in actors])
    grey = torch.from_numpy(1 - clips.astype(np.float32).mean(-1) / 255)
    return actors, torch.fft.rfft2(grey), grey.flatten(1).norm(dim=1)


def on_the_track(actor: Actor, grey: Tensor) -> Actor:
    """The actor on a path that fits a video's grey ink `(frames, height, width)` in both halves of its time."""
    clip = torch.from_numpy(1 - render(ClipSpec(actors=(actor,))).astype(np.float32).mean(-1) / 255)
    half, middle = NUM_FRAMES // 2, (NUM_FRAMES // 2 - 1) / 2 / (NUM_FRAMES - 1)
    first, second = (shift(clip[part], grey[part]) for part in (slice(0, half), slice(half, None)))
    faster = (second - first) / (1 - 2 * middle)
    start, travel = np.array(actor.start) + first - middle * faster, np.array(actor.travel) + faster
    room = np.array([WIDTH, HEIGHT]) - np.array(actor.extent())
    travel = np.clip(travel, -room, room)
    low = np.array(actor.extent()) / 2 + np.maximum(-travel, 0)
    start = np.clip(start, low, low + room - np.abs(travel))
    return replace(actor, start=(float(start[0]), float(start[1])), travel=(float(travel[0]), float(travel[1])))


def shift(clip: Tensor, grey: Tensor) -> NDArray[np.float64]:
    """By how many pixels (x, y) some frames are moved to fit others, both `(frames, height, width)`."""
    fit = torch.fft.irfft2((torch.fft.rfft2(clip).conj() * torch.fft.rfft2(grey)).sum(0), s=(HEIGHT, WIDTH))
    rows, columns = (_within(length, REACH) for length in (HEIGHT, WIDTH))
    best = divmod(int(fit[rows][:, columns].argmax()), len(columns))
    return np.array([best[1] - REACH, best[0] - REACH], float)


def recolored(actor: Actor, ink: Tensor, rng: np.random.Generator) -> Actor:
    """The actor in those of many random colours in which it is nearest to a video's ink."""
    size = (WIDTH // SHRINK, HEIGHT // SHRINK)
    basis = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    black = 1 - render(ClipSpec(actors=(replace(actor, colors=((0.0,) * 3,) * 3),)), size=size)[..., 0] / 255
    maps = render(ClipSpec(actors=(replace(actor, colors=basis),)), size=size) / 255 - (1 - black[..., None])
    small = F.avg_pool3d(ink.detach()[None], (1, SHRINK, SHRINK))[0].permute(1, 2, 3, 0).cpu().numpy()
    covered = black > 0.3
    shown = small[covered]
    strength = float(np.clip(shown.mean() / 0.6, 0.05, 1.0))
    tried = [sample_colors(load(actor.object, actor.drawing).detail, rng) for _ in range(COLORS)]
    errors = [
        np.square(strength * (black[covered, None] - maps[covered] @ np.array(colors)) - shown).mean()
        for colors in tried
    ]
    return replace(actor, colors=tried[int(np.argmin(errors))])


def _within(length: int, reach: int) -> Tensor:
    """The places of the shifts −reach … reach in a circular correlation."""
    return torch.arange(-reach, reach + 1) % length
