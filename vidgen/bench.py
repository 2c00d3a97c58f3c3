"""The record of a benchmark: which methods were measured on which device, as JSON and as a Markdown page."""

import json
import platform
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from vidgen.atomic_write import write_text
from vidgen.device import choose_device, cudnn_fault, default_batch_size, tune
from vidgen.fileformat import stamp
from vidgen.methods import find_method
from vidgen.profiling import Speed, measure
from vidgen.release import __version__
from vidgen.training.presets import find_preset


def bench_gpu(
    runs: Sequence[str] = ("proposed:paper/full", "refined/compact"),
    *,
    batch_size: int | None = None,
    steps: int = 200,
    out: Path | str | None = None,
    device: str = "cuda",
    callback: Callable[[int, int], None] = lambda done, total: None,
) -> Path:
    """Measure seconds per video and achieved TFLOP/s, and write the record and a Markdown page beside it.

    The first of the default runs has the paper's own settings, C3D at full width for 50,000 steps, of which some are
    timed and extrapolated. Presets without weights are measured with untrained networks, which are as fast.

    Args:
        runs: METHOD/PRESET each.
        batch_size: videos that descend together; None: what suits the device.
        steps: steps to time of a method of more than 1,000 steps.
        out: the JSON file; None: bench-gpu-DATE.json in the current directory.
        device: "cuda"; "auto" and "cpu" try the benchmark itself.
        callback: called with the number of runs that are done, and of all.

    Returns:
        The JSON file's path (docs/formats.md).

    Raises:
        ValueError: no run, an unknown method, preset or device, or a number below 1.
        OSError: a file cannot be written.

    Example:
        >>> from vidgen.bench import bench_gpu
        >>> path = bench_gpu(["comparison:paper/compact"], steps=1, batch_size=2, out="speed.json", device="cpu")
        >>> path.with_suffix(".md").exists()
        True
    """
    pairs = [text.strip().partition("/")[::2] for text in runs if text.strip()]
    if not pairs:
        raise ValueError("no run given; say for example 'refined/compact'")
    for method, preset in pairs:
        find_method(method)
        find_preset(preset)
    place = torch.device(choose_device(device))
    tune(place.type)
    size = default_batch_size(place.type) if batch_size is None else batch_size
    speeds = []
    for method, preset in pairs:
        speeds.append(measure(method, preset, place, batch=size, steps=steps))
        callback(len(speeds), len(pairs))
    kept = record(speeds, place)
    path = Path(out) if out else Path(f"bench-gpu-{kept['date']}.json")
    write_text(path, json.dumps({**stamp("bench-gpu.json"), **kept}, indent=1, ensure_ascii=False) + "\n")
    write_text(path.with_suffix(".md"), as_markdown(kept))
    return path


def record(speeds: list[Speed], device: torch.device) -> dict[str, Any]:
    """The record of some measurements: date, hardware, versions, settings and figures (docs/formats.md)."""
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
        "doubt": cudnn_fault(torch.backends.cudnn.version()) if device.type == "cuda" else None,  # type: ignore[no-untyped-call]
        "speeds": [{**asdict(speed), "extrapolated": speed.extrapolated} for speed in speeds],
    }


def as_markdown(kept: dict[str, Any]) -> str:
    """The record as a Markdown page."""
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


def _hardware(device: torch.device) -> dict[str, Any]:
    if device.type == "cuda":
        card = torch.cuda.get_device_properties(device)
        return {"device": card.name, "memory": f"{card.total_memory / 1e9:.0f} GB"}
    return {"device": platform.processor() or platform.machine(), "threads": f"{torch.get_num_threads()} threads"}
