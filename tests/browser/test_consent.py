"""What a participant reads before deciding, and the ways in and out."""

from collections.abc import Callable

import pytest
from selenium.webdriver.common.keys import Keys

from crowd.design.design import Design
from tests import browsers
from tests.browser.conftest import Served
from tests.browser.participant import Participant
from tests.browser.taskserver import TaskServer

pytestmark = pytest.mark.browser

Publish = Callable[..., Design]
Serve = Callable[..., Served]


def offers(served: Served, link: str, participant: Participant) -> list[str]:
    """The states of the tasks on the participant's list."""
    participant.driver.switch_to.default_content()
    hits: list[dict[str, str]] = participant.driver.execute_async_script(
        "const [link, done] = arguments;"
        "fetch(link, {headers: {Accept: 'application/json'}}).then((answer) => answer.json())"
        ".then((home) => done(home.hits))",
        link,
    )
    return [hit["state"] for hit in hits]


@pytest.mark.browser("chromium", "firefox")
def test_consent_comes_before_the_task_is_taken(serve: Serve, participant: Participant) -> None:
    """What it is, how long it takes and what it pays stand before the consent, and nothing is accepted until then."""
    served = serve(contact="ask@example.org")
    link = served.invite()
    participant.driver.get(link)
    participant.see(".card button").click()
    participant.into_frame()
    text = participant.text
    expected = ["Watch short videos", "Short clips: 3.", "practice: 1", "reading: 1", "30 min", "not paid", "voluntary"]
    places = [text.index(words) for words in expected]
    assert places == sorted(places)
    assert "ask@example.org" in text
    assert offers(served, link, participant) == ["available"]
    participant.agree()
    assert participant.heading == "How it works"
    assert offers(served, link, participant) == ["accepted"]


def test_addresses_can_be_followed(serve: Serve, participant: Participant) -> None:
    """Web and e-mail addresses in contact and consent are links, the rest is text; Enter on a link does not agree."""
    consent = "See https://example.org/a?b=1&c. (or http://例え.jp) <b>https</b>：https://example.org/日本"
    served = serve(contact="Lab <ask@example.org>, +1 555", consent=consent)
    participant.driver.get(served.invite())
    participant.see(".card button").click()
    participant.into_frame()
    links = participant.driver.find_elements("css selector", "main a")
    assert [(link.text, link.get_attribute("target")) for link in links] == [
        ("https://example.org/a?b=1&c", "_blank"),
        ("https://example.org/", "_blank"),
        ("ask@example.org", ""),
    ]
    assert links[2].get_attribute("href") == "mailto:ask@example.org"
    assert consent in participant.text
    participant.driver.execute_script(
        "document.addEventListener('click', (event) => event.preventDefault(), {once: true})"
    )
    links[2].send_keys(Keys.ENTER)
    assert participant.heading == "Before you begin"
    participant.driver.execute_script("arguments[0].href = new URL('/no-such-page', location.origin)", links[0])
    links[0].click()
    participant.wait(lambda: len(participant.driver.window_handles) == 2)
    assert participant.heading == "Before you begin"


def test_declining_takes_nothing(serve: Serve, participant: Participant) -> None:
    """Who does not take part is back at the list, with no task taken and nothing kept."""
    served = serve()
    link = served.invite()
    participant.driver.get(link)
    participant.see(".card button").click()
    participant.into_frame()
    participant.see(".bar nav button:not(.primary)").click()
    participant.driver.switch_to.default_content()
    participant.wait(lambda: participant.driver.current_url == link)
    assert offers(served, link, participant) == ["available"]
    assert participant.driver.execute_script("return localStorage.length") == 0


def test_declining_after_accepting_returns_the_task(serve: Serve, participant: Participant) -> None:
    """Who goes back to the consent and takes it back returns the task, without being asked once more."""
    served = serve()
    link = served.invite()
    participant.take(link)
    participant.see(".bar nav button:not(.primary)").click()
    participant.wait(lambda: participant.heading == "Before you begin")
    participant.see(".bar nav button:not(.primary)").click()
    participant.driver.switch_to.default_content()
    participant.wait(lambda: participant.driver.current_url == link)
    assert offers(served, link, participant) == ["available"]


def test_declining_elsewhere_says_what_to_do(publish: Publish, tasks: TaskServer, participant: Participant) -> None:
    """On a platform with its own buttons the page asks to return the task, sends nothing and lets one reconsider."""
    publish()
    participant.driver.get(tasks.address())
    participant.see(".bar nav button:not(.primary)").click()
    participant.wait(lambda: participant.heading == "You do not take part")
    assert "return the task" in participant.text
    assert browsers.axe(participant.driver) == []
    participant.see("main button").click()
    participant.begin()
    assert participant.item
    assert tasks.sent == []


