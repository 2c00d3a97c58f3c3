"""`crowd.questions`: which questions may depend on which answers, and that programs follow what the study declares."""

from dataclasses import replace
from typing import Any

import pytest

from crowd.design.blocks import design
from crowd.simulated.response_probabilities import by_accuracy
from crowd.simulated.workers import ResponseStyle, SimulatedWorker
from tests.crowd.questions.made import BETTER, NATURAL, planned, study, videos

SIZE = {"id": "size", "kind": "number", "asked": "video", "low": 0, "high": 2}
WHY = {"id": "why", "kind": "text", "asked": "video"}
FAULTS = {"id": "faults", "kind": "choice", "asked": "video", "several": True, "options": ["melts", "jumps"]}
SCREEN = {"id": "screen", "kind": "choice", "options": ["phone", "desk"]}


@pytest.mark.parametrize(
    ("questions", "message"),
    [
        ((FAULTS, WHY | {"ask_if": "faults = melts, walks"}), "'why' is asked after the answer 'walks'"),
        ((SIZE, WHY | {"ask_if": "size = 7"}), "'why' is asked after the answer '7', which nobody can give"),
        ((SIZE, WHY | {"ask_if": "size = 0.5"}), "'why' is asked after the answer '0.5', which nobody can give"),
        ((NATURAL | {"points": 100}, WHY | {"ask_if": "natural = 101"}), "'why' is asked after the answer '101'"),
        (
            ({"id": "order", "kind": "ranking"}, WHY | {"asked": "set", "ask_if": "order = 0"}),
            "'why' is asked after the answer '0', which nobody can give",
        ),
        (
            ({"id": "moment", "kind": "moment"}, WHY | {"ask_if": "moment = melts"}),
            "'why' is asked after the answer 'melts', which nobody can give",
        ),
        ((SCREEN, BETTER | {"ask_if": "screen = phone"}), "'better' is asked after 'screen', which is no earlier"),
        ((SCREEN,), "all are asked once of each participant"),
        ((BETTER, SCREEN | {"ask_if": "better = left"}), "'screen' is asked after 'better', which is no earlier"),
    ],
)
def test_a_question_that_could_never_be_asked_is_refused(questions: tuple[dict[str, Any], ...], message: str) -> None:
    """What nobody can have answered, or not yet, is no condition."""
    with pytest.raises(ValueError, match=f"^questions: {message}"):
        study(*questions)


@pytest.mark.parametrize(
    ("questions", "wanted"),
    [
        ((FAULTS, WHY | {"ask_if": "faults = melts"}), "melts"),
        ((SIZE, WHY | {"ask_if": "size = 1"}), "1"),
        ((SCREEN | {"asked": "before"}, NATURAL | {"ask_if": "screen = phone"}), "phone"),
        ((SCREEN, WHY | {"asked": "after", "ask_if": "screen = phone"}, NATURAL), "phone"),
    ],
)
def test_programs_answer_what_the_page_asks_after_an_answer(questions: tuple[dict[str, Any], ...], wanted: str) -> None:
    """A condition on one of several options, on a number, or on what was asked once holds as on the page."""
    plan = design(study(*questions), videos())
    asked = next(one for one in questions if "ask_if" in one)
    condition = next(one for one in questions if asked["ask_if"].startswith(one["id"]))
    seen = set()
    for name in range(20):
        worker = SimulatedWorker(plan, by_accuracy(0.5, ()), ResponseStyle(), 1, str(name))
        once = worker.once()
        answers = once | worker.answer(plan.hits[0].items[0], 0, 0, [0])["answers"]
        given = answers[condition["id"]]["answer"]
        holds = wanted in (given if isinstance(given, list) else [str(given)])
        assert (asked["id"] in answers) == holds
        seen.add(holds)
    assert seen == {True, False}


def test_attention_items_never_ask_what_is_asked_once() -> None:
    """An attention item stands among the others, so it asks one of their questions."""
    plan = planned(SCREEN | {"asked": "before"}, BETTER, attention_items=1)
    assert plan.attention_question
    assert plan.attention_question.id == "better"
    assert planned(SCREEN, WHY, attention_items=1).attention_question is None


@pytest.mark.parametrize("caption", ["None of these", "unclear"])
def test_a_caption_is_never_one_of_the_two_answers_that_are_always_there(caption: str) -> None:
    """Otherwise two buttons would say the same."""
    shown = [*videos(3)]
    shown[0] = replace(shown[0], prompt=caption)
    with pytest.raises(ValueError, match=r"^questions: 'fits': "):
        planned({"id": "fits", "kind": "caption", "choices": 2}, shown=shown)
