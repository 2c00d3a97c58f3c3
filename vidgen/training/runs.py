"""Training runs: the networks of a preset, resumable, each with its training figures."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import nn

from vidgen.dataset.folder import Folder
from vidgen.device import to_channels_last
from vidgen.labels import CLASSES
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D
from vidgen.networks.coarse_to_fine import CoarseToFineTempCAE, CoarseToFineTempCAEConfig
from vidgen.networks.exemplars import Exemplars, as_ink
from vidgen.networks.judge import Judge
from vidgen.networks.layered import LayeredTempCAE, LayeredTempCAEConfig
from vidgen.networks.prior import ClipPrior
from vidgen.networks.scene_prior import ScenePrior
from vidgen.networks.tempcae import TempCAEConfig
from vidgen.networks.text import TextEncoder
from vidgen.release import __version__
from vidgen.runrecord import claim
from vidgen.training import losses
from vidgen.training.attribute_batches import attribute_batch, attribute_loss
from vidgen.training.batches import (
    Batch,
    class_batch,
    folder_batch,
    folder_labelled_batch,
    labelled_batch,
    snippet_batch,
    stream,
)
from vidgen.training.captions import caption_batch, reading_accuracy, reading_loss
from vidgen.training.fit import FitConfig, Progress, fit, resume_step
from vidgen.training.heldout import accuracy, denoising_errors, unclear_threshold
from vidgen.training.judge_batches import judge_batch
from vidgen.training.onpolicy import Descents, descent_loss
from vidgen.training.parallel import train_in_parallel
from vidgen.training.pictures import exemplar_clips, exemplar_pictures, picture_batch
from vidgen.training.presets import Preset, find_preset
from vidgen.training.robust import REPLAYS, Adversary, robust_loss, without_batch_norm
from vidgen.training.scene_batches import kind_batch, scene_code_batch, scene_code_loss
from vidgen.training.unveiling import unveiling_loss
from vidgen.training.variations import code_batch, varied_batch

#: The networks. On a CPU they are trained in parallel where none waits for another, elsewhere in this order.
NETWORKS = (
    *("tempcae", "c3d", "judge", "prior", "c3d_robust", "tempcae_shallow", "tempcae_deep"),
    *("attribute_judge", "text", "scene_prior"),
)
#: The networks that learn from the drawings of the split "judge", which generation never sees.
JUDGES = ("judge", "attribute_judge")
#: The network whose checkpoint another one's training begins with or learns from.
LEARNS_FROM = {"c3d_robust": "c3d", "tempcae_deep": "c3d_robust"}
#: The networks of a user's own videos: the judge and the prior need drawings that only our own dataset has, and the
#: paper's methods descend there on the first two.
OF_OWN_VIDEOS = ("tempcae", "c3d")
#: What the auto-encoder of the moving objects knows of their shapes and paths: a learned prior, or training clips.
PRIORS = ("learned", "exemplars")


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """The settings of a training run; the same settings give the same networks on the same machine."""

    preset: str = "compact"
    networks: tuple[str, ...] = NETWORKS
    seed: int = 0
    #: Factor on every network's number of steps; small for a quick try.
    effort: float = 1.0
    device: str = "cpu"
    #: One of `PRIORS`; with "exemplars" no network "prior" is trained.
    prior: str = "learned"

    def __post_init__(self) -> None:
        """Check names and numbers."""
        find_preset(self.preset)
        for name in self.networks:
            if name not in NETWORKS:
                raise ValueError(f"unknown network {name!r}; known networks: {', '.join(NETWORKS)}")
        if not self.networks:
            raise ValueError(f"no network given; say for example {','.join(NETWORKS)!r}")
        if self.prior not in PRIORS:
            raise ValueError(f"unknown prior {self.prior!r}; known priors: {', '.join(PRIORS)}")
        if not (self.effort > 0 and isfinite(self.effort)):
            raise ValueError(f"effort must be above 0 and finite, got {self.effort}")


def train(
    out: Path,
    config: TrainConfig,
    *,
    data: Folder | None = None,
    callback: Callable[[str, Progress], None] = lambda name, progress: None,
) -> dict[str, dict[str, Any]]:
    """Train networks into a folder that `load_networks` reads; continue where an earlier call stopped.

    Args:
        out: the folder.
        config: the settings.
        data: a user's own labelled videos; None: clips of the moving-objects dataset, drawn as needed.
        callback: called with a phase's name and progress after each step.

    Returns:
        Each network's training figures, as its checkpoint holds them.

    Raises:
        ValueError: the folder holds something else, or a training with other settings; the data have splits, and none
            is "train".
        OSError: a file cannot be written.
    """
    if data is not None and "train" not in data.splits:
        raise ValueError(f"no video is in the split train; the splits are {', '.join(sorted(set(data.splits)))}")
    settings = {**asdict(config), "data": list(data.files) if data else None}
    del settings["networks"], settings["device"]  # more networks may be trained later, and elsewhere
    if config.prior == "learned":
        del settings["prior"]  # release 0.1 recorded none
    claim(out, settings, {"vidgen": __version__, "torch": version("torch")})
    names = [name for name in (NETWORKS if data is None else OF_OWN_VIDEOS) if name in config.networks]
    if config.prior != "learned" or find_preset(config.preset).prior is None:
        names = [name for name in names if name != "prior"]
    paths = {name: out / f"{name}.safetensors" for name in names}
    missing = {name: partial(_train_one, name, path, config, data) for name, path in paths.items() if not path.exists()}
    for stage in stages(out, missing):
        trainings = {name: missing[name] for name in stage}
        if config.device == "cpu" and len(trainings) > 1:
            longest = "prior" if "prior" in trainings else "c3d"
            train_in_parallel(trainings, callback, cores=torch.get_num_threads(), longest=longest)
        else:
            for training in trainings.values():
                training(callback)
    return {name: checkpoints.figures(path) for name, path in paths.items()}


def stages(out: Path, names: Iterable[str]) -> list[list[str]]:
    """The networks in groups that are trained one after the other: a network after that from which it learns.

    Raises:
        ValueError: that is neither among them nor in the folder.
    """
    found: list[list[str]] = []
    waiting = list(names)
    for name in waiting:
        before = LEARNS_FROM.get(name)
        if before and before not in waiting and not (out / f"{before}.safetensors").exists():
            raise ValueError(f"{name} learns from {before}, which {out} does not hold: name both networks")
    while waiting:
        ready = [name for name in waiting if LEARNS_FROM.get(name) not in waiting]
        found.append(ready)
        waiting = [name for name in waiting if name not in ready]
    return found


def _train_one(
    name: str, path: Path, config: TrainConfig, data: Folder | None, callback: Callable[[str, Progress], None]
) -> None:
    preset = find_preset(config.preset)
    classes = data.classes if data else CLASSES
    device = torch.device(config.device)
    network = to_channels_last(_initial(name, path, preset, len(classes), data is not None, config.seed), device)
    figures: dict[str, Any] = {"classes": list(classes)}
    phases, drawn = phases_of(network, name, preset, data, path.parent), 0
    for phase in phases:
        settings = replace(phase.fit, steps=max(1, round(phase.fit.steps * config.effort)), seed=config.seed)
        state = _state_file(path, phase.name)
        start = resume_step(state)
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        for part in phase.parts:
            part.requires_grad_(True)
        split = "judge" if name in JUDGES else "train"
        steps = range(drawn + start, drawn + settings.steps)
        batches = stream(
            phase.draw, batch=settings.batch, split=split, seed=config.seed, steps=steps, replays=phase.replays
        )
        drawn += settings.steps
        learner = phase.learner(network).to(device)
        figures[phase.name] = fit(
            learner, batches, phase.loss, settings, start=start, state=state, callback=partial(callback, phase.name)
        )
    if isinstance(network, (CoarseToFineTempCAE, LayeredTempCAE)):
        kept = _exemplars(network.config, data)
        if isinstance(network, CoarseToFineTempCAE) or config.prior == "exemplars" or preset.prior is None:
            checkpoints.save_exemplars(path, **kept)
        network.exemplars = Exemplars(as_ink(kept["clips"])).to(device)
        if isinstance(network, LayeredTempCAE):
            network.pictures = Exemplars(as_ink(kept["pictures"])).to(device)
    if name.startswith("tempcae"):
        figures["test_error"] = denoising_errors(network, data, device)
    elif name == "text":
        figures["test_accuracy"] = reading_accuracy(cast(TextEncoder, network))
    elif name not in ("prior", "scene_prior", "attribute_judge"):
        figures["test_accuracy"] = accuracy(network, data, device)
    if name == "judge":
        figures["threshold"] = unclear_threshold(cast(Judge, network))
    checkpoints.save(network, path, figures)
    for phase in phases:
        path.with_name(f"{phase.name}.state").unlink(missing_ok=True)


def _state_file(path: Path, phase: str) -> Path:
    """Where a phase's state is kept; one that release 0.1 left under its former name is taken over."""
    state, former = path.with_name(f"{phase}.state"), path.with_name("moments.state")
    if phase == "snippets" and former.exists():
        former.replace(state)
    return state


