from dataclasses import replace

import numpy as np
import pytest

from vidgen.dataset.drawing import load
from vidgen.dataset.scene import Actor, Background, ClipSpec, render, render_all

CAR = Actor(
    object="car",
    drawing=4,
    colors=((0.8, 0.1, 0.1), (0.1, 0.5, 0.1), (0.7, 0.8, 1.0)),
    size=30.0,
    start=(50.3, 40.6),
    travel=(30.0, 0.0),
)


def shown(actor, **options):
    """The frames of a clip of one actor, as floats in [0, 1]."""
    return render(ClipSpec(actors=(actor,)), **options).astype(float) / 255


def ink(frames):
    """How much of each pixel differs from white: (frames, height, width)."""
    return (1 - frames).mean(axis=-1)


def centers(frames):
    """The centre of mass of each frame's ink: (frames, 2), x and y."""
    weights = ink(frames)
    height, width = weights.shape[1:]
    total = weights.sum(axis=(1, 2))
    x = (weights * (np.arange(width) + 0.5)).sum(axis=(1, 2)) / total
    y = (weights * (np.arange(height) + 0.5)[:, None]).sum(axis=(1, 2)) / total
    return np.stack([x, y], axis=1)


def test_frames_have_the_documented_layout():
    """A clip is uint8 (frames, height, width, 3), and an empty one is the background alone."""
    frames = render(ClipSpec(actors=()))
    assert frames.shape == (16, 96, 128, 3)
    assert frames.dtype == np.uint8
    assert (frames == 255).all()


def test_positions_are_not_rounded():
    """The centre of mass follows the path to a fiftieth of a pixel, at any fraction of one."""
    frames = shown(replace(CAR, travel=(30.0, 7.0)))
    moved = centers(frames) - centers(frames)[0]
    np.testing.assert_allclose(moved, np.linspace(0, 1, 16)[:, None] * [30.0, 7.0], atol=0.02)


def test_ink_is_the_same_at_every_position():
    """A drawing neither grows nor pales between pixels."""
    total = ink(shown(CAR)).sum(axis=(1, 2))
    np.testing.assert_allclose(total, total.mean(), rtol=0.002)


def test_ease_varies_the_speed_but_not_the_ends():
    """An eased path has the same first and last position and is ahead in between."""
    times = np.linspace(0, 1, 5)
    plain, eased = CAR.centers(times), replace(CAR, ease=0.2).centers(times)
    np.testing.assert_allclose(plain[[0, -1]], eased[[0, -1]])
    assert (eased[1:-1, 0] > plain[1:-1, 0]).all()


def test_facing_left_is_the_mirror_image():
    """A side view facing left is its mirror image, not turned upside down."""
    still = replace(CAR, start=(64.0, 48.0), travel=(0.0, 0.0))
    right, left = shown(still)[0], shown(replace(still, facing="left"))[0]
    np.testing.assert_allclose(right, left[:, ::-1], atol=1.01 / 255)
    assert np.abs(right - left).max() > 0.3


def test_facing_down_flips_what_is_drawn_upwards():
    """A rocket facing down is flipped vertically."""
    rocket = replace(CAR, object="rocket", facing="up", start=(64.0, 48.0), travel=(0.0, 0.0))
    up, down = shown(rocket)[0], shown(replace(rocket, facing="down"))[0]
    np.testing.assert_allclose(up, down[::-1], atol=1.01 / 255)


@pytest.mark.parametrize(("facing", "turns"), [("up", 1), ("left", None), ("down", 3)])
def test_facing_across_turns_a_quarter(facing, turns):
    """A car facing up or down is turned a quarter: its width and height change places."""
    extent, drawn = replace(CAR, facing=facing).extent(), CAR.extent()
    assert extent == (drawn if turns is None else drawn[::-1])
    if turns:
        still = replace(CAR, start=(48.0, 48.0), travel=(0.0, 0.0))
        square = slice(0, 96)
        turned = np.rot90(shown(still)[0][:, square], turns)
        np.testing.assert_allclose(turned, shown(replace(still, facing=facing))[0][:, square], atol=1.01 / 255)


