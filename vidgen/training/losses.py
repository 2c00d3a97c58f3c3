"""The loss of each network, or of each phase of its training."""

import math
from functools import partial
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.networks.c3d import C3D
from vidgen.networks.coarse_to_fine import CoarseToFineTempCAE
from vidgen.networks.judge import Judge
from vidgen.networks.layered import LayeredTempCAE, cut_out, interpolation
from vidgen.networks.prior import ClipPrior, flow_matching_loss, scaled
from vidgen.objectives import class_cross_entropy
from vidgen.training.batches import Batch
from vidgen.training.variations import Codes

#: Noise levels (standard deviations) that the auto-encoder learns. At the highest one an object of 16 frames × 800
#: pixels × 3 colours at contrast ½ exceeds the noise by 2.4 standard deviations only.
SIGMA_MIN, SIGMA_MAX = 0.08, 40.0


def sample_sigmas(
    count: int, generator: torch.Generator, sigma_min: float = SIGMA_MIN, sigma_max: float = SIGMA_MAX
) -> Tensor:
    """Log-uniform noise levels `(count,)`."""
    exponent = torch.rand(count, generator=generator, device=generator.device)
    return sigma_min * (sigma_max / sigma_min) ** exponent


def noisy(video: Tensor, sigma: Tensor, generator: torch.Generator) -> Tensor:
    """The videos plus normal noise of standard deviation `sigma` `(batch,)`."""
    noise = torch.randn(video.shape, generator=generator, device=video.device)
    return video + sigma.view(-1, 1, 1, 1, 1) * noise


#: Fraction of the clips whose labels are dropped, so that the auto-encoder learns to be unconditional too.
LABEL_DROPOUT = 0.2


def labels_after_dropout(batch: Batch, generator: torch.Generator) -> Tensor:
    """The labels given to the auto-encoder, `(batch, classes)`: all of a clip, or none where they are dropped."""
    kept = torch.rand(len(batch.target), 1, generator=generator, device=generator.device) >= LABEL_DROPOUT
    shown: Tensor = batch.target[:, :-1] > 0
    return shown.to(generator.device, torch.float32) * kept.float()


def denoising_loss(tempcae: nn.Module, batch: Batch, generator: torch.Generator) -> Tensor:
    """Mean squared error of the denoised clips, weighted so that every noise level counts equally."""
    clean = batch.videos(generator.device)
    sigma = sample_sigmas(len(clean), generator)
    decoded: Tensor = tempcae(noisy(clean, sigma, generator), sigma, labels_after_dropout(batch, generator))
    return ((decoded - clean).square().flatten(1).mean(1) * _weight(sigma, tempcae)).mean()


def outline_loss(tempcae: CoarseToFineTempCAE, batch: Batch, generator: torch.Generator) -> Tensor:
    """The denoising loss of the coarse network alone, at half resolution, for its noise levels."""
    clean = F.avg_pool3d(1 - batch.videos(generator.device), (1, 2, 2))
    sigma = sample_sigmas(len(clean), generator, sigma_max=SIGMA_MAX_OUTLINE)
    drawn: Tensor = tempcae.outline(
        noisy(clean, sigma / 2, generator), sigma / 2, labels_after_dropout(batch, generator)
    )
    return ((drawn - clean).square().flatten(1).mean(1) * _weight(sigma / 2, tempcae)).mean()


def detail_loss(tempcae: CoarseToFineTempCAE, batch: Batch, generator: torch.Generator) -> Tensor:
    """The denoising loss of the fine network alone, for its noise levels."""
    clean = 1 - batch.videos(generator.device)
    sigma = sample_sigmas(len(clean), generator, sigma_max=tempcae.config.fine_below)
    ink, labels = noisy(clean, sigma, generator), labels_after_dropout(batch, generator)
    with torch.no_grad():
        outline = tempcae.outlined(ink, sigma, labels)
    error = (tempcae.detail(ink, outline, sigma, labels) - clean).square().flatten(1).mean(1)
    return (error * _weight(sigma, tempcae)).mean()


def picture_loss(tempcae: LayeredTempCAE, batch: Batch, generator: torch.Generator) -> Tensor:
    """The denoising loss of the layered auto-encoder's network, on pictures with the noise of a mean along a path.

    Some pictures are blended with a copy at a lower resolution, which is what a descent shows the network when it first
    draws: that of kept pictures, or down to two thirds of it, as a learned prior's pictures are of large objects.
    """
    clean = 1 - batch.videos(generator.device)[:, :, 0]
    shrink, count = tempcae.config.picture_shrink, len(clean)
    window = clean.shape[-1]
    least, most = window // shrink * 2 // 3, window // shrink
    edge = int(torch.randint(least, most + 1, (), generator=generator, device=generator.device))
    coarse = F.interpolate(F.interpolate(clean, (edge, edge), mode="area"), (window, window), mode="bilinear")
    share = (1.6 * _random(count, generator)[..., 0] - 0.6).clamp(min=0).sqrt()
    sigma = sample_sigmas(count, generator, sigma_max=SIGMA_MAX_PICTURE)
    noise = sigma / tempcae.config.frames**0.5
    mean = torch.lerp(clean, coarse, share) + noise.view(-1, 1, 1, 1) * mean_noise(count, window, generator)
    drawn: Tensor = tempcae.drawn_picture(mean, sigma, labels_after_dropout(batch, generator))
    return ((drawn - clean).square().flatten(1).mean(1) * _weight(noise, tempcae)).mean()


