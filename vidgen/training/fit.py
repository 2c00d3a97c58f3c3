"""The training loop: any network, any loss, resumable, with an exponential moving average of the weights."""

import io
import math
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn

from vidgen.atomic_write import draft_of


@dataclass(frozen=True, kw_only=True, slots=True)
class FitConfig:
    """The settings of one training."""

    steps: int
    batch: int = 8
    learning_rate: float = 1e-3
    weight_decay: float = 1e-2
    #: Fraction of the steps during which the learning rate rises linearly; it then falls along a cosine.
    warmup: float = 0.05
    #: Decay of the moving average of the weights, which are the ones that are kept.
    average: float = 0.995
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """What a callback receives after each step: its number from 1, the number of steps, the mean of the last losses."""

    step: int
    steps: int
    loss: float


def mixed_precision(device: torch.device) -> AbstractContextManager[Any]:
    """Autocast to bfloat16 where the device multiplies it faster (CUDA, AMX); single precision elsewhere."""
    amx = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    return torch.autocast(device.type, torch.bfloat16, enabled=device.type == "cuda" or bool(amx()))


def fit(
    network: nn.Module,
    batches: Iterator[Any],
    loss: Callable[[nn.Module, Any, torch.Generator], Tensor],
    config: FitConfig,
    *,
    start: int = 0,
    state: Path | None = None,
    callback: Callable[[Progress], None] = lambda _: None,
) -> dict[str, Any]:
    """Train a network in place and leave the averaged weights in it.

    Args:
        network: the network, on the device to train on.
        batches: one batch per step, from step `start` on.
        loss: `loss(network, batch, generator)` → a scalar. Its random numbers come from the generator, which depends on
            seed and step alone.
        config: the settings.
        start: the step to begin at, as `resume_step(state)` returns it.
        state: the file where the state is saved every 200 steps, and resumed from when `start` is not 0.
        callback: called after each step; its loss is the mean of the last 50.

    Returns:
        The figures: `loss`, `seconds` of this run, and the settings.

    Raises:
        FloatingPointError: the loss is not finite.
    """
    device = next(network.parameters()).device
    optimiser = torch.optim.AdamW(
        network.parameters(), lr=config.learning_rate, weight_decay=config.weight_decay, fused=True
    )
    averaging = get_ema_multi_avg_fn(config.average)  # type: ignore[no-untyped-call]
    averaged = AveragedModel(network, multi_avg_fn=averaging)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda step: _rate(step, config))
    parts = {"network": network, "optimiser": optimiser, "averaged": averaged, "schedule": schedule}
    if start and state is not None:
        saved = torch.load(state, map_location=device, weights_only=True)
        for name, part in parts.items():
            part.load_state_dict(saved[name])  # type: ignore[attr-defined]  # each of the four has it
    network.train()
    recent: list[float] = []
    began = time.monotonic()
    for step in range(start, config.steps):
        generator = torch.Generator(device).manual_seed(config.seed * 1_000_003 + step)
        with mixed_precision(device):
            value = loss(network, next(batches), generator)
        optimiser.zero_grad(set_to_none=True)
        value.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        averaged.update_parameters(network)
        recent = [*recent[-49:], float(value.detach())]
        if not math.isfinite(recent[-1]):
            raise FloatingPointError(f"the loss is {recent[-1]} at step {step}: lower the learning rate")
        callback(Progress(step + 1, config.steps, sum(recent) / len(recent)))
        if state is not None and (step + 1) % 200 == 0:
            _save(state, step + 1, parts)
    network.load_state_dict(averaged.module.state_dict())
    network.eval()
    loss_value = sum(recent) / len(recent) if recent else math.nan
    return {"loss": loss_value, "seconds": time.monotonic() - began, **asdict(config)}


def resume_step(state: Path) -> int:
    """The step at which the saved training continues; 0 where nothing is saved."""
    if not state.exists():
        return 0
    return int(torch.load(state, map_location="cpu", weights_only=True)["step"])


def _save(state: Path, step: int, parts: dict[str, Any]) -> None:
    content = io.BytesIO()  # given a file on a full disk, torch would raise no OSError
    torch.save({"step": step, **{name: part.state_dict() for name, part in parts.items()}}, content)
    with draft_of(state) as draft:
        draft.write_bytes(content.getbuffer())


def _rate(step: int, config: FitConfig) -> float:
    """The factor on the learning rate: a linear rise, then half a cosine."""
    rise = max(1, round(config.warmup * config.steps))
    if step < rise:
        return (step + 1) / rise
    return 0.5 * (1 + math.cos(math.pi * min(1.0, (step - rise) / max(1, config.steps - rise))))
