"""AnswerKey documents, which score the answers to a qualification test.

https://docs.aws.amazon.com/AWSMechTurk/latest/AWSMturkAPI/ApiReference_AnswerKeyDataStructureArticle.html
"""

import math
from collections.abc import Mapping
from fractions import Fraction
from xml.etree.ElementTree import Element

from crowd.localplatform.documents import parse
from crowd.localplatform.errors import xml_error
from crowd.localplatform.questionform import FreeText, QuestionForm

_LARGEST = 2**31 - 1


def check_key(xml: str, form: QuestionForm) -> None:
    """Check an answer key for a test.

    Raises:
        ApiError: it does not follow its schema, names a question or selection that the test does not have, or the test
            asks for text, which no key can score.
    """
    known: dict[str, set[str]] = {}
    for question in form.questions:
        if isinstance(question.answer, FreeText) or question.answer.other is not None:
            raise xml_error(
                f"AnswerKey: question '{question.identifier}' takes text, which an answer key cannot score."
            )
        known[question.identifier] = {name for name, _ in question.answer.options}
    for element in parse(xml, "AnswerKey").findall("Question"):
        identifier = _text(element, "QuestionIdentifier")
        if identifier not in known:
            raise xml_error(f"AnswerKey: the test has no question '{identifier[:100]}'.")
        for option in element.findall("AnswerOption"):
            if unknown := _selections(option) - known[identifier]:
                raise xml_error(f"AnswerKey: question '{identifier}' has no selection '{min(unknown)[:100]}'.")


def score(xml: str, chosen: Mapping[str, set[str]]) -> int:
    """The qualification's value for the chosen selections of each question, rounded half up."""
    root = parse(xml, "AnswerKey")
    total = sum(_points(question, chosen) for question in root.findall("Question"))
    mapping = root.find("QualificationValueMapping")
    value = Fraction(total) if mapping is None else _mapped(mapping[0], total)
    return max(-_LARGEST, min(_LARGEST, math.floor(value + Fraction(1, 2))))


def _points(question: Element, chosen: Mapping[str, set[str]]) -> int:
    """The score of one question: that of the option whose selections are exactly those chosen, else the default."""
    answer = chosen.get(_text(question, "QuestionIdentifier"), set())
    for option in question.findall("AnswerOption"):
        if _selections(option) == answer:
            return int(_text(option, "AnswerScore"))
    return int(_text(question, "DefaultScore") or 0)


def _mapped(mapping: Element, total: int) -> Fraction:
    if mapping.tag == "PercentageMapping":
        return Fraction(100 * total, int(_text(mapping, "MaximumSummedScore")))
    if mapping.tag == "ScaleMapping":
        return total * Fraction(_text(mapping, "SummedScoreMultiplier"))
    for place in mapping.findall("SummedScoreRange"):
        if int(_text(place, "InclusiveLowerBound")) <= total <= int(_text(place, "InclusiveUpperBound")):
            return Fraction(_text(place, "QualificationValue"))
    return Fraction(_text(mapping, "OutOfRangeQualificationValue"))


def _selections(option: Element) -> set[str]:
    return {(selection.text or "").strip() for selection in option.findall("SelectionIdentifier")}


def _text(element: Element, name: str) -> str:
    return (element.findtext(name) or "").strip()
