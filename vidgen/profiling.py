"""How fast a method is on a device: seconds a video, and the arithmetic done in them."""

import platform
import resource
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from vidgen import __version__
from vidgen.descent import CAPTURED_FROM, TOGETHER, Step, descend, start_video
from vidgen.device import cudnn_doubt, readied
from vidgen.methods import Method, find_method
from vidgen.networks import checkpoints
from vidgen.networks.c3d import C3D, C3DConfig
from vidgen.networks.tempcae import TempCAEConfig
from vidgen.training.presets import find_preset
from vidgen.weights import BUNDLED, load_networks

#: A method of more steps is not followed to its end: some steps are measured, and the rest reckoned from them.
MEASURED_WHOLE = 1000
#: Steps before those that are measured; a capture and the choice of kernels fall among them.
WARM_UP = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Speed:
    """What a measurement found."""

    method: str
    preset: str
    #: The networks' classes, and whether they are trained: that changes no speed.
    networks: str
    #: Videos that descended together.
    batch: int
    #: Steps of the method, and those of them that were timed; where they are fewer, the seconds are extrapolated.
    steps: int
    measured_steps: int
    seconds_per_video: float
    #: Multiplications and additions, counted apart, of a whole descent of one video, in 10⁹.
    gflop_per_video: float
    #: 10¹² of them per second, all videos of the batch together.
    tflops: float
    #: The most memory that was allocated: of the CUDA device, or of this process in main memory.
    peak_gb: float
    #: Whether a step was captured as a CUDA graph.
    captured: bool

    @property
    def extrapolated(self) -> bool:
        """Whether the seconds were reckoned from fewer steps than the method has."""
        return self.measured_steps < self.steps


@dataclass(frozen=True, slots=True)
class Subject:
    """The networks that a measurement uses, ready on their device, and what to call them."""

    c3d: nn.Module
    tempcae: nn.Module
    name: str


def subject(method: str, preset: str, device: torch.device) -> Subject:
    """A preset's networks: those that come with the package, else untrained ones of the same sizes.

    Untrained ones are the paper's auto-encoder (eqs. 4–5) for the literal settings, the preset's own otherwise.

    Raises:
        ValueError: no such preset.
    """
    if (BUNDLED / preset).is_dir():
        networks = load_networks(preset, device=str(device))
        nets, state = (networks.c3d, networks.tempcae), "trained"
    else:
        sizes = find_preset(preset)
        literal = method.endswith(":paper")
        c3d = cast(C3D, untrained(sizes.c3d)).folded()
        tempcae = untrained(TempCAEConfig() if literal else sizes.tempcae)
        nets, state = (readied(c3d, device), readied(tempcae, device)), "untrained"
    return Subject(*nets, " and ".join(type(net).__name__ for net in nets) + f", {state}")


def untrained(config: object) -> nn.Module:
    """A network of that configuration with its first weights."""
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
    """Let a batch of videos descend and say what it took.

    Args:
        method_name: the method; one of at most 1,000 steps is followed to its end, after a first time that does not
            count.
        preset: whose networks.
        device: where.
        batch: videos that descend together.
        steps: of a longer method, how many steps are timed, after some that do not count.
        clock: seconds.

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
    """Adds up the operations of what runs within it, by torch's own table.

    `torch.utils.flop_counter.FlopCounterMode` does the same and more, but not of gradients of a module's own input.
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
    """Floating-point operations of a whole descent of one video, as torch counts them: convolutions and products.

    Of equal steps one is counted.
    """
    run = method if method.annealing else replace(method, steps=1)
    start, target = _given(run, nets, TOGETHER, device)
    with FlopCounter() as counter:
        descend(start, run, target, c3d=nets.c3d, tempcae=nets.tempcae)
    total: int = counter.total
    return total // TOGETHER * (method.steps // run.steps)


def record(speeds: list[Speed], device: torch.device) -> dict[str, Any]:
    """What is kept of measurements: the date, the hardware, the versions and settings, the figures."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "hardware": _hardware(device),
        "versions": {
            "vidgen": __version__,
            "python": platform.python_version(),
            "torch": torch.__version__,
            "cuda": torch.version.cuda,
            "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
        },
        "settings": {
            "convolutions": "bfloat16" if device.type == "cuda" else "float32",
            "video": "float32",
            "tf32": torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32,
            "cudnn_benchmark": torch.backends.cudnn.benchmark,
        },
        "doubt": cudnn_doubt(torch.backends.cudnn.version()) if device.type == "cuda" else None,  # type: ignore[no-untyped-call]
        "speeds": [{**asdict(speed), "extrapolated": speed.extrapolated} for speed in speeds],
    }


def as_markdown(kept: dict[str, Any]) -> str:
    """A record as a page."""
    hardware = ", ".join(f"{value}" for value in kept["hardware"].values())
    versions = ", ".join(f"{name} {value}" for name, value in kept["versions"].items() if value)
    settings = ", ".join(f"{name} {value}" for name, value in kept["settings"].items())
    lines = [
        f"# Speed on {hardware}, {kept['date']}",
        "",
        f"{versions}; {settings}.",
        *([f"\nNot to be trusted: {kept['doubt']}."] if kept["doubt"] else []),
        "",
        "| method | preset | networks | batch | steps | s/video | GFLOP/video | TFLOP/s | peak GB | CUDA graph |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for speed in kept["speeds"]:
        seconds = f"{speed['seconds_per_video']:.3g}{' *' if speed['extrapolated'] else ''}"
        lines.append(
            f"| `{speed['method']}` | `{speed['preset']}` | {speed['networks']} | {speed['batch']} "
            f"| {speed['steps']:,} | {seconds} | {speed['gflop_per_video']:,.0f} | {speed['tflops']:.3g} "
            f"| {speed['peak_gb']:.2f} | {'yes' if speed['captured'] else 'no'} |"
        )
    measured = [
        f"`{s['method']}` {s['measured_steps']:,} of {s['steps']:,}" for s in kept["speeds"] if s["extrapolated"]
    ]
    if measured:
        lines += ["", f"\\* Extrapolated; steps timed: {', '.join(measured)}."]
    return "\n".join(lines) + "\n"


def _seconds(
    run: Method, nets: Subject, batch: int, device: torch.device, *, whole: bool, clock: Callable[[], float]
) -> float:
    """Of a whole descent its second time; else of the steps after the first few."""
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
    """Starts, and a label each in turn."""
    config: C3DConfig = nets.c3d.config  # type: ignore[assignment]
    shape = (3, config.frames, config.height, config.width)
    start = start_video(method.start, range(batch), shape, device)
    labels = torch.arange(batch) % (config.num_classes - 1)
    return start, torch.eye(config.num_classes)[labels].to(device)


def _now(device: torch.device, clock: Callable[[], float]) -> float:
    """The time when all that was asked of the device is done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return clock()


def _peak_gb(device: torch.device) -> float:
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device) / 1e9
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e9


def _hardware(device: torch.device) -> dict[str, Any]:
    if device.type == "cuda":
        card = torch.cuda.get_device_properties(device)
        return {"device": card.name, "memory": f"{card.total_memory / 1e9:.0f} GB"}
    return {"device": platform.processor() or platform.machine(), "threads": f"{torch.get_num_threads()} threads"}
