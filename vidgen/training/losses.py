"""What each network learns from."""

import math
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.networks.c3d import C3D
from vidgen.networks.coarse_to_fine import DeepTempCAE
from vidgen.networks.judge import Judge
from vidgen.networks.layered import LayeredTempCAE, cut_out, interpolation
from vidgen.objectives import class_cross_entropy
from vidgen.training.batches import Examples

#: Noise levels that the auto-encoder learns, as standard deviations. At the highest, nothing of a clip can be told:
#: an object of 16 frames × 800 pixels × 3 colours at contrast ½ still stands out of the noise by 2.4 of its deviations.
LOWEST_NOISE, HIGHEST_NOISE = 0.08, 40.0


def noise_levels(
    count: int, generator: torch.Generator, low: float = LOWEST_NOISE, high: float = HIGHEST_NOISE
) -> Tensor:
    """Log-uniform noise levels `(count,)`."""
    spread = torch.rand(count, generator=generator, device=generator.device)
    return low * (high / low) ** spread


def noisy(video: Tensor, level: Tensor, generator: torch.Generator) -> Tensor:
    """The video with normal noise of each item's level added."""
    noise = torch.randn(video.shape, generator=generator, device=video.device)
    return video + level.view(-1, 1, 1, 1, 1) * noise


#: Share of the clips of which the auto-encoder is not told the labels.
UNTOLD = 0.2


def told_labels(batch: Examples, generator: torch.Generator) -> Tensor:
    """Which labels the auto-encoder is told, `(batch, classes)`: all of a clip's or, for a share of the clips, none."""
    told = torch.rand(len(batch.target), 1, generator=generator, device=generator.device) >= UNTOLD
    shown: Tensor = batch.target[:, :-1] > 0
    return shown.to(generator.device, torch.float32) * told.float()


def denoising_loss(tempcae: nn.Module, batch: Examples, generator: torch.Generator) -> Tensor:
    """Mean squared error of the denoised clips, weighted so that every noise level counts alike."""
    clean = batch.videos(generator.device)
    level = noise_levels(len(clean), generator)
    decoded: Tensor = tempcae(noisy(clean, level, generator), level, told_labels(batch, generator))
    return ((decoded - clean).square().flatten(1).mean(1) * _weight(level, tempcae)).mean()


def outline_loss(tempcae: DeepTempCAE, batch: Examples, generator: torch.Generator) -> Tensor:
    """The same for the deep auto-encoder's coarse network alone, at half resolution and the levels that it serves."""
    clean = F.avg_pool3d(1 - batch.videos(generator.device), (1, 2, 2))
    level = noise_levels(len(clean), generator, high=HIGHEST_OUTLINED)
    drawn: Tensor = tempcae.outline(noisy(clean, level / 2, generator), level / 2, told_labels(batch, generator))
    return ((drawn - clean).square().flatten(1).mean(1) * _weight(level / 2, tempcae)).mean()


def detail_loss(tempcae: DeepTempCAE, batch: Examples, generator: torch.Generator) -> Tensor:
    """The same for its fine network alone, below the noise level at which it takes part."""
    clean = 1 - batch.videos(generator.device)
    level = noise_levels(len(clean), generator, high=tempcae.config.fine_below)
    ink, told = noisy(clean, level, generator), told_labels(batch, generator)
    with torch.no_grad():
        outline = tempcae.outlined(ink, level, told)
    error = (tempcae.detail(ink, outline, level, told) - clean).square().flatten(1).mean(1)
    return (error * _weight(level, tempcae)).mean()


def picture_loss(tempcae: LayeredTempCAE, batch: Examples, generator: torch.Generator) -> Tensor:
    """The same for the pictures that the layered auto-encoder draws, from the noise that a mean along a path has.

    Some pictures are partly replaced by their sketches, as they are when a descent comes to the level of drawing.
    """
    clean = 1 - batch.videos(generator.device)[:, :, 0]
    shrink, count = tempcae.config.picture_shrink, len(clean)
    sketch = F.interpolate(F.avg_pool2d(clean, shrink), scale_factor=shrink, mode="bilinear")
    share = (1.6 * _random(count, generator)[..., 0] - 0.6).clamp(min=0).sqrt()
    level = noise_levels(count, generator, high=HIGHEST_DRAWN)
    noise = level / tempcae.config.frames**0.5
    mean = torch.lerp(clean, sketch, share) + noise.view(-1, 1, 1, 1) * mean_noise(count, clean.shape[-1], generator)
    drawn: Tensor = tempcae.drawn_picture(mean, level, told_labels(batch, generator))
    return ((drawn - clean).square().flatten(1).mean(1) * _weight(noise, tempcae)).mean()


def mean_noise(count: int, window: int, generator: torch.Generator, *, parts: int = 4) -> Tensor:
    """Noise `(count, 3, window, window)` as cut out along a path between pixels; a few frames stand for all."""
    size, device = window + 4, generator.device
    center = (size - 1) / 2 - 0.5 + torch.rand(2, count, parts, generator=generator, device=device)
    rows, columns = (interpolation(places, window, size) for places in center)
    noise = torch.randn(count, 3, parts, size, size, generator=generator, device=device)
    return cut_out(noise, rows, columns) / math.sqrt(parts)


