import itertools
import subprocess
import sys

import numpy as np
import pytest

from vidgen.dataset.clips import batch, clip, real_clips, render, sample_colors, sample_spec, spec_of
from vidgen.dataset.drawing import OBJECTS, drawn_facing
from vidgen.dataset.settings import SPLITS
from vidgen.labels import LABELS, Label

TIMES = np.linspace(0, 1, 16)
DIRECTIONS = {"right": (1, 0), "left": (-1, 0), "up": (0, -1), "down": (0, 1)}
FRAME = np.array([128, 96])


def rng(seed=0):
    return np.random.default_rng(seed)


def specs(count, **options):
    """Clips of every class in turn."""
    return [
        sample_spec((LABELS[k % len(LABELS)],), split="train", rng=rng(k), **options)
        for k in range(count * len(LABELS))
    ]


def centers(frames):
    """The centre of mass of what is not white, in each frame."""
    weights = 255.0 - frames.mean(axis=-1)
    height, width = weights.shape[1:]
    total = weights.sum(axis=(1, 2))
    x = (weights * np.arange(width)).sum(axis=(1, 2)) / total
    y = (weights * np.arange(height)[:, None]).sum(axis=(1, 2)) / total
    return np.stack([x, y], axis=1)


@pytest.mark.parametrize("label", LABELS, ids=str)
def test_what_is_seen_moves_as_labelled(label):
    """In the pixels the object moves the labelled way all the time, a quarter of the frame at least."""
    direction = np.array(DIRECTIONS[label.motion])
    for seed in range(4):
        frames = render(sample_spec((label,), split="train", rng=rng(seed)))
        path = centers(frames)
        along = path @ direction
        across = path @ (1 - np.abs(direction))
        assert (np.diff(along) > 0).all()
        assert along[-1] - along[0] >= 0.25 * np.abs(direction) @ FRAME
        assert abs(across[-1] - across[0]) <= 0.05 * (1 - np.abs(direction)) @ FRAME + 0.1


def test_nothing_leaves_the_frame():
    """An object of a class is wholly within the frame in all frames."""
    for spec in specs(15):
        for actor in spec.actors:
            half = np.array(actor.extent()) / 2
            path = actor.centers(TIMES)
            assert (path - half >= -1e-9).all()
            assert (path + half <= FRAME + 1e-9).all()


def test_objects_face_the_way_they_move():
    """Each class's object faces its motion; only the balloon's upright drawing needs no such thing."""
    for spec, label in zip(specs(3), itertools.cycle(LABELS), strict=False):
        assert spec.actors[0].facing == label.motion


@pytest.mark.parametrize("name", OBJECTS)
def test_sideways_objects_keep_their_side_view_when_they_rise(name):
    """An object in a motion across its drawing is neither turned nor mirrored."""
    motion = "up" if drawn_facing(name) == "right" else "right"
    spec = sample_spec((Label(name, motion),), split="train", rng=rng())
    assert spec.actors[0].facing == drawn_facing(name)


@pytest.mark.parametrize("split", SPLITS)
def test_a_split_shows_its_drawings_alone(split):
    """Every drawing of a split is shown, and none of another split."""
    for label in LABELS:
        shown = {sample_spec((label,), split=split, rng=rng(seed)).actors[0].drawing for seed in range(40)}
        assert shown == set(SPLITS[split])


def test_items_depend_on_their_arguments_alone():
    """Item i is the same alone, in any batch and in any order; another seed or split gives another."""
    frames, targets = batch([25, 3, 4], seed=5, split="judge")
    again, label = clip(3, 5, "judge")
    np.testing.assert_array_equal(frames[1], again)
    assert targets.tolist() == [3, 3, 4]
    assert label == 3
    assert spec_of(3, 5, "judge") != spec_of(3, 6, "judge")
    assert spec_of(3, 5, "train") != spec_of(3, 5, "validation")


def test_another_process_makes_the_same_clips():
    """The stream does not depend on hash seeds or anything else of one process."""
    code = "from vidgen.dataset.clips import batch; import hashlib as h; "
    code += "print(h.sha256(batch(range(22), 3, 'train', 'soft')[0].tobytes()).hexdigest())"
    digests = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop()) == 65


def test_no_torch_is_needed():
    """Making clips imports numpy but not torch."""
    modules = "vidgen.dataset.negatives, vidgen.dataset.files, vidgen.dataset.folder"
    code = f"import sys, {modules}\nprint('torch' in sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert result.stdout == "False\n"


def test_a_batch_of_none_is_empty():
    """No indices give no clips, in the same layout."""
    frames, targets = batch([], 0, "train")
    assert frames.shape == (0, 16, 96, 128, 3)
    assert targets.shape == (0,)


def test_all_pairs_of_labels_share_a_clip():
    """Two labels give two objects within the frame, each moving its own way, hardly ever over one another."""
    overlapping = 0
    for seed, pair in enumerate(itertools.combinations(LABELS, 2)):
        spec = sample_spec(pair, split="test", rng=rng(seed))
        paths = [actor.centers(TIMES) for actor in spec.actors]
        halves = [np.array(actor.extent()) / 2 for actor in spec.actors]
        for label, path, half in zip(pair, paths, halves, strict=True):
            assert (path[-1] - path[0]) @ DIRECTIONS[label.motion] >= 0.25 * np.abs(DIRECTIONS[label.motion]) @ FRAME
            assert (path - half >= -1e-9).all()
            assert (path + half <= FRAME + 1e-9).all()
        overlapping += bool((np.abs(paths[0] - paths[1]) < halves[0] + halves[1]).all(axis=1).any())
    assert overlapping <= 2


def test_colors_stand_out_against_white():
    """Body and accent are never pale, and their hues differ."""
    for seed in range(300):
        body, accent, _ = sample_colors("glass", rng(seed))
        for red, green, blue in (body, accent):
            assert 0.299 * red + 0.587 * green + 0.114 * blue <= 0.601
            assert min(red, green, blue) <= 0.3
        assert np.abs(np.array(body) - accent).max() > 0.1


def test_soft_backgrounds_are_pale_and_varied():
    """Soft backgrounds are plain in some clips and gradients in others, never dark and rarely white."""
    backgrounds = [spec.background for spec in specs(10, background="soft")]
    pictures = [background.pixels(128, 96) for background in backgrounds]
    assert min(picture.min() for picture in pictures) >= 150
    assert 20 < sum(background.other is None for background in backgrounds) < 90
    assert len({picture[0, 0].tobytes() for picture in pictures}) > 50


def test_control_clips_come_from_unseen_drawings():
    """Control clips show the test split, `per_label` of each label set, in order, whatever other sets are asked for."""
    sets = [(LABELS[0],), (LABELS[2], LABELS[6])]
    frames = real_clips(sets, 2, seed=4)
    assert frames.shape == (4, 16, 96, 128, 3)
    np.testing.assert_array_equal(frames[2:], real_clips(sets[1:], 2, seed=4))
    assert not np.array_equal(frames[0], frames[1])


@pytest.mark.parametrize(
    ("labels", "split", "background", "word"),
    [
        ((), "train", "white", "at least one label"),
        ((LABELS[0],), "exam", "white", "exam"),
        ((LABELS[0],), "train", "pink", "pink"),
        ((Label("tram", "right"),), "train", "white", "tram"),
    ],
)
def test_bad_arguments_are_named(labels, split, background, word):
    """What cannot be shown is refused with its name."""
    with pytest.raises(ValueError, match=word):
        sample_spec(labels, split=split, rng=rng(), background=background)
