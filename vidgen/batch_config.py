"""The settings of a batch of videos, and the items that they ask for."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from vidgen.captions.listing import Listed, listed_captions
from vidgen.device import choose_device, default_batch_size, tune
from vidgen.labels import CLASSES, JOINER, parse_labels, slug, slugs
from vidgen.methods import find_method
from vidgen.weights import known_classes

#: The method name of real clips, the control.
REAL = "real"
#: The method that follows captions.
CAPTIONED = "refined"


@dataclass(frozen=True, kw_only=True, slots=True)
class BatchConfig:
    """The settings of a batch; the same settings make the same videos."""

    label_sets: tuple[tuple[str, ...], ...] = tuple((name,) for name in CLASSES)
    #: Captions in the place of labels.
    captions: tuple[Listed, ...] | None = None
    methods: tuple[str, ...] = ("proposed", "comparison")
    #: Videos per method and label set.
    per_label: int = 1
    #: Real clips per label set, of drawings that no network was trained on.
    real_per_label: int = 0
    preset: str = "compact"
    weights: str | None = None
    seed: int = 0
    #: Steps of every method; None: each method's own number.
    steps: int | None = None
    device: str = field(default="cpu", metadata={"free": True})
    #: Videos that descend together; it changes the speed only.
    batch_size: int = field(default=8, metadata={"free": True})

    def __post_init__(self) -> None:
        """Check names and numbers."""
        for name in ("per_label", "batch_size"):
            if getattr(self, name) < 1:
                raise ValueError(f"{name} must be at least 1, got {getattr(self, name)}")
        if self.real_per_label < 0 or self.seed < 0:
            raise ValueError(f"real_per_label and seed must not be negative: {self.real_per_label}, {self.seed}")
        if not self.methods:
            raise ValueError("no method given; say for example 'proposed,comparison'")
        if len(set(self.methods)) < len(self.methods):
            raise ValueError(f"a method stands twice in {', '.join(self.methods)}")
        for name in self.methods:
            if name == REAL:
                raise ValueError(f"{REAL!r} is no method: real clips are asked for by their number per label (--real)")
            find_method(name)
            if self.captions and name != CAPTIONED:
                raise ValueError(f"videos of captions are made by the method {CAPTIONED!r}, not by {name!r}")

    def fixed(self) -> dict[str, Any]:
        """The settings that decide on the videos, as JSON holds them."""
        free = {item.name for item in fields(self) if item.metadata.get("free")}
        settings = {name: value for name, value in asdict(self).items() if name not in free}
        settings["label_sets"] = [JOINER.join(labels) for labels in self.label_sets]
        settings["captions"] = [[listed.caption, listed.name] for listed in self.captions or ()]
        # Batches of captions have no labels, and others no captions.
        del settings["label_sets" if self.captions else "captions"]
        settings["methods"] = list(self.methods)
        return settings


def configured(
    labels: str | Sequence[str],
    methods: Sequence[str],
    *,
    captions: Path | str | Sequence[str] | None = None,
    preset: str,
    weights: Path | str | None,
    device: str,
    batch_size: int | None = None,
    **settings: Any,
) -> BatchConfig:
    """The settings of a batch with its labels or captions resolved and its device chosen and set up.

    `settings` are further fields of `BatchConfig`.

    Raises:
        ValueError: an unknown name, or a number out of range.
        OSError: a checkpoint cannot be read.
    """
    folder, place = Path(weights) if weights else None, choose_device(device)
    tune(place)
    return BatchConfig(
        label_sets=tuple(parse_labels(labels, known_classes(preset, folder))) if captions is None else (),
        captions=None if captions is None else tuple(listed_captions(captions)),
        methods=tuple(methods),
        preset=preset,
        weights=str(folder) if folder else None,
        device=place,
        batch_size=default_batch_size(place) if batch_size is None else batch_size,
        **settings,
    )


@dataclass(frozen=True, slots=True)
class Item:
    """One video to be made."""

    video_id: str
    method: str
    labels: tuple[str, ...]
    seed: int
    #: What it shows, where that is a caption and no labels.
    caption: str = ""


def plan(config: BatchConfig) -> list[Item]:
    """Every item, in order; the k-th video of a label has the same seed with every method."""
    items = []
    captions = config.captions or ()
    shown: list[tuple[str, ...]] = [(one.caption,) for one in captions] or list(config.label_sets)
    names = slugs([(one.name or one.caption,) for one in captions] or config.label_sets)
    for method, count in [(name, config.per_label) for name in config.methods] + [(REAL, config.real_per_label)]:
        for labels, name in zip(shown, names, strict=True):
            for k in range(count):
                key = hashlib.sha256(f"{config.seed}/{JOINER.join(labels)}/{k}".encode()).digest()
                seed = int.from_bytes(key[:4], "big")
                video_id, caption = f"{slug((method,))}-{name}-{k:03d}", labels[0] if config.captions else ""
                items.append(Item(video_id, method, () if caption else labels, seed, caption))
    return items


def chunks(items: Sequence[Item], size: int) -> list[list[Item]]:
    """The items in order, cut into runs of one method and number of labels, of at most `size` items."""
    found: list[list[Item]] = []
    for item in items:
        last = found[-1] if found else []
        alike = last and (last[0].method, len(last[0].labels)) == (item.method, len(item.labels))
        if alike and len(last) < size:
            last.append(item)
        else:
            found.append([item])
    return found
