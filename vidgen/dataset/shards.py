"""The large dataset: captioned clips in shards, written by several processes, resumed, and read as a stream.

A shard is a tar archive as WebDataset reads it: for each clip an MP4 file and a JSON file of the same stem. A large
directory of small files would be slow to copy and to list, and cannot be read in order from a disk or a network.
"""

import io
import json
import random
import tarfile
import tempfile
from collections.abc import Iterator
from concurrent.futures import as_completed
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vidgen.atomic_write import draft_of, write_text
from vidgen.captions.grammar import caption
from vidgen.captions.scene import has_held_out
from vidgen.dataset.captioned import PlacedScene
from vidgen.dataset.captioned_clips import captioned_clip, clip_spec
from vidgen.dataset.card import card
from vidgen.dataset.clips import generator
from vidgen.dataset.files import OnClips, processes
from vidgen.dataset.scene import render
from vidgen.dataset.settings import SPLITS, LargeSettings
from vidgen.release import __version__
from vidgen.runrecord import claim
from vidgen.video_io import decode_video, write_video

#: Folders of the archives and of their tables.
SHARDS, TABLES = "shards", "metadata"
CARD = "README.md"
#: Of the random phrasing of a caption, see `vidgen.dataset.clips.generator`.
_PHRASING = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Shard:
    """A shard: the clips `first` up to `last`, exclusively, of a split's stream."""

    split: str
    number: int
    first: int
    last: int

    @property
    def name(self) -> str:
        """The stem of its files."""
        return f"{self.split}-{self.number:05}"


@dataclass(frozen=True, slots=True)
class Sample:
    """A clip as it is read: its frames, uint8 `(frames, height, width, 3)`, and its row of the table."""

    frames: NDArray[np.uint8]
    row: dict[str, Any]


