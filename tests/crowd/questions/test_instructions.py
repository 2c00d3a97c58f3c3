"""`crowd.questions.instructions`: examples and the quiz, as study.toml declares them."""

from typing import Any

import pytest

from crowd.questions.instructions import Example, QuizQuestion

QUIZ = {"text": "How often may you watch?", "options": ["once", "as often as I like"], "right": "once"}


def test_tables_come_back_as_they_were() -> None:
    """What the study file and the design hold declares the same."""
    example = {"file_name": "clear.mp4", "text": "Nothing looks wrong here."}
    assert Example.of(example).to_table() == example
    assert QuizQuestion.of(QUIZ).to_table() == QUIZ


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"text": "?"}, "options: is missing; needed are text, options, right"),
        (QUIZ | {"points": 3}, "points: unknown; keys are text, options, right"),
        (QUIZ | {"right": "twice"}, "right: must be one of the options, is 'twice'"),
        (QUIZ | {"options": ["once"]}, "options: must be two or more different texts"),
        (QUIZ | {"options": ["once", "Once"], "right": "once"}, "options: 'once' and 'Once' differ in capitals only"),
        (QUIZ | {"options": ["once", "once", "twice"], "right": "once"}, "options: 'once' stands 2 times"),
        (QUIZ | {"options": "once"}, "options: must be two or more different texts"),
        (QUIZ | {"text": 3}, "text: must be text, is 3"),
        (QUIZ | {"text": "\x00"}, r"text: (must be text|holds U\+0000)"),
    ],
)
def test_a_mistake_is_one_line_that_begins_with_its_key(table: dict[str, Any], message: str) -> None:
    """The line says what is allowed."""
    with pytest.raises(ValueError, match=f"^{message}"):
        QuizQuestion.of(table)
