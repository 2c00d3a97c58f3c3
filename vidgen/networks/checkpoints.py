"""Checkpoints: safetensors files that carry their network's kind, configuration and training figures."""

import dataclasses
import errno
import hashlib
import json
import os
import zipfile
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.torch import save as to_safetensors
from torch import nn

from vidgen.atomic_write import draft_of
from vidgen.networks.attribute_judge import AttributeJudge, AttributeJudgeConfig
from vidgen.networks.c3d import C3D, C3DConfig
from vidgen.networks.coarse_to_fine import CoarseToFineTempCAE, CoarseToFineTempCAEConfig
from vidgen.networks.deep_tempcae import DeepTempCAE, DeepTempCAEConfig
from vidgen.networks.exemplars import Exemplars, as_ink
from vidgen.networks.judge import Judge, JudgeConfig
from vidgen.networks.layered import LayeredTempCAE, LayeredTempCAEConfig
from vidgen.networks.prior import ClipPrior, ClipPriorConfig
from vidgen.networks.scene_prior import ScenePrior
from vidgen.networks.tempcae import TempCAE, TempCAEConfig
from vidgen.networks.text import TextEncoder, TextEncoderConfig

#: The file of an auto-encoder's exemplars, beside its checkpoint, and its name up to release 0.1.
EXEMPLARS, _FORMER_EXEMPLARS = "exemplars.npz", "sketches.npz"
#: The checkpoint of the learned prior, which a layered auto-encoder has in the place of exemplars.
PRIOR = "prior.safetensors"

#: What a checkpoint may hold: the network's class and the class of its configuration.
KINDS: dict[str, tuple[type[nn.Module], type[Any]]] = {
    "c3d": (C3D, C3DConfig),
    "tempcae": (TempCAE, TempCAEConfig),
    "windowed-tempcae": (DeepTempCAE, DeepTempCAEConfig),
    "coarse-to-fine-tempcae": (CoarseToFineTempCAE, CoarseToFineTempCAEConfig),
    "layered-tempcae": (LayeredTempCAE, LayeredTempCAEConfig),
    "clip-prior": (ClipPrior, ClipPriorConfig),
    "judge": (Judge, JudgeConfig),
    "attribute-judge": (AttributeJudge, AttributeJudgeConfig),
    "scene-prior": (ScenePrior, ClipPriorConfig),
    "text-encoder": (TextEncoder, TextEncoderConfig),
}
#: Kinds and settings as checkpoints up to release 0.1 name them.
_FORMER_KINDS = {"deep-tempcae": "coarse-to-fine-tempcae"}
_FORMER_SETTINGS = {
    "sketches": "exemplars",
    "sketch_from": "exemplars_from",
    "picture_doubt": "picture_sigma_factor",
    "picture_from": "pictures_from",
}


