"""Scenes and the combinations that are held out."""

from itertools import product

import pytest

from tests.vidgen.captions.scenes import SCENES
from vidgen.captions.scene import COLORS, KINDS, MOTIONS, Scene, SceneObject, has_held_out, held_out

CAR = SceneObject(kind="car", motion="left")


def test_every_two_attributes_meet_in_training() -> None:
    """Each kind occurs with each motion and colour, and each motion with each colour, among what is not held out."""
    kept = [each for each in product(KINDS, MOTIONS, COLORS) if not held_out(*each)]
    for one, other in ((0, 1), (0, 2), (1, 2)):
        names = (KINDS, MOTIONS, COLORS)
        assert {(each[one], each[other]) for each in kept} == set(product(names[one], names[other]))


def test_an_eighth_is_held_out() -> None:
    """Between a ninth and a seventh of all combinations, and of those of each kind."""
    for kind in KINDS:
        share = sum(held_out(kind, motion, color) for motion, color in product(MOTIONS, COLORS)) / 80
        assert 1 / 9 < share < 1 / 7


def test_a_scene_with_a_held_out_object_says_so() -> None:
    """One such object suffices, and one whose colour is left open does not count."""
    color = next(color for color in COLORS if held_out("car", "left", color))
    unseen = SceneObject(kind="car", motion="left", color=color)
    assert has_held_out(Scene(objects=(CAR, unseen)))
    assert not has_held_out(Scene(objects=(CAR,)))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: SceneObject(kind="lorry", motion="left"), "unknown kind 'lorry'"),
        (lambda: SceneObject(kind="car", motion="left", color="mauve"), "unknown color 'mauve'"),
        (lambda: SceneObject(kind="car", motion="left", count=4), "count must be from 1 to 3, got 4"),
        (lambda: Scene(objects=()), "got 0"),
        (lambda: Scene(objects=(CAR,) * 4), "got 4"),
        (lambda: Scene(objects=(CAR,), relation="above"), "'above' needs two objects, got 1"),
        (lambda: Scene(objects=(CAR, CAR), relation="near"), "unknown relation 'near'"),
        (lambda: Scene(objects=(CAR,), background="dark"), "unknown background 'dark'"),
    ],
)
def test_what_no_clip_shows_is_refused(make, message) -> None:  # type: ignore[no-untyped-def]
    """The message names what is wrong, with its value."""
    with pytest.raises(ValueError, match=message):
        make()


def test_groups_are_counted_by_their_members() -> None:
    """Each object of a group stands on its own among the single ones."""
    assert all(len(scene.singles()) == scene.num_objects for scene in SCENES.values())
    assert SCENES["two small fish"].singles()[0] == SCENES["two small fish"].objects[0]
