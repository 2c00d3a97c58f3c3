"""The layered temporal auto-encoder: a clip is decoded from one picture of each object and the path it takes."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.networks.exemplars import Sketches
from vidgen.networks.unet import CONDITION, Condition, Unet, redraw


@dataclass(frozen=True, kw_only=True, slots=True)
class LayeredTempCAEConfig:
    """Sizes of the layered auto-encoder."""

    #: Training clips of each class that are kept as sketches of what moves where.
    sketches: int = 64
    #: Factor by which their frames are smaller.
    shrink: int = 8
    #: Noise level from which on they are all that can be told; below it they give the objects' paths.
    sketch_from: float = 6.0
    #: Edge of the picture of an object, in pixels of the clip.
    window: int = 72
    #: Training pictures of each class that are kept as sketches of shapes.
    pictures: int = 96
    #: Factor by which they are smaller.
    picture_shrink: int = 2
    #: Noise that they are told, as a multiple of what there is: with more, the choice among them stays open for longer.
    picture_doubt: float = 2.0
    #: Noise level from which on they are what can be told of a picture; below it the network draws.
    picture_from: float = 1.0
    #: Channels per level of the network that draws the picture; each level after the first halves its size.
    widths: tuple[int, ...] = (40, 80, 112)
    #: Blocks on each side of each level.
    depth: int = 2
    #: Edge of the patches that become channels.
    patch: int = 2
    #: Standard deviation of a picture about white, which sets the network's scales (Karras et al. 2022).
    data_std: float = 0.3
    #: Classes that it may be told a video shows.
    num_classes: int = 11
    frames: int = 16
    height: int = 96
    width: int = 128

    def smaller(self, factor: int) -> "LayeredTempCAEConfig":
        """The same of clips smaller by a factor, with the same sketches; averaging lowers the noise by as much."""
        return replace(
            self,
            shrink=self.shrink // factor,
            sketch_from=self.sketch_from / factor,
            window=self.window // factor,
            picture_shrink=self.picture_shrink // factor,
            picture_from=self.picture_from / factor,
            height=self.height // factor,
            width=self.width // factor,
        )


class LayeredTempCAE(nn.Module):
    """A denoising auto-encoder whose code of a clip is a picture and a path for each object.

    R(x, σ) estimates the clip behind x = clip + σ·noise, in ink, 1 − video. Encoding finds the paths by the sketches,
    takes the mean of the frames along each path, whose noise is σ/√frames, and tells the picture behind that mean: by
    small pictures that are kept where there is much noise, by a network that draws it in full where there is little.
    Decoding moves the pictures along their paths. What it decodes is therefore always some objects of constant shape
    and colour that move over white: a bottleneck that noise, ghosts and changing shapes do not pass (the layers of
    Wang & Adelson 1994, doi:10.1109/83.334981).

    R(x, σ) − x points to the data (it is σ² times the score of the data smoothed by σ where the estimate is exact:
    Alain & Bengio 2014): eq. 8's second direction. Told the labels it points to their clips alone.
    """

    def __init__(self, config: LayeredTempCAEConfig) -> None:
        super().__init__()
        self.config = config
        size = (config.height // config.shrink, config.width // config.shrink)
        self.sketches = Sketches(torch.zeros(config.num_classes, 1, 3, config.frames, *size))
        edge = config.window // config.picture_shrink
        self.pictures = Sketches(torch.zeros(config.num_classes, 1, 3, 1, edge, edge))
        self.condition = Condition(config.num_classes)
        halving = (False,) * (len(config.widths) - 1)
        self.unet = Unet(3, 4, config.widths, halving, config.depth, config.patch, CONDITION, span=1)

    def forward(
        self, video: Tensor, noise_level: Tensor | float, labels: Tensor | None = None, num_objects: int = 1
    ) -> Tensor:
        """The decoded video.

        Args:
            video: `(batch, 3, frames, height, width)`, a clip in [0, 1] plus noise.
            noise_level: the noise's standard deviation, `(batch,)` or one for all.
            labels: `(batch, num_classes)`, 1 for each label of a clip, as many for each; None where it is not told.
            num_objects: objects that an untold clip shows.
        """
        ink = 1 - video
        level = noise_level if isinstance(noise_level, Tensor) else video.new_full((len(video),), noise_level)
        least, most = bounds(noise_level, wait=self.training)
        sketched: Tensor | None = None
        if most >= self.config.sketch_from:
            sketched = 1 - self.sketches(ink, level, labels, num_objects).sum(1)
            if least >= self.config.sketch_from:
                return sketched
        picture = self.any_picture
        if least >= self.config.picture_from:
            picture = self.sketched_picture
        elif most < self.config.picture_from:
            picture = self.drawn_picture
        moved = 1 - self.moved(ink, level, labels, num_objects, picture)
        if sketched is None:
            return moved
        return torch.where((level >= self.config.sketch_from).view(-1, 1, 1, 1, 1), sketched, moved)

    def moved(
        self, ink: Tensor, level: Tensor, labels: Tensor | None, num_objects: int, picture: Callable[..., Tensor]
    ) -> Tensor:
        """The decoded ink of videos whose objects' paths can be told: their pictures moved along them."""
        with torch.no_grad():
            sketched = self.sketches.small(ink, level, labels, num_objects)
        objects = sketched.shape[1]
        rows, columns = self.placed(sketched.flatten(0, 1))
        mean = cut_out(ink, rows, columns) / ink.shape[2] if objects == 1 else self.alone(ink, sketched, rows, columns)
        told = None if labels is None else each_label(labels, objects)
        drawn = picture(mean, level.repeat_interleave(objects), told)
        layers = torch.einsum("bthy,bchw,btwx->bctyx", rows, drawn, columns)
        return layers.view(len(ink), objects, *ink.shape[1:]).sum(1)

    def any_picture(self, mean: Tensor, level: Tensor, labels: Tensor | None) -> Tensor:
        """The picture `(batch, 3, window, window)` behind the mean of frames whose noise level was that `(batch,)`."""
        rough = (level >= self.config.picture_from).view(-1, 1, 1, 1)
        return torch.where(rough, self.sketched_picture(mean, level, labels), self.drawn_picture(mean, level, labels))

    def sketched_picture(self, mean: Tensor, level: Tensor, labels: Tensor | None) -> Tensor:
        """The same under much noise."""
        noise = self.config.picture_doubt * level / self.config.frames**0.5
        found: Tensor = self.pictures(mean[:, :, None], noise, labels)
        return found[:, 0, :, 0]

    def drawn_picture(self, mean: Tensor, level: Tensor, labels: Tensor | None) -> Tensor:
        """The same under little noise."""
        condition = self.condition(level, None if labels is None else labels.to(mean, non_blocking=True))
        noise = level / self.config.frames**0.5
        return redraw(self.unet, mean[:, :, None], noise, condition, self.config.data_std)[:, :, 0]

    def alone(self, ink: Tensor, sketched: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """The mean along each object's path, `(batch · objects, 3, window, window)`, of what no other object covers."""
        shrink = self.config.shrink
        rest = (sketched.sum(1, keepdim=True) - sketched).sum(2).flatten(0, 1)
        free = (F.max_pool3d(rest, (1, 3, 3), stride=1, padding=(0, 1, 1)) < 0.03).to(ink.dtype)[:, None]
        free = free.repeat_interleave(shrink, -1).repeat_interleave(shrink, -2)
        seen = cut_out(free * ink.repeat_interleave(sketched.shape[1], 0), rows, columns)
        return seen / cut_out(free, rows, columns).clamp(min=1)

    def placed(self, sketched: Tensor) -> tuple[Tensor, Tensor]:
        """Where the picture is in each frame: what each of its rows and columns takes of a frame's.

        Args:
            sketched: the expected ink of one object, `(batch, 3, frames, height / shrink, width / shrink)`.

        Returns:
            `(batch, frames, window, height)` and `(batch, frames, window, width)`.
        """
        amount = sketched.sum(1)
        shrink, window = self.config.shrink, self.config.window
        rows = smooth_path(amount.sum(3), shrink)
        columns = smooth_path(amount.sum(2), shrink)
        return (
            interpolation(rows, window, self.config.height),
            interpolation(columns, window, self.config.width),
        )


def bounds(noise_level: Tensor | float, *, wait: bool) -> tuple[float, float]:
    """The least and the most of the noise levels; of those on a device that is not waited for, any that may be."""
    if not isinstance(noise_level, Tensor):
        return noise_level, noise_level
    return (0.0, math.inf) if noise_level.is_cuda and not wait else (float(noise_level.min()), float(noise_level.max()))


def cut_out(ink: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """The sum over the frames of what the picture's places take, `(batch, channels, window, window)`."""
    return torch.einsum("bthy,bctyx,btwx->bchw", rows, ink, columns)


def each_label(labels: Tensor, objects: int) -> Tensor:
    """`(batch, classes)` with a label for each object, or none, as `(batch · objects, classes)` with one, or none."""
    order = labels.argsort(dim=1, descending=True, stable=True)[:, :objects]
    single = torch.zeros(len(labels), objects, labels.shape[1], dtype=labels.dtype, device=labels.device)
    return single.scatter_(2, order[..., None], labels.gather(1, order)[..., None]).flatten(0, 1)


def smooth_path(profile: Tensor, shrink: int) -> Tensor:
    """An object's centre in full pixels, `(batch, frames)`: a parabola in time fitted to the centres of its ink.

    Args:
        profile: its ink per frame along one axis, `(batch, frames, size)`.
        shrink: pixels that each place is wide.
    """
    frames, size = profile.shape[1:]
    weight = profile.sum(2) + 1e-6
    place = torch.arange(size, dtype=profile.dtype, device=profile.device) * shrink + (shrink - 1) / 2
    center = (profile @ place + 1e-6 * place.mean()) / weight
    time = torch.linspace(-1, 1, frames, dtype=profile.dtype, device=profile.device)
    basis = torch.stack([torch.ones_like(time), time, time**2 - 1 / 3])
    normal = torch.einsum("pt,bt,qt->bpq", basis, weight, basis)
    normal = normal + 1e-6 * weight.sum(1)[:, None, None] / frames * torch.eye(3, device=time.device)
    wanted = torch.einsum("pt,bt->bp", basis, weight * center)
    path: Tensor = torch.linalg.solve_ex(normal, wanted)[0] @ basis
    return path


def interpolation(center: Tensor, window: int, size: int) -> Tensor:
    """How much each of `window` places about a centre takes of each pixel: `(batch, frames, window, size)`.

    Cubic interpolation (Keys 1981, doi:10.1109/TASSP.1981.1163711), by which pictures are cut out and put in.
    """
    # A weight depends on pixel − place alone: each is found once, and the rows of the matrix are windows on them.
    difference = torch.arange(1 - window, size, dtype=center.dtype, device=center.device)
    away = (center[..., None] - (window - 1) / 2 - difference).abs()
    near = (1.5 * away - 2.5) * away**2 + 1
    far = ((-0.5 * away + 2.5) * away - 4) * away + 2
    weights = torch.where(away <= 1, near, torch.where(away < 2, far, torch.zeros_like(away)))
    return weights.unfold(-1, size, 1).flip(-2)
