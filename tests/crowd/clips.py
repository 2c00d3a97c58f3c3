"""Small directories of videos for tests: a white square that moves over a plain ground."""

import csv
from collections.abc import Sequence
from pathlib import Path

import av
import numpy as np
from PIL import Image

LABELS = ("ball going left", "ball going right", "ball going up")
METHODS = ("new", "old", "real")


def write_clip(
    path: Path,
    frames: int = 8,
    fps: int = 16,
    fallback: bool = True,
    codec: str = "libx264",
    colours: str = "yuv420p",
    sound: bool = False,
) -> None:
    """An MP4 of half a second, with a tone where it has `sound`, and a GIF beside it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pictures = np.full((frames, 48, 64, 3), (60, 90, 120), dtype=np.uint8)
    for time, picture in enumerate(pictures):
        picture[18:30, 4 * time : 4 * time + 12] = 255
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=fps)
        stream.width, stream.height, stream.pix_fmt = 64, 48, colours
        audio = container.add_stream("aac", rate=44_100, layout="mono") if sound else None
        for picture in pictures:
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture)))
        container.mux(stream.encode())
        if audio:
            tone = np.sin(np.arange(44_100 * frames // fps, dtype=np.float32) / 16)[None]
            frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="mono")
            frame.sample_rate = 44_100
            container.mux(audio.encode(frame))
            container.mux(audio.encode())
    if fallback:
        first, *rest = [Image.fromarray(picture) for picture in pictures]
        first.save(path.with_suffix(".gif"), save_all=True, append_images=rest, duration=1000 // fps, loop=0)


def write_videos(
    directory: Path,
    methods: Sequence[str] = METHODS,
    labels: Sequence[str] = LABELS,
    per_label: int = 1,
    sound: bool = False,
) -> Path:
    """A videos directory with `per_label` videos per method and label, all of one picture."""
    rows = []
    write_clip(directory / "clip.mp4", sound=sound)
    for method in methods:
        for number, label in enumerate(labels):
            for take in range(per_label):
                name = f"{method}-{number}-{take}.mp4"
                for suffix in (".mp4", ".gif"):
                    (directory / name).with_suffix(suffix).write_bytes((directory / f"clip{suffix}").read_bytes())
                rows.append({"file_name": name, "method": method, "label": label})
    for suffix in (".mp4", ".gif"):
        (directory / f"clip{suffix}").unlink()
    write_metadata(directory, rows)
    return directory


def write_metadata(directory: Path, rows: Sequence[dict[str, str]]) -> None:
    """The table of a videos directory."""
    directory.mkdir(parents=True, exist_ok=True)
    with (directory / "metadata.csv").open("w", newline="", encoding="utf-8") as lines:
        writer = csv.DictWriter(lines, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
