"""The deep temporal auto-encoder, for any videos: it denoises a whole clip, coarse to fine."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vidgen.networks.exemplars import Sketches, grown
from vidgen.networks.unet import CONDITION, Condition, Unet, redraw


@dataclass(frozen=True, kw_only=True, slots=True)
class DeepTempCAEConfig:
    """The deep auto-encoder: sketches under much noise, a coarse network under medium, a fine one under little."""

    #: Training clips of each class that are kept as sketches.
    sketches: int = 64
    #: Noise level from which on they take the coarse network's place.
    sketch_from: float = 1.0

    #: Channels per level of the coarse network, at half resolution; each level after the first halves height and width.
    coarse: tuple[int, ...] = (80, 96, 96)
    #: Levels after the first that halve the frames too.
    temporal: tuple[bool, ...] = (True, True)
    #: Blocks on each side of each coarse level.
    depth: int = 2
    #: Channels per level of the fine network, which keeps all frames.
    fine: tuple[int, ...] = (48, 64)
    #: Edge of the patches that become channels.
    patch: int = 4
    #: Standard deviation of the data about white, which sets the networks' scales (Karras et al. 2022).
    data_std: float = 0.2
    #: Above this noise level nothing fine can be told: the coarse estimate is all there is.
    fine_below: float = 0.8
    #: Classes that it may be told a video shows.
    num_classes: int = 11

    def __post_init__(self) -> None:
        """Reject tables of unequal length."""
        if len(self.coarse) != len(self.temporal) + 1:
            raise ValueError(f"temporal {self.temporal} must have one entry less than coarse {self.coarse}")


class DeepTempCAE(nn.Module):
    """A denoising auto-encoder over the whole video: R(x, σ) estimates the clip behind x = clip + σ·noise.

    It works on ink, 1 − video, so that zero padding continues a white background. Under much noise only a sketch of
    what moves where can be told, in the video averaged to a quarter of its resolution, whose noise is σ/4; under less,
    a coarse network tells shapes at half resolution, whose noise is σ/2; under little, a fine one adds the detail. Each
    network draws anew and keeps, pixel by pixel, as much of its input as the noise level allows (the input scaling and
    the largest share kept are those of Karras et al. 2022, doi:10.48550/arXiv.2206.00364, table 1).
    R(x, σ) − x is σ² times the score of the data smoothed by σ (Alain & Bengio 2014): eq. 8's second direction. Told
    the labels it is the score of their clips alone (Ho & Salimans 2022, doi:10.48550/arXiv.2207.12598).
    """

    def __init__(self, config: DeepTempCAEConfig) -> None:
        super().__init__()
        self.config = config
        self.condition = Condition(config.num_classes)
        self.sketches = Sketches(torch.zeros(config.num_classes, 1, 3, 16, 24, 32))
        self.coarse = Unet(3, 4, config.coarse, config.temporal, config.depth, config.patch, CONDITION)
        self.fine = Unet(6, 4, config.fine, (False,) * (len(config.fine) - 1), 1, config.patch, CONDITION)

    def forward(
        self, video: Tensor, noise_level: Tensor | float, labels: Tensor | None = None, num_objects: int = 1
    ) -> Tensor:
        """The decoded video.

        Args:
            video: `(batch, 3, frames, height, width)`, a clip in [0, 1] plus noise.
            noise_level: the noise's standard deviation, `(batch,)` or one for all, which spares the fine network where
                it has no part.
            labels: `(batch, num_classes)`, 1 for each label of a clip; None where it is not told.
            num_objects: objects that an untold clip shows.
        """
        ink = 1 - video
        if isinstance(noise_level, Tensor):
            return 1 - self._mixed(ink, noise_level, labels, num_objects)
        level = video.new_full((len(video),), noise_level)
        if noise_level >= self.config.sketch_from:
            return 1 - self.sketched(ink, level, labels, num_objects)
        outline = self.outlined(ink, level, labels)
        if noise_level >= self.config.fine_below:
            return 1 - outline
        return 1 - self.detail(ink, outline, level, labels)

    def _mixed(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None, num_objects: int) -> Tensor:
        """Each video by the parts that its own noise level calls for; all of them run."""
        level = noise_level.view(-1, 1, 1, 1, 1)
        outline = self.outlined(ink, noise_level, labels)
        detail = self.detail(ink, outline, noise_level, labels)
        shapes = torch.where(level < self.config.fine_below, detail, outline)
        sketch = self.sketched(ink, noise_level, labels, num_objects)
        return torch.where(level < self.config.sketch_from, shapes, sketch)

    def sketched(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None, num_objects: int = 1) -> Tensor:
        """The estimate of ink under much noise, in full resolution."""
        objects: Tensor = self.sketches(ink, noise_level, labels, num_objects)
        return objects.sum(1)

    def outlined(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None) -> Tensor:
        """The estimate of ink under medium noise, in full resolution."""
        half = self.outline(F.avg_pool3d(ink, (1, 2, 2)), noise_level / 2, labels)
        return grown(half, 2)

    def outline(self, ink: Tensor, noise_level: Tensor, labels: Tensor | None) -> Tensor:
        """The coarse network's estimate at half resolution, of ink at half resolution and its noise level there."""
        condition = self.condition(2 * noise_level, labels)
        return redraw(self.coarse, ink, noise_level, condition, self.config.data_std)

    def detail(self, ink: Tensor, outline: Tensor, noise_level: Tensor, labels: Tensor | None) -> Tensor:
        """The estimate under little noise, given the coarse one scaled up."""
        condition = self.condition(noise_level, labels)
        return outline + redraw(self.fine, ink, noise_level, condition, self.config.data_std, outline)