def _initial(name: str, path: Path, preset: Preset, num_classes: int, own_data: bool, seed: int) -> nn.Module:
    """The untrained network; for a user's own videos the auto-encoder is the preset's one for any videos."""
    if name == "c3d_robust":
        return without_batch_norm(cast(C3D, checkpoints.load(path.with_name("c3d.safetensors"), C3D)))
    if name == "tempcae_shallow":
        return checkpoints.build("tempcae", preset.shallow, seed=seed)
    if name == "tempcae_deep":
        return checkpoints.build("windowed-tempcae", preset.deep, seed=seed)
    if name == "c3d":
        return checkpoints.build("c3d", replace(preset.c3d, num_classes=num_classes + 1), seed=seed)
    if name == "judge":
        return checkpoints.build("judge", preset.judge, seed=seed)
    if name == "attribute_judge":
        return checkpoints.build("attribute-judge", preset.attribute_judge, seed=seed)
    if name == "prior":
        return checkpoints.build("clip-prior", preset.prior, seed=seed)
    if name == "text":
        return checkpoints.build("text-encoder", preset.text, seed=seed)
    if name == "scene_prior":
        return checkpoints.build("scene-prior", preset.scene_prior, seed=seed)
    config = preset.any_tempcae if own_data else preset.tempcae
    if isinstance(config, TempCAEConfig):
        return checkpoints.build("tempcae", config, seed=seed)
    kind = "coarse-to-fine-tempcae" if isinstance(config, CoarseToFineTempCAEConfig) else "layered-tempcae"
    return checkpoints.build(kind, replace(config, num_classes=num_classes), seed=seed)


