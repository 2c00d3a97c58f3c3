"""Questions, tests and answer keys as their schemas have them."""

import re

import pytest

from crowd.localplatform.answerkey import check_key, score
from crowd.localplatform.errors import ApiError
from crowd.localplatform.formattedcontent import to_html
from crowd.localplatform.operations.questions import parse_question
from crowd.localplatform.questionform import parse_form
from tests.crowd.localplatform.market import ANSWER_KEY, HTML_QUESTION, QUESTION_FORM

SCHEMAS = "http://mechanicalturk.amazonaws.com/AWSMechanicalTurkDataSchemas/"
EXTERNAL = (
    f'<ExternalQuestion xmlns="{SCHEMAS}2006-07-14/ExternalQuestion.xsd"><ExternalURL>https://a.example/?b=1&amp;c=2'
    "</ExternalURL><FrameHeight>400</FrameHeight></ExternalQuestion>"
)


def form(*questions: str, version: str = "2017-11-06") -> str:
    return f'<QuestionForm xmlns="{SCHEMAS}{version}/QuestionForm.xsd">{"".join(questions)}</QuestionForm>'


def question(answer: str, *, name: str = "q", content: str = "<Text>t</Text>", before: str = "") -> str:
    return (
        f"<Question><QuestionIdentifier>{name}</QuestionIdentifier>{before}<QuestionContent>{content}</QuestionContent>"
        f"<AnswerSpecification>{answer}</AnswerSpecification></Question>"
    )


def selections(*names: str, before: str = "", after: str = "") -> str:
    options = "".join(
        f"<Selection><SelectionIdentifier>{name}</SelectionIdentifier><Text>{name}</Text></Selection>" for name in names
    )
    return f"<SelectionAnswer>{before}<Selections>{options}{after}</Selections></SelectionAnswer>"


def key(*questions: str, mapping: str = "") -> str:
    return f'<AnswerKey xmlns="{SCHEMAS}2005-10-01/AnswerKey.xsd">{"".join(questions)}{mapping}</AnswerKey>'


def scored(name: str, *options: tuple[str, int], default: str = "") -> str:
    answers = "".join(
        "<AnswerOption>"
        + "".join(f"<SelectionIdentifier>{one}</SelectionIdentifier>" for one in names.split())
        + f"<AnswerScore>{points}</AnswerScore></AnswerOption>"
        for names, points in options
    )
    return f"<Question><QuestionIdentifier>{name}</QuestionIdentifier>{answers}{default}</Question>"


FREE = "<FreeTextAnswer/>"
MEDIA = "<DataURL>http://a.example/b.gif</DataURL><AltText>a</AltText>"
GOOD_FORMS = [
    form(question(FREE)),
    form(question(FREE), version="2005-10-01"),
    form("<Overview><Title>t</Title><Text>x</Text></Overview>", question(FREE), "<Overview><Text>y</Text></Overview>"),
    form(question(FREE, before="<DisplayName>d</DisplayName><IsRequired>true</IsRequired>")),
    form(question(FREE, content="<List><ListItem>a</ListItem><ListItem>b</ListItem></List>")),
    form(question(FREE, content=f"<Binary><MimeType><Type>image</Type></MimeType>{MEDIA}</Binary>")),
    form(question(FREE, content="<FormattedContent><![CDATA[<b>x</b>&nbsp;]]></FormattedContent>")),
    form(
        question(
            '<FreeTextAnswer><Constraints><IsNumeric minValue="-1" maxValue="9"/><Length maxLength="3"/>'
            '<AnswerFormatRegex regex="\\S" errorText="Fill it in" flags="i"/><AnswerFormatRegex regex="a"/>'
            "</Constraints><DefaultText>1</DefaultText><NumberOfLinesSuggestion>3</NumberOfLinesSuggestion>"
            "</FreeTextAnswer>"
        )
    ),
    form(question(selections("a", "b", before="<MinSelectionCount>0</MinSelectionCount>"))),
    form(question(selections("a", "b", before="<MaxSelectionCount>2</MaxSelectionCount>", after="<OtherSelection/>"))),
    f"<?xml version='1.0'?><!-- a comment -->{form(question(FREE))}",
]


