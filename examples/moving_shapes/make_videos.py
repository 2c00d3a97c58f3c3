"""Small clips of moving shapes by three made-up methods, for the examples of studies.

    python examples/moving_shapes/make_videos.py --out shapes

Each of twelve prompts is drawn by three methods whose faults are known: `steady` has none, `blurred` is out of focus
and moves the wrong way in three clips, `flickering` changes its brightness from frame to frame. Beside the videos stand
`metadata.csv`, with a metric of the frames, and `qualities.csv`: what simulated participants think of each clip.
"""

import argparse
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import imageio.v3 as iio
import numpy as np
from scipy.ndimage import gaussian_filter

HEIGHT, WIDTH, FRAMES, FPS = 72, 96, 16, 8
METHODS = ("steady", "blurred", "flickering")
#: What is drawn: prompt, shape, colour, and the direction in which it moves (x to the right, y downwards).
SCENES = [
    ("A red ball rolls to the right across a white table.", "ball", (214, 40, 40), (1, 0)),
    ("A red ball bounces straight up from the ground.", "ball", (214, 40, 40), (0, -1)),
    ("A blue ball rolls to the left and out of the sun.", "ball", (38, 84, 196), (-1, 0)),
    ("A green balloon sinks slowly to the ground.", "ball", (34, 139, 58), (0, 1)),
    ("A brown crate is pushed to the right on a bright floor.", "crate", (139, 90, 43), (1, 0)),
    ("A brown crate is lifted by an unseen crane.", "crate", (139, 90, 43), (0, -1)),
    ("A black box slides to the left over ice.", "crate", (40, 40, 40), (-1, 0)),
    ("A yellow parcel falls from the sky.", "crate", (224, 170, 10), (0, 1)),
    ("A purple kite drifts to the right in the wind.", "kite", (128, 50, 160), (1, 0)),
    ("A purple kite climbs into the sky.", "kite", (128, 50, 160), (0, -1)),
    ("An orange kite glides to the left above a field.", "kite", (235, 110, 20), (-1, 0)),
    ("A turquoise kite comes down to land.", "kite", (20, 160, 160), (0, 1)),
]


def drawn(shape: str, colour: tuple[int, int, int], direction: tuple[int, int]) -> np.ndarray:
    """(frames, height, width, RGB) 0 to 255: a shape that moves through the middle at constant speed."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    frames = np.full((FRAMES, HEIGHT, WIDTH, 3), 250.0)
    for frame, step in zip(frames, np.linspace(-1, 1, FRAMES), strict=True):
        across = np.abs(x - WIDTH / 2 - direction[0] * step * WIDTH / 3)
        down = np.abs(y - HEIGHT / 2 - direction[1] * step * HEIGHT / 3)
        distance = {"ball": np.hypot(across, down), "crate": np.maximum(across, down), "kite": across + down}[shape]
        frame[distance < 11] = colour
    return frames


def filmed(method: str, scene: tuple[Any, ...], fault: float, *, astray: bool) -> np.ndarray:
    """The clip of a scene by a method, with as much of its fault as said; `astray` turns the motion round."""
    _, shape, colour, direction = scene
    frames = drawn(shape, colour, (-direction[0], -direction[1]) if astray else direction)
    if method == "blurred":
        frames = gaussian_filter(frames, (0, 3 * fault, 3 * fault, 0))
    if method == "flickering":
        frames = 250 - (250 - frames) * (1 - 0.7 * fault * (np.arange(FRAMES) % 3 == 1))[:, None, None, None]
    return np.clip(frames, 0, 255).astype(np.uint8)


def sharpness(frames: np.ndarray) -> float:
    """A metric that knows nothing of motion: the steepest edges of the sharpest frame, from 0 to 1."""
    edges = np.abs(np.diff(frames.mean(axis=3) / 255, axis=2))
    return float(np.quantile(edges, 0.995, axis=(1, 2)).max())


def opinions(method: str, fault: float, *, astray: bool) -> dict[str, float]:
    """What simulated participants think of a clip, on a logit scale, by the question's id."""
    motion = {"steady": 1.0, "blurred": 0.6 - 0.6 * fault, "flickering": 0.4 - 2.0 * fault}[method]
    fits = {"steady": 0.8, "blurred": 0.9 - 0.6 * fault, "flickering": 0.7}[method] - 3.0 * astray
    look = {"steady": 1.2, "blurred": 0.8 - 1.6 * fault, "flickering": 0.6 - 1.2 * fault}[method]
    return {"motion": motion, "fits": fits, "quality": look}


def rows(out: Path) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Make every clip; give its rows of metadata.csv and of qualities.csv."""
    rng = np.random.default_rng(16)
    for number, scene in enumerate(SCENES, start=1):
        for method in METHODS:
            fault = float(rng.uniform(0.3, 1.0))
            astray = method == "blurred" and number % 4 == 0
            frames = filmed(method, scene, fault, astray=astray)
            name = f"{method}/{number:02}.mp4"
            (out / method).mkdir(parents=True, exist_ok=True)
            iio.imwrite(out / name, frames, fps=FPS, codec="libx264")
            metric = round(sharpness(frames), 3)
            video = {"file_name": name, "video_id": f"{method}-{number:02}", "method": method, "prompt": scene[0]}
            found = {key: round(value, 2) for key, value in opinions(method, fault, astray=astray).items()}
            yield video | {"sharpness": metric}, {"video_id": video["video_id"], **found}


def write(path: Path, table: list[dict[str, Any]]) -> None:
    """Write a CSV."""
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, table[0])
        writer.writeheader()
        writer.writerows(table)


def main() -> None:
    """Make the videos and both tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, required=True, help="the videos directory")
    out = parser.parse_args().out
    videos, found = zip(*rows(out), strict=True)
    write(out / "metadata.csv", list(videos))
    write(out / "qualities.csv", list(found))
    print(f"{len(videos)} clips of {len(SCENES)} prompts by {len(METHODS)} methods: {out / 'metadata.csv'}")


if __name__ == "__main__":
    main()