#: By how much the times from which pictures are learned are moved towards noise.
PICTURE_SHIFT = 0.7


def map_flow_loss(prior: ClipPrior, batch: Batch, generator: torch.Generator) -> Tensor:
    """The flow-matching loss of the learned prior's pictures, on maps of the objects in varied proportions."""
    labels = batch.target[:, :-1].to(generator.device)
    maps = scaled(batch.videos(generator.device)[:, :, 0])
    return flow_matching_loss(partial(prior.picture_velocity, labels=labels), maps, generator, shift=PICTURE_SHIFT)


def code_flow_loss(prior: ClipPrior, codes: Codes, generator: torch.Generator) -> Tensor:
    """The flow-matching loss of the learned prior's sizes, colours and paths."""
    given = codes.given.to(generator.device)
    return flow_matching_loss(partial(prior.coder, given=given), codes.code.to(generator.device), generator)


def mean_noise(count: int, window: int, generator: torch.Generator, *, parts: int = 4) -> Tensor:
    """Noise `(count, 3, window, window)` like that of a mean along a path between pixels, from `parts` frames."""
    size, device = window + 4, generator.device
    center = (size - 1) / 2 - 0.5 + torch.rand(2, count, parts, generator=generator, device=device)
    rows, columns = (interpolation(places, window, size) for places in center)
    noise = torch.randn(count, 3, parts, size, size, generator=generator, device=device)
    return cut_out(noise, rows, columns) / math.sqrt(parts)


def _weight(sigma: Tensor, tempcae: nn.Module) -> Tensor:
    data_std: float = tempcae.config.data_std  # type: ignore[union-attr, assignment]
    return (sigma**2 + data_std**2) / (sigma * data_std) ** 2


#: The highest noise level at which the layered auto-encoder's network learns to draw pictures.
SIGMA_MAX_PICTURE = 1.6
#: The highest noise level from which the coarse network learns.
SIGMA_MAX_OUTLINE = 7.5
#: Noise levels from which the classifier learns. For clips that show no class the highest level is lower: under more
#: noise they cannot be distinguished from clips of the classes.
SIGMA_MIN_CLASS, SIGMA_MAX_CLASS, SIGMA_MAX_NEGATIVE = 0.02, 1.0, 0.5


class Supervised(nn.Module):
    """A C3D with a second head for training, which classifies every place from the output of the third block.

    A class for every place teaches the filters much more than one label for a whole clip (deep supervision: Lee et al.
    2015, doi:10.48550/arXiv.1409.5185). Only the C3D is kept.
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
        """The output of the third block for small ink, of as few frames as one place spans."""
        return cast(Tensor, self.c3d.features[: self.split](self.c3d.scaled(ink)))


def snippet_loss(network: Supervised, batch: Batch, generator: torch.Generator) -> Tensor:
    """Cross-entropy of the class at each place of snippets under little noise: the first blocks' first phase."""
    ink = blurred(network.c3d.small_ink(batch.videos(generator.device)), generator, share=0.1)
    sigma = sample_sigmas(len(ink), generator, SIGMA_MIN_CLASS, SIGMA_MAX_NEGATIVE)
    places = network.where(network.places(noisy(ink, sigma / network.c3d.config.shrink, generator)))
    return _where_loss(places, cast(Tensor, batch.where).to(generator.device))


def _where_loss(places: Tensor, where: Tensor) -> Tensor:
    """Cross-entropy over places. Few places show an object; each weighs ten times as much as an empty one."""
    share = torch.cat([10 * where, 1 - where.sum(1, keepdim=True).clamp(max=1)], 1)
    return -(share * places.log_softmax(1)).sum() / share.sum()


