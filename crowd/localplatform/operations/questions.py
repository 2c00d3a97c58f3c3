"""What a HIT shows: HTML of its own, a page elsewhere, or a form."""

from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from crowd.localplatform.documents import parse
from crowd.localplatform.questionform import parse_form

_KINDS: dict[str, Literal["html", "external", "form"]] = {
    "HTMLQuestion": "html",
    "ExternalQuestion": "external",
    "QuestionForm": "form",
}


@dataclass(frozen=True, slots=True)
class Question:
    """A HIT's Question parameter."""

    kind: Literal["html", "external", "form"]
    content: str
    """HTML, an address, or the QuestionForm's XML."""
    frame_height: int


def parse_question(xml: str) -> Question:
    """Read a HIT's Question parameter.

    Raises:
        ApiError: it is not well-formed, not a question, or not as its schema has it.
    """
    root = parse(xml, *_KINDS)
    kind = _KINDS[root.tag]
    if kind == "form":
        parse_form(xml)
        return Question(kind, xml, 0)
    content = _text(root, "HTMLContent" if kind == "html" else "ExternalURL")
    return Question(kind, content, int(_text(root, "FrameHeight")))


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
