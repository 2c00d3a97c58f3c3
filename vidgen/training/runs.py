"""`vidgen train`: the networks of a preset, one after the other, resumable, each with its figures."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from functools import partial
from importlib.metadata import version
from math import isfinite
from pathlib import Path
from typing import Any, cast

import numpy as np
import torch
from torch import nn

from vidgen import __version__
from vidgen.dataset.folder import Folder
from vidgen.device import laid_out
from vidgen.labels import CLASSES
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D
from vidgen.networks.coarse_to_fine import DeepTempCAE, DeepTempCAEConfig
from vidgen.networks.exemplars import Sketches, as_ink
from vidgen.networks.judge import Judge
from vidgen.networks.layered import LayeredTempCAE, LayeredTempCAEConfig
from vidgen.networks.tempcae import TempCAEConfig
from vidgen.runrecord import claim
from vidgen.training import losses
from vidgen.training.batches import (
    Examples,
    class_examples,
    folder_examples,
    folder_labelled_examples,
    judge_examples,
    junk_clip,
    labelled_examples,
    moment_examples,
    picture_examples,
    sketch_clips,
    sketch_pictures,
    stream,
)
from vidgen.training.fit import FitConfig, Progress, fit, mixed_precision, resume_step
from vidgen.training.parallel import side_by_side
from vidgen.training.presets import Preset, find_preset

#: The networks; on a CPU they are trained side by side, elsewhere in this order.
NETWORKS = ("tempcae", "c3d", "judge")


@dataclass(frozen=True, kw_only=True, slots=True)
class TrainConfig:
    """What is trained; the same settings give the same networks on the same machine."""

    preset: str = "compact"
    networks: tuple[str, ...] = NETWORKS
    seed: int = 0
    #: Factor on every network's number of steps, for a quick try.
    effort: float = 1.0
    device: str = "cpu"

    def __post_init__(self) -> None:
        """Reject what cannot be trained."""
        find_preset(self.preset)
        for name in self.networks:
            if name not in NETWORKS:
                raise ValueError(f"unknown network {name!r}; known networks: {', '.join(NETWORKS)}")
        if not self.networks:
            raise ValueError(f"no network given; say for example {','.join(NETWORKS)!r}")
        if not (self.effort > 0 and isfinite(self.effort)):
            raise ValueError(f"effort must be above 0 and finite, got {self.effort}")


def train(
    out: Path,
    config: TrainConfig,
    *,
    data: Folder | None = None,
    callback: Callable[[str, Progress], None] = lambda name, progress: None,
) -> dict[str, dict[str, Any]]:
    """Train the networks into a folder that `generate-batch --weights` takes; go on where an earlier call stopped.

    Args:
        out: the folder.
        config: what to train.
        data: a user's own labelled videos; without them the moving-objects dataset is drawn as it is needed.
        callback: told of each step of each network.

    Returns:
        Each network's training figures, as its checkpoint holds them.

    Raises:
        ValueError: the folder holds something else, or a training with other settings; the data name splits, and
            none is "train".
    """
    if data is not None and "train" not in data.splits:
        raise ValueError(f"no video is in the split train; the splits are {', '.join(sorted(set(data.splits)))}")
    settings = {**asdict(config), "data": list(data.files) if data else None}
    del settings["networks"], settings["device"]  # more networks may be trained later, and elsewhere
    claim(out, settings, {"versions": {"vidgen": __version__, "torch": version("torch")}})
    names = [name for name in NETWORKS if name in config.networks]
    if data is not None:
        names = [name for name in names if name != "judge"]  # it needs other drawings, which only our own dataset has
    paths = {name: out / f"{name}.safetensors" for name in names}
    missing = {name: partial(_train_one, name, path, config, data) for name, path in paths.items() if not path.exists()}
    if config.device == "cpu" and len(missing) > 1:
        side_by_side(missing, callback, cores=torch.get_num_threads(), longest="c3d")
    else:
        for training in missing.values():
            training(callback)
    return {name: checkpoints.figures(path) for name, path in paths.items()}


def _train_one(
    name: str, path: Path, config: TrainConfig, data: Folder | None, callback: Callable[[str, Progress], None]
) -> None:
    preset = find_preset(config.preset)
    classes = data.classes if data else CLASSES
    device = torch.device(config.device)
    network = laid_out(_initial(name, preset, len(classes), data is not None, config.seed), device)
    figures: dict[str, Any] = {"classes": list(classes)}
    phases, drawn = phases_of(network, name, preset, data), 0
    for phase in phases:
        settings = replace(phase.fit, steps=max(1, round(phase.fit.steps * config.effort)), seed=config.seed)
        state = path.with_name(f"{phase.name}.state")
        start = resume_step(state)
        for parameter in network.parameters():
            parameter.requires_grad_(False)
        for part in phase.parts:
            part.requires_grad_(True)
        split = "judge" if name == "judge" else "train"
        steps = range(drawn + start, drawn + settings.steps)
        batches = stream(phase.draw, batch=settings.batch, split=split, seed=config.seed, steps=steps)
        drawn += settings.steps
        learner = losses.Supervised(network).to(device) if isinstance(network, C3D) else network
        figures[phase.name] = fit(
            learner, batches, phase.loss, settings, start=start, state=state, callback=partial(callback, phase.name)
        )
    if isinstance(network, (DeepTempCAE, LayeredTempCAE)):
        checkpoints.save_sketches(path, **_sketches(network.config, data))
        checkpoints.load_sketches(path, network)
    if name == "tempcae":
        figures["test_error"] = denoising_errors(network, data, device)
    else:
        figures["test_accuracy"] = accuracy(network, data, device)
    if name == "judge":
        figures["threshold"] = unclear_threshold(cast(Judge, network))
    checkpoints.save(network, path, figures)
    for phase in phases:
        path.with_name(f"{phase.name}.state").unlink(missing_ok=True)


def _initial(name: str, preset: Preset, num_classes: int, own_data: bool, seed: int) -> nn.Module:
    """The untrained network; an auto-encoder of a user's own videos is the one that takes any."""
    if name == "c3d":
        return checkpoints.build("c3d", replace(preset.c3d, num_classes=num_classes + 1), seed=seed)
    if name == "judge":
        return checkpoints.build("judge", preset.judge, seed=seed)
    config = preset.any_tempcae if own_data else preset.tempcae
    if isinstance(config, TempCAEConfig):
        return checkpoints.build("tempcae", config, seed=seed)
    kind = "deep-tempcae" if isinstance(config, DeepTempCAEConfig) else "layered-tempcae"
    return checkpoints.build(kind, replace(config, num_classes=num_classes), seed=seed)


