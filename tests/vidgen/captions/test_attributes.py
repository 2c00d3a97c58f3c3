"""Vectors of scenes."""

import numpy as np
from hypothesis import given

from tests.vidgen.captions.scenes import SCENES, scenes
from vidgen.captions.attributes import FIELDS, SCENE_SIZE, encoded_scene
from vidgen.captions.scene import Scene


@given(scenes(), scenes())
def test_different_scenes_have_different_vectors(one: Scene, other: Scene) -> None:
    """Two scenes have the same vector only where the same single objects stand in the same relation."""
    alike = (one.singles(), one.relation, one.background) == (other.singles(), other.relation, other.background)
    assert np.array_equal(encoded_scene(one), encoded_scene(other)) == alike


def test_every_attribute_has_one_value() -> None:
    """One number of each attribute is 1, of objects that there are not none is."""
    vector = encoded_scene(SCENES["below"])
    assert vector.shape == (SCENE_SIZE,)
    for field in FIELDS:
        assert vector[field.start : field.stop].sum() == (field.place != 2)
