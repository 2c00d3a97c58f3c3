"""C3D (Tran et al., ICCV 2015, doi:10.1109/ICCV.2015.510) at any width and input size."""

from dataclasses import dataclass
from typing import cast

import torch
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval


@dataclass(frozen=True, kw_only=True, slots=True)
class C3DConfig:
    """Sizes of a C3D; the defaults are the paper's, at the moving-objects dataset's resolution."""

    num_classes: int = 11
    #: Output channels of the convolutions, one tuple per block; a pooling layer follows each block.
    blocks: tuple[tuple[int, ...], ...] = ((64,), (128,), (256, 256), (512, 512), (512, 512))
    #: Units of the two fully connected layers before the classes.
    hidden: int = 4096
    frames: int = 16
    height: int = 96
    width: int = 128
    #: Factor by which each frame is averaged down before the first convolution.
    shrink: int = 1
    batch_norm: bool = False
    dropout: float = 0.5
    #: Standard deviation of the data about white. Noisier videos are scaled down to about this power.
    data_std: float = 0.2

    def __post_init__(self) -> None:
        """Check that a network can be built."""
        if self.num_classes < 2:
            raise ValueError(f"num_classes must be at least 2, got {self.num_classes}")
        if not self.blocks or not all(self.blocks):
            raise ValueError(f"blocks must hold at least one convolution each, got {self.blocks}")
        if self.height % self.shrink or self.width % self.shrink:
            raise ValueError(f"shrink {self.shrink} must divide the frame of {self.width}×{self.height}")


class C3D(nn.Module):
    """Eight 3×3×3 convolutions in five pooled blocks and three fully connected layers.

    pool1 is 1×2×2, the others 2×2×2; pool5 pads by one row and column as the authors' network does.
    """

    def __init__(self, config: C3DConfig) -> None:
        super().__init__()
        self.config = config
        layers: list[nn.Module] = []
        channels = 3
        for index, block in enumerate(config.blocks):
            for width in block:
                layers.append(nn.Conv3d(channels, width, 3, padding=1, bias=not config.batch_norm))
                if config.batch_norm:
                    layers.append(nn.BatchNorm3d(width))
                layers.append(nn.ReLU(inplace=True))
                channels = width
            temporal = 1 if index == 0 else 2
            last = index == len(config.blocks) - 1
            layers.append(nn.MaxPool3d((temporal, 2, 2), padding=(0, 1, 1) if last and len(config.blocks) == 5 else 0))
        self.features = nn.Sequential(*layers)
        with torch.no_grad():
            size = (1, 3, config.frames, config.height // config.shrink, config.width // config.shrink)
            flat = self.features.eval()(torch.zeros(size)).numel()
        self.train()
        self.classifier = nn.Sequential(
            nn.Linear(flat, config.hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden, config.hidden),
            nn.ReLU(inplace=True),
            nn.Dropout(config.dropout),
            nn.Linear(config.hidden, config.num_classes),
        )
        for layer in (self.classifier[0], self.classifier[3]):
            # As in the authors' training: hidden units start active, so that few of them die early.
            nn.init.ones_(cast(Tensor, layer.bias))

    def forward(self, video: Tensor) -> Tensor:
        """Logits `(batch, num_classes)` of a video `(batch, 3, frames, height, width)` in [0, 1]."""
        return self.read(self.small_ink(video))

    def small_ink(self, video: Tensor) -> Tensor:
        """The input of the first convolution: 1 − video, averaged down by `shrink`.

        On ink, zero padding continues the dataset's white background; on the video it would add a black frame.
        """
        ink = 1 - video
        shrink = video.shape[-1] * self.config.shrink // self.config.width
        return nn.functional.avg_pool3d(ink, (1, shrink, shrink)) if shrink > 1 else ink

    def read(self, ink: Tensor) -> Tensor:
        """Logits `(batch, num_classes)` of what `small_ink` returns."""
        return cast(Tensor, self.classifier(self.features(self.scaled(ink)).flatten(1)))

    def scaled(self, ink: Tensor) -> Tensor:
        """The ink, scaled so that its power is at most about that of the data."""
        power = ink.square().flatten(1).mean(1).view(-1, 1, 1, 1, 1)
        return ink / (power + self.config.data_std**2).sqrt()

    def folded(self) -> "C3D":
        """A frozen copy in evaluation mode, with each batch normalisation folded into its convolution."""
        copy = C3D(self.config)
        copy.load_state_dict(self.state_dict())
        copy.eval()
        layers: list[nn.Module] = []
        for layer in copy.features:
            if isinstance(layer, nn.BatchNorm3d):
                layers[-1] = fuse_conv_bn_eval(cast(nn.Conv3d, layers[-1]), layer)
            else:
                layers.append(layer)
        copy.features = nn.Sequential(*layers)
        return copy.requires_grad_(False)