def build(kind: str, config: Any, *, seed: int = 0) -> nn.Module:
    """A network with initial weights, which depend on the seed alone."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return KINDS[kind][0](config)


def save(network: nn.Module, path: Path, figures: dict[str, Any]) -> None:
    """Write a network, weights in half precision, with its configuration and training figures; atomically."""
    kind = next(kind for kind, (cls, _) in KINDS.items() if type(network) is cls)
    config = dataclasses.asdict(network.config)  # type: ignore[call-overload]  # every kind has a configuration
    weights = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous().clone()
        for name, tensor in network.state_dict().items()
    }
    metadata = {"kind": kind, "config": json.dumps(config), "figures": json.dumps(figures)}
    with draft_of(path) as draft:
        draft.write_bytes(_with_sorted_header(to_safetensors(weights, metadata=metadata)))


def load(path: Path, *classes: type[nn.Module]) -> nn.Module:
    """Read a network, in evaluation mode and single precision.

    Args:
        path: the checkpoint.
        classes: the classes that the network may have; none given, any.

    Raises:
        ValueError: the file is no checkpoint of vidgen, does not fit its own configuration, or holds a network of
            another class.
        OSError: it cannot be read.
    """
    _check_there(path)
    try:
        with safe_open(path, framework="pt") as file:
            metadata = file.metadata() or {}
            weights = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  not a dict
        network_class, config_class = KINDS[_FORMER_KINDS.get(metadata["kind"], metadata["kind"])]
        settings = _tuples(json.loads(metadata["config"]))
        settings = {_FORMER_SETTINGS.get(name, name): value for name, value in settings.items()}
        network = network_class(config_class(**settings))
        network.load_state_dict({name: w.float() if w.is_floating_point() else w for name, w in weights.items()})
    except (SafetensorError, AttributeError, KeyError, TypeError, ValueError, RuntimeError) as error:
        raise ValueError(f"{path} is no checkpoint that this version can read: {error}") from error
    if classes and not isinstance(network, classes):
        wanted = " or ".join(wanted.__name__ for wanted in classes)
        raise ValueError(f"{path} holds a {type(network).__name__}, where a {wanted} belongs")
    if isinstance(network, LayeredTempCAE) and prior_file(path) == path.with_name(PRIOR):
        network.prior = cast(ClipPrior, load(path.with_name(PRIOR), ClipPrior))
    elif isinstance(network, (CoarseToFineTempCAE, LayeredTempCAE)):
        load_exemplars(path, network)
    return network.eval()


def save_exemplars(path: Path, **clips: NDArray[np.uint8]) -> None:
    """Write an auto-encoder's exemplars, each `(classes, clips, frames, height, width, 3)`, beside its checkpoint.

    They are stored in sixteen shades: enough under the noise where they are used, and half the space.
    """
    shades = {name: ((values.astype(np.uint16) + 8) // 17).astype(np.uint8) for name, values in clips.items()}
    with draft_of(path.with_name(EXEMPLARS)) as draft:
        np.savez_compressed(draft, **shades)  # type: ignore[arg-type]  # arrays, not the one option


def exemplars_file(path: Path) -> Path:
    """The file of the exemplars beside a checkpoint, under its name or that of release 0.1."""
    former = path.with_name(_FORMER_EXEMPLARS)
    file = path.with_name(EXEMPLARS)
    return former if former.is_file() and not file.is_file() else file


def prior_file(path: Path) -> Path:
    """The file beside an auto-encoder's checkpoint that has its prior: its exemplars, or else the learned prior."""
    exemplars, learned = exemplars_file(path), path.with_name(PRIOR)
    return learned if learned.is_file() and not exemplars.is_file() else exemplars


def load_exemplars(path: Path, network: nn.Module) -> None:
    """Give an auto-encoder the exemplars beside its checkpoint: `clips`, and `pictures` where it has any.

    Raises:
        ValueError: they are missing or damaged.
    """
    file = exemplars_file(path)
    device = next(network.parameters()).device
    parts = {"clips": "exemplars", "pictures": "pictures"}
    if hasattr(network, "prior") and not file.is_file():
        raise ValueError(
            f"{path} has no prior beside it: {PRIOR}, which `vidgen train --networks prior` writes, or {EXEMPLARS}"
        )
    try:
        with np.load(file) as stored:
            for name, part in parts.items():
                if hasattr(network, part):
                    setattr(network, part, Exemplars(as_ink(stored[name], white=15)).to(device))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        raise ValueError(f"{file} does not hold the exemplars of {path.name}: {error}") from error


def figures(path: Path) -> dict[str, Any]:
    """The training figures that a checkpoint carries.

    Raises:
        ValueError: the file is no checkpoint.
        OSError: it cannot be read.
    """
    _check_there(path)
    try:
        with safe_open(path, framework="pt") as file:
            recorded: dict[str, Any] = json.loads((file.metadata() or {})["figures"])
    except (SafetensorError, KeyError, ValueError) as error:
        raise ValueError(f"{path} is no checkpoint that this version can read: {error}") from error
    return recorded


def sha256(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal, for records of what made a video."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _with_sorted_header(content: bytes) -> bytes:
    """The same safetensors file with its JSON header sorted, so that equal networks are equal files.

    The library writes the metadata in random order. The file begins with the header's length in 8 bytes; the header is
    JSON padded with spaces.
    """
    end = 8 + int.from_bytes(content[:8], "little")
    header = json.dumps(json.loads(content[8:end]), sort_keys=True, separators=(",", ":")).encode()
    header += b" " * (-len(header) % 8)
    return len(header).to_bytes(8, "little") + header + content[end:]


def _check_there(path: Path) -> None:
    if not path.is_file():
        reason = f"{os.strerror(errno.ENOENT)}; `vidgen train` writes it"
        raise FileNotFoundError(errno.ENOENT, reason, str(path))


def _tuples(value: Any) -> Any:
    """JSON's lists as the tuples that configurations hold."""
    if isinstance(value, dict):
        return {key: _tuples(item) for key, item in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value