def classification_loss(
    network: Supervised, batch: Batch, generator: torch.Generator, denoiser: LayeredTempCAE | None = None
) -> Tensor:
    """Cross-entropy on clips as a descent shows them to the classifier: blurred, mixed, noisy or decoded.

    A classifier of noisy clips learns p(label | X), which guides a descent whose noise level falls (Dhariwal & Nichol
    2021, doi:10.48550/arXiv.2105.05233). The target of a mixture of clips is the mixture of their targets (Zhang et al.
    2018, doi:10.48550/arXiv.1710.09412). Noise is added at the network's own resolution, where `denoiser`, if given,
    decodes most clips from much noise.
    """
    c3d, target = network.c3d, batch.target.to(generator.device)
    clean = c3d.small_ink(batch.videos(generator.device))
    where = target.new_zeros(len(clean), 1) if batch.where is None else batch.where.to(generator.device)
    ink, mixture, places = mixed(generator, blurred(clean, generator), target, where)
    sigma = sample_sigmas(len(ink), generator, SIGMA_MIN_CLASS, SIGMA_MAX_CLASS)
    flawed = sample_sigmas(len(ink), generator, SIGMA_MIN_CLASS, SIGMA_MAX_NEGATIVE)
    sigma = torch.where(mixture[:, -1] > 0, flawed, sigma)
    ink = noisy(ink, sigma / c3d.config.shrink, generator)
    if denoiser is not None:
        shown = (target[:, :-1] > 0).sum(1) * (target[:, -1] == 0)
        shown = shown * (_random(len(ink), generator).flatten() < DECODED)
        for count in sorted({*shown.tolist()} - {0}):
            chosen = (shown == count).nonzero().flatten()
            ink[chosen] = decoded(denoiser, clean[chosen], count, c3d.config.shrink, generator)
            mixture[chosen], places[chosen] = target[chosen], where[chosen]
    logits, found = network(ink)
    loss = class_cross_entropy(logits, mixture).mean()
    if batch.where is not None:
        loss = loss + _where_loss(found, places)
    return loss


#: Fraction of the clips that the classifier sees as decoded from noise in its last phase.
DECODED = 0.8
#: The noise levels of these clips: below and above the level at which a descent decides on the motion, and the fraction
#: of clips above it.
SIGMA_MIN_DECODED, SIGMA_DECISION, SIGMA_MAX_DECODED = 1.0, 12.0, 80.0
ABOVE_DECISION = 0.7


@torch.no_grad()
def decoded(denoiser: LayeredTempCAE, ink: Tensor, num_objects: int, shrink: int, generator: torch.Generator) -> Tensor:
    """The unconditional estimate of an auto-encoder from clips under much noise; both are smaller by `shrink`."""
    far = sample_sigmas(len(ink), generator, SIGMA_DECISION, SIGMA_MAX_DECODED)
    near = sample_sigmas(len(ink), generator, SIGMA_MIN_DECODED, SIGMA_DECISION)
    sigma = torch.where(_random(len(ink), generator).flatten() < ABOVE_DECISION, far, near) / shrink
    return 1 - cast(Tensor, denoiser(1 - noisy(ink, sigma, generator), sigma, None, num_objects))


def blurred(ink: Tensor, generator: torch.Generator, *, share: float = 0.2, shrink: int = 4) -> Tensor:
    """The clips, a share of them reduced by `shrink` and enlarged again, as the estimates of exemplars look."""
    small = F.interpolate(F.avg_pool3d(ink, (1, shrink, shrink)), scale_factor=(1, shrink, shrink), mode="trilinear")
    return torch.where(_random(len(ink), generator) < share, small, ink)


def mixed(generator: torch.Generator, *tensors: Tensor, share: float = 0.15, parts: int = 3) -> list[Tensor]:
    """Clips and their targets, a share replaced by mixtures of `parts` clips, with weights uniform on the simplex."""
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


def judging_loss(judge: Judge, batch: Batch, generator: torch.Generator) -> Tensor:
    """Cross-entropy of the object at each place, in frames that are distorted, blurred, faded, noisy and veiled.

    Few places show an object; each weighs ten times as much as an empty one.
    """
    ink, where = 1 - batch.videos(generator.device), batch.target.to(generator.device)
    both = distorted(torch.cat([ink, where[:, :, None]], 1), generator)
    ink, where = both[:, :3], both[:, 3:]
    fade = 1 - 0.4 * _random(len(ink), generator) ** 2
    sigma = 0.12 * _random(len(ink), generator) ** 2
    soft = F.avg_pool3d(ink, (1, 3, 3), stride=1, padding=(0, 1, 1))
    ink = torch.lerp(ink, soft, _random(len(ink), generator))
    shown = veiled(noisy(fade * ink, sigma.flatten(), generator).clamp(0, 1), generator)
    found = judge.found(shown[:, :, 0])
    wanted = F.avg_pool2d(where[:, :, 0], where.shape[-1] // found.shape[-1])
    nothing = 1 - wanted.sum(1, keepdim=True).clamp(max=1)
    share = torch.cat([10 * wanted, nothing], 1)
    return -(share * found.clamp(min=1e-6).log()).sum() / share.sum()


#: Fraction of the judge's frames that are veiled, and the largest share of noise in them.
VEILED, THICKEST_VEIL = 0.4, 0.75


def veiled(ink: Tensor, generator: torch.Generator, *, share: float = VEILED) -> Tensor:
    """The frames, a share of them mixed with uniform noise: people recognise objects of low contrast in much noise."""
    noise = torch.rand(ink.shape, generator=generator, device=generator.device)
    time = THICKEST_VEIL * _random(len(ink), generator) * (_random(len(ink), generator) < share)
    return torch.lerp(ink, noise, time)


def distorted(ink: Tensor, generator: torch.Generator) -> Tensor:
    """Each clip under a random affine map, the same in every frame: rotated by up to 9°, sheared, scaled."""
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
