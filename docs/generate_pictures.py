"""The pictures of these pages: `drawings`, `captioned`, `results VIDEOS_DIR` or `ablation` after the file's name.

`captioned` shows clips of the large dataset; `results` one video of some labels by each method of a videos directory,
the way an object has come in pale; `ablation` makes its own videos: what each term and part of a method does to a
picture.
"""

import csv
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from vidgen.batch import target_of
from vidgen.captions.grammar import caption
from vidgen.captions.scene import COLORS, KINDS
from vidgen.dataset.captioned import object_colors
from vidgen.dataset.captioned_clips import captioned_clip, clip_spec
from vidgen.dataset.clips import sample_colors
from vidgen.dataset.drawing import OBJECTS, Color, drawn_facing, load
from vidgen.dataset.scene import Actor, ClipSpec, render
from vidgen.dataset.settings import SPLITS
from vidgen.descent import descend, start_video
from vidgen.methods import METHODS, Method, Start, Term
from vidgen.video_io import read_video
from vidgen.weights import load_networks

DOCS = Path(__file__).parent
PAPER, INK = (244, 244, 242), (40, 40, 40)
RESULTS = ("car moving right", "rocket moving up", "airplane moving down", "ship moving left", "bicycle moving left")
ABLATED = ("car moving right", "rocket moving up", "bicycle moving left")


def trail(frames: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A video as one picture `(height, width, 3)`: its last frame, the first and the middle one pale behind it."""
    first, middle, last = (255 - frames[t].astype(float) for t in (0, len(frames) // 2, -1))
    if first.mean() > 128:  # a dark video has no white to be pale on
        return frames[-1]
    ink = np.maximum(np.maximum(0.25 * first, 0.45 * middle), last)
    return (255 - ink).astype(np.uint8)


def grid(pictures: Sequence[Sequence[NDArray[np.uint8]]], rows: Sequence[str], columns: Sequence[str]) -> Image.Image:
    """Pictures of one size in rows, with the rows' names on the left and the columns' on top."""
    height, width = pictures[0][0].shape[:2]
    font = ImageFont.load_default(13)
    left = 14 + max(int(font.getlength(name)) for name in rows)
    sheet = Image.new("RGB", (left + len(columns) * (width + 6), 24 + len(rows) * (height + 6)), PAPER)
    draw = ImageDraw.Draw(sheet)
    for column, name in enumerate(columns):
        draw.text((left + column * (width + 6) + 2, 5), name, INK, font)
    for row, (name, line) in enumerate(zip(rows, pictures, strict=True)):
        top = 24 + row * (height + 6)
        draw.text((6, top + height // 2 - 8), name, INK, font)
        for column, picture in enumerate(line):
            sheet.paste(Image.fromarray(picture), (left + column * (width + 6), top))
    return sheet


def drawings() -> None:
    """Every drawing of every object of the classes, in any colours, by split; and of all kinds, in named colours."""
    rng = np.random.default_rng(5)
    for split, numbers in SPLITS.items():
        _drawing_sheet(OBJECTS, numbers, lambda detail: sample_colors(detail, rng)).save(
            DOCS / f"drawings-{split}.png", optimize=True
        )

    def named(detail: str) -> tuple[Color, Color, Color]:
        return object_colors(str(rng.choice(COLORS)), detail, rng)

    every = sorted(number for numbers in SPLITS.values() for number in numbers)
    _drawing_sheet(KINDS, every, named).quantize(128).save(DOCS / "drawings-kinds.png", optimize=True)


def _drawing_sheet(
    names: Sequence[str], numbers: Sequence[int], colored: Callable[[str], tuple[Color, Color, Color]]
) -> Image.Image:
    """The drawings of some objects, a line each, at the size of a clip."""
    lines = []
    for name in names:
        line = []
        for number in numbers:
            colors = colored(load(name, number).detail)
            actor = Actor(
                object=name,
                drawing=number,
                colors=colors,
                size=37,
                start=(64, 48),
                travel=(0, 0),
                facing=drawn_facing(name),
            )
            line.append(render(ClipSpec(actors=(actor,)), num_frames=1)[0][16:80, 32:96])
        lines.append(line)
    return grid(lines, names, [str(number) for number in numbers])


def captioned(count: int = 16) -> None:
    """Clips of the large dataset's split "test", with their captions."""
    placed = [captioned_clip(index, 0, "test") for index in range(count)]
    frames = [list(render(clip_spec(one))[::3]) for one in placed]
    columns = [f"frame {number}" for number in range(1, 17, 3)]
    captions = [caption(one.scene) for one in placed]
    grid(frames, captions, columns).quantize(128).save(DOCS / "captioned-clips.png", optimize=True)


def results(directory: Path) -> None:
    """A video of each of some labels by each method."""
    with (directory / "metadata.csv").open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    methods = [
        name
        for name in ("comparison", "proposed", "guided", "refined", "real")
        if any(r["method"] == name for r in rows)
    ]
    lines = []
    for method in methods:
        files = [
            next(r for r in rows if (r["method"], r["label"]) == (method, label))["file_name"] for label in RESULTS
        ]
        lines.append([trail(read_video(directory / file)) for file in files])
    grid(lines, methods, [label.replace(" moving", "") for label in RESULTS]).save(DOCS / "results.png", optimize=True)


def variants() -> dict[str, Method]:
    """What is left out or put in, by the name that the sheet gives it."""
    proposed, guided, refined = METHODS["proposed"], METHODS["guided"], METHODS["refined"]
    near_white = Start(distribution="normal", mean=1.0, spread=0.3)
    class_term, decoded = (Term(objective=name, rate=30.0) for name in ("class_cross_entropy", "decoded_error"))
    literal = replace(guided, annealing=None, start=near_white, steps=120)
    return {
        "L_C3D alone": replace(literal, terms=(class_term,)),
        "L_C3D + L2 norm": METHODS["comparison"],
        "L_C3D + L_AE": replace(literal, terms=(class_term, replace(decoded, rate=15_000.0))),
        "proposed": proposed,
        "R(X) - X alone": replace(guided, terms=(Term(objective="decoded_distance", rate=1.0),)),
        "guided": guided,
        "refined, h = 1": replace(refined, annealing=replace(refined.annealing, step_exponent=1.0)),
        "refined": refined,
    }


def ablation() -> None:
    """One video of each of some labels, from the same seeds, by each variant."""
    networks = load_networks("compact")
    target = torch.stack([target_of((label,), networks.classes, networks.num_outputs) for label in ABLATED])
    lines = []
    for method in variants().values():
        start = start_video(method.start, range(len(ABLATED)), (3, 16, 96, 128), torch.device("cpu"))
        videos = descend(start, method, target, **networks.of(method))
        frames = (videos.clamp(0, 1) * 255).round().byte().permute(0, 2, 3, 4, 1).numpy()
        lines.append([trail(video) for video in frames])
    columns = [label.replace(" moving", "") for label in ABLATED]
    grid(lines, list(variants()), columns).save(DOCS / "ablation.png", optimize=True)


if __name__ == "__main__":
    what = sys.argv[1]
    if what == "drawings":
        drawings()
    elif what == "captioned":
        captioned()
    elif what == "results":
        results(Path(sys.argv[2]))
    else:
        ablation()
