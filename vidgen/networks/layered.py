"""The layered temporal auto-encoder: the code of a clip is a picture and a path for each object."""

import copy
import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.networks.draws import ClipShape, DrawnExemplars, Draws
from vidgen.networks.exemplars import Exemplars
from vidgen.networks.prior import ClipPrior
from vidgen.networks.unet import CONDITION, Condition, Unet, redraw


@dataclass(frozen=True, kw_only=True, slots=True)
class LayeredTempCAEConfig:
    """Sizes of the layered auto-encoder; noise levels are standard deviations."""

    #: Training clips of each class that are kept as exemplars of the motion.
    exemplars: int = 64
    #: Factor by which the frames of these clips are smaller.
    shrink: int = 8
    #: Smallest noise level at which the exemplars give the whole estimate; below it they give the objects' paths only.
    exemplars_from: float = 6.0
    #: Edge of the picture of an object, in pixels of the clip.
    window: int = 72
    #: Training pictures of each class that are kept as exemplars of shapes.
    pictures: int = 96
    #: Factor by which these pictures are smaller.
    picture_shrink: int = 2
    #: Factor on the noise level in the weights of the pictures; above 1 more of them stay likely for longer.
    picture_sigma_factor: float = 2.0
    #: Smallest noise level at which the pictures give the estimate of the picture; below it the network draws it.
    pictures_from: float = 1.0
    #: Channels per level of the network that draws the picture; each level after the first halves its size.
    widths: tuple[int, ...] = (40, 80, 112)
    #: Blocks on each side of each level.
    depth: int = 2
    #: Edge of the square patches of pixels that become channels.
    patch: int = 2
    #: Standard deviation of a picture about white, which sets the network's scales (Karras et al. 2022).
    data_std: float = 0.3
    #: Classes of the labels.
    num_classes: int = 11
    frames: int = 16
    height: int = 96
    width: int = 128

    def clip_shape(self) -> ClipShape:
        """The sizes of the clips and pictures that a learned prior draws."""
        return ClipShape(
            frames=self.frames,
            height=self.height,
            width=self.width,
            shrink=self.shrink,
            picture_shrink=self.picture_shrink,
            window=self.window,
        )

    def smaller(self, factor: int) -> "LayeredTempCAEConfig":
        """The configuration for clips smaller by a factor, with the same exemplars.

        Noise levels are divided by the factor, as averaging pixels divides the noise.
        """
        return replace(
            self,
            shrink=self.shrink // factor,
            exemplars_from=self.exemplars_from / factor,
            window=self.window // factor,
            picture_shrink=self.picture_shrink // factor,
            pictures_from=self.pictures_from / factor,
            height=self.height // factor,
            width=self.width // factor,
        )