def _weight(level: Tensor, tempcae: nn.Module) -> Tensor:
    data_std: float = tempcae.config.data_std  # type: ignore[union-attr, assignment]
    return (level**2 + data_std**2) / (level * data_std) ** 2


#: The noisiest clips of which the layered auto-encoder draws pictures.
HIGHEST_DRAWN = 1.6
#: The noisiest clips that the deep auto-encoder's coarse network learns from.
HIGHEST_OUTLINED = 7.5
#: The noisiest clips that the classifier learns from, and the noisiest that may teach it what is no class: under more
#: noise a flawed clip is not told from a good one.
LOWEST_CLASSIFIED, HIGHEST_CLASSIFIED, HIGHEST_FLAWED = 0.02, 1.0, 0.5


class Supervised(nn.Module):
    """A C3D with a second head that tells which class is where, from its third block, while it learns.

    What is told of every place teaches the filters far more than one label for a whole clip (deep supervision: Lee et
    al. 2015, doi:10.48550/arXiv.1409.5185). Only the C3D is kept.
    """

    def __init__(self, c3d: C3D) -> None:
        super().__init__()
        self.c3d = c3d
        pools = [index for index, layer in enumerate(c3d.features) if isinstance(layer, nn.MaxPool3d)]
        self.split = pools[2] + 1 if len(pools) > 3 else len(c3d.features)
        self.where = nn.Conv3d(c3d.config.blocks[2 if len(pools) > 3 else -1][-1], c3d.config.num_classes, 1)

    def forward(self, ink: Tensor) -> tuple[Tensor, Tensor]:
        """Logits of small ink, `(batch, classes)`, and of each place, `(batch, classes, frames, height, width)`."""
        places = self.places(ink)
        features = self.c3d.features[self.split :](places)
        return self.c3d.classifier(features.flatten(1)), self.where(places)

    def places(self, ink: Tensor) -> Tensor:
        """What the third block gives of small ink, of as few frames as one place spans."""
        return cast(Tensor, self.c3d.features[: self.split](self.c3d.scaled(ink)))


def moment_loss(network: Supervised, batch: Examples, generator: torch.Generator) -> Tensor:
    """Cross-entropy of which class is where, in moments under little noise: what the first blocks learn first."""
    ink = sketched(network.c3d.small_ink(batch.videos(generator.device)), generator, share=0.1)
    level = noise_levels(len(ink), generator, LOWEST_CLASSIFIED, HIGHEST_FLAWED)
    places = network.where(network.places(noisy(ink, level / network.c3d.config.shrink, generator)))
    return _where_loss(places, cast(Tensor, batch.where).to(generator.device))


def _where_loss(places: Tensor, where: Tensor) -> Tensor:
    """Cross-entropy over places; those of objects are few, so that each counts ten times as much as one of nothing."""
    share = torch.cat([10 * where, 1 - where.sum(1, keepdim=True).clamp(max=1)], 1)
    return -(share * places.log_softmax(1)).sum() / share.sum()


def classification_loss(
    network: Supervised, batch: Examples, generator: torch.Generator, memory: LayeredTempCAE | None = None
) -> Tensor:
    """Cross-entropy on clips as a descent shows them: as sketches, mixed, under noise, decoded.

    A classifier of what is left of clips under noise learns p(label | X), which guides a descent whose noise level
    falls (Dhariwal & Nichol 2021, doi:10.48550/arXiv.2105.05233). A mixture of clips counts as the mixture of their
    labels (Zhang et al. 2018, doi:10.48550/arXiv.1710.09412). Noise is added at the resolution that the network sees;
    what an auto-encoder decodes from clips under much noise, `memory` decodes there.
    """
    c3d, target = network.c3d, batch.target.to(generator.device)
    clean = c3d.small_ink(batch.videos(generator.device))
    where = target.new_zeros(len(clean), 1) if batch.where is None else batch.where.to(generator.device)
    ink, mixture, places = mixed(generator, sketched(clean, generator), target, where)
    level = noise_levels(len(ink), generator, LOWEST_CLASSIFIED, HIGHEST_CLASSIFIED)
    flawed = noise_levels(len(ink), generator, LOWEST_CLASSIFIED, HIGHEST_FLAWED)
    level = torch.where(mixture[:, -1] > 0, flawed, level)
    ink = noisy(ink, level / c3d.config.shrink, generator)
    if memory is not None:
        shown = (target[:, :-1] > 0).sum(1) * (target[:, -1] == 0)
        shown = shown * (_random(len(ink), generator).flatten() < DECODED)
        for count in sorted({*shown.tolist()} - {0}):
            chosen = (shown == count).nonzero().flatten()
            ink[chosen] = decoded(memory, clean[chosen], count, c3d.config.shrink, generator)
            mixture[chosen], places[chosen] = target[chosen], where[chosen]
    logits, found = network(ink)
    loss = class_cross_entropy(logits, mixture).mean()
    if batch.where is not None:
        loss = loss + _where_loss(found, places)
    return loss