def _exemplars(config: CoarseToFineTempCAEConfig | LayeredTempCAEConfig, data: Folder | None) -> dict[str, np.ndarray]:
    """The training clips, and pictures, that an auto-encoder keeps."""
    if isinstance(config, CoarseToFineTempCAEConfig):
        return {"clips": exemplar_clips(config.exemplars, 4, data)}
    return {
        "clips": exemplar_clips(config.exemplars, config.shrink, data),
        "pictures": exemplar_pictures(config.pictures, config.picture_shrink, config.window),
    }


def _denoiser(
    config: LayeredTempCAEConfig | CoarseToFineTempCAEConfig | TempCAEConfig, shrink: int
) -> LayeredTempCAE | None:
    """A layered auto-encoder for clips smaller by a factor, with its exemplars and an untrained network.

    None for other auto-encoders.
    """
    if not isinstance(config, LayeredTempCAEConfig):
        return None
    denoiser, kept = LayeredTempCAE(config.smaller(shrink)), _exemplars(config, None)
    denoiser.exemplars, denoiser.pictures = (Exemplars(as_ink(kept[name])) for name in ("clips", "pictures"))
    return denoiser


@dataclass(frozen=True, slots=True)
class Phase:
    """A phase of a network's training: the parts that learn, their loss and batches, and the settings."""

    name: str
    fit: FitConfig
    loss: Callable[[Any, Any, torch.Generator], torch.Tensor]
    draw: Callable[..., Any]
    parts: tuple[nn.Module, ...]
    #: What is trained in the network's place: it with what only its training needs.
    learner: Callable[[Any], nn.Module] = lambda network: network
    #: Steps that learn from each batch.
    replays: int = 1