class LayeredTempCAE(nn.Module):
    """A denoising auto-encoder whose code of a clip is a picture and a path for each object.

    R(x, σ) estimates the clip behind x = clip + σ·noise, on ink, 1 − video. The encoder finds the paths with the
    exemplars and averages the frames along each path, which leaves noise of σ/√frames. From this mean it estimates the
    picture: with the kept pictures under much noise, with a network under little noise. The decoder moves the pictures
    along their paths. A decoded video therefore always shows objects of constant shape and colour that move over white
    (the layers of Wang & Adelson 1994, doi:10.1109/83.334981); noise, ghosts and changing shapes do not pass.

    The exemplars are training clips, or clips that a learned prior draws for each video: see `for_videos`.

    R(x, σ) − x points to the data: it is σ² times the score of the data smoothed by σ where the estimate is exact
    (Alain & Bengio 2014), eq. 8's second direction. Given labels, it points to the clips of these labels.
    """

    def __init__(self, config: LayeredTempCAEConfig) -> None:
        super().__init__()
        self.config = config
        size = (config.height // config.shrink, config.width // config.shrink)
        self.exemplars: Exemplars | DrawnExemplars = Exemplars(
            torch.zeros(config.num_classes, 1, 3, config.frames, *size)
        )
        edge = config.window // config.picture_shrink
        self.pictures: Exemplars | DrawnExemplars = Exemplars(torch.zeros(config.num_classes, 1, 3, 1, edge, edge))
        #: The learned prior; None: `exemplars` and `pictures` hold training clips.
        self.prior: ClipPrior | None = None
        self.condition = Condition(config.num_classes)
        halving = (False,) * (len(config.widths) - 1)
        self.unet = Unet(3, 4, config.widths, halving, config.depth, config.patch, CONDITION, span=1)

    def for_videos(self, start: Tensor) -> "LayeredTempCAE":
        """This auto-encoder for videos that begin as `start`, `(batch, 3, frames, height, width)`, in this order.

        With a learned prior, R(x, σ) is the posterior mean over what the prior draws for each video from the noise that
        the video begins with (importance sampling with the prior as proposal); without one, R is the same for all.
        """
        if self.prior is None or isinstance(self.exemplars, DrawnExemplars):
            return self
        shape = self.config.clip_shape()
        return self._with([Draws(self.prior, shape, video) for video in start])

    def of_videos(self, numbers: list[int]) -> "LayeredTempCAE":
        """That of `for_videos` for some of its videos, in this order; they share what was drawn for them."""
        if not isinstance(self.exemplars, DrawnExemplars):
            return self
        return self._with([self.exemplars.draws[number] for number in numbers])

    def _with(self, draws: list[Draws]) -> "LayeredTempCAE":
        own = copy.copy(self)
        own._modules = dict(self._modules)
        own.exemplars, own.pictures = DrawnExemplars(draws, "clips"), DrawnExemplars(draws, "pictures")
        return own

    def forward(
        self, video: Tensor, sigma: Tensor | float, labels: Tensor | None = None, num_objects: int = 1
    ) -> Tensor:
        """The decoded video.

        Args:
            video: `(batch, 3, frames, height, width)`, a clip in [0, 1] plus noise.
            sigma: standard deviation of the noise: `(batch,)`, or one number for all.
            labels: `(batch, num_classes)`, 1 for each label of a clip, as many labels for each clip; None for an
                unconditional estimate.
            num_objects: objects that a clip without labels shows.
        """
        ink = 1 - video
        sigmas = sigma if isinstance(sigma, Tensor) else video.new_full((len(video),), sigma)
        least, most = bounds(sigma, wait=self.training)
        mean: Tensor | None = None
        if most >= self.config.exemplars_from:
            mean = 1 - self.exemplars(ink, sigmas, labels, num_objects).sum(1)
            if least >= self.config.exemplars_from:
                return mean
        picture = self.any_picture
        if least >= self.config.pictures_from:
            picture = self.exemplar_picture
        elif most < self.config.pictures_from:
            picture = self.drawn_picture
        moved = 1 - self.moved(ink, sigmas, labels, num_objects, picture)
        if mean is None:
            return moved
        return torch.where((sigmas >= self.config.exemplars_from).view(-1, 1, 1, 1, 1), mean, moved)

    def moved(
        self, ink: Tensor, sigma: Tensor, labels: Tensor | None, num_objects: int, picture: Callable[..., Tensor]
    ) -> Tensor:
        """The decoded ink, with the objects' pictures moved along their paths.

        `picture(mean, sigma, labels)` estimates a picture; it is one of the three methods below.
        """
        with torch.no_grad():
            layout = self.exemplars.small(ink, sigma, labels, num_objects)
        objects = layout.shape[1]
        rows, columns = self.placed(layout.flatten(0, 1))
        mean = cut_out(ink, rows, columns) / ink.shape[2] if objects == 1 else self.alone(ink, layout, rows, columns)
        single = None if labels is None else each_label(labels, objects)
        drawn = picture(mean, sigma.repeat_interleave(objects), single)
        layers = torch.einsum("bthy,bchw,btwx->bctyx", rows, drawn, columns)
        return layers.view(len(ink), objects, *ink.shape[1:]).sum(1)

    def any_picture(self, mean: Tensor, sigma: Tensor, labels: Tensor | None) -> Tensor:
        """The picture `(batch, 3, window, window)`, from the mean of frames of noise level `sigma` `(batch,)`."""
        noisy = (sigma >= self.config.pictures_from).view(-1, 1, 1, 1)
        return torch.where(noisy, self.exemplar_picture(mean, sigma, labels), self.drawn_picture(mean, sigma, labels))

    def exemplar_picture(self, mean: Tensor, sigma: Tensor, labels: Tensor | None) -> Tensor:
        """The same, as the posterior mean over the kept pictures: for much noise."""
        mean_sigma = self.config.picture_sigma_factor * sigma / self.config.frames**0.5
        found: Tensor = self.pictures(mean[:, :, None], mean_sigma, labels)
        return found[:, 0, :, 0]

    def drawn_picture(self, mean: Tensor, sigma: Tensor, labels: Tensor | None) -> Tensor:
        """The same, drawn by the network: for little noise."""
        condition = self.condition(sigma, None if labels is None else labels.to(mean, non_blocking=True))
        mean_sigma = sigma / self.config.frames**0.5
        return redraw(self.unet, mean[:, :, None], mean_sigma, condition, self.config.data_std)[:, :, 0]

    def alone(self, ink: Tensor, layout: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
        """The mean along each object's path, `(batch · objects, 3, window, window)`, where no other object covers it.

        Args:
            ink: `(batch, 3, frames, height, width)`.
            layout: the expected ink of each object at low resolution, `(batch, objects, 3, frames, …)`.
            rows: as `placed` returns them.
            columns: likewise.
        """
        shrink = self.config.shrink
        rest = (layout.sum(1, keepdim=True) - layout).sum(2).flatten(0, 1)
        free = (F.max_pool3d(rest, (1, 3, 3), stride=1, padding=(0, 1, 1)) < 0.03).to(ink.dtype)[:, None]
        free = free.repeat_interleave(shrink, -1).repeat_interleave(shrink, -2)
        seen = cut_out(free * ink.repeat_interleave(layout.shape[1], 0), rows, columns)
        return seen / cut_out(free, rows, columns).clamp(min=1)

    def placed(self, layout: Tensor) -> tuple[Tensor, Tensor]:
        """Where the picture is in each frame, as interpolation matrices from frame to picture.

        Args:
            layout: the expected ink of one object, `(batch, 3, frames, height / shrink, width / shrink)`.

        Returns:
            For the rows `(batch, frames, window, height)`, for the columns `(batch, frames, window, width)`.
        """
        amount = layout.sum(1)
        shrink, window = self.config.shrink, self.config.window
        rows = smooth_path(amount.sum(3), shrink)
        columns = smooth_path(amount.sum(2), shrink)
        return (
            interpolation(rows, window, self.config.height),
            interpolation(columns, window, self.config.width),
        )


def bounds(sigma: Tensor | float, *, wait: bool) -> tuple[float, float]:
    """The smallest and the largest noise level; (0, ∞) for those on a CUDA device unless `wait` is true.

    Reading them there makes the processor wait for the device.
    """
    if not isinstance(sigma, Tensor):
        return sigma, sigma
    return (0.0, math.inf) if sigma.is_cuda and not wait else (float(sigma.min()), float(sigma.max()))


def cut_out(ink: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """The sum over the frames of what the picture's window covers, `(batch, channels, window, window)`."""
    return torch.einsum("bthy,bctyx,btwx->bchw", rows, ink, columns)


def each_label(labels: Tensor, objects: int) -> Tensor:
    """One label per object: `(batch, classes)`, as many labels as objects or none, → `(batch · objects, classes)`."""
    order = labels.argsort(dim=1, descending=True, stable=True)[:, :objects]
    single = torch.zeros(len(labels), objects, labels.shape[1], dtype=labels.dtype, device=labels.device)
    return single.scatter_(2, order[..., None], labels.gather(1, order)[..., None]).flatten(0, 1)


def smooth_path(profile: Tensor, shrink: int) -> Tensor:
    """An object's centre in pixels of the clip, `(batch, frames)`: a parabola in time fitted to the centres of its ink.

    Args:
        profile: its ink per frame along one axis, `(batch, frames, size)`.
        shrink: pixels of the clip per place of the profile.
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
    """Weights of each pixel at each of `window` places about a centre: `(batch, frames, window, size)`.

    Cubic interpolation (Keys 1981, doi:10.1109/TASSP.1981.1163711), for cutting pictures out and putting them in.
    """
    # A weight depends on pixel − place alone: each is computed once, and the rows of the matrix are windows on them.
    difference = torch.arange(1 - window, size, dtype=center.dtype, device=center.device)
    away = (center[..., None] - (window - 1) / 2 - difference).abs()
    near = (1.5 * away - 2.5) * away**2 + 1
    far = ((-0.5 * away + 2.5) * away - 4) * away + 2
    weights = torch.where(away <= 1, near, torch.where(away < 2, far, torch.zeros_like(away)))
    return weights.unfold(-1, size, 1).flip(-2)