def shards_of(settings: LargeSettings) -> list[Shard]:
    """The shards of a dataset, split by split."""
    size = settings.shard_size
    return [
        Shard(split=split, number=number, first=number * size, last=min((number + 1) * size, count))
        for split, count in settings.counts().items()
        for number in range(-(-count // size))
    ]


def write_shards(
    directory: Path | str, settings: LargeSettings, *, workers: int = 1, on_clips: OnClips = lambda count: None
) -> list[Shard]:
    """Write the large dataset, or finish one that was interrupted; finished shards are kept.

    Args:
        directory: created where it does not exist.
        settings: what to write.
        workers: the number of processes; it does not change the files.
        on_clips: called with the number of clips that were just finished.

    Returns:
        The shards.

    Raises:
        ValueError: no worker, or the directory holds anything but this dataset.
        OSError: it cannot be written.
    """
    if workers < 1:
        raise ValueError(f"workers is {workers}; at least one is needed")
    directory = Path(directory)
    new = claim(directory, {"size": "large", **asdict(settings)}, {"vidgen": __version__})
    for folder in (SHARDS, TABLES):
        (directory / folder).mkdir(exist_ok=True)
    write_text(directory / CARD, card(settings))
    shards = shards_of(settings)
    missing = [shard for shard in shards if not _archive(directory, shard).exists()]
    on_clips(sum(shard.last - shard.first for shard in shards if shard not in missing))
    with processes(min(workers, max(len(missing), 1)), at_once=new) as pool:
        if pool is None:
            for shard in missing:
                on_clips(write_shard(directory, shard, settings.seed))
        else:
            for future in as_completed(
                [pool.submit(write_shard, directory, shard, settings.seed) for shard in missing]
            ):
                on_clips(future.result())
    return shards


def write_shard(directory: Path, shard: Shard, seed: int) -> int:
    """Write a shard's table and then its archive, both atomically; returns the number of its clips."""
    rows = []
    with tempfile.TemporaryDirectory() as folder, draft_of(_archive(directory, shard)) as draft:
        film = Path(folder) / "clip.mp4"
        with tarfile.open(draft, "w", format=tarfile.USTAR_FORMAT) as archive:
            for index in range(shard.first, shard.last):
                placed = captioned_clip(index, seed, shard.split)
                row = row_of(placed, index, seed, shard)
                write_video(film, render(clip_spec(placed)))
                _add(archive, f"{row['video_id']}.mp4", film.read_bytes())
                _add(archive, f"{row['video_id']}.json", json.dumps(row).encode())
                rows.append(row)
        _write_table(directory / TABLES / f"{shard.name}.parquet", rows)
    return len(rows)


def _write_table(path: Path, rows: list[dict[str, Any]]) -> None:
    """Write the rows as Parquet, with types: a shard in which a column is always null has to fit the others."""
    import pyarrow as pa  # slow to load
    import pyarrow.parquet as pq

    of_objects = {name: pa.string() for name in ("kind", "motion", "color", "size", "speed")}
    of_objects |= {"count": pa.int64(), "drawing": pa.int64(), "size_px": pa.float64()}
    types = {name: pa.string() for name in rows[0]} | dict.fromkeys(("index", "seed", "num_objects"), pa.int64())
    types |= {"held_out": pa.bool_(), "objects": pa.list_(pa.struct(list(of_objects.items())))}
    with draft_of(path) as draft:
        pq.write_table(pa.Table.from_pylist(rows, pa.schema(list(types.items()))), draft)


def row_of(placed: PlacedScene, index: int, seed: int, shard: Shard) -> dict[str, Any]:
    """What is recorded of a clip; None is what the scene leaves open."""
    scene = placed.scene
    rng = generator(index, seed, shard.split, _PHRASING)
    return {
        "video_id": f"{shard.split}-{index:06}",
        "shard": f"{shard.name}.tar",
        "split": shard.split,
        "index": index,
        "seed": seed,
        "caption": caption(scene, rng),
        "plain_caption": caption(scene),
        "held_out": has_held_out(scene),
        "num_objects": scene.num_objects,
        "relation": scene.relation,
        "background": scene.background,
        "objects": [
            {**asdict(said), "count": 1, "drawing": one.drawing, "size_px": round(one.size, 2)}
            for said, one in zip(scene.singles(), placed.objects, strict=True)
        ],
    }


def read_shards(directory: Path | str, split: str, *, buffer: int = 0, seed: int = 0) -> Iterator[Sample]:
    """The clips of a split, read from the archives one after the other; memory holds one clip and the buffer.

    Args:
        directory: of the dataset.
        split: "train", "validation", "judge" or "test".
        buffer: clips among which the next one is chosen at random, after the archives are shuffled; 0: in order.
        seed: of the shuffling.

    Raises:
        ValueError: the directory has no shard of the split.
        OSError: an archive cannot be read.
    """
    archives = sorted((Path(directory) / SHARDS).glob(f"{split}-*.tar"))
    if not archives:
        raise ValueError(f"{directory} has no shard of the split {split!r}; the splits are {', '.join(SPLITS)}")
    chance = random.Random(seed)
    if buffer:
        chance.shuffle(archives)
    waiting: list[tuple[bytes, dict[str, Any]]] = []
    for archive in archives:
        for item in _members(archive):
            waiting.append(item)
            if len(waiting) > buffer:
                yield _decoded(*waiting.pop(chance.randrange(len(waiting)) if buffer else 0))
    while waiting:
        yield _decoded(*waiting.pop(chance.randrange(len(waiting)) if buffer else 0))


def _decoded(film: bytes, row: dict[str, Any]) -> Sample:
    return Sample(decode_video(film), row)


def _members(path: Path) -> Iterator[tuple[bytes, dict[str, Any]]]:
    """The films of an archive with their rows, in order."""
    with tarfile.open(path, "r|") as archive:
        film = b""
        for member in archive:
            file = archive.extractfile(member)
            content = file.read() if file else b""
            if member.name.endswith(".json"):
                yield film, json.loads(content)
            film = content


def _archive(directory: Path, shard: Shard) -> Path:
    return directory / SHARDS / f"{shard.name}.tar"


def _add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file whose header depends on its name and size alone."""
    header = tarfile.TarInfo(name)
    header.size, header.mode = len(content), 0o644
    archive.addfile(header, io.BytesIO(content))
