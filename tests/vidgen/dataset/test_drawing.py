import re

import numpy as np
import pytest

from vidgen.dataset.drawing import OBJECTS, SPRITES, drawings, drawn_facing, load
from vidgen.dataset.settings import SPLITS
from vidgen.labels import LABELS

ALL = [(name, number) for name in OBJECTS for split in SPLITS for number in SPLITS[split]]


def test_every_object_has_its_drawings_and_no_others():
    """Each object of the label table has exactly the drawings that the splits share out."""
    numbers = sorted(number for numbers in SPLITS.values() for number in numbers)
    for name in OBJECTS:
        assert sorted(path.name for path in (SPRITES / name).iterdir()) == [f"{number:02}.svg" for number in numbers]


def test_splits_share_no_drawing():
    """No drawing belongs to two splits, and none looks like one of another split."""
    numbers = [number for numbers in SPLITS.values() for number in numbers]
    assert len(numbers) == len(set(numbers))
    for name in OBJECTS:
        svgs = {
            re.sub(r"<title>.*?</title>", "", (SPRITES / name / f"{number:02}.svg").read_text()) for number in numbers
        }
        assert len(svgs) == len(numbers)


@pytest.mark.parametrize(("name", "number"), ALL)
def test_drawing_keeps_to_the_palette(name, number):
    """A drawing uses shades of pure red, green and blue, and black, so that it can take any colours."""
    svg = (SPRITES / name / f"{number:02}.svg").read_text()
    used = set(re.findall(r'(?:fill|stroke)="([^"]*)"', svg))
    assert used <= {"none", "#000", "#f00", "#b00", "#700", "#0f0", "#0a0", "#00f", "#00a"}
    assert "#f00" in used
    assert used & {"#0f0", "#0a0"}, "without an accent a drawing has one colour only"


@pytest.mark.parametrize(("name", "number"), ALL)
def test_drawing_fills_its_box_with_bold_shapes(name, number):
    """A drawing nearly touches the sides of its box, and covers enough of it to be seen at 30 pixels."""
    covered = load(name, number).maps[3] > 0.5
    height, width = covered.shape
    rows, columns = np.flatnonzero(covered.any(axis=1)), np.flatnonzero(covered.any(axis=0))
    assert rows[-1] - rows[0] > 0.8 * height
    assert columns[-1] - columns[0] > 0.8 * width
    assert covered.mean() > 0.25


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