@pytest.mark.parametrize("xml", [HTML_QUESTION, EXTERNAL, QUESTION_FORM, *GOOD_FORMS])
def test_what_the_schemas_allow(xml: str) -> None:
    """A document as its schema has it is a question."""
    assert parse_question(xml).kind in ("html", "external", "form")


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        (HTML_QUESTION.replace("<FrameHeight>0</FrameHeight>", ""), "HTMLQuestion has the elements (HTMLContent)"),
        (HTML_QUESTION.replace("<FrameHeight>0", "<FrameHeight>tall"), "The text of FrameHeight is not valid"),
        (HTML_QUESTION.replace("<FrameHeight>", "<Extra/><FrameHeight>"), "HTMLContent Extra FrameHeight"),
        (HTML_QUESTION.replace("<FrameHeight>", "words<FrameHeight>"), "has text between its elements"),
        (HTML_QUESTION.replace("<![CDATA[", "").replace("]]>", "").replace("<!DOCTYPE html>", ""), "text alone"),
        (HTML_QUESTION.replace("2011-11-11", "2012-11-11"), "is expected"),
        (HTML_QUESTION.replace("<HTMLContent>", '<HTMLContent a="b">'), "The attribute a='b' of HTMLContent"),
        (EXTERNAL.replace("https:", "http:"), "The text of ExternalURL is not valid: 'http://"),
        (EXTERNAL.replace("<ExternalURL>", "<ExternalUrl>").replace("</ExternalURL>", "</ExternalUrl>"), "ExternalUrl"),
        (form(), "QuestionForm has the elements ()"),
        (form("<Overview/>", question(FREE)), "Overview has the elements ()"),
        (form(question("<FileUploadAnswer/>")), "(FileUploadAnswer); its schema wants"),
        (form(question(FREE, content="<Application/>"), version="2005-10-01"), "(Application)"),
        (form(question(FREE, content="<Text><b>x</b></Text>")), "Text has the elements (b)"),
        (form(question(FREE, before="<IsRequired>yes</IsRequired>")), "The text of IsRequired is not valid: 'yes'"),
        (form(question(FREE, content=f"<Binary><MimeType><Type>text</Type></MimeType>{MEDIA}</Binary>")), "'text'"),
        (form(question(selections())), "Selections has the elements ()"),
        (form(question(selections("a", before="<StyleSuggestion>wheel</StyleSuggestion>"))), "'wheel'"),
        (form(question(FREE), question(FREE)), "QuestionIdentifier 'q' occurs twice"),
        (form(question(selections("a", "a"))), "SelectionIdentifier in question 'q' 'a' occurs twice"),
        (form(question(selections("a", before="<MinSelectionCount>2</MinSelectionCount>"))), "nobody can choose"),
        (form(question(FREE, content="<FormattedContent>&lt;script/></FormattedContent>")), "script is not allowed"),
        (form(question(FREE, content="<FormattedContent>&lt;b></FormattedContent>")), "FormattedContent: mismatched"),
        (ANSWER_KEY, "The root element is 'AnswerKey'"),
        ("<a", "XML"),
        ("", "XML"),
    ],
)
def test_what_the_schemas_forbid(xml: str, reason: str) -> None:
    """Everything else is refused, and the reason names the element."""
    with pytest.raises(ApiError) as refused:
        parse_question(xml)
    assert refused.value.fields["TurkErrorCode"] == "AWS.MechanicalTurk.XMLParseError"
    assert reason in refused.value.fields["Message"]


@pytest.mark.parametrize(
    ("xhtml", "html"),
    [
        ("plain &amp; simple", "plain &amp; simple"),
        ("a&nbsp;b&eacute;&lt;i&gt;", "a\u00a0bé&lt;i&gt;"),
        ('<p align="center"><b>x</b><br/>y</p>', '<p align="center"><b>x</b><br>y</p>'),
        ('<img src="https://a.example/b.png" alt="c"/>', '<img src="https://a.example/b.png" alt="c">'),
    ],
)
def test_formatted_content_is_shown(xhtml: str, html: str) -> None:
    """Allowed XHTML becomes HTML."""
    assert to_html(xhtml) == html


