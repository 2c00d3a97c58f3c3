"""QuestionForms as pages, and qualification tests as participants take them."""

import re
from typing import Any

import pytest

from crowd.localplatform.clock import ManualClock
from tests.crowd.localplatform.market import ANSWER_KEY, QUESTION_FORM, Market, Person
from tests.crowd.localplatform.test_documents import FREE, form, question, selections
from tests.crowd.localplatform.test_qualifications import needs, new_type

OTHER = selections("a", "b", before="<MaxSelectionCount>2</MaxSelectionCount>", after="<OtherSelection/>")


def with_test(market: Market, *, key: str | None = ANSWER_KEY, **changes: Any) -> str:
    """A type with a test, and with its key unless that is None; its id."""
    given = {"Test": QUESTION_FORM, "TestDurationInSeconds": 60} | ({} if key is None else {"AnswerKey": key})
    return new_type(market, **(given | changes))


def take(person: Person, type_id: str, **answers: str) -> Any:
    """Ask for the qualification and hand the test in."""
    assert person.post(f"/qualifications/{type_id}/request").status_code == 200
    return person.post(f"/qualifications/{type_id}/test", data=answers)


def test_a_form_is_drawn_and_collected(market: Market) -> None:
    """The page of a QuestionForm has its contents and fields; answers come back by identifiers."""
    xml = form(
        "<Overview><Title>Fruit &amp; Co</Title><List><ListItem>one</ListItem></List>"
        "<FormattedContent><![CDATA[<b>bold</b>]]></FormattedContent></Overview>",
        question(FREE, name="why", before="<DisplayName>Why?</DisplayName><IsRequired>true</IsRequired>"),
        question(OTHER, name="which"),
    )
    hit_id, person = market.hit(Question=xml), market.person()
    assert "<iframe" in person.get(f"/hits/{hit_id}", headers={}).text
    preview = person.get(f"/frame/{hit_id}").text
    assert "disabled" in preview
    assert "action=" not in preview
    assignment_id = person.accept(hit_id).json()["assignment_id"]
    page = person.get(f"/frame/{hit_id}", params={"assignmentId": assignment_id}).text
    assert "Fruit &amp; Co" in page
    assert "<b>bold</b>" in page
    assert re.search(r'<input type="text" name="why"[^>]* required', page)
    assert page.count('type="checkbox" name="which"') == 2
    assert f'<input type="hidden" name="assignmentId" value="{assignment_id}">' in page
    answers = {"why": "so <it> is", "which": ["a", "b", "z"], "which.other": "pear", "stray": "x"}
    sent = person.post("/mturk/externalSubmit", data={"assignmentId": assignment_id} | answers)
    assert sent.is_redirect
    answer = market.client.get_assignment(AssignmentId=assignment_id)["Assignment"]["Answer"]
    assert re.sub("<[?]xml.*?>|<QuestionFormAnswers.*?>|</QuestionFormAnswers>", "", answer) == (
        "<Answer><QuestionIdentifier>why</QuestionIdentifier><FreeText>so &lt;it&gt; is</FreeText></Answer>"
        "<Answer><QuestionIdentifier>which</QuestionIdentifier><SelectionIdentifier>a</SelectionIdentifier>"
        "<SelectionIdentifier>b</SelectionIdentifier><OtherSelectionText>pear</OtherSelectionText></Answer>"
    )


@pytest.mark.parametrize(("answer", "value"), [("b", 5), ("c", 0), ("", 0), ("z", 0)])
def test_a_key_grants_at_once(market: Market, answer: str, value: int) -> None:
    """A test with an answer key is scored when it comes in, and its value opens tasks or doesn't."""
    type_id, person = with_test(market), market.person()
    hit_id = market.hit(QualificationRequirements=needs(type_id, "GreaterThanOrEqualTo", 5))
    assert f"/qualifications/{type_id}/request" in person.get(headers={}).text
    assert take(person, type_id, ball=answer).json() == {"granted": value}
    score = market.client.get_qualification_score(QualificationTypeId=type_id, WorkerId=person.worker_id)
    assert score["Qualification"]["IntegerValue"] == value
    assert market.client.list_qualification_requests()["QualificationRequests"] == []
    assert person.accept(hit_id).is_success is (value == 5)


