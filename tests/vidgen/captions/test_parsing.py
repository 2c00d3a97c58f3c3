"""Reading captions."""

import pytest

from tests.vidgen.captions.scenes import SCENES
from vidgen.captions.parsing import parse
from vidgen.captions.scene import KINDS
from vidgen.captions.words import NOUNS, VERBS


def test_the_sentence_of_the_issue_is_read() -> None:
    """It names two objects with all their attributes, and how they lie."""
    text = "A small red car drives left below a big blue balloon that rises slowly."
    assert parse(text) == SCENES["below"]


@pytest.mark.parametrize(
    "text",
    [
        "Below a big blue balloon slowly rising, a small red car drives left",
        "a small red automobile going to the left is beneath a large blue hot air balloon which climbs slowly",
        "small red car driving leftwards under huge blue balloon rising slowly",
    ],
)
def test_other_sentences_say_the_same(text: str) -> None:
    """The order of clauses, synonyms, participles and missing articles do not matter."""
    assert parse(text) == SCENES["below"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a red kar drives left", "unknown word 'kar'; the nearest known word is 'car'"),
        ("a red car", "what the car does is not said"),
        ("a red blue car drives left", "the color is said twice: 'red' and 'blue'"),
        ("a car drives left right", "the motion is said twice: 'left' and 'right'"),
        ("left a car", "'left' stands before any object"),
        ("", "no object is named"),
        ("a car drives left above and below a ship sailing right", "the relation is said twice"),
        ("a car drives at", "'at' makes no sense here"),
        ("two cars drive left and two ships sail right", "got 4"),
    ],
)
def test_what_cannot_be_read_is_told_in_a_line(text: str, message: str) -> None:
    """The message quotes the caption and names the word."""
    with pytest.raises(ValueError, match=message) as caught:
        parse(text)
    assert "\n" not in str(caught.value)
    assert repr(text) in str(caught.value)


def test_every_kind_has_words() -> None:
    """A noun and a verb."""
    assert set(NOUNS) == set(VERBS) == set(KINDS)
