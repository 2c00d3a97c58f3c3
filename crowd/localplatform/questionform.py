"""QuestionForm documents: reads them, and shows them as HTML pages.

https://docs.aws.amazon.com/AWSMechTurk/latest/AWSMturkAPI/ApiReference_QuestionFormDataStructureArticle.html
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal
from xml.etree.ElementTree import Element

from markupsafe import Markup

from crowd.localplatform.documents import parse
from crowd.localplatform.errors import xml_error
from crowd.localplatform.formattedcontent import to_html
from templates import environment

#: Suffix of the name of the text field for an answer that is not in a question's list.
OTHER = ".other"


@dataclass(frozen=True, slots=True)
class Content:
    """A piece of an overview, a question or a selection; only what its kind needs is set."""

    kind: Literal["Title", "Text", "List", "FormattedContent", "Binary", "EmbeddedBinary"]
    text: str = ""
    """Its text, or the alternative text of a picture, sound or video."""
    items: tuple[str, ...] = ()
    html: Markup | None = None
    media: str = ""
    """``image``, ``audio`` or ``video``."""
    url: str = ""
    width: str = ""
    height: str = ""


@dataclass(frozen=True, slots=True)
class FreeText:
    """A text field, and the constraints on its text."""

    default: str
    lines: int
    numeric: bool
    low: int | None
    high: int | None
    shortest: int
    longest: int | None
    patterns: tuple[tuple[str, str, str], ...]
    """JavaScript regular expressions, each with its flags and its message."""


@dataclass(frozen=True, slots=True)
class Selections:
    """Options to choose from, each an identifier and what is shown."""

    style: str
    fewest: int
    most: int
    options: tuple[tuple[str, Content], ...]
    other: FreeText | None


@dataclass(frozen=True, slots=True)
class FormQuestion:
    """One question of the form."""

    identifier: str
    heading: str
    required: bool
    content: tuple[Content, ...]
    answer: FreeText | Selections


@dataclass(frozen=True, slots=True)
class QuestionForm:
    """The form: overviews (their contents) and questions, in order."""

    parts: tuple[tuple[Content, ...] | FormQuestion, ...]

    @property
    def questions(self) -> list[FormQuestion]:
        """The questions without the overviews."""
        return [part for part in self.parts if isinstance(part, FormQuestion)]


def parse_form(xml: str) -> QuestionForm:
    """Read the document.

    Raises:
        ApiError: it does not follow its schema, an identifier occurs twice, or a count cannot be satisfied.
    """
    root = parse(xml, "QuestionForm")
    form = QuestionForm(
        tuple(_contents(element) if element.tag == "Overview" else _question(element) for element in root)
    )
    _demand_unique("QuestionIdentifier", [question.identifier for question in form.questions])
    return form


def as_html(
    form: QuestionForm,
    *,
    title: str,
    action: str | None,
    hidden: Iterable[tuple[str, str]] = (),
    simulated: bool = False,
    speech: Mapping[str, object],
) -> str:
    """The form as a page of its own.

    Args:
        form: the form.
        title: the page's title.
        action: the path that the answers are sent to; None for a form that can only be viewed.
        hidden: fields that are sent before the answers.
        simulated: whether to note on the page that the participant is a program.
        speech: `language` and `words`.
    """
    template = environment().get_template("participant/questionform.html.j2")
    values = {"form": form, "title": title, "action": action, "hidden": hidden, "simulated": simulated, "other": OTHER}
    return template.render(values, **speech)


def _question(element: Element) -> FormQuestion:
    specification = element.find("AnswerSpecification")
    assert specification is not None  # noqa: S101  the schema requires it
    answer = specification[0]
    identifier = _text(element, "QuestionIdentifier")
    content = element.find("QuestionContent")
    assert content is not None  # noqa: S101
    return FormQuestion(
        identifier=identifier,
        heading=_text(element, "DisplayName"),
        required=_text(element, "IsRequired") in ("true", "1"),
        content=_contents(content),
        answer=_free_text(answer) if answer.tag == "FreeTextAnswer" else _selections(answer, identifier),
    )


def _selections(element: Element, identifier: str) -> Selections:
    selections = element.find("Selections")
    assert selections is not None  # noqa: S101
    options = tuple(
        (_text(option, "SelectionIdentifier"), _content(option[1])) for option in selections.findall("Selection")
    )
    _demand_unique(f"SelectionIdentifier in question '{identifier}'", [name for name, _ in options])
    other = selections.find("OtherSelection")
    fewest, most = int(_text(element, "MinSelectionCount") or 1), int(_text(element, "MaxSelectionCount") or 1)
    if not fewest <= most <= len(options):
        raise xml_error(
            f"Question '{identifier}' wants {fewest} to {most} of {len(options)} selections, which nobody can choose."
        )
    return Selections(
        style=_text(element, "StyleSuggestion"),
        fewest=fewest,
        most=most,
        options=options,
        other=None if other is None else _free_text(other),
    )


def _free_text(element: Element) -> FreeText:
    numeric, length = element.find("Constraints/IsNumeric"), element.find("Constraints/Length")
    patterns = element.findall("Constraints/AnswerFormatRegex")
    return FreeText(
        default=element.findtext("DefaultText") or "",
        lines=int(_text(element, "NumberOfLinesSuggestion") or 1),
        numeric=numeric is not None,
        low=_number(numeric, "minValue"),
        high=_number(numeric, "maxValue"),
        shortest=_number(length, "minLength") or 0,
        longest=_number(length, "maxLength"),
        patterns=tuple(
            (one.get("regex", ""), one.get("flags", ""), one.get("errorText", "Invalid input supplied."))
            for one in patterns
        ),
    )


def _contents(element: Element) -> tuple[Content, ...]:
    return tuple(_content(child) for child in element)


def _content(element: Element) -> Content:
    text = element.text or ""
    match element.tag:
        case "Title":
            return Content("Title", text=text.strip())
        case "Text":
            return Content("Text", text=text.strip())
        case "List":
            return Content("List", items=tuple((item.text or "").strip() for item in element))
        case "FormattedContent":
            return Content("FormattedContent", html=Markup(to_html(text)))  # noqa: S704  to_html returns safe HTML
    return Content(
        "Binary" if element.tag == "Binary" else "EmbeddedBinary",
        text=_text(element, "AltText"),
        media=_text(element[0], "Type"),
        url=_text(element, "DataURL"),
        width=_pixels(_text(element, "Width")),
        height=_pixels(_text(element, "Height")),
    )


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


def _number(element: Element | None, name: str) -> int | None:
    value = None if element is None else element.get(name)
    return None if value is None else int(value)


def _pixels(text: str) -> str:
    """The width or height if it is valid in HTML, else nothing."""
    return text if re.fullmatch("[0-9]{1,4}", text) else ""


def _demand_unique(what: str, names: list[str]) -> None:
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise xml_error(f"The {what} '{repeated[:100]}' occurs twice.")
