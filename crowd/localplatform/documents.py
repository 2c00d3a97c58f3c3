"""The XML documents of the requester API, checked against the structure that their schemas define.

https://docs.aws.amazon.com/AWSMechTurk/latest/AWSMturkAPI/ApiReference_SchemaLocationArticle.html
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from crowd.localplatform.errors import xml_error

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
_INSTANCE = "{http://www.w3.org/2001/XMLSchema-instance}"

_ANY = re.compile(".*", re.DOTALL)
_BOOLEAN = re.compile("true|false|0|1")
_INTEGER = re.compile(r"[+-]?[0-9]{1,9}")
_COUNT = re.compile(r"\+?[0-9]{1,9}")
_POSITIVE = re.compile(r"\+?0*[1-9][0-9]{0,8}")
_DECIMAL = re.compile(r"[+-]?([0-9]{1,9}(\.[0-9]{0,9})?|\.[0-9]{1,9})")
_URL = re.compile("https?://[^ ]+")


@dataclass(frozen=True, slots=True)
class Node:
    """What an element may hold: text, or elements whose names match a regular expression."""

    children: str | None = None
    """Pattern for the names of the children, each followed by a space; None for text."""
    text: re.Pattern[str] = _ANY
    attributes: Mapping[str, re.Pattern[str]] = field(default_factory=dict)


_CONTENT = Node("((Title|Text|List|FormattedContent|Binary|EmbeddedBinary) )+")
_FREE_TEXT = Node("(Constraints )?(DefaultText )?(NumberOfLinesSuggestion )?")
_TEXT = Node()

_HTML_QUESTION = {
    "HTMLQuestion": Node("HTMLContent FrameHeight "),
    "HTMLContent": Node(text=re.compile(r".*\S.*", re.DOTALL)),
    "FrameHeight": Node(text=re.compile("[0-9]{1,6}")),
}
_EXTERNAL_QUESTION = {
    "ExternalQuestion": Node("ExternalURL FrameHeight "),
    "ExternalURL": Node(text=re.compile(r"https://[^\s]+")),
    "FrameHeight": Node(text=re.compile("[0-9]{1,6}")),
}
_QUESTION_FORM = {
    "QuestionForm": Node("(Overview )*Question ((Overview|Question) )*"),
    "Overview": _CONTENT,
    "Question": Node("QuestionIdentifier (DisplayName )?(IsRequired )?QuestionContent AnswerSpecification "),
    "QuestionIdentifier": Node(text=re.compile(r".*\S.*", re.DOTALL)),
    "DisplayName": _TEXT,
    "IsRequired": Node(text=_BOOLEAN),
    "QuestionContent": _CONTENT,
    "Title": _TEXT,
    "Text": _TEXT,
    "List": Node("(ListItem )+"),
    "ListItem": _TEXT,
    "FormattedContent": _TEXT,
    "Binary": Node("MimeType DataURL AltText "),
    "EmbeddedBinary": Node("EmbeddedMimeType DataURL AltText Width Height (ApplicationParameter )*"),
    "MimeType": Node("Type (SubType )?"),
    "EmbeddedMimeType": Node("Type (SubType )?"),
    "Type": Node(text=re.compile("image|audio|video")),
    "SubType": _TEXT,
    "DataURL": Node(text=_URL),
    "AltText": _TEXT,
    "Width": _TEXT,
    "Height": _TEXT,
    "ApplicationParameter": Node("Name Value "),
    "Name": _TEXT,
    "Value": _TEXT,
    "AnswerSpecification": Node("(FreeTextAnswer|SelectionAnswer) "),
    "FreeTextAnswer": _FREE_TEXT,
    "Constraints": Node("(IsNumeric )?(Length )?(AnswerFormatRegex )*"),
    "IsNumeric": Node(attributes={"minValue": _INTEGER, "maxValue": _INTEGER}),
    "Length": Node(attributes={"minLength": _COUNT, "maxLength": _POSITIVE}),
    "AnswerFormatRegex": Node(attributes={"regex": _ANY, "errorText": _ANY, "flags": re.compile("i?")}),
    "DefaultText": _TEXT,
    "NumberOfLinesSuggestion": Node(text=_POSITIVE),
    "SelectionAnswer": Node("(MinSelectionCount )?(MaxSelectionCount )?(StyleSuggestion )?Selections "),
    "MinSelectionCount": Node(text=_COUNT),
    "MaxSelectionCount": Node(text=_POSITIVE),
    "StyleSuggestion": Node(text=re.compile("radiobutton|checkbox|list|dropdown|combobox|multichooser")),
    "Selections": Node("(Selection )+(OtherSelection )?"),
    "Selection": Node("SelectionIdentifier (Text|FormattedContent|Binary) "),
    "SelectionIdentifier": Node(text=re.compile(r".*\S.*", re.DOTALL)),
    "OtherSelection": _FREE_TEXT,
}
_ANSWER_KEY = {
    "AnswerKey": Node("(Question )+(QualificationValueMapping )?"),
    "Question": Node("QuestionIdentifier (AnswerOption )+(DefaultScore )?"),
    "QuestionIdentifier": Node(text=re.compile(r".*\S.*", re.DOTALL)),
    "AnswerOption": Node("(SelectionIdentifier )+AnswerScore "),
    "SelectionIdentifier": Node(text=re.compile(r".*\S.*", re.DOTALL)),
    "AnswerScore": Node(text=_INTEGER),
    "DefaultScore": Node(text=_INTEGER),
    "QualificationValueMapping": Node("(PercentageMapping|ScaleMapping|RangeMapping) "),
    "PercentageMapping": Node("MaximumSummedScore "),
    "MaximumSummedScore": Node(text=_POSITIVE),
    "ScaleMapping": Node("SummedScoreMultiplier "),
    "SummedScoreMultiplier": Node(text=_DECIMAL),
    "RangeMapping": Node("(SummedScoreRange )+OutOfRangeQualificationValue "),
    "SummedScoreRange": Node("InclusiveLowerBound InclusiveUpperBound QualificationValue "),
    "InclusiveLowerBound": Node(text=_INTEGER),
    "InclusiveUpperBound": Node(text=_INTEGER),
    "QualificationValue": Node(text=_INTEGER),
    "OutOfRangeQualificationValue": Node(text=_INTEGER),
}

#: For each root element the versions of its schema, and its elements.
_DOCUMENTS: dict[str, tuple[tuple[str, ...], dict[str, Node]]] = {
    "HTMLQuestion": (("2011-11-11",), _HTML_QUESTION),
    "ExternalQuestion": (("2006-07-14",), _EXTERNAL_QUESTION),
    "QuestionForm": (("2017-11-06", "2005-10-01"), _QUESTION_FORM),
    "AnswerKey": (("2005-10-01",), _ANSWER_KEY),
}


def parse(xml: str, *roots: str) -> Element:
    """Parse and check a document; return it without its namespace. Entities and document types are refused.

    Raises:
        ApiError: it is not well-formed, its root is none of `roots`, or it does not follow its schema.
    """
    root = _well_formed(xml)
    namespace, name = _split(root.tag)
    if name not in roots:
        raise xml_error(f"The root element is '{name}'; one of {', '.join(roots)} is expected here.")
    versions, nodes = _DOCUMENTS[name]
    expected = [f"{SCHEMAS}{version}/{name}.xsd" for version in versions]
    if namespace not in expected:
        raise xml_error(f"The namespace of {name} is '{namespace}'; {' or '.join(expected)} is expected.")
    _check(root, namespace, nodes)
    return root


def _well_formed(xml: str) -> Element:
    try:
        root: Element = fromstring(xml.encode("utf-8"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError) as error:
        raise xml_error(str(error) or type(error).__name__) from error
    return root


def _split(tag: str) -> tuple[str, str]:
    namespace, _, name = tag.rpartition("}")
    return namespace.removeprefix("{"), name


def _check(element: Element, namespace: str, nodes: dict[str, Node]) -> None:
    """Check the element and all below it against `nodes`, and remove the namespace from their names."""
    names = [_split(child.tag) for child in element]
    element.tag = _split(element.tag)[1]
    node = nodes[element.tag]
    for name, value in element.attrib.items():
        if not name.startswith(_INSTANCE) and not (name in node.attributes and node.attributes[name].fullmatch(value)):
            raise xml_error(f"The attribute {name}='{value[:100]}' of {element.tag} is not allowed.")
    found = "".join(f"{name} " if uri == namespace else f"{{{uri}}}{name} " for uri, name in names)
    if not re.fullmatch(node.children or "", found):
        wanted = f"({node.children.strip()})" if node.children else "text alone"
        raise xml_error(f"{element.tag} has the elements ({found.strip()[:200]}); its schema wants {wanted}.")
    if node.children is None and not node.text.fullmatch((element.text or "").strip()):
        raise xml_error(f"The text of {element.tag} is not valid: '{(element.text or '').strip()[:100]}'.")
    if node.children is not None and any((text or "").strip() for text in _texts_between(element)):
        raise xml_error(f"{element.tag} has text between its elements.")
    for child in element:
        _check(child, namespace, nodes)


def _texts_between(element: Element) -> list[str | None]:
    return [element.text, *(child.tail for child in element)]
