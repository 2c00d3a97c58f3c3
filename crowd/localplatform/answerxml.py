"""A submitted form as Mechanical Turk's QuestionFormAnswers document."""

import re
from xml.sax.saxutils import escape

_NAMESPACE = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/2005-10-01/QuestionFormAnswers.xsd"

#: Fields that belong to the protocol and are no answers.
RESERVED = frozenset({"assignmentId", "hitId", "workerId", "turkSubmitTo"})

_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def answer_xml(fields: list[tuple[str, str]]) -> str:
    """The document, in ASCII as Mechanical Turk's; several values of one name are joined by ``|``.

    Characters that XML cannot hold become U+FFFD, line ends become single newlines.
    """
    values: dict[str, list[str]] = {}
    for name, value in fields:
        if name and name not in RESERVED:
            values.setdefault(name, []).append(value)
    answers = "".join(
        f"<Answer><QuestionIdentifier>{_text(name)}</QuestionIdentifier><FreeText>{_text('|'.join(parts))}</FreeText>"
        "</Answer>"
        for name, parts in values.items()
    )
    document = f'<?xml version="1.0" encoding="ASCII"?><QuestionFormAnswers xmlns="{_NAMESPACE}">{answers}'
    return f"{document}</QuestionFormAnswers>".encode("ascii", "xmlcharrefreplace").decode("ascii")


def _text(value: str) -> str:
    return escape(_NOT_XML.sub("\ufffd", value.replace("\r\n", "\n").replace("\r", "\n")))
