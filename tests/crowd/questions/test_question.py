"""`crowd.questions.question`, and what holds of every kind."""

import math
import random
from collections import Counter
from dataclasses import fields, replace
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from scipy.stats import chisquare

from crowd.questions import KINDS, kind_of, question_of
from crowd.questions.question import Question, Seen
from tests.crowd.questions.made import videos

#: A table for each kind with what it must have.
TABLES: dict[str, dict[str, Any]] = {kind: {"id": "q", "kind": kind} for kind in KINDS}
TABLES["choice"] |= {"options": ["yes", "no", "maybe"]}
#: Further settings of the kinds.
VARIANTS: list[dict[str, Any]] = [
    *TABLES.values(),
    TABLES["preference"] | {"ties": "none"},
    TABLES["preference"] | {"ties": "both"},
    TABLES["preference"] | {"strength": 5},
    TABLES["preference"] | {"strength": 7, "ties": "none"},
    *(TABLES["rating"] | {"points": points} for points in (9, 11, 100)),
    TABLES["statement"] | {"truth": "true"},
    TABLES["ranking"] | {"best_worst": True},
    TABLES["moment"] | {"span": False, "breaks": ["an object changes", "something vanishes"]},
    TABLES["choice"] | {"several": True},
    TABLES["choice"] | {"asked": "video", "shuffled": True},
    TABLES["number"] | {"low": 0.5, "high": 2, "whole": False},
    TABLES["text"] | {"longest": 10},
]
IDS = [" ".join(f"{key}={value}" for key, value in table.items() if key != "id") for table in VARIANTS]


#: What no page sends, most of it for any kind.
STRANGE: list[object] = [
    *("", "  ", "leftt", "6e0", "٣", "x" * 20_000, -0.5, 1e300, float("nan"), True, {}),
    *([], [0, 0, 1], [0, 1, 9], [True, 0, 1], ["yes", "yes"]),
    *({"start_s": 5, "end_s": 1}, {"start_s": "0"}, {"start_s": 0, "end_s": 1, "what": "?"}),
]


def seen_by(question: Question, seed: int) -> Seen:
    """What a simulated participant sees of a question."""
    every = videos()
    number = {"video": 1, "pair": 2, "set": 3, "person": 0}[question.about]
    shown = tuple(every[:number])
    return Seen(
        videos=shown,
        data=question.data(shown, every, random.Random(seed)),
        quality={video.video_id: place - 1.0 for place, video in enumerate(shown)},
        chances=np.full(5, 0.2),
        options=("label 0", "label 1", "label 2", "Other", "Unclear"),
        rng=np.random.default_rng(seed),
    )


@pytest.mark.parametrize("table", VARIANTS, ids=IDS)
def test_a_question_comes_back_from_its_table(table: dict[str, Any]) -> None:
    """What stands in study.toml and design.json declares the same question."""
    question = question_of(table)
    assert question_of(question.to_table()) == question
    assert question.to_table().items() >= table.items()
    assert all("doc" in field.metadata for field in fields(question))


@pytest.mark.parametrize("table", [table for table in VARIANTS if table["kind"] != "naming"])
def test_simulated_answers_are_answers(table: dict[str, Any]) -> None:
    """Whatever a program sends, looking or not, the question takes, and every fixed answer comes up."""
    question = question_of(table)
    given = set()
    for seed in range(200):
        seen = seen_by(question, seed)
        for sent in (question.respond(seen), question.guess(seen)):
            given.add(question.answer(sent, seen.videos, seen.data))
    assert given >= set(question.answers)


@pytest.mark.parametrize("table", [table for table in VARIANTS if table["kind"] != "naming"], ids=IDS[1:])
@pytest.mark.parametrize("sent", STRANGE, ids=repr)
def test_what_the_page_does_not_send_is_refused(table: dict[str, Any], sent: object) -> None:
    """Any JSON is an answer or a ValueError, never another error, and never stored as it came."""
    question = question_of(table)
    seen = seen_by(question, 1)
    try:
        answer = question.answer(sent, seen.videos, seen.data)
    except ValueError:
        return
    assert isinstance(answer, str)
    assert (sent, question.KIND) in [({"start_s": 0, "end_s": 1, "what": "?"}, "moment")] or question.KIND == "text"


