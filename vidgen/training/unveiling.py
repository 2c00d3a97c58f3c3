"""What the auto-encoders of eqs. 4–5 learn: to decode the clip from what a descent shows them on its way to it.

A descent on eqs. 6–8 begins as noise about grey and ends as a clip on white. On the way it is a veil of grey and grain
over an object that becomes visible, with what the classifier's gradient adds. An auto-encoder that maps all of these
to the clip has R(X) − X point along the way; of a mixture (1 − t) · clip + t · noise it is the velocity of a
rectified flow from the noise to the clips, times t (Liu et al. 2023, doi:10.48550/arXiv.2209.03003).
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.methods import Start
from vidgen.networks.c3d import C3D
from vidgen.training.batches import Batch
from vidgen.training.robust import start_ink, unit

#: Weight of the absolute error beside the squared one.
ABSOLUTE = 0.15


@dataclass(frozen=True, kw_only=True, slots=True)
class Flaws:
    """What is added to clips on their way, each to a fraction of them, and up to which amount."""

    #: Spread of the logit of t, the share of noise.
    spread: float = 1.4
    #: Fraction of clips whose veil and grain have another strength than t, and the spread of the logarithm of that.
    uneven: float = 0.5
    uneven_by: float = 0.4
    #: Fraction of clips that are faded, down to that opacity.
    faded: float = 0.5
    opacity: float = 0.5
    #: Fraction of clips whose object is visible in some of the frames only, and the shortest and longest such time.
    passing: float = 0.5
    shortest: float = 3.0
    longest: float = 21.0
    #: Ghosts of other clips: how many, the fraction of clips with each, and the largest opacity (1 is the object's).
    ghosts: int = 3
    ghosted: float = 0.5
    ghost: float = 0.7
    #: Fraction of clips with texture, its largest standard deviation, and how much of it lies about the object.
    textured: float = 0.4
    texture: float = 0.25
    local: float = 0.5
    #: Fraction of clips with a step along a classifier's gradient, and its largest length in pixels of the video.
    classified: float = 0.6
    length: float = 12.0


def unveiling_loss(
    tempcae: nn.Module, batch: Batch, generator: torch.Generator, guide: C3D | None = None, flaws: Flaws | None = None
) -> Tensor:
    """Mean squared error of the clips decoded from what a descent shows, which counts more the less noise there is.

    Args:
        tempcae: an auto-encoder; it is given the video alone.
        batch: the clips.
        generator: of the random numbers.
        guide: the classifier whose gradient is added to some clips; None: no such clips.
        flaws: what is added.
    """
    clean, flaws = 1 - batch.videos(generator.device), flaws or Flaws()
    shown, time = on_the_way(clean, generator, flaws)
    if guide is not None:
        shown = shown + _taken(len(clean), flaws.classified, generator) * class_step(shown, guide, generator, flaws)
    return weighted_error(1 - tempcae(1 - shown), clean, time.flatten())


def weighted_error(decoded: Tensor, clean: Tensor, time: Tensor) -> Tensor:
    """The error of decoded ink, squared and absolute, which counts more the smaller the share of noise `(batch,)` is.

    Where several clips are likely, the mean of the squares is least for all of them faintly; absolute errors are least
    for the median, which is one of them, or white.
    """
    error = decoded - clean
    each = error.square().flatten(1).mean(1) + ABSOLUTE * error.abs().flatten(1).mean(1)
    return (each / (time + 0.1)).mean()


def on_the_way(clean: Tensor, generator: torch.Generator, flaws: Flaws) -> tuple[Tensor, Tensor]:
    """Flawed clips on their way from the start of a descent, as ink, and the share t of noise `(batch, 1, 1, 1, 1)`.

    Args:
        clean: the clips' ink, `(batch, 3, frames, height, width)`.
        generator: of the random numbers.
        flaws: what is added.
    """
    count = len(clean)
    time = torch.sigmoid(flaws.spread * _normal(count, generator))
    veil, grain = (time * _uneven(count, generator, flaws) for _ in range(2))
    start, grey = start_ink(tuple(clean.shape), 1, generator), 1 - Start().mean
    fade = 1 - _taken(count, flaws.faded, generator) * (1 - flaws.opacity) * _uniform(count, generator)
    seen = passing(clean, generator, flaws) * clean
    for number in range(1, flaws.ghosts + 1):
        ghost = _taken(count, flaws.ghosted, generator) * flaws.ghost * _uniform(count, generator)
        seen = seen + ghost * passing(clean, generator, flaws) * clean.roll(number, 0)
    shown = (1 - time) * fade * seen + veil * grey + grain * (start - grey)
    return shown + texture(clean, generator, flaws), time


def passing(clean: Tensor, generator: torch.Generator, flaws: Flaws) -> Tensor:
    """How visible the object is in each frame, `(batch, 1, frames, 1, 1)`: in some clips for some of the frames only.

    C3D's gradient is small in the first and last frames; an object that it shows in the others is to be completed.
    """
    count, frames = len(clean), clean.shape[2]
    number = torch.arange(frames, device=clean.device).view(1, 1, frames, 1, 1)
    middle = (frames - 1) * _uniform(count, generator)
    half = 0.5 * (flaws.shortest + (flaws.longest - flaws.shortest) * _uniform(count, generator))
    softness = 0.5 + 2.5 * _uniform(count, generator)
    visible = torch.sigmoid((half - (number - middle).abs()) / softness)
    return torch.where(_taken(count, flaws.passing, generator) > 0, visible, torch.ones_like(visible))


def texture(clean: Tensor, generator: torch.Generator, flaws: Flaws) -> Tensor:
    """Coarse noise over the frame, or about the object, for some of the clips."""
    count, _, frames, height, width = clean.shape
    grain, span = (int(2 ** torch.randint(low, 4, (), generator=generator, device=generator.device)) for low in (1, 0))
    size = (count, 3, max(1, frames // span), height // grain, width // grain)
    coarse = torch.randn(size, generator=generator, device=generator.device)
    noise = F.interpolate(coarse, (frames, height, width), mode="trilinear")
    near = (F.max_pool3d(clean.mean(1, keepdim=True), (3, 17, 17), stride=1, padding=(1, 8, 8)) > 0.02).to(clean)
    where = torch.where(_uniform(count, generator) < flaws.local, near, torch.ones_like(near))
    return _taken(count, flaws.textured, generator) * flaws.texture * _uniform(count, generator) * where * noise


def class_step(ink: Tensor, guide: C3D, generator: torch.Generator, flaws: Flaws) -> Tensor:
    """A step of ink, of random length, that makes a classifier see a random class in each clip."""
    goal = torch.randint(guide.config.num_classes - 1, (len(ink),), generator=generator, device=generator.device)
    with torch.enable_grad():
        shown = (1 - ink).requires_grad_()
        (gradient,) = torch.autograd.grad(F.cross_entropy(guide(shown), goal, reduction="sum"), shown)
    return flaws.length * _uniform(len(ink), generator) * unit(gradient)


def _uneven(count: int, generator: torch.Generator, flaws: Flaws) -> Tensor:
    """Factors about 1, exactly 1 for a fraction."""
    return torch.exp(flaws.uneven_by * _normal(count, generator) * _taken(count, flaws.uneven, generator))


def _taken(count: int, share: float, generator: torch.Generator) -> Tensor:
    """1 for a fraction of the clips, else 0."""
    return (_uniform(count, generator) < share).float()


def _uniform(count: int, generator: torch.Generator) -> Tensor:
    return torch.rand(count, 1, 1, 1, 1, generator=generator, device=generator.device)


def _normal(count: int, generator: torch.Generator) -> Tensor:
    return torch.randn(count, 1, 1, 1, 1, generator=generator, device=generator.device)
