"""Scenes as captions: a grammar of English sentences, several for each scene."""

from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np

from vidgen.captions.scene import Scene, SceneObject
from vidgen.captions.words import (
    ADJECTIVES,
    ADVERBS,
    ANY_KIND,
    BEFORE_BACKGROUND,
    MOVING_VERBS,
    NOUNS,
    NUMERALS,
    PREPOSITIONS,
    VERBS,
    WAYS,
)

_T = TypeVar("_T")
#: Chooses one of several phrasings.
Choose = Callable[[Sequence[_T]], _T]


def caption(scene: Scene, rng: np.random.Generator | None = None) -> str:
    """A sentence that says what the scene shows; `parse` reads it back.

    Args:
        scene: the scene.
        rng: chooses among the phrasings; None: the plainest one.
    """

    def choose(options: Sequence[_T]) -> _T:
        return options[0 if rng is None else int(rng.integers(len(options)))]

    sentence = choose(_forms(scene))(scene, choose)
    if scene.background != "white" or choose((False, False, True)):
        place = f"{choose(BEFORE_BACKGROUND)} {_article(scene.background)} background"
        sentence = choose((f"{sentence} {place}", f"{place}, {sentence}"))
    return sentence


def _forms(scene: Scene) -> tuple[Callable[[Scene, Choose[str]], str], ...]:
    """The sentences that a scene can be."""
    if scene.relation is not None:
        return _related, _related_clause, _reference_first
    return (_listed, _there_is) if len(scene.objects) == 1 else (_listed, _meanwhile)


def _listed(scene: Scene, choose: Choose[str]) -> str:
    clauses = [choose((_clause(one, choose), _with_participle(one, choose))) for one in scene.objects]
    return " and ".join([", ".join(clauses[:-1]), clauses[-1]] if clauses[1:] else clauses)


def _meanwhile(scene: Scene, choose: Choose[str]) -> str:
    clauses = [_clause(one, choose) for one in scene.objects]
    return f"{' and '.join(clauses[:-1])} while {clauses[-1]}"


def _there_is(scene: Scene, choose: Choose[str]) -> str:
    one = scene.objects[0]
    return f"there {'is' if one.count == 1 else 'are'} {_relative(one, choose)}"


def _related(scene: Scene, choose: Choose[str]) -> str:
    first, second = scene.objects
    return f"{_clause(first, choose)}{_preposition(scene, choose)} {_relative(second, choose)}"


def _related_clause(scene: Scene, choose: Choose[str]) -> str:
    first, second = scene.objects
    is_ = "is" if first.count == 1 else "are"
    preposition = _preposition(scene, choose).lstrip(", ")
    return f"{_relative(first, choose)} {is_} {preposition} {_relative(second, choose)}"


def _reference_first(scene: Scene, choose: Choose[str]) -> str:
    first, second = scene.objects
    preposition = _preposition(scene, choose).lstrip(", ")
    return f"{preposition} {_relative(second, choose)}, {_clause(first, choose)}"


def _preposition(scene: Scene, choose: Choose[str]) -> str:
    """The preposition with what separates it from the words before."""
    assert scene.relation is not None  # noqa: S101  only scenes with a relation have such sentences
    word = choose(PREPOSITIONS[scene.relation])
    return f", {word}" if scene.relation in ("left of", "right of") else f" {word}"


def _clause(one: SceneObject, choose: Choose[str]) -> str:
    """Such as "a small red car drives left slowly"."""
    return f"{_noun_phrase(one, choose)} {_verb_phrase(one, choose, 'one' if one.count == 1 else 'many')}"


def _with_participle(one: SceneObject, choose: Choose[str]) -> str:
    return f"{_noun_phrase(one, choose)} {_verb_phrase(one, choose, 'ing')}"


def _relative(one: SceneObject, choose: Choose[str]) -> str:
    """Such as "a balloon that rises" or "a rising balloon"."""
    that = choose(("that", "which"))
    finite = _verb_phrase(one, choose, "one" if one.count == 1 else "many")
    verb = choose((f"{that} {finite}", _verb_phrase(one, choose, "ing")))
    return f"{_noun_phrase(one, choose)} {verb}"


def _noun_phrase(one: SceneObject, choose: Choose[str]) -> str:
    adjectives = [choose(ADJECTIVES[word]) for word in (one.size, one.color) if word]
    nouns = NOUNS[one.kind]
    noun = nouns[[name for name, _ in nouns].index(choose([name for name, _ in nouns]))]
    words = " ".join([*adjectives, noun[one.count > 1]])
    return _article(words) if one.count == 1 else f"{choose(NUMERALS[one.count])} {words}"


def _article(words: str) -> str:
    return f"{'an' if words[0] in 'aeiou' else 'a'} {words}"


def _verb_phrase(one: SceneObject, choose: Choose[str], form: str) -> str:
    """The verb with its way and adverb; `form` is "one", "many" or "ing"."""
    plain = [f"{getattr(verb, form)} {way}" for verb in (*VERBS[one.kind], *ANY_KIND) for way in WAYS[one.motion]]
    moving = [getattr(verb, form) for verb in MOVING_VERBS.get(one.motion, ())]
    said = choose((choose(plain), choose(moving))) if moving else choose(plain)
    if one.speed is None:
        return said
    adverb = choose(ADVERBS[one.speed])
    return choose((f"{said} {adverb}", f"{adverb} {said}")) if adverb.endswith("ly") else f"{said} {adverb}"
