"""Captions as scenes: every word has a meaning, and its place says of which object."""

import difflib
import re
from collections.abc import Iterator
from functools import cache

from vidgen.captions.scene import BACKGROUNDS, SIZES, Scene, SceneObject
from vidgen.captions.words import (
    ADJECTIVES,
    ADVERBS,
    ANY_KIND,
    ARTICLES,
    BEFORE_BACKGROUND,
    MOVING_VERBS,
    NOUNS,
    NUMERALS,
    PREPOSITIONS,
    VERBS,
    WAYS,
    Verb,
)

#: What a phrase says: the name of an attribute and its value; nothing for words that only join others.
Meaning = tuple[str, str] | None
_JOINING = (
    *ARTICLES,
    *BEFORE_BACKGROUND,
    "there",
    "is",
    "are",
    "that",
    "which",
    "while",
    "and",
    "background",
    ",",
    ".",
)


def parse(text: str) -> Scene:
    """The scene that a caption says.

    The order of the words may differ from that of `vidgen.captions.grammar.caption`: adjectives and numerals belong to
    the noun that follows; ways, adverbs and verbs to the noun before.

    Raises:
        ValueError: a word that is not known, with the nearest that is; an object without a motion; two motions or two
            colours of an object; two relations; more objects than a clip has.
    """
    objects: list[dict[str, str]] = []
    coming: dict[str, str] = {}
    relation: dict[str, str] = {}
    background: dict[str, str] = {}
    try:
        for name, value in _meanings(text):
            if name in ("color", "size", "count"):
                _say(coming, name, value)
            elif name == "kind":
                _say(coming, name, value)
                objects.append(coming)
                coming = {}
            elif name == "relation":
                _say(relation, name, value)
                relation["before"] = str(len(objects))
            elif name == "background":
                _say(background, name, value)
            elif objects:
                _say(objects[-1], name, value)
            else:
                raise ValueError(f"{value!r} stands before any object")
        return _scene(objects, coming, relation, background)
    except ValueError as error:
        raise ValueError(f"caption {text.strip()!r}: {error}") from None


def _scene(
    objects: list[dict[str, str]], coming: dict[str, str], relation: dict[str, str], background: dict[str, str]
) -> Scene:
    if coming or not objects:
        raise ValueError(f"no object is named{' after ' + repr(next(iter(coming.values()))) if coming else ''}")
    still = [said["kind"] for said in objects if "motion" not in said]
    if still:
        raise ValueError(f"what the {still[0]} does is not said: for example 'drives left', 'rises' or 'circles'")
    if relation.get("before") == "0":  # "below a balloon that rises, a car drives left"
        objects = objects[1::-1] + objects[2:]
    return Scene(
        objects=tuple(SceneObject(count=int(said.pop("count", "1")), **said) for said in objects),
        relation=relation.get("relation"),
        background=background.get("background", "white"),
    )


def _say(said: dict[str, str], name: str, value: str) -> None:
    """Note an attribute, once."""
    if said.get(name, value) != value:
        raise ValueError(f"the {name} is said twice: {said[name]!r} and {value!r}")
    said[name] = value


def _meanings(text: str) -> Iterator[tuple[str, str]]:
    """What the phrases of a text say, in order; of several phrases that begin at a word, the longest counts."""
    words, phrases = words_of(text), _phrases()
    longest = max(map(len, phrases))
    place = 0
    while place < len(words):
        lengths = [n for n in range(longest, 0, -1) if tuple(words[place : place + n]) in phrases]
        if not lengths:
            raise ValueError(_unknown(words[place]))
        meaning = phrases[tuple(words[place : place + lengths[0]])]
        place += lengths[0]
        if meaning is not None:
            yield meaning


def words_of(text: str) -> list[str]:
    """The words and marks of a text; what a hyphen joins are words of their own."""
    return re.findall(r"\w+|[^\w\s]", text.casefold().replace("-", " "))


def _unknown(word: str) -> str:
    """The message about a word that is not known, or is known only within phrases."""
    known = sorted({part for phrase in _phrases() for part in phrase if part.isalpha()})
    if word in known:
        return f"{word!r} makes no sense here"
    nearest = difflib.get_close_matches(word, known, n=1, cutoff=0)[0]
    return f"unknown word {word!r}; the nearest known word is {nearest!r}"


@cache
def _phrases() -> dict[tuple[str, ...], Meaning]:
    """The meaning of every phrase, as words."""
    found: dict[str, Meaning] = dict.fromkeys(_JOINING)
    found |= {form: None for verb in (*sum(VERBS.values(), ()), *ANY_KIND) for form in _forms(verb)}
    found |= {noun: ("kind", kind) for kind, nouns in NOUNS.items() for pair in nouns for noun in pair}
    for name, table in (("motion", WAYS), ("speed", ADVERBS), ("relation", PREPOSITIONS)):
        found |= {phrase: (name, value) for value, phrases in table.items() for phrase in phrases}
    moving = [(motion, verb) for motion, verbs in MOVING_VERBS.items() for verb in verbs]
    found |= {form: ("motion", motion) for motion, verb in moving for form in _forms(verb)}
    adjectives = [(value, word) for value, words in ADJECTIVES.items() for word in words]
    found |= {word: ("size" if value in SIZES else "color", value) for value, word in adjectives}
    found |= {word: ("count", str(count)) for count, words in NUMERALS.items() for word in words}
    found |= {f"{name} background": ("background", name) for name in BACKGROUNDS}
    return {tuple(words_of(phrase)): meaning for phrase, meaning in found.items()}


def _forms(verb: Verb) -> tuple[str, str, str]:
    return verb.one, verb.many, verb.ing
