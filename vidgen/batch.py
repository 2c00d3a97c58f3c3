"""Making a batch of videos: a few at a time, written atomically, resumed after an interruption."""

import csv
import io
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from vidgen.atomic_write import write_text
from vidgen.batch_config import REAL, BatchConfig, Item, chunks, plan
from vidgen.captions.parsing import parse
from vidgen.dataset.captioned import PlacedScene, place
from vidgen.dataset.captioned_clips import clip_spec
from vidgen.dataset.clips import real_clips, render
from vidgen.descent import Step, descend, for_videos, start_video, term_values
from vidgen.labels import CLASSES, JOINER, LABELS, Label
from vidgen.methods import Method, find_method
from vidgen.release import __version__
from vidgen.runrecord import FILE, changed_methods, claim
from vidgen.spreadsheet import cells, from_cells
from vidgen.video_io import write_video
from vidgen.weights import Networks, load_networks

METADATA = "metadata.csv"
#: How often a real clip of a caption is begun anew, where the sizes that it leaves open found no room.
_PLACINGS = 200
#: Columns as tables up to release 0.1 name them.
_FORMER_COLUMNS = {"sketches_sha256": "exemplars_sha256", "loss_told_distance": "loss_conditional_distance"}


@dataclass(frozen=True, slots=True)
class BatchProgress:
    """What a callback receives after each step and each batch."""

    #: Videos that are finished, and all videos.
    done: int
    total: int
    #: The progress of the videos being made, in videos: the fraction of their steps times their number.
    fraction: float
    #: The method of these videos.
    method: str


@dataclass(frozen=True, slots=True)
class BatchResult:
    """The outcome of `run_batch`."""

    #: Videos that were made now, and those of an earlier run that were kept.
    made: int
    kept: int
    #: The path of metadata.csv.
    table: Path


def run_batch(
    out: Path, config: BatchConfig, callback: Callable[[BatchProgress], None] = lambda _: None
) -> BatchResult:
    """Make a videos directory (docs/formats.md), or finish one that was interrupted.

    Raises:
        ValueError: the directory holds other files, a batch with other settings, or videos to be finished whose method
            was another one when the batch was begun.
        OSError: it cannot be written.
    """
    for item in plan(config):  # before minutes are spent
        if item.method == REAL and item.caption:
            _real_scene(item)
    networks = _networks(config)
    versions = {"vidgen": __version__, **{name: version(name) for name in ("torch", "numpy")}}
    methods = {name: find_method(name) for name in config.methods}
    claim(out, {**config.fixed(), **networks.hashes}, versions, methods)
    items, rows = plan(config), _finished_rows(out)
    missing = [item for item in items if item.video_id not in rows]
    _check_unmixed(out, missing, methods)
    (out / "videos").mkdir(exist_ok=True)
    for chunk in chunks(missing, config.batch_size):
        done = len(rows)

        def report(step: Step, done: int = done, chunk: Sequence[Item] = chunk) -> None:
            callback(BatchProgress(done, len(items), step.step / step.steps * len(chunk), chunk[0].method))

        frames, facts = make_videos(chunk, config, networks, report)
        for item, video, fact in zip(chunk, frames, facts, strict=True):
            file_name = f"videos/{item.video_id}.mp4"
            write_video(out / file_name, video, fallback="webp")
            rows[item.video_id] = _row(file_name, item, config, networks, fact)
        _write_rows(out, [rows[item.video_id] for item in items if item.video_id in rows])
        callback(BatchProgress(len(rows), len(items), 0, chunk[0].method))
    return BatchResult(len(missing), len(items) - len(missing), out / METADATA)


def generate_frames(config: BatchConfig) -> NDArray[np.uint8]:
    """The videos of a batch in the order of its plan, uint8 `(videos, frames, height, width, 3)`; writes nothing."""
    networks = _networks(config)
    parts = [
        make_videos(chunk, config, networks, lambda _: None)[0] for chunk in chunks(plan(config), config.batch_size)
    ]
    return np.concatenate(parts)


