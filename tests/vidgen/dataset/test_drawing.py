import re

import numpy as np
import pytest

from vidgen.captions.scene import KINDS
from vidgen.dataset.drawing import OBJECTS, SPRITES, drawings, drawn_facing, load
from vidgen.dataset.settings import SPLITS
from vidgen.labels import LABELS

NUMBERS = sorted(number for numbers in SPLITS.values() for number in numbers)
BY_HAND = [(name, number) for name in OBJECTS for number in NUMBERS]
ALL = [(name, number) for name in KINDS for number in NUMBERS]


def test_every_kind_has_its_drawings_and_no_others():
    """Each of the 24 kinds, the objects of the label table among them, has the drawings that the splits share out."""
    assert len(KINDS) == len(set(KINDS)) == 24
    assert set(OBJECTS) < set(KINDS)
    assert sorted(path.name for path in SPRITES.iterdir()) == sorted(KINDS)
    for name in KINDS:
        assert sorted(path.name for path in (SPRITES / name).iterdir()) == [f"{number:02}.svg" for number in NUMBERS]


def test_splits_share_no_drawing():
    """No drawing belongs to two splits, and none looks like one of another split."""
    assert len(NUMBERS) == len(set(NUMBERS))
    for name in KINDS:
        svgs = {
            re.sub(r"<title>.*?</title>", "", (SPRITES / name / f"{number:02}.svg").read_text()) for number in NUMBERS
        }
        assert len(svgs) == len(NUMBERS)


@pytest.mark.parametrize("name", KINDS)
def test_drawings_of_other_splits_look_different(name):
    """Between drawings of two splits, in one box, at least one pixel in forty differs clearly in its parts."""
    small = {number: _thumbnail(name, number) for number in NUMBERS}
    split_of = {number: split for split, numbers in SPLITS.items() for number in numbers}
    for one in NUMBERS:
        for other in NUMBERS:
            if split_of[one] != split_of[other]:
                assert (np.abs(small[one] - small[other]).max(0) > 0.3).mean() > 1 / 40, (one, other)


def _thumbnail(name, number):
    """A drawing's maps at 48×48 pixels, whatever its proportions."""
    maps = load(name, number).maps
    rows, columns = (np.linspace(0, size - 1, 48).round().astype(int) for size in maps.shape[1:])
    return maps[:, rows][:, :, columns]


@pytest.mark.parametrize(("name", "number"), ALL)
def test_drawing_keeps_to_the_palette(name, number):
    """A drawing uses shades of pure red, green and blue, and black, so that it can take any colours."""
    svg = (SPRITES / name / f"{number:02}.svg").read_text()
    used = set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg))
    assert used <= {"none", "#000", "#f00", "#b00", "#700", "#0f0", "#0a0", "#00f", "#00a"}
    assert "#f00" in used


@pytest.mark.parametrize(("name", "number"), BY_HAND)
def test_objects_of_the_classes_have_two_colors(name, number):
    """A drawing of the eleven classes has an accent beside its body, as their clips take any colours."""
    assert re.search(r'"#0[fa]0"', (SPRITES / name / f"{number:02}.svg").read_text())


@pytest.mark.parametrize("name", [name for name in KINDS if name not in OBJECTS])
def test_drawings_show_their_body(name):
    """At least a fifth is the body, by whose colour a person names the drawing, and the accent is hardly more."""
    for number in NUMBERS:
        red, green, blue, coverage = load(name, number).maps
        assert red.sum() > 0.2 * coverage.sum(), number
        assert green.sum() < 2.5 * red.sum(), number
        assert blue.sum() < red.sum(), number


@pytest.mark.parametrize(("name", "number"), ALL)
def test_drawing_fills_its_box_with_bold_shapes(name, number):
    """A drawing nearly touches the sides of its box, and covers enough of it to be seen at 30 pixels."""
    covered = load(name, number).maps[3] > 0.5
    height, width = covered.shape
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    assert rows[-1] - rows[0] > 0.8 * height
    assert columns[-1] - columns[0] > 0.8 * width
    assert covered.mean() > (0.25 if name in OBJECTS else 0.2)


def test_colors_go_where_the_shades_are():
    """Recolouring turns full red into the body colour, half green into half the accent, and leaves black black."""
    drawing = load("balloon", 1)
    body, accent, detail = (0.1, 0.2, 0.9), (0.8, 0.0, 0.4), (0.3, 0.3, 0.0)
    colored = drawing.colored((body, accent, detail))
    red, green, blue, coverage = drawing.maps
    expected = red[..., None] * body + green[..., None] * accent + blue[..., None] * detail
    np.testing.assert_allclose(colored[:3].transpose(1, 2, 0), expected, atol=1e-6)
    np.testing.assert_array_equal(colored[3], coverage)
    outline = (coverage == 1) & (drawing.maps[:3].max(axis=0) == 0)
    assert outline.any()
    assert (colored[:3, outline] == 0).all()


@pytest.mark.parametrize("name", OBJECTS)
def test_objects_are_drawn_along_their_motion(name):
    """What moves sideways is drawn facing right, what moves vertically facing up."""
    motions = {label.motion for label in LABELS if label.object == name}
    assert drawn_facing(name) == ("right" if motions & {"left", "right"} else "up")


@pytest.mark.parametrize(("name", "split", "word"), [("car", "exam", "exam"), ("tram", "test", "tram")])
def test_unknown_names_are_named(name, split, word):
    """An unknown split or object is refused with its name."""
    with pytest.raises(ValueError, match=word):
        drawings(name, split)