def test_size_is_the_root_of_the_area():
    """Drawings of any proportions get the same area for the same size."""
    for name in ("car", "rocket", "balloon"):
        width, height = replace(CAR, object=name, facing="right" if name == "car" else "up").extent()
        assert width * height == pytest.approx(900)
        assert width / height == pytest.approx(load(name, 4).aspect)


def test_opacity_scales_the_ink():
    """A ghost of opacity 0.3 leaves 0.3 of the ink."""
    share = ink(shown(replace(CAR, opacity=0.3))).sum() / ink(shown(CAR)).sum()
    assert share == pytest.approx(0.3, abs=0.005)


def test_actors_come_and_go_at_their_times():
    """An actor is drawn from its first to its last time only."""
    frames = shown(replace(CAR, first=0.2, last=0.6))
    visible = ink(frames).sum(axis=(1, 2)) > 0
    times = np.linspace(0, 1, 16)
    np.testing.assert_array_equal(visible, (times >= 0.2) & (times <= 0.6))


@pytest.mark.parametrize("start", [(0.0, 0.0), (128.0, 96.0), (-80.0, 40.0), (300.0, 300.0), (64.0, -2.5)])
def test_actors_are_cut_at_the_frame(start):
    """What lies outside the frame is cut off: the rest equals that part of the whole drawing."""
    actor = replace(CAR, start=start, travel=(0.0, 0.0))
    weights = ink(shown(actor, num_frames=1))[0]
    reference = np.zeros((96 * 3, 128 * 3))
    whole = ink(shown(replace(actor, start=(64.0 + start[0] % 1, 48.0 + start[1] % 1)), num_frames=1))[0]
    top, left = 96 + int(start[1] // 1) - 48, 128 + int(start[0] // 1) - 64
    if 0 <= top <= 192 and 0 <= left <= 256:
        reference[top : top + 96, left : left + 128] = whole
    np.testing.assert_allclose(weights, reference[96:192, 128:256], atol=1e-9)


def test_later_actors_hide_earlier_ones():
    """The last actor named is painted on top."""
    balloon = replace(CAR, object="balloon", facing="up")
    hidden = render(ClipSpec(actors=(replace(CAR, size=10.0, travel=(0.0, 0.0)), replace(balloon, travel=(0.0, 0.0)))))
    alone = render(ClipSpec(actors=(replace(balloon, travel=(0.0, 0.0)),)))
    np.testing.assert_allclose(hidden.astype(int), alone, atol=1)


def test_gradient_runs_from_one_color_to_the_other():
    """A gradient at angle 0 has its first colour at the left edge and the other at the right."""
    background = Background(color=(1.0, 0.9, 0.8), other=(0.8, 0.9, 1.0), angle=0.0)
    picture = background.pixels(128, 96)
    np.testing.assert_array_equal(picture[:, 0], np.broadcast_to([255, 230, 204], (96, 3)))
    np.testing.assert_array_equal(picture[:, -1], np.broadcast_to([204, 230, 255], (96, 3)))


def test_other_sizes_show_the_same_scene():
    """Twice the size shows the scene twice as large; more frames show it more finely in time."""
    large = shown(CAR, size=(256, 192), num_frames=31)
    np.testing.assert_allclose(centers(large)[::2], 2 * centers(shown(CAR)), atol=0.05)
    tall = shown(CAR, size=(128, 128))
    np.testing.assert_allclose(centers(tall), centers(shown(CAR)) + np.array([0, 16]), atol=0.02)


def test_clips_rendered_together_equal_clips_rendered_alone():
    """A clip's pixels do not depend on its neighbours in a batch."""
    specs = [ClipSpec(actors=(replace(CAR, drawing=number),)) for number in (1, 2, 3)]
    for together, spec in zip(render_all(specs), specs, strict=True):
        np.testing.assert_array_equal(together, render(spec))
