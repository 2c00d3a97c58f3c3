"""Submitted answers as Mechanical Turk's QuestionFormAnswers document."""

import re
from xml.sax.saxutils import escape

from crowd.localplatform.questionform import OTHER, QuestionForm, Selections

_NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd"

#: The field with the assignment's id. Every other field is an answer.
ASSIGNMENT_FIELD = "assignmentId"

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: A form's fields in order; a name may occur several times.
Fields = list[tuple[str, str]]


def answer_xml(fields: Fields) -> str:
    """The answers of an HTML task page, in ASCII as Mechanical Turk sends them.

    Several values of one name are joined by ``|``. Characters that XML cannot hold become U+FFFD, and line ends become
    single newlines.
    """
    values = _by_name([(name, value) for name, value in fields if name and name != ASSIGNMENT_FIELD])
    return _document([(name, [("FreeText", "|".join(parts))]) for name, parts in values.items()])


def form_answer_xml(form: QuestionForm, fields: Fields) -> str:
    """The answers to a QuestionForm, with selections by their identifiers; unanswered questions are left out."""
    values = _by_name(fields)
    answers = []
    for question in form.questions:
        given = values.get(question.identifier, [])
        if isinstance(question.answer, Selections):
            parts = [("SelectionIdentifier", name) for name, _ in question.answer.options if name in given]
            other = values.get(question.identifier + OTHER, [""])[0]
            if question.answer.other is not None and other:
                parts.append(("OtherSelectionText", other))
        else:
            parts = [("FreeText", given[-1])] if given and given[-1] else []
        if parts:
            answers.append((question.identifier, parts))
    return _document(answers)


def chosen(form: QuestionForm, fields: Fields) -> dict[str, set[str]]:
    """The chosen selections of each question, by its identifier."""
    values = _by_name(fields)
    return {
        question.identifier: {name for name, _ in question.answer.options} & set(values.get(question.identifier, []))
        for question in form.questions
        if isinstance(question.answer, Selections)
    }


def _by_name(fields: Fields) -> dict[str, list[str]]:
    values: dict[str, list[str]] = {}
    for name, value in fields:
        values.setdefault(name, []).append(value)
    return values


def _document(answers: list[tuple[str, list[tuple[str, str]]]]) -> str:
    elements = "".join(
        f"<Answer><QuestionIdentifier>{_text(name)}</QuestionIdentifier>"
        + "".join(f"<{tag}>{_text(value)}</{tag}>" for tag, value in parts)
        + "</Answer>"
        for name, parts in answers
    )
    document = f'<?xml version="1.0" encoding="ASCII"?><QuestionFormAnswers xmlns="{_NAMESPACE}">{elements}'
    return f"{document}</QuestionFormAnswers>".encode("ascii", "xmlcharrefreplace").decode("ascii")


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n")))
