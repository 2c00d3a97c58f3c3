import csv

import numpy as np
import pytest
import torch

from vidgen.attribute_judging import (
    SeenObject,
    is_captioned,
    judge_captioned,
    objects_of,
    read_captions,
    verdict,
    write_verdicts,
)
from vidgen.captions.parsing import parse
from vidgen.captions.scene import COLORS, KINDS
from vidgen.dataset.captioned_clips import captioned_clip
from vidgen.dataset.captioned_files import write_captioned_clips
from vidgen.networks.attribute_judge import AttributeJudge, AttributeJudgeConfig, Detections
from vidgen.scene_tracks import Track

TIMES = np.linspace(0, 1, 16)


def oracle_track(one, said):
    """What a faultless network and tracker would find of a placed object."""
    kinds, colors = np.full(len(KINDS), -6.0), np.full(len(COLORS), -6.0)
    kinds[KINDS.index(one.kind)] = 0
    colors[COLORS.index(said.color or "red")] = 0
    return Track(kinds, colors, one.size, one.path.centers(TIMES))


@pytest.mark.parametrize("split", ["train", "test"])
def test_what_is_shown_is_right(split):
    """Of clips whose objects are found without an error every attribute is right, in whatever order they are found."""
    rng = np.random.default_rng(0)
    for index in range(60):
        placed = captioned_clip(index, 0, split)
        found = [oracle_track(*pair) for pair in zip(placed.objects, placed.scene.singles(), strict=True)]
        found = [found[k] for k in rng.permutation(len(found))]
        judged = verdict("v", "real", placed.scene, found)
        for attribute in ("object", "color", "size", "motion", "count", "relation"):
            assert all(judged.right(attribute)), (index, attribute, placed.scene)


def track(kind, color, way, size=30.0):
    kinds, colors = np.full(len(KINDS), -6.0), np.full(len(COLORS), -6.0)
    kinds[KINDS.index(kind)] = colors[COLORS.index(color)] = 0
    return Track(kinds, colors, size, np.linspace(*way, 16))


RIGHTWARDS, UPWARDS = ((20, 80), (90, 80)), ((60, 40), (60, 12))
SCENE = parse("a big red car drives right below a blue balloon that rises")


@pytest.mark.parametrize(
    ("found", "wrong"),
    [
        ([track("car", "red", RIGHTWARDS), track("balloon", "blue", UPWARDS)], set()),
        ([track("train", "red", RIGHTWARDS), track("balloon", "blue", UPWARDS)], {"object"}),
        ([track("car", "green", RIGHTWARDS), track("balloon", "blue", UPWARDS)], {"color"}),
        ([track("car", "red", RIGHTWARDS, 15.0), track("balloon", "blue", UPWARDS)], {"size"}),
        ([track("car", "red", RIGHTWARDS[::-1]), track("balloon", "blue", UPWARDS)], {"motion"}),
        ([track("car", "red", ((20, 10), (90, 10))), track("balloon", "blue", ((60, 90), (60, 50)))], {"relation"}),
        (
            [track("car", "red", RIGHTWARDS), track("balloon", "blue", UPWARDS), track("cat", "pink", UPWARDS)],
            {"count"},
        ),
        ([track("car", "red", RIGHTWARDS)], {"object", "color", "motion", "count", "relation"}),
        ([], {"object", "color", "size", "motion", "count", "relation"}),
    ],
)
def test_each_error_is_one_of_its_attribute(found, wrong):
    """What differs from the caption is counted under its attribute, and what is missing under all of them."""
    judged = verdict("v", "m", SCENE, found)
    names = ("object", "color", "size", "motion", "count", "relation")
    assert {name for name in names if not all(judged.right(name))} == wrong


def test_what_a_caption_leaves_open_does_not_count():
    """Without a colour, a size or a relation in the caption there is nothing to be right or wrong."""
    judged = verdict("v", "m", parse("a car drives right"), [track("car", "red", RIGHTWARDS)])
    assert [judged.right(name) for name in ("color", "size", "relation")] == [[], [], []]
    assert judged.right("object") == judged.right("motion") == judged.right("count") == [True]


class Known(AttributeJudge):
    """A network that finds a red car, and it only, left of the middle in each frame."""

    def detect(self, frames):
        number = len(frames)
        kind, color = torch.full((number, 1, len(KINDS)), -9.0), torch.full((number, 1, len(COLORS)), -9.0)
        kind[..., KINDS.index("car")] = color[..., COLORS.index("red")] = 0
        center = torch.tensor([[[20.0 + 4 * t, 50.0]] for t in range(number)])
        return Detections(torch.ones(number, 1), kind, color, center, torch.full((number, 1), 30.0))


def test_sightings_become_objects():
    """What the network finds in the frames is one object with its path."""
    (found,) = objects_of(Known(AttributeJudgeConfig()), np.zeros((16, 96, 128, 3), np.uint8))
    assert SeenObject.of(found) == SeenObject(kind="car", color="red", size="big", motion="right")


def test_a_directory_is_judged_by_its_captions(tmp_path):
    """The report has the figures of the method by attribute; the table has a row for each object of each caption."""
    write_captioned_clips(tmp_path, split="test", count=4)
    assert is_captioned(tmp_path)
    verdicts, report = judge_captioned(tmp_path, Known(AttributeJudgeConfig()))
    figures = report.methods["real"]
    assert figures.all.n_videos == 4
    assert figures.seen.n_videos == figures.held_out.n_videos == 2
    objects = sum(one.scene.num_objects for one in verdicts)
    assert figures.all.attributes["object"].n == objects
    share = figures.all.attributes["count"]
    assert share.accuracy == sum(one.scene.num_objects == 1 for one in verdicts) / 4
    assert 0 <= share.low <= share.accuracy <= share.high <= 1
    write_verdicts(tmp_path / "attributes.csv", verdicts)
    with (tmp_path / "attributes.csv").open(newline="", encoding="utf-8") as file:
        assert len(list(csv.DictReader(file))) == objects


def test_a_caption_that_is_not_understood_is_named_with_its_line(tmp_path):
    """An unknown word is an error that names the table, the line and the word."""
    (tmp_path / "a.mp4").write_bytes(b"")
    (tmp_path / "metadata.csv").write_text("file_name,method,prompt\na.mp4,m,a red zebra drives right\n")
    with pytest.raises(ValueError, match=r"metadata.csv, line 2: .*zebra"):
        read_captions(tmp_path)
