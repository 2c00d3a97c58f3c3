"""Answers are sent until they have arrived, kept until then, and nothing else is said meanwhile."""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from crowd.design.design import Design
from crowd.design.study import Study
from crowd.lifecycle.collect import collect
from crowd.lifecycle.publish import publish as publish_study
from crowd.localplatform import Running, invite, running
from tests import browsers
from tests.browser.conftest import SMALL
from tests.browser.participant import Participant, answers_in
from tests.browser.taskserver import TaskServer
from tests.crowd.localplatform.market import QUESTION_FORM, Market, requester

pytestmark = pytest.mark.browser

Publish = Callable[..., Design]
WAITING = "Waiting for the connection"
SENT = "Your answers have been sent"


class Platform:
    """A study's server that is stopped and started again."""

    def __init__(self, study_dir: Path, stack: ExitStack) -> None:
        self.study_dir, self._stack = study_dir, stack
        self.server: Running | None = None

    def start(self) -> Running:
        self.server = self._stack.enter_context(running(self.study_dir))
        return self.server

    def stop(self) -> None:
        self._stack.close()


@pytest.fixture
def platform(tmp_path: Path) -> Iterator[Platform]:
    with ExitStack() as stack:
        yield Platform(tmp_path / "study", stack)


def last_step(participant: Participant, address: str) -> None:
    """Through the task at that address, to the last button."""
    participant.driver.get(address)
    participant.begin()
    participant.answer_everything(lambda key: "Unclear")


def headings_until(participant: Participant, done: Callable[[], object]) -> set[str]:
    """Everything that the page called itself until that was so."""
    seen: set[str] = set()

    def look() -> bool:
        heading = participant.heading
        if done():  # a heading that was read meanwhile may be of afterwards
            return True
        seen.add(heading)
        return False

    participant.wait(look)
    return seen


@pytest.mark.browser("chromium", "firefox")
def test_a_server_that_is_gone_gets_the_answers_when_it_is_back(
    platform: Platform, four_clips: Path, participant: Participant
) -> None:
    """Stopped before the button is pressed, started again later: the answers are there once, with a completion code."""
    platform.study_dir.mkdir()
    Study.from_videos(four_clips, **SMALL | {"training_items": 0, "attention_items": 0}).save(
        platform.study_dir / "study.toml"
    )
    server = platform.start()
    publish_study(platform.study_dir, four_clips)
    participant.take(server.endpoint_url + invite(platform.study_dir, 1)[0])
    participant.go_on()
    participant.answer_everything(lambda key: "Unclear")
    platform.stop()
    participant.see(".bar .primary").click()
    participant.wait(lambda: participant.heading == WAITING)
    assert "not sent yet" in participant.text
    assert platform.start().moved_from is None
    participant.driver.switch_to.default_content()
    participant.see("#code")
    assert collect(platform.study_dir).assignments == 1


def test_what_is_said_while_the_server_is_away_is_true(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """Waiting is not called sent; leaving is warned of; a reload goes on sending by itself; the answers arrive once."""
    publish(training_items=0, attention_items=0)
    tasks.away = True
    last_step(participant, tasks.address())
    participant.see(".bar .primary").click()
    assert SENT not in headings_until(participant, lambda: participant.heading == WAITING)
    ask = "const leave = new Event('beforeunload', {cancelable: true}); dispatchEvent(leave);"
    assert participant.driver.execute_script(ask + "return leave.defaultPrevented;") is True
    assert browsers.axe(participant.driver) == []
    participant.driver.get(tasks.address())
    participant.wait(lambda: participant.heading == WAITING)
    assert tasks.sent == []
    tasks.away = False
    participant.see("main .primary").click()
    participant.wait(lambda: participant.driver.title == "Thank you")
    assert len(tasks.sent) == 1
    assert {answer["answer"] for answer in answers_in(tasks.sent[0]).values()} == {"Unclear"}
    participant.driver.get(tasks.address())
    assert participant.heading == SENT


def test_an_acknowledgement_that_is_lost_is_asked_for_again(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """Where answers arrived and the word of it did not, the same answers are sent again, and that is no error."""
    publish(training_items=0, attention_items=0)
    tasks.lose = 2
    last_step(participant, tasks.address())
    participant.see(".bar .primary").click()
    assert SENT not in headings_until(participant, lambda: len(tasks.sent) > 2)
    participant.wait(lambda: participant.driver.title == "Thank you")
    assert tasks.sent == 3 * tasks.sent[:1]


@pytest.mark.slow
def test_pauses_grow_and_the_button_shortens_them(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """A server that is away is not asked all the time, and at once when somebody wants to."""
    publish(training_items=0, attention_items=0)
    tasks.away = True
    last_step(participant, tasks.address())
    participant.see(".bar .primary").click()
    participant.wait(lambda: tasks.attempts == 3)
    began = time.monotonic()
    participant.wait(lambda: tasks.attempts == 4)
    assert time.monotonic() - began > 2
    participant.see("main .primary").click()
    participant.wait(lambda: tasks.attempts == 5)
    assert time.monotonic() - began < 12


def test_a_page_elsewhere_gets_a_form_and_nothing_is_promised(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """To a platform of another origin a form is sent, as Mechanical Turk wants it; who comes back is told the truth."""
    publish(training_items=0, attention_items=0)
    elsewhere = tasks.base.replace("127.0.0.1", "localhost")
    last_step(participant, tasks.address(submit_to=elsewhere))
    participant.see(".bar .primary").click()
    participant.wait(lambda: participant.driver.title == "Thank you")
    assert participant.driver.current_url.startswith(elsewhere)
    assert len(tasks.sent) == 1
    participant.driver.back()
    participant.wait(lambda: participant.heading == "Did your answers arrive?")
    assert browsers.axe(participant.driver) == []
    participant.see("main .primary").click()
    participant.wait(lambda: participant.driver.title == "Thank you")
    assert tasks.sent[0] == tasks.sent[1]


def test_forms_of_the_platform_wait_too(platform: Platform, participant: Participant) -> None:
    """A QuestionForm keeps its answers over a reload and sends them when the server is back."""
    server, driver = platform.start(), participant.driver
    with requester(server.endpoint_url, platform.study_dir) as client, httpx.Client(trust_env=False) as http:
        market = Market(server, platform.study_dir, client, http)
        hit_id, person = market.hit(Question=QUESTION_FORM), market.person()
        accepted = person.accept(hit_id)
        page = http.get(httpx.URL(str(accepted.url)).join(accepted.json()["frame_url"])).text
        assert f'<form method="post" action="../../../p/{person.token}/mturk/externalSubmit">' in page
        driver.get(person.link + f"/hits/{hit_id}")
        into_form(participant)
        participant.see("input[value=b]").click()
        driver.refresh()
        into_form(participant)
        participant.see("input[value=b]:checked")
        platform.stop()
        participant.see("#send").click()
        participant.wait(lambda: "not sent yet" in participant.text)
        platform.start()
        participant.see("#send").click()
        driver.switch_to.default_content()
        participant.see("#code")
        assert client.list_assignments_for_hit(HITId=hit_id)["NumResults"] == 1


def into_form(participant: Participant) -> None:
    """Into the frame of a form."""
    participant.see("#task")
    participant.driver.switch_to.frame("task")
