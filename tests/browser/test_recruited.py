"""Somebody whom a recruiter sent, in a real browser: from its address to the task and back."""

from collections.abc import Callable
from typing import Any

import pytest

from crowd.localplatform.store import arrivals
from tests.browser.conftest import Served
from tests.browser.participant import Participant

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

Serve = Callable[..., Served]
#: Nothing listens there: browsers show the address that they were led to.
BACK = "https://localhost:8443/back"
PANEL: dict[str, Any] = {
    "id_parameter": "who",
    "complete": f"{BACK}?done={{id}}",
    "no_consent": f"{BACK}?declined={{id}}",
    "screened_out": f"{BACK}?failed={{id}}",
}
QUIZ = ({"text": "How often?", "options": ["once", "twice"], "right": "once"},)


def come(serve: Serve, participant: Participant, **values: Any) -> Served:
    """Serve a small study of a panel, and come from there."""
    served = serve(recruiter="panel", recruit={"panel": PANEL}, **values)
    participant.driver.get(f"{served.server.endpoint_url}/join?who=ann+lee&more=ignored")
    assert "/join" not in participant.address
    return served


def outcome(served: Served) -> str | None:
    """How the only visit ended."""
    (visit,) = served.server.platform.transact(arrivals.every)
    ended: str | None = visit["outcome"]
    return ended


def led_to(participant: Participant, address: str) -> bool:
    """Whether the browser goes there by itself."""
    participant.driver.switch_to.default_content()
    return participant.wait(lambda: participant.driver.current_url == address)


@pytest.mark.browser("chromium", "firefox")
def test_from_a_panel_and_back(serve: Serve, participant: Participant) -> None:
    """Consent, task, thanks: nothing names a sum, the answers are in the store, and the browser goes back by itself."""
    served = come(serve, participant)
    assert "Tasks done: 0 of 1" in participant.see("main").text
    participant.see(".card button").click()
    participant.into_frame()
    assert "Any pay or credit comes from the service that sent you here." in participant.text
    assert "not paid" not in participant.text
    participant.driver.switch_to.default_content()
    participant.agree()
    participant.go_on()
    participant.answer_everything(lambda key: "Other")
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    assert participant.see("#back-to-recruiter").get_attribute("href") == f"{BACK}?done=ann%20lee"
    assert outcome(served) == "complete"
    assert led_to(participant, f"{BACK}?done=ann%20lee")


def test_whoever_declines_goes_back_too(serve: Serve, participant: Participant) -> None:
    """The decline button ends the visit before anything is accepted, and nothing is kept in the browser."""
    served = come(serve, participant)
    participant.see(".card button").click()
    participant.into_frame()
    participant.see(".bar nav button:not(.primary)").click()
    participant.driver.switch_to.default_content()
    participant.wait(lambda: participant.heading == "You do not take part")
    assert outcome(served) == "no_consent"
    assert participant.driver.execute_script("return localStorage.length") == 0
    assert led_to(participant, f"{BACK}?declined=ann%20lee")


def test_whoever_fails_the_quiz_is_screened_out(serve: Serve, participant: Participant) -> None:
    """Where the study ends with it, two wrong tries end the visit and free the task."""
    served = come(serve, participant, quiz=QUIZ, quiz_failed="end")
    participant.see(".card button").click()
    participant.agree()
    participant.go_on()
    for _ in range(2):
        participant.see("label:has(input[value=twice])").click()
        participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    participant.wait(lambda: participant.heading == "Thank you for your time")
    assert outcome(served) == "screened_out"
    assert led_to(participant, f"{BACK}?failed=ann%20lee")


def test_whose_device_cannot_do_it_may_say_so(serve: Serve, participant: Participant) -> None:
    """The list has a button for that; without an address of its own the page says that it can be closed."""
    served = come(serve, participant)
    participant.see("main > form button").click()
    participant.wait(lambda: participant.heading == "The task does not work on your device")
    assert "close this page" in participant.see("main").text
    assert outcome(served) == "incompatible_device"
