"""Untrained networks, so small that generating, judging and training take seconds, and pictures small to match."""

from dataclasses import replace
from pathlib import Path

import torch
from torch import Tensor, nn

from vidgen.captions.scene import KINDS
from vidgen.labels import CLASSES
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3DConfig
from vidgen.networks.coarse_to_fine import CoarseToFineTempCAEConfig
from vidgen.networks.deep_tempcae import DeepTempCAEConfig
from vidgen.networks.judge import JudgeConfig
from vidgen.networks.layered import LayeredTempCAEConfig
from vidgen.networks.prior import ClipPriorConfig
from vidgen.networks.tempcae import TempCAEConfig
from vidgen.networks.text import TextEncoderConfig

C3D_CONFIG = C3DConfig(num_classes=12, blocks=((4,), (4,)), hidden=8, shrink=4)
TEMPCAE_CONFIG = TempCAEConfig(hidden=4)
COARSE_TO_FINE_CONFIG = CoarseToFineTempCAEConfig(coarse=(8, 8), temporal=(True,), depth=1, fine=(8,))
DEEP_CONFIG = DeepTempCAEConfig(window=4, widths=(4, 4), down=(1, 1), up=(1,), patch=8)
LAYERED_CONFIG = LayeredTempCAEConfig(window=32, widths=(8, 8), depth=1)
PRIOR_CONFIG = ClipPriorConfig(edge=8, widths=(8, 8), depth=1, hidden=16, layers=2, picture_steps=2, codes=3)
SCENE_PRIOR_CONFIG = replace(PRIOR_CONFIG, codes=8, num_classes=len(KINDS))
TEXT_CONFIG = TextEncoderConfig(pieces=64, width=16, heads=2)
JUDGE_CONFIG = JudgeConfig(widths=(4, 4, 4), depth=1)


def write_tiny_weights(folder: Path) -> Path:
    """The three checkpoints, with the figures that loading needs."""
    networks = {
        "c3d": ("c3d", C3D_CONFIG),
        "tempcae": ("tempcae", TEMPCAE_CONFIG),
        "judge": ("judge", JUDGE_CONFIG),
    }
    for name, (kind, config) in networks.items():
        figures = {"classes": list(CLASSES), "threshold": 0.05}
        checkpoints.save(checkpoints.build(kind, config), folder / f"{name}.safetensors", figures)
    return folder


def write_tiny_caption_weights(folder: Path) -> Path:
    """What captions need: a classifier, a layered auto-encoder with its prior, a text encoder, a prior of scenes."""
    networks = {
        "c3d": ("c3d", C3D_CONFIG),
        "tempcae": ("layered-tempcae", LayeredTempCAEConfig(widths=(8, 8), depth=1)),
        "prior": ("clip-prior", PRIOR_CONFIG),
        "text": ("text-encoder", TEXT_CONFIG),
        "scene_prior": ("scene-prior", SCENE_PRIOR_CONFIG),
    }
    for name, (kind, config) in networks.items():
        checkpoints.save(checkpoints.build(kind, config), folder / f"{name}.safetensors", {"classes": list(CLASSES)})
    return folder


def small_c3d() -> nn.Module:
    """A C3D of four outputs for `small_videos`, in double precision."""
    config = C3DConfig(num_classes=4, blocks=((4,), (4,)), hidden=16, frames=4, height=16, width=16)
    return randomised(checkpoints.build("c3d", config))


class SmallAutoEncoder(nn.Module):
    """Called like an auto-encoder: it blurs, depending on noise level and labels."""

    def __init__(self) -> None:
        super().__init__()
        self.space = nn.Conv3d(3, 4, 3, padding=1)
        self.labels = nn.Linear(3, 4)
        self.back = nn.Conv3d(4, 3, 3, padding=1)

    def forward(
        self,
        video: Tensor,
        sigma: Tensor | float | None = None,
        labels: Tensor | None = None,
        num_objects: int = 1,
    ) -> Tensor:
        """The decoded video."""
        sigmas = torch.as_tensor(1.0 if sigma is None else sigma, dtype=video.dtype).expand(len(video))
        shift = 0 if labels is None else self.labels(labels)[:, :, None, None, None]
        return self.back(torch.tanh(self.space(video) + shift)) / (1 + sigmas.view(-1, 1, 1, 1, 1))


def small_auto_encoder() -> nn.Module:
    """Of three classes, in double precision."""
    return randomised(SmallAutoEncoder())


def randomised(network: nn.Module, seed: int = 0) -> nn.Module:
    """The network in double precision, frozen, all weights random: those that start at zero would hide what they do."""
    generator = torch.Generator().manual_seed(seed)
    network = network.double().eval().requires_grad_(False)
    for parameter in network.parameters():
        parameter.copy_(0.3 * torch.randn(parameter.shape, generator=generator, dtype=torch.double))
    return network


def small_videos(count: int, *, seed: int = 0, spread: float = 0.4) -> Tensor:
    """Noise about grey, `(count, 3, 4, 16, 16)` in double precision."""
    generator = torch.Generator().manual_seed(seed)
    return 0.5 + spread * torch.randn(count, 3, 4, 16, 16, generator=generator, dtype=torch.double)


#: Targets for `small_videos`: one label, another label, two labels.
SMALL_TARGETS = torch.tensor([[1, 0, 0, 0], [0, 0, 1, 0], [0.5, 0.5, 0, 0]], dtype=torch.double)
