"""generate-batch: plan the items, run them in batches, write each video whole, go on after an interruption."""

import csv
import hashlib
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from vidgen import __version__
from vidgen.atomic_write import write_text
from vidgen.dataset.clips import real_clips
from vidgen.descent import Step, descend, start_video, term_values
from vidgen.labels import CLASSES, JOINER, LABELS, Label, slug, slugs
from vidgen.methods import Method, find_method
from vidgen.runrecord import claim
from vidgen.spreadsheet import cells, from_cells
from vidgen.video_io import write_video
from vidgen.weights import Networks, load_networks

#: The method name of real clips, the control.
REAL = "real"
METADATA = "metadata.csv"


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchConfig:
    """What a batch holds; two runs with the same settings make the same videos."""

    label_sets: tuple[tuple[str, ...], ...] = tuple((name,) for name in CLASSES)
    methods: tuple[str, ...] = ("proposed", "comparison")
    #: Videos per method and label set.
    per_label: int = 1
    #: Real clips per label set, from drawings that no network saw; 0 for none.
    real_per_label: int = 0
    preset: str = "compact"
    weights: str | None = None
    seed: int = 0
    #: Steps of every method; None leaves each its own.
    steps: int | None = None
    device: str = field(default="cpu", metadata={"free": True})
    #: Videos that descend together. It changes the speed, never a video.
    batch_size: int = field(default=8, metadata={"free": True})

    def __post_init__(self) -> None:
        """Reject what no batch can be made of."""
        for name in ("per_label", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.real_per_label < 0 or self.seed < 0:
            raise ValueError(f"real_per_label and seed must not be negative: {self.real_per_label}, {self.seed}")
        if len(set(self.methods)) < len(self.methods):
            raise ValueError(f"a method stands twice in {', '.join(self.methods)}")
        for name in self.methods:
            if name == REAL:
                raise ValueError(f"{REAL!r} is no method: real clips are asked for by their number per label (--real)")
            find_method(name)

    def fixed(self) -> dict[str, Any]:
        """The settings that make a batch what it is, as JSON holds them."""
        free = {item.name for item in fields(self) if item.metadata.get("free")}
        settings = {name: value for name, value in asdict(self).items() if name not in free}
        settings["label_sets"] = [JOINER.join(labels) for labels in self.label_sets]
        settings["methods"] = list(self.methods)
        return settings


@dataclass(frozen=True, slots=True)
class Item:
    """One video to be made."""

    video_id: str
    method: str
    labels: tuple[str, ...]
    seed: int


def plan(config: BatchConfig) -> list[Item]:
    """Every item in order; the k-th video of a label starts from the same seed with every method."""
    items = []
    names = slugs(config.label_sets)
    for method, count in [(name, config.per_label) for name in config.methods] + [(REAL, config.real_per_label)]:
        for labels, name in zip(config.label_sets, names, strict=True):
            for k in range(count):
                key = hashlib.sha256(f"{config.seed}/{JOINER.join(labels)}/{k}".encode()).digest()
                seed = int.from_bytes(key[:4], "big")
                items.append(Item(f"{slug((method,))}-{name}-{k:03d}", method, labels, seed))
    return items


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """What a callback is told: videos done of all, and how far the ones under way are (0 to 1)."""

    done: int
    total: int
    fraction: float
    method: str


def generate_batch(out: Path, config: BatchConfig, callback: Callable[[BatchProgress], None] = lambda _: None) -> int:
    """Make a videos directory (docs/formats.md), or finish one that was interrupted.

    Returns:
        How many videos were made now; those of an earlier run are kept.

    Raises:
        ValueError: the directory holds something else, or a batch with other settings.
        OSError: it cannot be written.
    """
    networks = load_networks(config.preset, Path(config.weights) if config.weights else None, config.device)
    if config.real_per_label and networks.classes != CLASSES:
        raise ValueError("real clips are those of the moving-objects dataset; these weights know other classes")
    methods = {name: asdict(find_method(name)) for name in config.methods}
    versions = {"vidgen": __version__, **{name: version(name) for name in ("torch", "numpy")}}
    claim(out, {**config.fixed(), **networks.hashes}, {"methods": methods, "versions": versions})
    (out / "videos").mkdir(exist_ok=True)
    items = plan(config)
    rows = _finished_rows(out)
    missing = [item for item in items if item.video_id not in rows]
    for chunk in _chunks(missing, config.batch_size):
        done = len(rows)

        def tell(step: Step, done: int = done, chunk: Sequence[Item] = chunk) -> None:
            callback(BatchProgress(done, len(items), step.step / step.steps * len(chunk), chunk[0].method))

        frames, facts = make_videos(chunk, config, networks, tell)
        for item, video, fact in zip(chunk, frames, facts, strict=True):
            file_name = f"videos/{item.video_id}.mp4"
            write_video(out / file_name, video, fallback="webp")
            rows[item.video_id] = _row(file_name, item, config, networks, fact)
        _write_rows(out, [rows[item.video_id] for item in items if item.video_id in rows])
        callback(BatchProgress(len(rows), len(items), 0, chunk[0].method))
    return len(missing)


def generate_frames(config: BatchConfig) -> NDArray[np.uint8]:
    """The videos of a batch as an array `(videos, frames, height, width, 3)`, nothing written."""
    networks = load_networks(config.preset, Path(config.weights) if config.weights else None, config.device)
    parts = [
        make_videos(chunk, config, networks, lambda _: None)[0] for chunk in _chunks(plan(config), config.batch_size)
    ]
    return np.concatenate(parts)


def make_videos(
    items: Sequence[Item], config: BatchConfig, networks: Networks, callback: Callable[[Step], None]
) -> tuple[NDArray[np.uint8], list[dict[str, float]]]:
    """The frames `(items, frames, height, width, 3)` of items of one method, and each one's losses and seconds."""
    began = time.monotonic()
    if items[0].method == REAL:
        clips = np.concatenate([real_clips([_dataset_labels(item)], 1, item.seed) for item in items])
        return clips, [{"seconds": (time.monotonic() - began) / len(items)} for _ in items]
    method = _with_steps(find_method(items[0].method), config.steps)
    device = torch.device(config.device)
    target = torch.stack([target_of(item.labels, networks.classes, networks.num_outputs) for item in items]).to(device)
    size = networks.c3d.config
    start = start_video(method.start, [item.seed for item in items], (3, size.frames, size.height, size.width), device)  # type: ignore[union-attr, arg-type]
    nets = {"c3d": networks.c3d, "tempcae": networks.tempcae}
    video = descend(start, method, target, callback=callback, **nets)
    losses = term_values(video, method, target, **nets)
    seconds = (time.monotonic() - began) / len(items)
    frames = (video.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 4, 1).cpu().numpy()
    return frames, [
        {
            "steps": method.steps,
            **{f"loss_{name}": float(values[i]) for name, values in losses.items()},
            "seconds": seconds,
        }
        for i in range(len(items))
    ]


def target_of(labels: tuple[str, ...], classes: Sequence[str], num_outputs: int) -> torch.Tensor:
    """The labels' mean one-hot vector `(num_outputs,)` over C3D's outputs (§5 of the paper)."""
    target = torch.zeros(num_outputs)
    for label in labels:
        target[classes.index(label)] = 1 / len(labels)
    return target


def _dataset_labels(item: Item) -> tuple[Label, ...]:
    """The dataset's labels behind the wordings."""
    return tuple(LABELS[CLASSES.index(name)] for name in item.labels)


def _with_steps(method: Method, steps: int | None) -> Method:
    return method if steps is None else replace(method, steps=steps)


def _chunks(items: list[Item], size: int) -> list[list[Item]]:
    """Runs of at most `size` items of one method and number of labels."""
    chunks: list[list[Item]] = []
    for item in items:
        last = chunks[-1] if chunks else []
        alike = last and (last[0].method, len(last[0].labels)) == (item.method, len(item.labels))
        if alike and len(last) < size:
            last.append(item)
        else:
            chunks.append([item])
    return chunks


def _finished_rows(out: Path) -> dict[str, dict[str, str]]:
    """The rows of an earlier run whose videos are there."""
    path = out / METADATA
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = map(from_cells, csv.DictReader(file))
        return {row["video_id"]: row for row in rows if (out / row["file_name"]).exists()}


def _row(file_name: str, item: Item, config: BatchConfig, networks: Networks, fact: dict[str, float]) -> dict[str, str]:
    facts = {name: f"{value:.6g}" for name, value in fact.items()}
    return {
        "file_name": file_name,
        "video_id": item.video_id,
        "method": item.method,
        "label": JOINER.join(item.labels),
        "seed": str(item.seed),
        "preset": config.preset,
        **facts,
        **networks.hashes,
    }


def _write_rows(out: Path, rows: list[dict[str, str]]) -> None:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(dict.fromkeys(name for row in rows for name in row)), restval="")
    writer.writeheader()
    writer.writerows(cells(row) for row in rows)
    write_text(out / METADATA, text.getvalue())