def _sketches(config: DeepTempCAEConfig | LayeredTempCAEConfig, data: Folder | None) -> dict[str, np.ndarray]:
    """The training clips, and pictures, that an auto-encoder keeps."""
    if isinstance(config, DeepTempCAEConfig):
        return {"clips": sketch_clips(config.sketches, 4, data)}
    return {
        "clips": sketch_clips(config.sketches, config.shrink, data),
        "pictures": sketch_pictures(config.pictures, config.picture_shrink, config.window),
    }


def _memory(config: LayeredTempCAEConfig | DeepTempCAEConfig | TempCAEConfig, shrink: int) -> LayeredTempCAE | None:
    """A layered auto-encoder of clips smaller by a factor, with all that it knows without learning; else None."""
    if not isinstance(config, LayeredTempCAEConfig):
        return None
    memory, kept = LayeredTempCAE(config.smaller(shrink)), _sketches(config, None)
    memory.sketches, memory.pictures = (Sketches(as_ink(kept[name])) for name in ("clips", "pictures"))
    return memory


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of a network's training: which parts learn what from which examples, for how long."""

    name: str
    fit: FitConfig
    loss: Callable[[Any, Examples, torch.Generator], torch.Tensor]
    draw: Callable[..., Examples]
    parts: tuple[nn.Module, ...]


