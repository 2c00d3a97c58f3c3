"""Presets: the sizes of the networks and of their training, and where their weights are."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import nn

from vidgen.compute import readied
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D, C3DConfig
from vidgen.networks.deep import DeepTempCAE, DeepTempCAEConfig
from vidgen.networks.judge import JudgeConfig
from vidgen.networks.layered import LayeredTempCAE, LayeredTempCAEConfig
from vidgen.networks.tempcae import TempCAE, TempCAEConfig
from vidgen.training.fit import FitConfig

#: Folder of the weights that come with the package, one folder per preset.
BUNDLED = Path(__file__).parent / "weights"


@dataclass(frozen=True, kw_only=True, slots=True)
class Preset:
    """The networks of a preset and how long each is trained."""

    c3d: C3DConfig
    tempcae: LayeredTempCAEConfig | DeepTempCAEConfig | TempCAEConfig
    judge: JudgeConfig
    c3d_fit: FitConfig
    #: How C3D's first blocks learn from moments of clips before it sees whole ones, if they do.
    moment_fit: FitConfig | None = None
    #: How it then learns from clips as the auto-encoder decodes them from noise, if it does.
    decoded_fit: FitConfig | None = None
    tempcae_fit: FitConfig
    judge_fit: FitConfig
    #: The auto-encoder of a user's own videos, whatever they show; its coarse and fine networks learn in turn.
    any_tempcae: DeepTempCAEConfig | TempCAEConfig
    outline_fit: FitConfig
    detail_fit: FitConfig


PRESETS: dict[str, Preset] = {
    "compact": Preset(
        c3d=C3DConfig(
            num_classes=12,
            blocks=((8,), (24,), (48, 48), (64, 64), (64, 64)),
            hidden=256,
            shrink=2,
            batch_norm=True,
            dropout=0.1,
        ),
        tempcae=LayeredTempCAEConfig(),
        judge=JudgeConfig(),
        any_tempcae=DeepTempCAEConfig(),
        tempcae_fit=FitConfig(steps=500, batch=16, learning_rate=2e-3, average=0.99),
        outline_fit=FitConfig(steps=1400, batch=16, learning_rate=2e-3, average=0.995),
        detail_fit=FitConfig(steps=500, batch=8, learning_rate=2e-3, average=0.99),
        moment_fit=FitConfig(steps=400, batch=48, learning_rate=3e-3, average=0.98),
        c3d_fit=FitConfig(steps=600, batch=16, learning_rate=1e-3, average=0.98),
        decoded_fit=FitConfig(steps=450, batch=16, learning_rate=7e-4, average=0.98),
        judge_fit=FitConfig(steps=500, batch=48, learning_rate=3e-3, average=0.98),
    ),
    "full": Preset(
        c3d=C3DConfig(num_classes=12),
        tempcae=LayeredTempCAEConfig(sketches=200, pictures=400, widths=(128, 256, 384)),
        judge=JudgeConfig(),
        any_tempcae=DeepTempCAEConfig(sketches=200, coarse=(192, 256, 320), fine=(96, 128)),
        tempcae_fit=FitConfig(steps=40_000, batch=64),
        outline_fit=FitConfig(steps=40_000, batch=32),
        detail_fit=FitConfig(steps=10_000, batch=32),
        c3d_fit=FitConfig(steps=15_000, batch=32, learning_rate=1e-4),
        decoded_fit=FitConfig(steps=8_000, batch=32, learning_rate=1e-4),
        judge_fit=FitConfig(steps=3000, batch=64, learning_rate=2e-3),
    ),
}


def find_preset(name: str) -> Preset:
    """The preset of that name.

    Raises:
        ValueError: no such preset; the message lists the known ones.
    """
    if name not in PRESETS:
        raise ValueError(f"unknown preset {name!r}; known presets: {', '.join(PRESETS)}")
    return PRESETS[name]


@dataclass(frozen=True, slots=True)
class Networks:
    """What a descent needs, frozen and ready, with the checkpoints' hashes."""

    c3d: nn.Module
    tempcae: nn.Module
    hashes: dict[str, str]
    #: The wordings of C3D's first outputs; the last output is "none of these".
    classes: tuple[str, ...]

    @property
    def num_outputs(self) -> int:
        """C3D's outputs."""
        return cast(C3D, self.c3d).config.num_classes


def load_networks(preset: str, weights: Path | None = None, device: str = "cpu") -> Networks:
    """The networks of a preset, or of a folder that `vidgen train` wrote.

    Raises:
        ValueError: an unknown preset, one without weights, or a file that is no checkpoint.
        OSError: a checkpoint cannot be read.
    """
    folder = weights_folder(preset, weights)
    c3d = cast(C3D, checkpoints.load(folder / "c3d.safetensors", C3D)).folded()
    tempcae = checkpoints.load(folder / "tempcae.safetensors", TempCAE, DeepTempCAE, LayeredTempCAE)
    files = ["c3d.safetensors", "tempcae.safetensors"]
    if not isinstance(tempcae, TempCAE):
        files.append(checkpoints.SKETCHES)
    hashes = {f"{Path(name).stem}_sha256": checkpoints.sha256(folder / name) for name in files}
    place = torch.device(device)
    return Networks(readied(c3d, place), readied(tempcae, place), hashes, known_classes(preset, weights))


def known_classes(preset: str, weights: Path | None = None) -> tuple[str, ...]:
    """The labels that those networks can be asked for.

    Raises:
        ValueError, OSError: as `load_networks`.
    """
    return tuple(checkpoints.figures(weights_folder(preset, weights) / "c3d.safetensors")["classes"])


def weights_folder(preset: str, weights: Path | None = None) -> Path:
    """Where a preset's checkpoints are: the given folder, or the one that comes with the package.

    Raises:
        ValueError: an unknown preset, or one whose weights do not come with the package.
    """
    find_preset(preset)
    folder = weights or BUNDLED / preset
    if weights is None and not folder.is_dir():
        raise ValueError(
            f"preset {preset!r} comes without weights: train them with 'vidgen train --preset {preset} --out DIR' "
            "and name DIR with --weights"
        )
    return folder