@pytest.mark.parametrize(
    ("pay", "shown"),
    [
        ({}, "Not paid"),
        ({"reward_usd": "0.00", "payment": "in cash"}, "Not paid"),
        ({"payment": "in cash after the session"}, "$0.80 (in cash after the session)"),
    ],
    ids=["nobody pays", "nothing is paid", "paid by hand"],
)
def test_pay_is_shown_where_there_is_any(
    serve: Serve, participant: Participant, pay: dict[str, str], shown: str
) -> None:
    """List, consent and task show the pay that the study declares for the local platform, or that there is none."""
    served = serve(**pay)
    participant.driver.get(served.invite())
    screens = [participant.text]
    participant.see(".card button").click()
    participant.into_frame()
    assert ("not paid" in participant.text) == (shown == "Not paid")
    participant.driver.switch_to.default_content()
    screens.append(participant.text)
    participant.agree()
    participant.driver.switch_to.default_content()
    screens.append(participant.text)
    for screen in screens:
        assert shown in screen
        assert ("$" in screen) == (shown != "Not paid")


def test_the_next_task_is_offered_where_there_is_one(serve: Serve, participant: Participant) -> None:
    """After the first of two tasks the page leads to the second; after the second to none."""
    served = serve(videos_per_hit=2, training_items=0, attention_items=0)
    participant.take(served.invite())
    participant.go_on()
    participant.answer_everything(lambda key: "Other")
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    participant.see("#code")
    participant.see("main a.primary").click()
    participant.agree()
    participant.go_on()
    participant.answer_everything(lambda key: "Other")
    participant.see(".bar .primary").click()
    participant.driver.switch_to.default_content()
    participant.see("#code")
    assert "next task" not in participant.text
    assert "nothing to do at the moment" in participant.text


@pytest.mark.thorough
@pytest.mark.browser("chromium", "firefox")
def test_two_people_in_one_browser_both_practise(serve: Serve, participant: Participant) -> None:
    """What the browser keeps is one person's: who follows in the same browser has practice, and no answers."""
    served = serve(answers_per_video=2)
    for _ in range(2):
        participant.take(served.invite())
        participant.go_on()
        assert participant.heading == "Practice 1 of 1"
        assert participant.chosen() is None
        participant.choose("Other")
        participant.go_on()
        participant.answer_everything(lambda key: "Other")
        participant.see(".bar .primary").click()
        participant.driver.switch_to.default_content()
        participant.see("#code")


def test_an_attention_item_is_never_first_or_last(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """Whatever the assignment, its first and its last item are clips."""
    publish(attention_items=3, training_items=0, options=())
    for number in range(8):
        participant.driver.get(tasks.address(f"A{number}", f"W{number}"))
        participant.begin()
        first = participant.item
        stored = participant.driver.execute_script(
            f"return Object.keys(JSON.parse(localStorage.getItem('vidgen:A{number}')).items)"
        )
        assert stored[0] == first
        assert stored[0].startswith("v")
        assert stored[-1].startswith("v")
        assert len(stored) == 6
        participant.driver.execute_script("window.onbeforeunload = null")


def test_labels_of_any_script_and_length_can_be_read(
    publish: Publish, tasks: TaskServer, participant: Participant
) -> None:
    """Right-to-left labels run from the right and end in their stop; long ones wrap, on the smallest phone too."""
    arabic, long = "كرة تتحرك إلى اليسار.", "a ball going up " * 10 + "and away ok"
    texts = {"ball going left": arabic, "ball going right": long, "ball going up": "x" * 170}
    publish(option_texts=texts, training_items=0, attention_items=1, question="ماذا يظهر الفيديو؟")
    browsers.emulate(participant.driver, 320, 640, touch=True)
    participant.driver.get(tasks.address())
    participant.begin()
    assert browsers.overflow(participant.driver) == 0
    direction = "return getComputedStyle(arguments[0]).direction"
    rows = participant.driver.find_elements("css selector", ".option .words")
    directions = {row.text: participant.driver.execute_script(direction, row) for row in rows}
    assert directions[arabic] == "rtl"
    assert directions["Other"] == directions[long] == "ltr"
    assert participant.driver.execute_script(direction, participant.see("legend")) == "rtl"
    cut = participant.driver.execute_script(
        "return [...document.querySelectorAll('.option, .option .words')]"
        ".filter((one) => one.scrollWidth > one.clientWidth + 1).map((one) => one.textContent)"
    )
    assert cut == []
