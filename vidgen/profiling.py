"""The speed of a method on a device: seconds and floating-point operations per video, and memory."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from vidgen.allocator import peak_memory_bytes
from vidgen.descent import CAPTURED_FROM, TOGETHER, Step, descend, start_video
from vidgen.device import prepare_for_inference
from vidgen.methods import Method, find_method
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D, C3DConfig
from vidgen.training.presets import find_preset
from vidgen.weights import BUNDLED, load_networks

#: Up to this number of steps the whole descent is timed; of longer methods some steps are timed and extrapolated.
MEASURED_WHOLE = 1000
#: Steps before the timed ones; they include the capture of a graph and the choice of kernels.
WARM_UP = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """The result of a measurement."""

    method: str
    preset: str
    #: The networks' classes, and whether they are trained, which does not change the speed.
    networks: str
    #: Videos that descended together.
    batch: int
    #: Steps of the method, and steps that were timed; where these are fewer, the seconds are extrapolated.
    steps: int
    measured_steps: int
    seconds_per_video: float
    #: 10⁹ floating-point operations of the descent of one video; a multiplication and an addition are two.
    gflop_per_video: float
    #: 10¹² floating-point operations per second, of the whole batch.
    tflops: float
    #: Peak of the allocated memory of the CUDA device, or of the memory of this process (0 where it is not known).
    peak_gb: float
    #: Whether a step was captured as a CUDA graph.
    captured: bool

    @property
    def extrapolated(self) -> bool:
        """Whether the seconds are extrapolated from fewer steps than the method has."""
        return self.measured_steps < self.steps


@dataclass(frozen=True, slots=True)
class Subject:
    """The networks of a measurement, prepared for inference, and their description."""

    c3d: nn.Module
    tempcae: nn.Module
    name: str


def subject(method: str, preset: str, device: torch.device) -> Subject:
    """The networks of a preset: those that come with the package, else untrained ones of the same sizes.

    The untrained auto-encoder is that of the method: one of eqs. 4–5 for the paper's methods, else the preset's.

    Raises:
        ValueError: no such preset.
    """
    if (BUNDLED / preset).is_dir():
        networks = load_networks(preset, device=str(device))
        own = networks.of(find_method(method))
        nets, state = (own["c3d"], own["tempcae"]), "trained"
    else:
        sizes = find_preset(preset)
        paper = {"tempcae_shallow": sizes.shallow, "tempcae_deep": sizes.deep}
        c3d = cast(C3D, untrained(sizes.c3d)).folded()
        tempcae = untrained(paper.get(find_method(method).tempcae, sizes.tempcae))
        nets, state = (prepare_for_inference(c3d, device), prepare_for_inference(tempcae, device)), "untrained"
    return Subject(*nets, " and ".join(type(net).__name__ for net in nets) + f", {state}")


def untrained(config: object) -> nn.Module:
    """A network of that configuration with its initial weights."""
    kind = next(kind for kind, (_, config_class) in checkpoints.KINDS.items() if type(config) is config_class)
    return checkpoints.build(kind, config)


def measure(
    method_name: str,
    preset: str,
    device: torch.device,
    *,
    batch: int,
    steps: int = 200,
    clock: Callable[[], float] = time.perf_counter,
) -> Speed:
    """Time a batch of videos.

    Args:
        method_name: the method. One of at most 1,000 steps is timed as a whole, the second time that it runs.
        preset: the preset of the networks.
        device: the device.
        batch: videos that descend together.
        steps: steps to time of a longer method, after a warm-up.
        clock: returns the time in seconds.

    Raises:
        ValueError: no such method or preset; steps or batch below 1.
    """
    for name, value in (("batch", batch), ("steps", steps)):
        if value < 1:
            raise ValueError(f"{name} must be at least 1, got {value}")
    method, nets = find_method(method_name), subject(method_name, preset, device)
    run = method if method.steps <= MEASURED_WHOLE else replace(method, steps=WARM_UP + steps)
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
    seconds = _seconds(run, nets, batch, device, whole=run is method, clock=clock)
    measured = run.steps if run is method else steps
    per_video = seconds / measured * method.steps / batch
    flop = flop_of(method, nets, device)
    return Speed(
        method=method_name,
        preset=preset,
        networks=nets.name,
        batch=batch,
        steps=method.steps,
        measured_steps=measured,
        seconds_per_video=per_video,
        gflop_per_video=flop / 1e9,
        tflops=flop / per_video / 1e12,
        peak_gb=_peak_gb(device),
        captured=device.type == "cuda" and method.annealing is None and run.steps >= CAPTURED_FROM,
    )


class FlopCounter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Counts the floating-point operations that run within its block, by torch's own table.

    `torch.utils.flop_counter.FlopCounterMode` does not count gradients with respect to a module's input.
    """

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.total: int = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run an operation and count it."""
        result = func(*args, **(kwargs or {}))
        count = flop_registry.get(func._overloadpacket)
        if count is not None:
            self.total += count(*args, **(kwargs or {}), out_val=result)
        return result


def flop_of(method: Method, nets: Subject, device: torch.device) -> int:
    """Floating-point operations of the descent of one video, as torch counts them: convolutions and matrix products.

    Of equal steps one is counted and multiplied.
    """
    run = method if method.annealing else replace(method, steps=1)
    start, target = _given(run, nets, TOGETHER, device)
    with FlopCounter() as counter:
        descend(start, run, target, c3d=nets.c3d, tempcae=nets.tempcae)
    total: int = counter.total
    return total // TOGETHER * (method.steps // run.steps)


def _seconds(
    run: Method, nets: Subject, batch: int, device: torch.device, *, whole: bool, clock: Callable[[], float]
) -> float:
    """The time of a whole descent, when it runs the second time; or of the steps after the warm-up."""
    start, target = _given(run, nets, batch, device)
    marks: list[float] = []

    def mark(step: Step) -> None:
        if step.step in (WARM_UP, run.steps):
            marks.append(_now(device, clock))

    if not whole:
        descend(start, run, target, c3d=nets.c3d, tempcae=nets.tempcae, callback=mark)
        return marks[1] - marks[0]
    for _ in range(2):
        began = _now(device, clock)
        descend(start, run, target, c3d=nets.c3d, tempcae=nets.tempcae)
        taken = _now(device, clock) - began
    return taken


def _given(method: Method, nets: Subject, batch: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """Starts, and targets of one label each, in turn."""
    config: C3DConfig = nets.c3d.config  # type: ignore[assignment]
    shape = (3, config.frames, config.height, config.width)
    start = start_video(method.start, range(batch), shape, device)
    labels = torch.arange(batch) % (config.num_classes - 1)
    return start, torch.eye(config.num_classes)[labels].to(device)


def _now(device: torch.device, clock: Callable[[], float]) -> float:
    """The time after all work of the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return clock()


def _peak_gb(device: torch.device) -> float:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e9
    return peak_memory_bytes() / 1e9
