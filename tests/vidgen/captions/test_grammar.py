"""Captions of scenes."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.vidgen.captions.scenes import SCENES, scenes
from vidgen.captions.grammar import caption
from vidgen.captions.parsing import parse
from vidgen.captions.scene import Scene


@given(scenes(), st.integers(0, 10_000))
def test_a_caption_says_its_scene(scene: Scene, seed: int) -> None:
    """Every phrasing of every scene is read back as that scene."""
    assert parse(caption(scene, np.random.default_rng(seed))) == scene


@given(scenes())
def test_the_plainest_caption_says_its_scene(scene: Scene) -> None:
    """So is the one without random choices."""
    assert parse(caption(scene)) == scene


@given(scenes(), st.integers(0, 10_000))
def test_articles_and_plurals_are_right(scene: Scene, seed: int) -> None:
    """A vowel follows "an" and no other "a", a numeral stands before plurals, and no verb of one after many."""
    text = caption(scene, np.random.default_rng(seed))
    assert not re.search(r"\ba [aeiou]|\ban [^aeiou]", text)
    assert len(re.findall(r"\b(?:two|three)\b", text)) == sum(one.count > 1 for one in scene.objects)
    if scene.objects[0].count > 1 and len(scene.objects) == 1:
        assert not re.search(r"\b(?:is|moves|goes|drives|flies|swims|rises)\b", text)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("car", "a small red car drives left"),
        ("two small fish", "two small fish swim in a circle"),
        ("below", "a small red car drives left below a big blue balloon that floats up slowly"),
        (
            "three",
            "an orange umbrella floats diagonally down, a cat walks in stops and starts fast and a big rocket flies up"
            " on a light green background",
        ),
    ],
)
def test_the_plainest_captions(name: str, text: str) -> None:
    """They are what a person would write."""
    assert caption(SCENES[name]).replace("quickly", "fast") == text


def test_a_scene_has_many_captions() -> None:
    """A scene of two objects has more than fifty phrasings."""
    rng = np.random.default_rng(0)
    assert len({caption(SCENES["below"], rng) for _ in range(200)}) > 50