def make_videos(
    items: Sequence[Item], config: BatchConfig, networks: Networks, callback: Callable[[Step], None]
) -> tuple[NDArray[np.uint8], list[dict[str, float]]]:
    """Make the videos of some items, all of one method.

    Returns:
        The frames, uint8 `(items, frames, height, width, 3)`, and for each item the steps, the final value of each term
        (`loss_…`), and the seconds of computation.
    """
    began = time.monotonic()
    if items[0].method == REAL:
        clips = np.concatenate([_real_clip(item) for item in items])
        return clips, [{"seconds": (time.monotonic() - began) / len(items)} for _ in items]
    method = _with_steps(find_method(items[0].method), config.steps)
    device = torch.device(config.device)
    target = torch.stack([target_of(item.labels, networks.classes, networks.num_outputs) for item in items]).to(device)
    size = networks.c3d.config
    start = start_video(method.start, [item.seed for item in items], (3, size.frames, size.height, size.width), device)  # type: ignore[union-attr, arg-type]
    nets = networks.of(method)
    if networks.captions is not None:
        nets["tempcae"] = networks.captions.tempcae(nets["tempcae"], [item.caption for item in items])
    nets["tempcae"] = for_videos(nets["tempcae"], start)
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
    """The mean of the labels' one-hot vectors over C3D's outputs, `(num_outputs,)` (§5 of the paper)."""
    target = torch.zeros(num_outputs)
    for label in labels:
        target[classes.index(label)] = 1 / len(labels)
    return target


def _networks(config: BatchConfig) -> Networks:
    folder = Path(config.weights) if config.weights else None
    networks = load_networks(config.preset, folder, config.device, captioned=bool(config.captions))
    if networks.captions is not None:
        networks.captions.check([listed.caption for listed in config.captions or ()])
        return networks
    if config.real_per_label and networks.classes != CLASSES:
        raise ValueError("real clips are those of the moving-objects dataset; these weights know other classes")
    return networks


def _check_unmixed(out: Path, missing: Sequence[Item], methods: Mapping[str, Method]) -> None:
    """Raise ValueError where videos of a method are to be made that has changed since the others were made."""
    for name in changed_methods(out, methods):
        if any(item.method == name for item in missing):
            raise ValueError(
                f"{out} was begun when {name!r} was another method: finish it with the release in its {FILE}, or "
                "choose another directory"
            )


def _dataset_labels(item: Item) -> tuple[Label, ...]:
    """The labels of an item as the dataset has them."""
    return tuple(LABELS[CLASSES.index(name)] for name in item.labels)


def _real_clip(item: Item) -> NDArray[np.uint8]:
    """A control clip of the split "test", uint8 `(1, frames, height, width, 3)`."""
    if not item.caption:
        return real_clips([_dataset_labels(item)], 1, item.seed)
    clip: NDArray[np.uint8] = render(clip_spec(_real_scene(item)))
    return clip[None]


def _real_scene(item: Item) -> PlacedScene:
    """A clip of an item's caption.

    Raises:
        ValueError: what the caption says does not fit into the frame.
    """
    scene = parse(item.caption)
    for attempt in range(_PLACINGS):
        try:
            return place(scene, np.random.default_rng([item.seed, attempt]), split="test")
        except ValueError:
            continue
    raise ValueError(
        f"caption {item.caption!r} leaves no room for a real clip: say fewer or smaller objects, or leave out --real"
    )


def _with_steps(method: Method, steps: int | None) -> Method:
    return method if steps is None else replace(method, steps=steps)


def _finished_rows(out: Path) -> dict[str, dict[str, str]]:
    """The rows of an earlier run whose videos exist, by video id, under the present names of their columns."""
    path = out / METADATA
    if not path.exists():
        return {}
    with path.open(newline="", encoding="utf-8") as file:
        rows = [
            {_FORMER_COLUMNS.get(name, name): value for name, value in from_cells(row).items()}
            for row in csv.DictReader(file)
        ]
        return {row["video_id"]: row for row in rows if (out / row["file_name"]).exists()}


def _row(file_name: str, item: Item, config: BatchConfig, networks: Networks, fact: dict[str, float]) -> dict[str, str]:
    facts = {name: f"{value:.6g}" for name, value in fact.items()}
    return {
        "file_name": file_name,
        "video_id": item.video_id,
        "method": item.method,
        **({"prompt": item.caption} if item.caption else {"label": JOINER.join(item.labels)}),
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
