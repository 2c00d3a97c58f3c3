import numpy as np
import pytest

from vidgen.captions.scene import KINDS, has_held_out, held_out
from vidgen.dataset.captioned_clips import TRAINING_SPLITS, captioned_clip, clip_spec
from vidgen.dataset.drawing import drawings
from vidgen.dataset.scene import HEIGHT, NUM_FRAMES, WIDTH, render
from vidgen.dataset.settings import SPLITS


@pytest.mark.parametrize("split", SPLITS)
def test_an_item_depends_on_its_arguments_alone(split):
    """The same index, seed and split give the same clip; another index another one."""
    assert captioned_clip(5, 1, split) == captioned_clip(5, 1, split)
    assert captioned_clip(5, 1, split) != captioned_clip(6, 1, split)
    assert captioned_clip(5, 1, split) != captioned_clip(5, 2, split)


@pytest.mark.parametrize("split", SPLITS)
def test_held_out_combinations_stay_out_of_training(split):
    """Training and validation show none; elsewhere every second clip shows nothing else, and the others none."""
    for index in range(24):
        scene = captioned_clip(index, 0, split).scene
        unseen = split not in TRAINING_SPLITS and index % 2 == 1
        assert has_held_out(scene) == unseen
        if unseen:
            assert all(one.color and held_out(one.kind, one.motion, one.color) for one in scene.objects)


@pytest.mark.parametrize("split", SPLITS)
def test_drawings_are_those_of_the_split(split):
    """Every object is a drawing of the split, and stays within the frame."""
    for index in range(12):
        placed = captioned_clip(index, 3, split)
        for one, actor in zip(placed.objects, clip_spec(placed).actors, strict=True):
            assert one.drawing in drawings(one.kind, split)
            centers = actor.centers(np.linspace(0, 1, NUM_FRAMES))
            half = np.array(actor.extent()) / 2
            assert (centers - half > -0.5).all()
            assert (centers + half < np.array([WIDTH, HEIGHT]) + 0.5).all()


def test_every_kind_is_shown():
    """Some hundred clips show all 24 kinds."""
    shown = {one.kind for index in range(150) for one in captioned_clip(index, 0, "train").objects}
    assert shown == set(KINDS)


def test_frames_show_the_objects_where_their_paths_are():
    """What differs from the plain background lies within the boxes of the objects, and each box holds some of it."""
    placed = captioned_clip(2, 0, "test")
    frames = render(clip_spec(placed)).astype(int)
    differs = np.abs(frames - np.round(255 * np.array(placed.background))).max(-1) > 2
    for time in (0, 7, 15):
        expected = np.zeros((HEIGHT, WIDTH), bool)
        for actor in clip_spec(placed).actors:
            x, y = actor.centers(np.array([time / 15]))[0]
            width, height = actor.extent()
            box = np.s_[
                max(int(y - height / 2) - 1, 0) : int(y + height / 2) + 2,
                max(int(x - width / 2) - 1, 0) : int(x + width / 2) + 2,
            ]
            expected[box] = True
            assert differs[time][box].mean() > 0.2
        assert not (differs[time] & ~expected).any()
