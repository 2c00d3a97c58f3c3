"""The kinds of questions: what each declares in study.toml, shows, accepts as an answer, and how programs answer it.

A kind is one word in four places: a module here, its part of the page in `templates/task/questions`, its estimates in
`analysis`, and its section in docs/questions.md. The page and the server know a kind by its class only.
"""

from collections.abc import Mapping
from importlib import import_module
from typing import Any

from crowd.questions.question import Question
from crowd.texts import did_you_mean

#: Every kind of question, in the order in which the documentation lists them.
KINDS = (
    "naming",
    "caption",
    "preference",
    "rating",
    "statement",
    "ranking",
    "moment",
    "choice",
    "number",
    "text",
)


def kind_of(name: str) -> type[Question]:
    """The class of a kind.

    Raises:
        ValueError: there is no such kind.
    """
    if name not in KINDS:
        raise ValueError(f"kind: there is no {name!r}{did_you_mean(name, KINDS)}; kinds are {', '.join(KINDS)}")
    kind: type[Question] = import_module(f"crowd.questions.{name}").KIND
    return kind


def question_of(table: Mapping[str, Any]) -> Question:
    """The question that a table of study.toml, or of design.json, declares.

    Raises:
        ValueError: a key is missing, unknown, or has a value that it cannot have; the message begins with the key.
    """
    name = table.get("kind")
    if not isinstance(name, str):
        raise ValueError(f"kind: is missing; kinds are {', '.join(KINDS)}")
    return kind_of(name).of({key: value for key, value in table.items() if key != "kind"})
