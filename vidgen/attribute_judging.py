"""The attribute judge: what captioned videos show, object by object, beside what their captions say."""

import csv
import io
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from vidgen.atomic_write import write_text
from vidgen.attribute_report import (
    OF_OBJECTS,
    OF_VIDEOS,
    AttributeReport,
    AttributeShare,
    CaptionFigures,
    MethodAttributes,
)
from vidgen.captions.parsing import parse
from vidgen.captions.scene import COLORS, KINDS, Scene, SceneObject, has_held_out
from vidgen.judging import fitted_frames
from vidgen.metadata import leads_out, read_table
from vidgen.networks import checkpoints
from vidgen.networks.attribute_judge import AttributeJudge
from vidgen.scene_tracks import Sighting, Track, motion, relations, tracks
from vidgen.spreadsheet import as_cell
from vidgen.weights import weights_folder

#: The root of the area of an object's box from which on it is big, in pixels of a frame of 128×96.
BIG = 25.0
#: The least log-probability that counts when objects are matched, and what a different motion costs beside it.
_UNLIKELY, _OTHER_MOTION = -8.0, 0.5


@dataclass(frozen=True, slots=True)
class SeenObject:
    """An object as the judge sees it."""

    kind: str
    color: str
    size: str
    motion: str

    @classmethod
    def of(cls, track: Track) -> "SeenObject":
        """What a track shows."""
        return cls(
            kind=KINDS[int(track.kind.argmax())],
            color=COLORS[int(track.color.argmax())],
            size="big" if track.size > BIG else "small",
            motion=motion(track.path),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class AttributeVerdict:
    """The judge's verdict on a video.

    Attributes:
        video_id: the video's id, or its file name where the table has no ids.
        method: what made it.
        scene: what its caption says.
        found: for each object of the caption the one that is matched to it, or None.
        count: the number of objects that are seen.
        relations: where the first object is as seen from the second; none where one of them is not seen.
    """

    video_id: str
    method: str
    scene: Scene
    found: tuple[SeenObject | None, ...]
    count: int
    relations: tuple[str, ...]

    def right(self, attribute: str) -> list[bool]:
        """Whether an attribute is as the caption says, once for each object or video of which it says it."""
        if attribute == "count":
            return [self.count == self.scene.num_objects]
        if attribute == "relation":
            return [self.scene.relation in self.relations] if self.scene.relation else []
        name = "kind" if attribute == "object" else attribute
        pairs = zip(self.scene.singles(), self.found, strict=True)
        return [
            seen is not None and getattr(seen, name) == getattr(said, name)
            for said, seen in pairs
            if getattr(said, name) is not None
        ]


def load_attribute_judge(preset: str = "compact", weights: Path | None = None) -> AttributeJudge:
    """The attribute judge of a preset, or of a folder that `vidgen train` wrote.

    Raises:
        ValueError: an unknown preset, one without weights, or a file that is no checkpoint of an attribute judge.
        OSError: the checkpoint cannot be read.
    """
    path = weights_folder(preset, weights) / "attribute_judge.safetensors"
    return cast(AttributeJudge, checkpoints.load(path, AttributeJudge))


def judge_captioned(
    directory: Path, judge: AttributeJudge, callback: Callable[[int, int], None] = lambda done, total: None
) -> tuple[list[AttributeVerdict], AttributeReport]:
    """Judge every captioned video of a directory.

    Args:
        directory: a videos directory (docs/formats.md) whose metadata.csv has a column `prompt`.
        judge: the network.
        callback: called with the number of videos judged, and of all.

    Returns:
        The verdicts in the order of metadata.csv, and the figures by method.

    Raises:
        ValueError: metadata.csv lacks a column or has a caption that the grammar does not know; a video cannot be read.
        OSError: a file is missing.
    """
    rows = read_captions(directory)
    verdicts = []
    for row, scene in rows:
        found = objects_of(judge, fitted_frames(directory / row["file_name"]))
        verdicts.append(verdict(row.get("video_id") or row["file_name"], row["method"], scene, found))
        callback(len(verdicts), len(rows))
    names = dict.fromkeys(one.method for one in verdicts)
    return verdicts, AttributeReport.of(
        {name: _figures([one for one in verdicts if one.method == name]) for name in names}
    )


def read_captions(directory: Path) -> list[tuple[dict[str, str], Scene]]:
    """The rows of metadata.csv with the scenes that their captions say.

    Raises:
        ValueError: a column is missing, there is no row, or a caption cannot be parsed; the error names the line.
        OSError: a file is missing.
    """
    path, found = directory / "metadata.csv", []
    rows = read_table(path, ("file_name", "method", "prompt"))
    if not rows:
        raise ValueError(f"{path}: no rows")
    for number, row in enumerate(rows, 2):
        if leads_out(row["file_name"]):
            raise ValueError(f"{path}, line {number}: file_name {row['file_name']!r} leads out of the directory")
        (directory / row["file_name"]).stat()  # a missing file is an error now, not after minutes
        try:
            found.append((row, parse(row["prompt"])))
        except ValueError as error:
            raise ValueError(f"{path}, line {number}: {error}") from None
    return found


def is_captioned(directory: Path) -> bool:
    """Whether the videos of a directory have captions in the place of labels."""
    path = directory / "metadata.csv"
    return path.exists() and any(row.get("prompt") and not row.get("label") for row in read_table(path, ("file_name",)))


def objects_of(judge: AttributeJudge, frames: NDArray[np.uint8]) -> list[Track]:
    """The objects that a video shows; the frames are uint8 `(frames, height, width, 3)`."""
    found = judge.detect(torch.from_numpy(frames).permute(0, 3, 1, 2).float() / 255)
    presence, kind, color, center, size = (
        values.numpy() for values in (found.presence, found.kind, found.color, found.center, found.size)
    )
    return tracks(
        [
            [
                Sighting(float(presence[t, k]), kind[t, k], color[t, k], center[t, k], float(size[t, k]))
                for k in np.flatnonzero(presence[t] >= judge.config.present)
            ]
            for t in range(len(frames))
        ]
    )


def verdict(video_id: str, method: str, scene: Scene, found: list[Track]) -> AttributeVerdict:
    """The verdict on a video: what is found is matched to the caption's objects by kind and colour, then motion."""
    said = scene.singles()
    cost = np.array([[_mismatch(one, track) for track in found] for one in said]).reshape(len(said), len(found))
    matched = {int(row): found[column] for row, column in zip(*linear_sum_assignment(cost), strict=True)}
    return AttributeVerdict(
        video_id=video_id,
        method=method,
        scene=scene,
        found=tuple(SeenObject.of(matched[place]) if place in matched else None for place in range(len(said))),
        count=len(found),
        relations=_relations(scene, matched),
    )


def write_verdicts(path: Path, verdicts: Iterable[AttributeVerdict]) -> None:
    """Write a table with a row for each object of each caption: what is said, and what is seen.

    Raises:
        OSError: it cannot be written.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    names = ("kind", "color", "size", "motion")
    pairs = [part for name in names for part in (name, f"seen_{name}")]
    writer.writerow(["video_id", "method", *pairs, "count", "seen_count", "relation", "seen_relation"])
    for one in verdicts:
        scene = one.scene
        clip = [scene.num_objects, one.count, scene.relation or "", ", ".join(one.relations)]
        for said, seen in zip(scene.singles(), one.found, strict=True):
            values = [getattr(side, name, None) or "" for name in names for side in (said, seen)]
            writer.writerow([as_cell(str(value)) for value in (one.video_id, one.method, *values, *clip)])
    write_text(path, text.getvalue())


def _mismatch(said: SceneObject, track: Track) -> float:
    """How little a track fits to an object of a caption."""
    kind = max(float(track.kind[KINDS.index(said.kind)]), _UNLIKELY)
    color = max(float(track.color[COLORS.index(said.color)]), _UNLIKELY) if said.color else 0.0
    return _OTHER_MOTION * (motion(track.path) != said.motion) - kind - color


def _relations(scene: Scene, matched: dict[int, Track]) -> tuple[str, ...]:
    """The relations between the first objects of the first two groups; none where one of them is missing."""
    second = scene.objects[0].count
    return relations(matched[0], matched[second]) if {0, second} <= matched.keys() else ()


def _figures(verdicts: list[AttributeVerdict]) -> MethodAttributes:
    unseen = [one for one in verdicts if has_held_out(one.scene)]
    return MethodAttributes(
        all=_shares(verdicts), seen=_shares([one for one in verdicts if one not in unseen]), held_out=_shares(unseen)
    )


def _shares(verdicts: list[AttributeVerdict]) -> CaptionFigures:
    found = {}
    for name in (*OF_OBJECTS, *OF_VIDEOS):
        right = [one.right(name) for one in verdicts]
        if any(right):
            found[name] = AttributeShare.of([value for values in right for value in values], sum(map(bool, right)))
    return CaptionFigures(n_videos=len(verdicts), attributes=found)
