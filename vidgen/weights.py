"""Which checkpoints are where: those that come with the package, or a folder that `vidgen train` wrote."""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import torch
from torch import nn

from vidgen.device import readied
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D
from vidgen.networks.coarse_to_fine import DeepTempCAE
from vidgen.networks.layered import LayeredTempCAE
from vidgen.networks.tempcae import TempCAE
from vidgen.training.presets import find_preset

#: Folder of the weights that come with the package, one folder per preset.
BUNDLED = Path(__file__).parent / "weights"


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