WRONG = [
    ({"id": "q"}, "kind: is missing; kinds are naming, caption"),
    ({"id": "q", "kind": "vote"}, "kind: there is no 'vote'; kinds are"),
    ({"kind": "text"}, "id: is missing"),
    ({"id": "A b", "kind": "text"}, "id: must be small letters"),
    ({"id": "q", "kind": "text", "colour": 1}, "colour: is unknown; a question of kind 'text' has kind, id, text"),
    ({"id": "q", "kind": "preference", "ties": "some"}, "ties: must be one of none, tie, both, is 'some'"),
    ({"id": "q", "kind": "preference", "strength": 3}, "strength: must be one of 1, 5, 7, is 3"),
    ({"id": "q", "kind": "preference", "strength": 5, "ties": "both"}, "ties: .both. has no place on a scale"),
    ({"id": "q", "kind": "rating", "points": 7}, "points: must be one of 5, 9, 11, 100, is 7"),
    ({"id": "q", "kind": "rating", "labels": ["good", "bad"]}, "labels: must be 5 for 5 points, are 2"),
    ({"id": "q", "kind": "caption", "choices": 1}, "choices: must be between 2 and 8, is 1"),
    ({"id": "q", "kind": "choice", "options": ["a"]}, "options: must be two or more different texts"),
    ({"id": "q", "kind": "choice", "options": ["a", "A"]}, "options: 'a' and 'A' differ in capitals only"),
    ({"id": "q", "kind": "choice", "options": ["a", "a", "b"]}, "options: 'a' stands 2 times"),
    ({"id": "q", "kind": "choice", "options": ["a", "a ", "b"]}, "options: 'a' stands 2 times"),
    ({"id": "q", "kind": "moment", "breaks": ["a", ""]}, "breaks: one of them is empty"),
    ({"id": "q", "kind": "moment", "breaks": ["a", "A"]}, "breaks: 'a' and 'A' differ in capitals only"),
    ({"id": "q", "kind": "rating", "labels": ["a", "b", "c", "d", "a"]}, "labels: 'a' stands 2 times"),
    ({"id": "q", "kind": "number", "low": 0.2, "high": 0.8}, r"high: no whole number lies between low \(0.2\)"),
    ({"id": "q", "kind": "number", "low": 5, "high": 5}, r"high: must be larger than low \(5\), is 5"),
    ({"id": "q", "kind": "text", "longest": "many"}, "longest: must be a whole number, is 'many'"),
    ({"id": "q", "kind": "text", "required": "no"}, "required: must be true or false, is 'no'"),
    ({"id": "q", "kind": "text", "ask_if": "better"}, 'ask_if: must be "question = answer, answer", is .better.'),
    ({"id": "q", "kind": "text", "text": "a\x00b"}, r"text: holds U\+0000"),
]


@pytest.mark.parametrize(("table", "message"), WRONG, ids=[message[:30] for _, message in WRONG])
def test_a_mistake_in_a_question_is_one_line_that_begins_with_its_key(table: dict[str, Any], message: str) -> None:
    """The line says what is allowed."""
    with pytest.raises(ValueError, match=f"^{message}") as caught:
        question_of(table)
    assert "\n" not in str(caught.value)


def test_each_kind_is_a_module_that_describes_itself() -> None:
    """Its class has its name, and only one module has it."""
    assert [kind_of(name).KIND for name in KINDS] == list(KINDS)


@pytest.mark.parametrize("settings", [{}, {"ties": "none"}, {"ties": "both"}, {"strength": 7}])
def test_a_simulated_participant_prefers_the_same_video_on_either_side(settings: dict[str, Any]) -> None:
    """One participant's opinion of a pair does not depend on which video is on the left."""
    question = question_of(TABLES["preference"] | settings)
    turned = {"left": "right", "right": "left"} | {str(point): str(-point) for point in range(-3, 4)}
    for seed in range(50):
        seen, again = seen_by(question, seed), seen_by(question, seed)
        answer = question.respond(seen)
        assert question.respond(replace(again, videos=again.videos[::-1])) == turned.get(answer, answer)


@pytest.mark.parametrize("table", [TABLES["ranking"], TABLES["ranking"] | {"best_worst": True}])
@pytest.mark.parametrize("blindly", [False, True])
def test_a_simulated_ranking_does_not_depend_on_the_order_shown(table: dict[str, Any], blindly: bool) -> None:
    """The same participant gives the same order, whichever video stands where."""
    question = question_of(table)
    for seed in range(20):
        seen = seen_by(question, seed)
        found = set()
        for shown in permutations(seen.videos):
            turned = replace(seen, videos=shown, rng=np.random.default_rng(seed))
            sent = question.guess(turned) if blindly else question.respond(turned)
            found.add(question.answer(sent, shown, None))
        assert len(found) == 1


@pytest.mark.parametrize("shown", list(permutations(range(3))))
def test_simulated_rankings_follow_plackett_and_luce(shown: tuple[int, ...]) -> None:
    """Orders have their probabilities under the strengths, in whatever order the videos are shown (χ²)."""
    question = question_of(TABLES["ranking"])
    seen = seen_by(question, 1)
    strengths = {video.method: math.exp(seen.quality[video.video_id]) for video in seen.videos}
    videos_shown = tuple(seen.videos[place] for place in shown)
    counts = Counter(
        question.answer(question.respond(replace(seen, videos=videos_shown, rng=rng)), videos_shown, None)
        for rng in [np.random.default_rng(7)]
        for _ in range(2000)
    )
    expected = {
        " > ".join(order): 2000
        * strengths[order[0]]
        / sum(strengths.values())
        * strengths[order[1]]
        / (strengths[order[1]] + strengths[order[2]])
        for order in permutations(strengths)
    }
    assert chisquare([counts[order] for order in expected], list(expected.values())).pvalue > 0.001
