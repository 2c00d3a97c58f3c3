"""QuestionForms and qualification tests in a real Chromium."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from crowd.localplatform import running
from tests.browser.participant import Participant
from tests.browsers import axe, console, overflow
from tests.crowd.localplatform.market import ANSWER_KEY, QUESTION_FORM, Market, requester
from tests.crowd.localplatform.test_documents import form, question, selections
from tests.crowd.localplatform.test_qualifications import needs, new_type

pytestmark = pytest.mark.browser

CONSTRAINED = form(
    "<Overview><Title>Fruit</Title><FormattedContent><![CDATA[<b>Look</b>]]></FormattedContent></Overview>",
    question(
        '<FreeTextAnswer><Constraints><Length minLength="2" maxLength="9"/><AnswerFormatRegex regex="^[a-z]+$" '
        'errorText="Small letters only"/></Constraints></FreeTextAnswer>',
        name="why",
    ),
    question(
        '<FreeTextAnswer><Constraints><IsNumeric minValue="100" maxValue="999"/><Length minLength="3" maxLength="3"/>'
        "</Constraints></FreeTextAnswer>",
        name="number",
    ),
    question(
        selections("a", "b", "c", before="<MinSelectionCount>2</MinSelectionCount><MaxSelectionCount>2"
        "</MaxSelectionCount>", after="<OtherSelection/>"),
        name="two",
        before="<IsRequired>true</IsRequired>",
    ),
)  # fmt: skip

_PROBLEMS = """
document.forms[0].dispatchEvent(new Event("input"));
return [...document.forms[0].elements].filter(e => e.willValidate && !e.checkValidity()).map(e => e.validationMessage);
"""


@pytest.fixture
def market(tmp_path: Path) -> Iterator[Market]:
    """A platform with a requester."""
    with (
        running(tmp_path / "study") as server,
        requester(server.endpoint_url, tmp_path / "study") as client,
        httpx.Client(trust_env=False) as http,
    ):
        yield Market(server, tmp_path / "study", client, http)


@pytest.mark.browser("chromium", "firefox")
def test_a_form_holds_answers_to_its_constraints(market: Market, participant: Participant) -> None:
    """Lengths, patterns, ranges and counts are said before the form goes; what is right arrives by identifiers."""
    hit_id, person = market.hit(Question=CONSTRAINED), market.person()
    accepted = person.accept(hit_id)
    driver = participant.driver
    driver.get(urljoin(str(accepted.url), accepted.json()["frame_url"]))
    assert driver.execute_script("return document.querySelector('b').textContent") == "Look"
    assert (axe(driver), overflow(driver)) == ([], 0)
    fill = "const f = document.forms[0]; f.why.value = arguments[0]; f.number.value = arguments[1];"
    assert "Please choose 2." in driver.execute_script(_PROBLEMS)
    driver.execute_script(fill, "ABC", "099")
    assert driver.execute_script(_PROBLEMS) == [
        "Small letters only", "Please write a number from 100 to 999.", "Please choose 2.",
    ]  # fmt: skip
    driver.execute_script(fill, "abc", "123")
    driver.execute_script("document.forms[0].two[1].checked = true; document.forms[0]['two.other'].value = 'kiwi'")
    assert driver.execute_script(_PROBLEMS) == []
    participant.see("form button").click()
    participant.wait(lambda: "/thanks/" in driver.current_url)
    answer = market.client.get_assignment(AssignmentId=accepted.json()["assignment_id"])["Assignment"]["Answer"]
    assert "<SelectionIdentifier>b</SelectionIdentifier><OtherSelectionText>kiwi</OtherSelectionText>" in answer


def test_a_test_opens_a_task(market: Market, participant: Participant) -> None:
    """From the list of tasks by a button to the test, from the test back, and the task can be started."""
    type_id = new_type(market, Test=QUESTION_FORM, TestDurationInSeconds=60, AnswerKey=ANSWER_KEY)
    market.hit(QualificationRequirements=needs(type_id, "GreaterThan", 4))
    participant.driver.get(market.person().link)
    participant.see(".card button").click()
    participant.wait(lambda: participant.driver.current_url.endswith("/test"))
    assert axe(participant.driver) == []
    participant.see("input[value=b]").click()
    participant.see("form button").click()
    participant.wait(lambda: "/qualifications/" not in participant.driver.current_url)
    participant.see(".card button.primary")
    assert [line for line in console(participant.driver) if "error" in line.lower()] == []