def phases_of(network: nn.Module, name: str, preset: Preset, data: Folder | None) -> list[Phase]:
    """How a network of that name is trained: its phases, in order."""
    if name == "judge":
        return [Phase("judge", preset.judge_fit, losses.judging_loss, judge_examples, (network,))]
    if name == "c3d":
        small = (preset.c3d.width // preset.c3d.shrink, preset.c3d.height // preset.c3d.shrink)
        labelled = partial(folder_labelled_examples, data) if data else partial(labelled_examples, frame=small)
        whole = Phase("c3d", preset.c3d_fit, losses.classification_loss, labelled, (network,))
        if data:
            return [whole]
        found = []
        if preset.moment_fit is not None:
            moments = partial(moment_examples, frame=small)
            found.append(Phase("moments", preset.moment_fit, losses.moment_loss, moments, (network,)))
        found.append(whole)
        memory = _memory(preset.tempcae, preset.c3d.shrink)
        if preset.decoded_fit is not None and memory is not None:
            memory.to(next(network.parameters()).device)
            loss = partial(losses.classification_loss, memory=memory)
            found.append(Phase("decoded", preset.decoded_fit, loss, labelled, (network,)))
        return found
    if isinstance(network, LayeredTempCAE):
        pictures = partial(picture_examples, window=network.config.window)
        parts = (network.unet, network.condition)
        return [Phase("tempcae", preset.tempcae_fit, losses.picture_loss, pictures, parts)]
    draw: Callable[..., Examples] = partial(folder_examples, data) if data else class_examples
    if isinstance(network, DeepTempCAE):
        coarse = (network.coarse, network.condition)
        return [
            Phase("outline", preset.outline_fit, losses.outline_loss, draw, coarse),
            Phase("detail", preset.detail_fit, losses.detail_loss, draw, (network.fine,)),
        ]
    return [Phase("tempcae", preset.tempcae_fit, losses.denoising_loss, draw, (network,))]


def unclear_threshold(judge: Judge, *, clips: int = 220) -> float:
    """The probability below which the judge says "Unclear": what all but half a percent of fresh clips exceed.

    It is at least what 19 in 20 junk clips stay under. Drawings are the judge's own, not the test's.
    """
    rng = np.random.default_rng(11)
    good = class_examples(rng, clips, "judge", pairs=0)
    junk = torch.from_numpy(np.stack([junk_clip(rng, "judge") for _ in range(clips)])).permute(0, 4, 1, 2, 3) / 255
    with torch.no_grad():
        sure = judge(good.videos(torch.device("cpu"))).softmax(1)[:, :11].amax(1)
        fooled = judge(junk).softmax(1)[:, :11].amax(1)
    return float(max(min(0.5, np.quantile(sure, 0.005)), np.quantile(fooled, 0.95)))


def accuracy(network: nn.Module, data: Folder | None, device: torch.device, *, batches: int = 40) -> float:
    """Share of clean held-out clips, of drawings never trained on, whose class the network names."""
    right = count = 0
    for index in range(batches):
        examples = _held_out(data, index, 32)
        with torch.no_grad(), mixed_precision(device):
            answers = network(examples.videos(device)).argmax(1).cpu()
        right += int((answers == examples.target.argmax(1)).sum())
        count += len(answers)
    return right / count


def denoising_errors(tempcae: nn.Module, data: Folder | None, device: torch.device) -> dict[str, float]:
    """Mean squared error on held-out clips at some noise levels."""
    errors: dict[str, list[float]] = {}
    for index in range(8):
        examples = _held_out(data, index, 8)
        clean = examples.videos(device)
        for level in (0.1, 0.5, 2.0):
            generator = torch.Generator(device).manual_seed(index)
            levels = torch.full((len(clean),), level, device=device)
            with torch.no_grad(), mixed_precision(device):
                decoded = tempcae(losses.noisy(clean, levels, generator), levels)
            errors.setdefault(str(level), []).append(float((decoded - clean).square().mean()))
    return {level: float(np.mean(values)) for level, values in errors.items()}


def _held_out(data: Folder | None, index: int, size: int) -> Any:
    rng = np.random.default_rng([7, index])
    if data is None:
        return class_examples(rng, size, "test", pairs=0)
    return folder_examples(data, rng, size, "test" if "test" in data.splits else "validation")
