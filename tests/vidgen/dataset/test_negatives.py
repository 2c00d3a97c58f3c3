import numpy as np
import pytest

from vidgen.dataset.clips import render
from vidgen.dataset.negatives import KINDS, OTHER_MOTIONS, negative, sample_negative
from vidgen.dataset.settings import SPLITS
from vidgen.labels import LABELS

SEEDS = range(25)


def made(kind, split="train"):
    """Some counter-examples of the kind."""
    return [sample_negative(np.random.default_rng(seed), split, kind=kind) for seed in SEEDS]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_drawn_from_its_split(kind):
    """A counter-example shows drawings of its split alone, and renders."""
    for example in made(kind, "judge"):
        assert example.kind == kind
        assert {actor.drawing for actor in example.spec.actors} <= set(SPLITS["judge"])
    assert render(example.spec).shape == (16, 96, 128, 3)


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_shows_a_plain_class(kind):
    """No counter-example is one full-contrast object on one class's path, facing its way, from beginning to end."""
    for example in made(kind):
        if len(example.spec.actors) != 1:
            continue
        (actor,) = example.spec.actors
        x, y = actor.travel
        motion = ("right" if x > 0 else "left") if abs(x) > abs(y) else ("down" if y > 0 else "up")
        still = (x, y) == (0.0, 0.0)
        classes = {(label.object, label.motion, label.motion) for label in LABELS}
        whole = actor.opacity == 1 and actor.first == 0 and actor.last == 1
        assert still or not whole or (actor.object, motion, actor.facing) not in classes


def test_other_motions_are_the_rest_of_the_table():
    """The eleven classes and the other motions make up all six objects in all four directions."""
    assert len(OTHER_MOTIONS) == 13
    assert len({*OTHER_MOTIONS, *LABELS}) == 24


def test_every_other_motion_appears():
    """Each object moves in each direction that is no class, as drawn and turned."""
    seen = set()
    for seed in range(400):
        (actor,) = sample_negative(np.random.default_rng(seed), "train", kind="other_motion").spec.actors
        x, y = actor.travel
        motion = ("right" if x > 0 else "left") if abs(x) > abs(y) else ("down" if y > 0 else "up")
        seen.add((actor.object, motion))
    assert seen == {(label.object, label.motion) for label in OTHER_MOTIONS}


@pytest.mark.parametrize(
    ("kind", "differing", "equal"),
    [
        ("changing_object", "object", ("size",)),
        ("changing_colors", "colors", ("object", "drawing", "size", "start", "travel")),
        ("changing_size", "size", ("object", "drawing", "colors", "start", "travel")),
        ("jumping", "start", ("object", "drawing", "colors", "size")),
        ("turning_back", "travel", ("object", "drawing", "colors", "size")),
    ],
)
def test_spliced_kinds_change_one_thing_midway(kind, differing, equal):
    """Two actors follow one another without gap or overlap, and differ in what the kind says."""
    times = np.linspace(0, 1, 16)
    for example in made(kind):
        one, other = example.spec.actors
        shown = [(times >= actor.first) & (times <= actor.last) for actor in (one, other)]
        np.testing.assert_array_equal(shown[0], ~shown[1])
        assert min(part.sum() for part in shown) >= 4
        assert getattr(one, differing) != getattr(other, differing)
        for name in equal:
            assert getattr(one, name) == getattr(other, name)


def test_turning_back_ends_where_it_began():
    """An object that turns back is at its start again in the last frame."""
    for example in made("turning_back"):
        there, back = example.spec.actors
        np.testing.assert_allclose(back.centers(np.array([1.0])), [there.start])
        np.testing.assert_allclose(back.centers(np.array([0.5])), there.centers(np.array([0.5])))


def test_standing_objects_stand():
    """The frames of a standing object are all equal."""
    frames = render(made("standing")[0].spec)
    assert (frames == frames[0]).all()


def test_faint_kinds_are_faint():
    """Faded objects and ghosts have an opacity below two thirds."""
    for example in (*made("faded"), *made("only_ghosts")):
        assert all(actor.opacity <= 0.65 for actor in example.spec.actors)
    for example in made("ghosted"):
        assert example.spec.actors[0].opacity == 1
        assert all(actor.opacity <= 0.5 for actor in example.spec.actors[1:])


def test_the_stream_depends_on_its_arguments_alone():
    """Item i is the same each time, all kinds appear, and it is no item of the classes' stream."""
    items = [negative(index, 1, "train") for index in range(200)]
    assert items[7] == negative(7, 1, "train")
    assert {item.kind for item in items} == set(KINDS)


def test_unknown_kinds_are_named():
    """An unknown kind is refused with the known ones."""
    with pytest.raises(ValueError, match=r"wobbling.*standing"):
        sample_negative(np.random.default_rng(0), "train", kind="wobbling")
