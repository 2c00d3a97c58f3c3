"""What a HIT shows: its own HTML, a page on another site, or a QuestionForm."""

from dataclasses import dataclass
from itertools import takewhile
from typing import Literal
from xml.etree.ElementTree import Element

from crowd.localplatform.documents import parse
from crowd.localplatform.errors import request_error
from crowd.localplatform.questionform import parse_form
from crowd.localplatform.tags import start_tags

#: How an HTML page can be shown. "strict": with the platform's origin, and only with what the page contains itself;
#: "open": with whatever it loads, but without an origin.
POLICIES = ("strict", "open")

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
    asks_consent: bool = False
    """Whether the page asks for consent in the preview, tells the page around it to accept or to decline, and keeps
    answers in the browser for a later attempt (``<meta name="task-contract" content="1">``)."""
    policy: str | None = None
    """"strict" or "open", as stated in the page's head (``<meta name="task-policy">``); None: not stated.
    A page that asks for consent is always strict."""
    pay: str | None = None
    """The pay stated in the page's head (``<meta name="task-pay">``), empty for unpaid; None: not stated."""


def _html(content: str, frame_height: int) -> Question:
    """The question of an HTML page, with the settings in its head."""
    head = _told_in_head(content)
    asks_consent = head.get("task-contract") == "1"
    policy = "strict" if asks_consent else head.get("task-policy")
    if policy not in (None, *POLICIES):
        raise request_error(
            "InvalidParameterValue", f'task-policy is "{policy[:100]}"; it is one of {", ".join(POLICIES)}.'
        )
    return Question("html", content, frame_height, asks_consent=asks_consent, policy=policy, pay=head.get("task-pay"))


def _told_in_head(content: str) -> dict[str, str]:
    """The contents of the page's meta elements before its body, by name."""
    head = takewhile(lambda tag: tag[0] != "body", start_tags(content))
    return {meta["name"]: meta.get("content", "") for name, meta in head if name == "meta" and meta.get("name")}


def parse_question(xml: str) -> Question:
    """Read a HIT's Question parameter.

    Raises:
        ApiError: it is not well-formed, not a question, or does not follow its schema.
    """
    root = parse(xml, *_KINDS)
    kind = _KINDS[root.tag]
    if kind == "form":
        parse_form(xml)
        return Question(kind, xml, 0)
    height = int(_text(root, "FrameHeight"))
    if kind == "external":
        return Question(kind, _text(root, "ExternalURL"), height)
    return _html(_text(root, "HTMLContent"), height)


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