@pytest.mark.parametrize(
    "xhtml",
    [
        "<script>alert(1)</script>",
        '<p onclick="alert(1)">x</p>',
        '<p style="color:red">x</p>',
        "<div>x</div>",
        '<a href="javascript:alert(1)">x</a>',
        '<a href=" jAvAsCrIpT:alert(1)">x</a>',
        '<a href="java&#10;script:alert(1)">x</a>',
        '<img src="data:image/svg+xml,x" alt="a"/>',
        '<img src="https://a.example/b.png"/>',
        '<svg xmlns="http://www.w3.org/2000/svg"/>',
        "</FormattedContent><FormattedContent>",
        "<b>x",
    ],
)
def test_formatted_content_runs_nothing(xhtml: str) -> None:
    """What could run, restyle or escape is refused."""
    with pytest.raises(ApiError):
        to_html(xhtml)


CHOICE = form(question(selections("a", "b", "c", before="<MaxSelectionCount>3</MaxSelectionCount>"), name="q1"),
              question(selections("x", "y"), name="q2"))  # fmt: skip
POINTS = (
    scored("q1", ("a b", 10), ("a", -4), default="<DefaultScore>1</DefaultScore>"),
    scored("q2", ("x", 5)),
)


def mapped(inner: str) -> str:
    return f"<QualificationValueMapping>{inner}</QualificationValueMapping>"


RANGES = mapped(
    "<RangeMapping><SummedScoreRange><InclusiveLowerBound>5</InclusiveLowerBound><InclusiveUpperBound>10"
    "</InclusiveUpperBound><QualificationValue>7</QualificationValue></SummedScoreRange>"
    "<OutOfRangeQualificationValue>-1</OutOfRangeQualificationValue></RangeMapping>"
)
PERCENT = mapped("<PercentageMapping><MaximumSummedScore>16</MaximumSummedScore></PercentageMapping>")
SCALE = mapped("<ScaleMapping><SummedScoreMultiplier>0.5</SummedScoreMultiplier></ScaleMapping>")


@pytest.mark.parametrize(
    ("mapping", "q1", "q2", "value"),
    [
        ("", "a b", "x", 15),
        ("", "a", "x", 1),
        ("", "a b c", "y", 1),
        ("", "", "", 1),
        (PERCENT, "a b", "x", 94),
        (PERCENT, "a b", "y", 63),
        (SCALE, "a b", "x", 8),
        (SCALE, "a", "", -2),
        (RANGES, "a b", "y", 7),
        (RANGES, "a b", "x", -1),
        (mapped("<ScaleMapping><SummedScoreMultiplier>999999999</SummedScoreMultiplier></ScaleMapping>"), "a b", "x",
         2**31 - 1),
    ],
)  # fmt: skip
def test_scores(mapping: str, q1: str, q2: str, value: int) -> None:
    """An option scores when its selections were chosen and no others; the sum is mapped, rounded half up."""
    xml = key(*POINTS, mapping=mapping)
    check_key(xml, parse_form(CHOICE))
    assert score(xml, {"q1": set(q1.split()), "q2": set(q2.split())}) == value


@pytest.mark.parametrize(
    ("test", "answers", "reason"),
    [
        (CHOICE, key(scored("q3", ("a", 1))), "the test has no question 'q3'"),
        (CHOICE, key(scored("q1", ("z", 1))), "question 'q1' has no selection 'z'"),
        (form(question(FREE)), key(scored("q", ("a", 1))), "question 'q' takes text"),
        (form(question(selections("a", after="<OtherSelection/>"))), key(scored("q", ("a", 1))), "takes text"),
        (CHOICE, key(scored("q1", ("a", 1)), mapping=mapped("<RangeMapping/>")), "RangeMapping has the elements ()"),
        (CHOICE, key(), "AnswerKey has the elements ()"),
        (CHOICE, QUESTION_FORM, "The root element is 'QuestionForm'"),
    ],
)
def test_keys_must_fit_their_test(test: str, answers: str, reason: str) -> None:
    """A key that could not score the test is refused with the reason."""
    with pytest.raises(ApiError, match=re.escape(reason)):
        check_key(answers, parse_form(test))
