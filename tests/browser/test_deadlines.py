"""The time for a task: counted by the server's clock, ended by the server alone, and never at the price of answers."""

from collections.abc import Callable

import pytest

from crowd.lifecycle.collect import collect
from tests import browsers
from tests.browser.conftest import Served
from tests.browser.participant import Participant

pytestmark = pytest.mark.browser

Serve = Callable[..., Served]

#: Sets the browser's clock forward by ``window.shift_s``, and counts the pages that are loaded.
CLOCK = """
window.shift_s = Number(sessionStorage.getItem('shift_s') || SHIFT);
const now = Date.now.bind(Date);
Date.now = () => now() + window.shift_s * 1000;
if (window === top) sessionStorage.setItem('loads', Number(sessionStorage.getItem('loads') || 0) + 1);
"""
LOOK_AGAIN = "document.dispatchEvent(new Event('visibilitychange'))"


def seconds_left(participant: Participant) -> int:
    """What the countdown shows."""
    text = str(participant.driver.execute_script("return document.querySelector('.countdown').textContent"))
    seconds = 0
    for part in text.split(":"):
        seconds = 60 * seconds + int(part)
    return seconds


def warning(participant: Participant) -> str:
    """What is said about the time, empty where nothing is."""
    return str(participant.driver.execute_script("return document.querySelector('#warning')?.innerText ?? ''"))


def take(participant: Participant, link: str) -> None:
    """Take the task, and see its first item from outside its frame."""
    participant.take(link)
    participant.go_on()
    participant.driver.switch_to.default_content()


def answer(participant: Participant) -> None:
    """Answer everything, to the last step."""
    participant.into_frame()
    participant.answer_everything(lambda key: "Other")
    participant.driver.switch_to.default_content()


def send(participant: Participant) -> None:
    """Send the answers from the last step, and get a completion code."""
    participant.into_frame()
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    participant.see("#code")


@pytest.mark.parametrize(
    "shift_s",
    [pytest.param(35 * 60, marks=pytest.mark.slow), -35 * 60, 400 * 86_400],
    ids=["fast", "slow", "another year"],
)
def test_a_wrong_browser_clock_changes_nothing(serve: Serve, participant: Participant, shift_s: int) -> None:
    """The countdown starts from the server's time, no page is loaded again, and the task can be done."""
    served = serve()
    with browsers.on_every_page(participant.driver, CLOCK.replace("SHIFT", str(shift_s))):
        take(participant, served.invite())
        assert 1795 <= seconds_left(participant) <= 1800
        answer(participant)
        loads = participant.driver.execute_script("return sessionStorage.getItem('loads')")
        assert loads == "3"  # the list, the consent, the task
        assert warning(participant) == ""
        send(participant)
    assert collect(served.study_dir).assignments == 1


def test_a_computer_that_slept_asks_the_server(serve: Serve, participant: Participant) -> None:
    """After the clock jumped (sleep stops a browser's own count) the countdown is the server's again."""
    served = serve()
    with browsers.on_every_page(participant.driver, CLOCK.replace("SHIFT", "0")):
        take(participant, served.invite())
        served.clock.advance(600)
        participant.driver.execute_script("window.shift_s = 600")
        participant.wait(lambda: 1190 <= seconds_left(participant) <= 1200)
        participant.driver.execute_script("window.shift_s = -9000")  # set back: nothing has happened at the server
        served.clock.advance(60)
        participant.wait(lambda: 1130 <= seconds_left(participant) <= 1140)


def test_a_tab_that_comes_back_asks_the_server(serve: Serve, participant: Participant) -> None:
    """Timers of background tabs are slowed down: what is shown after coming back is the server's."""
    served = serve()
    take(participant, served.invite())
    served.clock.advance(1000)
    participant.driver.execute_script(LOOK_AGAIN)
    participant.wait(lambda: 790 <= seconds_left(participant) <= 800)


def test_the_list_counts_down_by_the_server_too(serve: Serve, participant: Participant) -> None:
    """A started task on the list has the server's time left, and leaves the list when the server ends it."""
    served = serve()
    link = served.invite()
    take(participant, link)
    participant.driver.execute_script("document.getElementById('task').remove()")
    participant.driver.get(link)
    assert 1790 <= seconds_left(participant) <= 1800
    served.clock.advance(1801)
    participant.driver.execute_script(LOOK_AGAIN)
    participant.wait(lambda: "Started" not in participant.text)
    assert "Open to you" in participant.text


@pytest.mark.thorough
@pytest.mark.browser("chromium", "firefox")
def test_late_answers_are_warned_of_and_kept(serve: Serve, participant: Participant) -> None:
    """A warning comes before the deadline; at it the page says what happened; taken again, the answers are there."""
    served = serve(assignment_duration_s=40)
    take(participant, served.invite())
    answer(participant)
    assert warning(participant) == ""
    served.clock.advance(35)
    participant.driver.execute_script(LOOK_AGAIN)
    participant.wait(lambda: "nearly over" in warning(participant))
    served.clock.advance(5)
    participant.wait(lambda: participant.heading == "The time for this task is over")
    assert "They are not lost" in participant.text
    assert collect(served.study_dir).assignments == 0
    participant.see("main .primary").click()
    participant.see("#return")
    participant.into_frame()
    participant.wait(lambda: participant.heading == "One last thing")
    participant.driver.switch_to.default_content()
    send(participant)
    assert collect(served.study_dir).assignments == 1


