"""The coarse-to-fine temporal auto-encoder: a denoiser of whole clips of any kind."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.networks.exemplars import Exemplars, upsampled
from vidgen.networks.unet import CONDITION, Condition, Unet, redraw


@dataclass(frozen=True, kw_only=True, slots=True)
class CoarseToFineTempCAEConfig:
    """Sizes: exemplars for much noise, a coarse network for medium noise, a fine one for little noise."""

    #: Training clips of each class that are kept as exemplars.
    exemplars: int = 64
    #: Smallest noise level (standard deviation) at which the exemplars give the estimate.
    exemplars_from: float = 1.0

    #: Channels per level of the coarse network, at half resolution; each level after the first halves height and width.
    coarse: tuple[int, ...] = (80, 96, 96)
    #: For each level after the first, whether it halves the number of frames too.
    temporal: tuple[bool, ...] = (True, True)
    #: Blocks on each side of each coarse level.
    depth: int = 2
    #: Channels per level of the fine network, which keeps all frames.
    fine: tuple[int, ...] = (48, 64)
    #: Edge of the square patches of pixels that become channels.
    patch: int = 4
    #: Standard deviation of the data about white, which sets the networks' scales (Karras et al. 2022).
    data_std: float = 0.2
    #: Noise level below which the fine network adds detail to the coarse estimate.
    fine_below: float = 0.8
    #: Classes of the labels.
    num_classes: int = 11

    def __post_init__(self) -> None:
        """Check that the tables fit together."""
        if len(self.coarse) != len(self.temporal) + 1:
            raise ValueError(f"temporal {self.temporal} must have one entry less than coarse {self.coarse}")


class CoarseToFineTempCAE(nn.Module):
    """A denoising auto-encoder over the whole video: R(x, σ) estimates the clip behind x = clip + σ·noise.

    It works on ink, 1 − video, so that zero padding continues a white background. Which part gives the estimate depends
    on the noise level. Under much noise only the rough motion can be recovered: the posterior mean over exemplars, at a
    quarter of the resolution, where the noise is σ/4. Under medium noise a coarse network draws shapes at half the
    resolution, where the noise is σ/2. Under little noise a fine network adds the detail. Each network's output is what
    it draws plus, pixel by pixel, a share of its input (input scaling and largest share as in Karras et al. 2022,
    doi:10.48550/arXiv.2206.00364, table 1).
    R(x, σ) − x is σ² times the score of the data smoothed by σ (Alain & Bengio 2014): eq. 8's second direction. Given
    labels, it is the score of the clips of these labels (Ho & Salimans 2022, doi:10.48550/arXiv.2207.12598).
    """

    def __init__(self, config: CoarseToFineTempCAEConfig) -> None:
        super().__init__()
        self.config = config
        self.condition = Condition(config.num_classes)
        self.exemplars = Exemplars(torch.zeros(config.num_classes, 1, 3, 16, 24, 32))
        self.coarse = Unet(3, 4, config.coarse, config.temporal, config.depth, config.patch, CONDITION)
        self.fine = Unet(6, 4, config.fine, (False,) * (len(config.fine) - 1), 1, config.patch, CONDITION)

    def forward(
        self, video: Tensor, sigma: Tensor | float, labels: Tensor | None = None, num_objects: int = 1
    ) -> Tensor:
        """The decoded video.

        Args:
            video: `(batch, 3, frames, height, width)`, a clip in [0, 1] plus noise.
            sigma: standard deviation of the noise: `(batch,)`, or one number for all, with which only the parts that it
                calls for are computed.
            labels: `(batch, num_classes)`, 1 for each label of a clip; None for an unconditional estimate.
            num_objects: objects that a clip without labels shows.
        """
        ink = 1 - video
        if isinstance(sigma, Tensor):
            return 1 - self._mixed(ink, sigma, labels, num_objects)
        sigmas = video.new_full((len(video),), sigma)
        if sigma >= self.config.exemplars_from:
            return 1 - self.exemplar_mean(ink, sigmas, labels, num_objects)
        outline = self.outlined(ink, sigmas, labels)
        if sigma >= self.config.fine_below:
            return 1 - outline
        return 1 - self.detail(ink, outline, sigmas, labels)

    def _mixed(self, ink: Tensor, sigma: Tensor, labels: Tensor | None, num_objects: int) -> Tensor:
        """The estimate where noise levels differ within the batch: all parts are computed, each video takes its own."""
        threshold = sigma.view(-1, 1, 1, 1, 1)
        outline = self.outlined(ink, sigma, labels)
        detail = self.detail(ink, outline, sigma, labels)
        shapes = torch.where(threshold < self.config.fine_below, detail, outline)
        mean = self.exemplar_mean(ink, sigma, labels, num_objects)
        return torch.where(threshold < self.config.exemplars_from, shapes, mean)

    def exemplar_mean(self, ink: Tensor, sigma: Tensor, labels: Tensor | None, num_objects: int = 1) -> Tensor:
        """The estimate of ink under much noise, in full resolution."""
        objects: Tensor = self.exemplars(ink, sigma, labels, num_objects)
        return objects.sum(1)

    def outlined(self, ink: Tensor, sigma: Tensor, labels: Tensor | None) -> Tensor:
        """The estimate of ink under medium noise, in full resolution."""
        half = self.outline(F.avg_pool3d(ink, (1, 2, 2)), sigma / 2, labels)
        return upsampled(half, 2)

    def outline(self, ink: Tensor, sigma: Tensor, labels: Tensor | None) -> Tensor:
        """The coarse network's estimate at half resolution, from ink and noise level at half resolution."""
        condition = self.condition(2 * sigma, labels)
        return redraw(self.coarse, ink, sigma, condition, self.config.data_std)

    def detail(self, ink: Tensor, outline: Tensor, sigma: Tensor, labels: Tensor | None) -> Tensor:
        """The estimate of ink under little noise, given the coarse one in full resolution."""
        condition = self.condition(sigma, labels)
        return outline + redraw(self.fine, ink, sigma, condition, self.config.data_std, outline)