#: Share of the clips that the classifier at last sees as they are decoded from noise; and of these the share whose
#: noise is of the levels, from `UNDECIDED` on, at which a descent decides what moves where.
DECODED, FAR = 0.8, 0.7
LOWEST_DECODED, UNDECIDED, HIGHEST_DECODED = 1.0, 12.0, 80.0


@torch.no_grad()
def decoded(memory: LayeredTempCAE, ink: Tensor, num_objects: int, shrink: int, generator: torch.Generator) -> Tensor:
    """What an auto-encoder that is told no labels decodes of clips under much noise, both smaller by a factor."""
    far = noise_levels(len(ink), generator, UNDECIDED, HIGHEST_DECODED)
    near = noise_levels(len(ink), generator, LOWEST_DECODED, UNDECIDED)
    level = torch.where(_random(len(ink), generator).flatten() < FAR, far, near) / shrink
    return 1 - cast(Tensor, memory(1 - noisy(ink, level, generator), level, None, num_objects))


def sketched(ink: Tensor, generator: torch.Generator, *, share: float = 0.2, shrink: int = 4) -> Tensor:
    """Clips, a share of them as blurred as sketches are."""
    small = F.interpolate(F.avg_pool3d(ink, (1, shrink, shrink)), scale_factor=(1, shrink, shrink), mode="trilinear")
    return torch.where(_random(len(ink), generator) < share, small, ink)


def mixed(generator: torch.Generator, *tensors: Tensor, share: float = 0.15, parts: int = 3) -> list[Tensor]:
    """Clips and what is told of them, a share replaced by mixtures of several, the weights uniform on the simplex."""
    count, device = len(tensors[0]), tensors[0].device
    weight = torch.rand(parts, count, generator=generator, device=device).clamp(min=1e-6).log().neg()
    weight = weight / weight.sum(0)
    chosen = [torch.randperm(count, generator=generator, device=device) for _ in range(parts)]
    taken = torch.rand(count, generator=generator, device=device) < share

    def mix(values: Tensor) -> Tensor:
        shape = (-1, *(1,) * (values.dim() - 1))
        mixture = sum(part.view(shape) * values[order] for part, order in zip(weight, chosen, strict=True))
        return torch.where(taken.view(shape), mixture, values)

    return [mix(values) for values in tensors]


def judging_loss(judge: Judge, batch: Examples, generator: torch.Generator) -> Tensor:
    """Cross-entropy of what is where, in frames that were turned, sheared, scaled, blurred, faded and made noisy.

    Places of objects are few; each counts ten times as much as one of background.
    """
    ink, where = 1 - batch.videos(generator.device), batch.target.to(generator.device)
    both = distorted(torch.cat([ink, where[:, :, None]], 1), generator)
    ink, where = both[:, :3], both[:, 3:]
    fade = 1 - 0.4 * _random(len(ink), generator) ** 2
    level = 0.12 * _random(len(ink), generator) ** 2
    blurred = F.avg_pool3d(ink, (1, 3, 3), stride=1, padding=(0, 1, 1))
    ink = torch.lerp(ink, blurred, _random(len(ink), generator))
    found = judge.found(noisy(fade * ink, level.flatten(), generator).clamp(0, 1)[:, :, 0])
    wanted = F.avg_pool2d(where[:, :, 0], where.shape[-1] // found.shape[-1])
    nothing = 1 - wanted.sum(1, keepdim=True).clamp(max=1)
    share = torch.cat([10 * wanted, nothing], 1)
    return -(share * found.clamp(min=1e-6).log()).sum() / share.sum()


def distorted(ink: Tensor, generator: torch.Generator) -> Tensor:
    """Each clip under an affine map of its own, the same in every frame: turned up to 9°, sheared, scaled."""
    batch, channels, frames, height, width = ink.shape

    def around(center: float, spread: float) -> Tensor:
        return center + spread * (2 * _random(batch, generator).flatten() - 1)

    angle, shear, scale, stretch = around(0, 0.15), around(0, 0.15), around(1, 0.12), around(1, 0.15)
    aspect = width / height
    cos, sin, zero = angle.cos() * scale, angle.sin() * scale, torch.zeros_like(angle)
    rows = [cos * stretch, (shear - sin) / aspect, zero, sin * aspect, cos / stretch, zero]
    theta = torch.stack(rows, 1).view(batch, 2, 3)
    grid = F.affine_grid(theta, [batch, channels * frames, height, width], align_corners=False)
    moved = F.grid_sample(ink.reshape(batch, channels * frames, height, width), grid, align_corners=False)
    return moved.view_as(ink)


def _random(count: int, generator: torch.Generator) -> Tensor:
    """Uniform numbers in [0, 1), shaped to scale a batch of videos."""
    return torch.rand(count, 1, 1, 1, 1, generator=generator, device=generator.device)