def phases_of(network: nn.Module, name: str, preset: Preset, data: Folder | None, folder: Path) -> list[Phase]:
    """The phases of the training of a network of that name, in order; `folder` has the networks it learns from."""
    if name == "judge":
        return [Phase("judge", preset.judge_fit, losses.judging_loss, judge_batch, (network,))]
    if isinstance(network, TextEncoder):
        return [Phase("text", preset.text_fit, reading_loss, caption_batch, (network,))]
    if isinstance(network, ScenePrior):
        kinds = partial(kind_batch, edge=network.config.edge)
        drawing = (network.unet, network.condition)
        return [
            Phase("kinds", preset.kind_flow_fit, losses.map_flow_loss, kinds, drawing),
            Phase("scenes", preset.scene_flow_fit, scene_code_loss, scene_code_batch, (network.coder,)),
        ]
    if name == "attribute_judge":
        return [Phase(name, preset.attribute_fit, attribute_loss, attribute_batch, (network,), replays=3)]
    if isinstance(network, ClipPrior):
        maps = partial(varied_batch, edge=network.config.edge)
        drawing = (network.unet, network.condition)
        return [
            Phase("pictures", preset.picture_flow_fit, losses.map_flow_loss, maps, drawing),
            Phase("codes", preset.code_flow_fit, losses.code_flow_loss, code_batch, (network.coder,)),
        ]
    if name == "c3d_robust":
        small = (preset.c3d.width // preset.c3d.shrink, preset.c3d.height // preset.c3d.shrink)
        labelled = partial(labelled_batch, frame=small)
        return [Phase(name, preset.robust_fit, robust_loss, labelled, (network,), Adversary, REPLAYS)]
    if name == "tempcae_shallow":
        return [Phase(name, preset.shallow_fit, unveiling_loss, class_batch, (network,))]
    if name == "tempcae_deep":
        guide = cast(C3D, checkpoints.load(folder / "c3d_robust.safetensors", C3D)).requires_grad_(False)
        learner = partial(Descents, guide=guide.to(next(network.parameters()).device))
        return [Phase(name, preset.deep_fit, descent_loss, class_batch, (network,), learner)]
    if name == "c3d":
        small = (preset.c3d.width // preset.c3d.shrink, preset.c3d.height // preset.c3d.shrink)
        labelled = partial(folder_labelled_batch, data) if data else partial(labelled_batch, frame=small)
        whole = Phase("c3d", preset.c3d_fit, losses.classification_loss, labelled, (network,), losses.Supervised)
        if data:
            return [whole]
        found = []
        if preset.snippet_fit is not None:
            snippets = partial(snippet_batch, frame=small)
            found.append(
                Phase("snippets", preset.snippet_fit, losses.snippet_loss, snippets, (network,), losses.Supervised)
            )
        found.append(whole)
        denoiser = _denoiser(preset.tempcae, preset.c3d.shrink)
        if preset.decoded_fit is not None and denoiser is not None:
            denoiser.to(next(network.parameters()).device)
            loss = partial(losses.classification_loss, denoiser=denoiser)
            found.append(Phase("decoded", preset.decoded_fit, loss, labelled, (network,), losses.Supervised))
        return found
    if isinstance(network, LayeredTempCAE):
        pictures = partial(picture_batch, window=network.config.window)
        parts = (network.unet, network.condition)
        return [Phase("tempcae", preset.tempcae_fit, losses.picture_loss, pictures, parts)]
    draw: Callable[..., Batch] = partial(folder_batch, data) if data else class_batch
    if isinstance(network, CoarseToFineTempCAE):
        coarse = (network.coarse, network.condition)
        return [
            Phase("outline", preset.outline_fit, losses.outline_loss, draw, coarse),
            Phase("detail", preset.detail_fit, losses.detail_loss, draw, (network.fine,)),
        ]
    return [Phase("tempcae", preset.tempcae_fit, losses.denoising_loss, draw, (network,))]