def test_a_clock_that_is_set_loses_no_answers(serve: Serve, participant: Participant) -> None:
    """Answers of a task whose time is over come back although the browser's clock was set to another year since."""
    served = serve(assignment_duration_s=40)
    with browsers.on_every_page(participant.driver, CLOCK.replace("SHIFT", "0")):
        take(participant, served.invite())
        answer(participant)
        participant.driver.execute_script("sessionStorage.setItem('shift_s', 400 * 86400)")
        served.clock.advance(41)
        participant.driver.execute_script(LOOK_AGAIN)
        participant.wait(lambda: participant.heading == "The time for this task is over")
        participant.see("main .primary").click()
        participant.see("#return")
        participant.into_frame()
        participant.wait(lambda: participant.heading == "One last thing")
        participant.driver.switch_to.default_content()
        send(participant)
    assert collect(served.study_dir).assignments == 1


@pytest.mark.thorough
@pytest.mark.browser("chromium")  # Firefox has no protocol for an unreachable server
def test_the_server_alone_ends_a_task(serve: Serve, participant: Participant) -> None:
    """A countdown at zero asks; while the server is away the page says so and stays, and goes on when it is back."""
    served = serve(assignment_duration_s=40)
    take(participant, served.invite())
    driver = participant.driver
    served.clock.advance(39)
    driver.execute_script(LOOK_AGAIN)
    participant.wait(lambda: seconds_left(participant) <= 1)
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": ["*/hits/*"]})
    participant.wait(lambda: "the server does not answer" in warning(participant))
    assert driver.find_elements("id", "task")
    served.clock.advance(1)
    driver.execute_cdp_cmd("Network.setBlockedURLs", {"urls": []})
    participant.wait(lambda: participant.heading == "The time for this task is over")


def test_answers_in_the_grace_period_are_taken(serve: Serve, participant: Participant) -> None:
    """Where the study has one, the page says at the deadline that answers are still taken, and they are."""
    served = serve(assignment_duration_s=40, grace_s=120)
    take(participant, served.invite())
    answer(participant)
    served.clock.advance(50)
    participant.driver.execute_script(LOOK_AGAIN)
    participant.wait(lambda: "still taken" in warning(participant))
    assert 100 <= seconds_left(participant) <= 110
    send(participant)
    assert collect(served.study_dir).assignments == 1


def test_a_grace_period_ends_too(serve: Serve, participant: Participant) -> None:
    """After it the task is over as after a deadline without one."""
    served = serve(assignment_duration_s=40, grace_s=120)
    take(participant, served.invite())
    served.clock.advance(161)
    participant.driver.execute_script(LOOK_AGAIN)
    participant.wait(lambda: participant.heading == "The time for this task is over")


def test_sending_too_late_says_so(serve: Serve, participant: Participant) -> None:
    """Answers sent after the deadline from a page that has not noticed it lead to the same words, and are kept."""
    served = serve()
    take(participant, served.invite())
    answer(participant)
    served.clock.advance(1801)
    participant.into_frame()
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    participant.wait(lambda: participant.heading == "The time for this task is over")
    participant.see("main .primary").click()
    participant.see("#return")
    participant.into_frame()
    participant.wait(lambda: participant.heading == "One last thing")


def test_returning_keeps_no_answers(serve: Serve, participant: Participant) -> None:
    """Whoever returns a task was told that answers are not kept, and finds none when taking it again."""
    served = serve()
    link = served.invite()
    take(participant, link)
    answer(participant)
    participant.see("#return button").click()
    participant.driver.switch_to.alert.accept()
    participant.see(".card button")
    participant.take(link)
    assert participant.heading == "How it works"
    stored = participant.driver.execute_script("return Object.values(localStorage).join()")
    assert "Other" not in stored


def test_deadline_pages_are_accessible(serve: Serve, participant: Participant) -> None:
    """Axe finds nothing on the warnings and on the page after the deadline, on a small phone, light and dark."""
    served = serve(assignment_duration_s=40, grace_s=60)
    link = served.invite()
    take(participant, link)
    found = {}
    for dark in (False, True):
        browsers.emulate(participant.driver, 320, 640, dark=dark, touch=True)
        found["grace", dark] = browsers.axe(participant.driver)
    served.clock.advance(41)
    participant.driver.execute_script(LOOK_AGAIN)
    participant.wait(lambda: "still taken" in warning(participant))
    for dark in (False, True):
        browsers.emulate(participant.driver, 320, 640, dark=dark, touch=True)
        found["warning", dark] = browsers.axe(participant.driver)
        assert browsers.overflow(participant.driver) == 0
    served.clock.advance(60)
    participant.driver.execute_script(LOOK_AGAIN)
    participant.wait(lambda: participant.heading == "The time for this task is over")
    for dark in (False, True):
        browsers.emulate(participant.driver, 320, 640, dark=dark, touch=True)
        found["late", dark] = browsers.axe(participant.driver)
        assert browsers.overflow(participant.driver) == 0
    assert {name: problems for name, problems in found.items() if problems} == {}
