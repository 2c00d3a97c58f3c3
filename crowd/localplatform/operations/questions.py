"""The XML in requests: is it one of the documents that the parameter may hold."""

from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Literal

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from crowd.localplatform.errors import xml_error

_SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
HTML_QUESTION = f"{{{_SCHEMAS}2011-11-11/HTMLQuestion.xsd}}"
EXTERNAL_QUESTION = f"{{{_SCHEMAS}2006-07-14/ExternalQuestion.xsd}}"
QUESTION_FORM_DATES = ("2017-11-06", "2005-10-01")


@dataclass(frozen=True, slots=True)
class Question:
    """What a HIT shows: HTML of its own, a page elsewhere, or a form that only Mechanical Turk draws."""

    kind: Literal["html", "external", "form"]
    content: str
    frame_height: int
    asks_consent: bool = False
    """The page asks for consent in the preview, tells the page around it to accept or to decline, and keeps answers in
    the browser for a later attempt (``<meta name="task-contract" content="1">``)."""
    pay: str | None = None
    """What the page says of pay, empty where there is none (``<meta name="task-pay">``); None: it says nothing."""


class _Meta(HTMLParser):
    """The named meta elements of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "meta" and values.get("name"):
            self.found[str(values["name"])] = values.get("content") or ""


def _html(content: str, frame_height: int) -> Question:
    """The question of a page of its own, with what its head tells the platform."""
    head = _Meta()
    head.feed(content[: content.lower().find("<body") + 1 or None])
    return Question(
        "html",
        content,
        frame_height,
        asks_consent=head.found.get("task-contract") == "1",
        pay=head.found.get("task-pay"),
    )


def parse_question(xml: str) -> Question:
    """Read a HIT's Question parameter; entities and document types are refused.

    Raises:
        ApiError: it is not well-formed or not a question.
    """
    try:
        root = fromstring(xml.encode("utf-8"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise xml_error(str(error) or type(error).__name__) from error
    if root.tag == f"{HTML_QUESTION}HTMLQuestion":
        content = root.findtext(f"{HTML_QUESTION}HTMLContent")
        height = root.findtext(f"{HTML_QUESTION}FrameHeight")
        if not content or not content.strip():
            raise xml_error("HTMLContent is missing or empty.")
        return _html(content.strip(), _height(height))
    if root.tag == f"{EXTERNAL_QUESTION}ExternalQuestion":
        url = (root.findtext(f"{EXTERNAL_QUESTION}ExternalURL") or "").strip()
        height = root.findtext(f"{EXTERNAL_QUESTION}FrameHeight")
        if not url.startswith("https://"):
            raise xml_error(f"ExternalURL must begin with https://, and is '{url[:100]}'.")
        return Question("external", url, _height(height))
    check_question_form(xml, root.tag)
    return Question("form", "", 0)


def check_question_form(xml: str, tag: str | None = None) -> None:
    """Accept a QuestionForm document, the only kind that a qualification test may be.

    Raises:
        ApiError: it is not well-formed or something else.
    """
    _check_root(xml, tag, "QuestionForm")


def check_answer_key(xml: str) -> None:
    """Accept an AnswerKey document.

    Raises:
        ApiError: it is not well-formed or something else.
    """
    _check_root(xml, None, "AnswerKey")


def _check_root(xml: str, tag: str | None, name: str) -> None:
    if tag is None:
        try:
            tag = fromstring(xml.encode("utf-8"), forbid_dtd=True).tag
        except (ParseError, DefusedXmlException, ValueError) as error:
            raise xml_error(str(error) or type(error).__name__) from error
    if tag not in {f"{{{_SCHEMAS}{date}/{name}.xsd}}{name}" for date in QUESTION_FORM_DATES}:
        raise xml_error(f"The root element '{tag}' is none that is expected here.")


def _height(text: str | None) -> int:
    if text is None or not text.strip().isdigit() or len(text.strip()) > 6:
        raise xml_error("FrameHeight must be a whole number of pixels.")
    return int(text)