def test_without_a_key_the_requester_decides(market: Market) -> None:
    """A test without a key waits, with questions and answers; accepting its request grants the value given."""
    type_id, person = with_test(market, key=None), market.person()
    assert take(person, type_id, ball="b").json() == {"granted": None}
    (asked,) = market.client.list_qualification_requests(QualificationTypeId=type_id)["QualificationRequests"]
    assert asked["Test"] == QUESTION_FORM
    assert "<SelectionIdentifier>b</SelectionIdentifier>" in asked["Answer"]
    market.client.accept_qualification_request(QualificationRequestId=asked["QualificationRequestId"], IntegerValue=77)
    score = market.client.get_qualification_score(QualificationTypeId=type_id, WorkerId=person.worker_id)
    assert score["Qualification"]["IntegerValue"] == 77


def test_a_test_has_its_time(market: Market, clock: ManualClock) -> None:
    """The test is there from the request until its duration is over, as it was then; late answers grant nothing."""
    type_id, person = with_test(market, RetryDelayInSeconds=100), market.person()
    path = f"/qualifications/{type_id}/test"
    assert person.get(path).status_code == 404
    begun = person.post(f"/qualifications/{type_id}/request").json()
    assert begun == {"test_url": f"../../../../p/{person.token}{path}", "deadline": clock() + 60}
    other = form(question(FREE, name="new"))
    market.client.update_qualification_type(QualificationTypeId=type_id, Test=other, TestDurationInSeconds=5)
    clock.advance(59)
    assert person.post(f"/qualifications/{type_id}/request").json() == begun, "asking again goes on with it"
    assert "What is round?" in person.get(path).text
    clock.advance(1)
    assert person.get(path).status_code == 410
    assert person.post(path, data={"ball": "b"}).status_code == 410
    assert person.post(f"/qualifications/{type_id}/request").status_code == 409
    clock.advance(40)
    assert person.post(f"/qualifications/{type_id}/request").status_code == 200
    assert 'name="new"' in person.get(path).text


def test_a_test_is_taken_once(market: Market) -> None:
    """Without a retry delay neither the test nor the request can be repeated, and nobody takes another's."""
    type_id, person = with_test(market), market.person()
    take(person, type_id, ball="c")
    assert person.post(f"/qualifications/{type_id}/test", data={"ball": "b"}).status_code == 409
    assert person.post(f"/qualifications/{type_id}/request").status_code == 409
    assert market.person().post(f"/qualifications/{type_id}/test", data={"ball": "b"}).status_code == 404
    score = market.client.get_qualification_score(QualificationTypeId=type_id, WorkerId=person.worker_id)
    assert score["Qualification"]["IntegerValue"] == 0


def test_people_are_led_through_a_test(market: Market) -> None:
    """In a browser the request leads to the test, and the test back to the tasks."""
    type_id, person = with_test(market), market.person()
    asked = person.post(f"/qualifications/{type_id}/request", headers={})
    assert asked.headers["location"] == f"../../../../p/{person.token}/qualifications/{type_id}/test"
    page = person.get(f"/qualifications/{type_id}/test", headers={}).text
    assert "<h1>Took part</h1>" in page
    assert f'action="../../../../p/{person.token}/qualifications/{type_id}/test"' in page
    handed_in = person.post(f"/qualifications/{type_id}/test", data={"ball": "b"}, headers={})
    assert handed_in.headers["location"] == f"../../../../p/{person.token}"


def test_programs_are_told_apart_in_tests_too(market: Market) -> None:
    """The page of a test says so when a simulated participant takes it."""
    type_id = with_test(market)
    for simulated in (True, False):
        person = market.person(simulated=simulated)
        person.post(f"/qualifications/{type_id}/request")
        assert ("a program, not a person" in person.get(f"/qualifications/{type_id}/test").text) is simulated
