"""Which checkpoints are where: those that come with the package, or a folder that `vidgen train` wrote."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import torch
from torch import nn

from vidgen.captions.parsing import parse
from vidgen.device import prepare_for_inference
from vidgen.methods import Method
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D
from vidgen.networks.coarse_to_fine import CoarseToFineTempCAE
from vidgen.networks.deep_tempcae import DeepTempCAE
from vidgen.networks.layered import LayeredTempCAE
from vidgen.networks.prior import ClipPrior
from vidgen.networks.scene_prior import ScenePrior
from vidgen.networks.scene_tempcae import SceneTempCAE
from vidgen.networks.tempcae import TempCAE
from vidgen.networks.text import TextEncoder
from vidgen.training.presets import find_preset

#: The networks of the paper's methods, by the names of their checkpoints; a folder may lack them.
OTHERS = ("c3d_robust", "tempcae_deep", "tempcae_shallow")
#: Folder of the weights that come with the package, one folder per preset.
BUNDLED = Path(__file__).parent / "weights"


@dataclass(frozen=True, slots=True)
class Networks:
    """The networks of a descent, prepared for inference, with the hashes of their checkpoints."""

    c3d: nn.Module
    tempcae: nn.Module
    #: SHA-256 by column of metadata.csv, such as `c3d_sha256`.
    hashes: dict[str, str]
    #: The labels of C3D's outputs; one more output, the last, is "none of these".
    classes: tuple[str, ...]
    #: Those of `OTHERS` that the folder has, by name.
    others: Mapping[str, nn.Module] = field(default_factory=dict)
    #: What follows captions; None: nothing was loaded for that.
    captions: "CaptionNetworks | None" = None

    def of(self, method: Method) -> dict[str, nn.Module]:
        """The classifier, `c3d`, and the auto-encoder, `tempcae`, of a method."""
        return {
            "c3d": self.others.get(method.c3d, self.c3d),
            "tempcae": self.others.get(method.tempcae, self.tempcae),
        }

    @property
    def num_outputs(self) -> int:
        """The number of C3D's outputs."""
        return cast(C3D, self.c3d).config.num_classes


def load_networks(
    preset: str, weights: Path | None = None, device: str = "cpu", *, captioned: bool = False
) -> Networks:
    """Load the networks of a preset, or of a folder that `vidgen train` wrote.

    Args:
        preset: a name in `vidgen.training.presets.PRESETS`.
        weights: the folder; None for the weights that come with the package.
        device: "cpu" or "cuda".
        captioned: load what follows captions too. A folder that has nothing else is used with the package's weights.

    Raises:
        ValueError: an unknown preset, one without weights, or a file that is no checkpoint.
        OSError: a checkpoint cannot be read.
    """
    folder = weights_folder(preset, weights)
    captions = load_caption_networks(folder, device) if captioned else None
    if captioned and not (folder / "tempcae.safetensors").exists():
        folder = weights_folder(preset)
    c3d = cast(C3D, checkpoints.load(folder / "c3d.safetensors", C3D)).folded()
    tempcae = checkpoints.load(folder / "tempcae.safetensors", TempCAE, CoarseToFineTempCAE, LayeredTempCAE)
    files = {"c3d": folder / "c3d.safetensors", "tempcae": folder / "tempcae.safetensors"}
    if not isinstance(tempcae, TempCAE):
        prior = checkpoints.prior_file(files["tempcae"])
        files["prior" if prior.name == checkpoints.PRIOR else "exemplars"] = prior
    there = {name: folder / f"{name}.safetensors" for name in OTHERS if (folder / f"{name}.safetensors").exists()}
    place = torch.device(device)
    hashes = {f"{name}_sha256": checkpoints.sha256(file) for name, file in (files | there).items()}
    return Networks(
        prepare_for_inference(c3d, place),
        prepare_for_inference(tempcae, place),
        hashes | (captions.hashes if captions else {}),
        known_classes(preset, folder),
        {name: prepare_for_inference(_other(file), place) for name, file in there.items()},
        captions,
    )


@dataclass(frozen=True, slots=True)
class CaptionNetworks:
    """What captions are generated with beside the layered auto-encoder, with the hashes of the checkpoints."""

    text: TextEncoder
    prior: ScenePrior
    hashes: dict[str, str]

    def tempcae(self, layered: nn.Module, captions: Sequence[str]) -> SceneTempCAE:
        """The auto-encoder that is conditional on captions, one for each video of a batch."""
        if not isinstance(layered, LayeredTempCAE):
            raise ValueError(f"captions need a layered auto-encoder, and these weights have a {type(layered).__name__}")
        self.check(captions)
        device = next(layered.parameters()).device
        with torch.no_grad():
            scenes = self.text.scenes(list(captions)).to(device)
        found = SceneTempCAE(layered.config, self.prior, scenes).to(device)
        found.unet, found.condition = layered.unet, layered.condition
        return found.eval().requires_grad_(False)

    def check(self, captions: Sequence[str]) -> None:
        """Raise ValueError where a caption names what the prior does not draw."""
        for caption in captions:
            for one in parse(caption).objects:
                if one.kind not in self.prior.kinds:
                    known = ", ".join(self.prior.kinds)
                    raise ValueError(f"caption {caption!r}: these weights draw no {one.kind}; they draw: {known}")


def load_caption_networks(folder: Path, device: str = "cpu") -> CaptionNetworks:
    """Load the text encoder and the prior of captioned clips from a folder that `vidgen train` wrote.

    Raises:
        ValueError, OSError: as `load_networks`.
    """
    files = {name: folder / f"{name}.safetensors" for name in ("text", "scene_prior")}
    for file in files.values():
        if not file.is_file():
            raise ValueError(
                f"captions need {file.name}, which {folder} does not have: train it with "
                "'vidgen train --networks text,scene_prior --out DIR' and name DIR with --weights"
            )
    place = torch.device(device)
    text = cast(TextEncoder, checkpoints.load(files["text"], TextEncoder)).eval().requires_grad_(False)
    prior = cast(ScenePrior, prepare_for_inference(checkpoints.load(files["scene_prior"], ScenePrior), place))
    if not prior.config.has_pictures:
        files["prior"] = folder / checkpoints.PRIOR
        prior.lender = cast(ClipPrior, prepare_for_inference(checkpoints.load(files["prior"], ClipPrior), place))
    return CaptionNetworks(text, prior, {f"{name}_sha256": checkpoints.sha256(file) for name, file in files.items()})


def _other(path: Path) -> nn.Module:
    """A network of `OTHERS`, a classifier with its batch normalisation folded."""
    network = checkpoints.load(path, C3D, TempCAE, DeepTempCAE)
    return network.folded() if isinstance(network, C3D) else network


def known_classes(preset: str, weights: Path | None = None) -> tuple[str, ...]:
    """The labels that these networks can generate.

    Raises:
        ValueError, OSError: as `load_networks`.
    """
    return tuple(checkpoints.figures(weights_folder(preset, weights) / "c3d.safetensors")["classes"])


def weights_folder(preset: str, weights: Path | None = None) -> Path:
    """The folder of a preset's checkpoints: the given one, or the one that comes with the package.

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
