"""Robust training of C3D: its gradients with respect to a video then change what people see.

The classifier learns from clips that are changed against it within a distance, and from videos that are made by
descending on it, as "none".
"""

from dataclasses import dataclass, replace
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.methods import Start
from vidgen.networks.c3d import C3D
from vidgen.objectives import class_cross_entropy
from vidgen.training.batches import Batch

#: Steps that learn from one batch, each from clips changed further: "free" adversarial training (Shafahi et al. 2019,
#: doi:10.48550/arXiv.1904.12843).
REPLAYS = 4
#: Largest L2 distance of a changed clip, in pixels of the video; an object's ink has a norm of about 120.
DISTANCE = 16.0
#: Length of a step of the change, as a fraction of its largest distance.
STEP = 0.6


@dataclass(frozen=True, kw_only=True, slots=True)
class Made:
    """Videos that are made by descending on the classifier while it learns (after Augustin et al. 2020).

    doi:10.48550/arXiv.2003.09461; introspective learning (Lazarow et al. 2017, doi:10.48550/arXiv.1704.07820).
    """

    #: Videos that are kept, and those of them that each step moves and learns from.
    kept: int = 64
    moved: int = 8
    #: Length of a move in pixels of the video, and the fraction of the ink that it removes.
    length: float = 6.0
    decay: float = 0.01
    #: Moves after which a video begins anew, from the start of a descent.
    age: int = 40
    #: Their weight in the loss.
    weight: float = 0.5


class Adversary(nn.Module):
    """A classifier with the clips that are changed against it, and the videos that are made from it.

    The videos are part of its state, so that a training that was stopped goes on as if it had not been.
    """

    videos: Tensor
    ages: Tensor
    goals: Tensor
    replay: Tensor

    def __init__(self, c3d: C3D, made: Made | None = None) -> None:
        super().__init__()
        self.c3d, self.made = c3d, made or Made()
        size, kept = c3d.config, self.made.kept
        shape = (kept, 3, size.frames, size.height // size.shrink, size.width // size.shrink)
        self.register_buffer("videos", torch.zeros(shape))
        self.register_buffer("ages", torch.full((kept,), self.made.age))
        self.register_buffer("goals", torch.zeros(kept, dtype=torch.long))
        self.register_buffer("replay", torch.tensor(0))
        self.clean, self.change, self.distance = (torch.empty(0) for _ in range(3))
        self.seen: Tensor | None = None

    def changed(self, batch: Batch, generator: torch.Generator) -> Tensor:
        """The batch's clips, changed further than in the step before, in the direction that raised the loss then."""
        if self.replay % REPLAYS == 0 or self.seen is None:
            small = self.c3d.small_ink(batch.videos(generator.device))
            self.clean, share = veiled(small, self.c3d.config.shrink, generator)
            largest = DISTANCE / self.c3d.config.shrink
            self.distance = share * largest * torch.rand(len(share), 1, 1, 1, 1, generator=generator).to(share)
            noise = torch.randn(self.clean.shape, generator=generator, device=generator.device)
            self.change = STEP / 2 * self.distance * unit(noise)
        else:
            further = self.change + STEP * self.distance * unit(cast(Tensor, self.seen.grad))
            self.change = further * (self.distance / norm(further)).clamp(max=1)
        self.replay += 1
        self.seen = (self.clean + self.change).detach().requires_grad_()
        return self.seen

    def descended(self, generator: torch.Generator) -> Tensor:
        """Some of the videos, before they are moved towards their labels by the classifier's gradient."""
        self._renew(generator)
        order = torch.randperm(self.made.kept, generator=generator, device=generator.device)[: self.made.moved]
        shown = self.videos[order].requires_grad_()
        loss = F.cross_entropy(self.c3d.read(shown), self.goals[order], reduction="sum")
        (gradient,) = torch.autograd.grad(loss, shown)
        length = self.made.length / self.c3d.config.shrink
        self.videos[order] = (1 - self.made.decay) * (shown.detach() - length * unit(gradient))
        self.ages[order] += 1
        return shown.detach()

    def _renew(self, generator: torch.Generator) -> None:
        """Let the videos that have come of age begin anew, each with a label of its own."""
        old = (self.ages >= self.made.age).nonzero().flatten()
        if not len(old):
            return
        shape, device = (len(old), *self.videos.shape[1:]), generator.device
        self.videos[old] = start_ink(shape, self.c3d.config.shrink, generator)
        classes = self.c3d.config.num_classes - 1
        self.goals[old] = torch.randint(classes, (len(old),), generator=generator, device=device)
        self.ages[old] = torch.randint(self.made.age // 2, (len(old),), generator=generator, device=device)


def robust_loss(network: Adversary, batch: Batch, generator: torch.Generator) -> Tensor:
    """Cross-entropy on changed clips, and on videos that were made from the classifier, whose class is "none".

    The gradient that `backward` leaves in the changed clips changes them further at the next call.
    """
    made = network.descended(generator)
    clips, target = network.changed(batch, generator), batch.target.to(generator.device)
    logits = network.c3d.read(torch.cat([clips, made]))
    none = F.one_hot(torch.full((len(made),), target.shape[1] - 1), target.shape[1]).to(target)
    on_clips = class_cross_entropy(logits[: len(clips)], target).mean()
    on_made = class_cross_entropy(logits[len(clips) :], none).sum() / len(clips)
    return on_clips + network.made.weight * on_made


def veiled(ink: Tensor, shrink: int, generator: torch.Generator, *, share: float = 0.5) -> tuple[Tensor, Tensor]:
    """The clips, a share of them on their way from a descent's start: (1 − t) · clip + t · start, t uniform below .95.

    Returns:
        The clips, and 1 − t, `(batch, 1, 1, 1, 1)`.
    """
    draw = torch.rand(2, len(ink), 1, 1, 1, 1, generator=generator, device=generator.device)
    time = 0.95 * draw[0] * (draw[1] < share)
    return torch.lerp(ink, start_ink(tuple(ink.shape), shrink, generator), time), 1 - time


def start_ink(shape: tuple[int, ...], shrink: int, generator: torch.Generator) -> Tensor:
    """A descent's start as the classifier sees it: the ink of uniform noise, averaged over squares of pixels."""
    start, size = Start(), (*shape[:-2], shape[-2] * shrink, shape[-1] * shrink)
    noise = 2 * torch.rand(size, generator=generator, device=generator.device) - 1
    ink = 1 - (start.mean + start.spread * noise)
    return F.avg_pool3d(ink, (1, shrink, shrink)) if shrink > 1 else ink


def without_batch_norm(c3d: C3D) -> C3D:
    """A classifier of the same function that learns: its batch normalisation folded, without dropout."""
    folded = c3d.folded()
    network = C3D(replace(c3d.config, batch_norm=False, dropout=0.0))
    network.load_state_dict(folded.state_dict())
    return network


def norm(video: Tensor) -> Tensor:
    """The L2 norm of each video, `(batch, 1, 1, 1, 1)`."""
    length: Tensor = torch.linalg.vector_norm(video, dim=(1, 2, 3, 4), keepdim=True)
    return length.clamp(min=1e-12)


def unit(video: Tensor) -> Tensor:
    """Each video divided by its norm."""
    return video / norm(video)
